"""Text in XML: escape it, and replace what XML cannot hold.

[MS-WSMV] 3.1.4.1.25: instead of the characters 0x1 to 0x1F except tab, line feed and carriage return WinRM
answers a question mark. Registry data can hold more that XML 1.0 cannot: a lone surrogate becomes U+FFFD, as
Windows does when it turns UTF-16 into UTF-8; U+0000 and the non-characters U+FFFE and U+FFFF become a question
mark too, our choice, so that an answer is always well-formed. A carriage return is written as a character
reference, or the client's parser would turn it into a line feed (XML 1.0, 2.11).
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError, fromstring

_SPECIAL = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]')
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


def escape(text: str) -> str:
    """Return `text` escaped for an element, or for an attribute in double quotes."""
    return _SPECIAL.sub(_replacement, text)


def _replacement(match: re.Match[str]) -> str:
    character = match[0]
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return _REFERENCES.get(character, "?")


def parse(data: bytes) -> Element:
    """Return the document in `data`.

    Raises:
        ParseError: it is not well-formed, or has a document type declaration, which SOAP forbids (and with it
            entities, external or a billion of them).
    """
    # UTF-16 has a zero byte beside each of these letters.
    if b"<!DOCTYPE" in data.replace(b"\x00", b""):
        raise ParseError("a SOAP message must not have a document type declaration")
    return fromstring(data)
