# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the bytes of an answer as a tree of bounded size: no document type (so no entities), and strict UTF-8."""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET

from .. import limits
from .errors import ProtocolError


def document(subject: str, answer: bytes) -> ET.Element:
    """Return the root of an answer; ``subject`` is the request, for the message of the ProtocolError."""
    try:
        text = answer.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProtocolError(f"{subject}: the answer is not UTF-8") from None
    if "<!DOCTYPE" in text:
        raise ProtocolError(f"{subject}: the answer declares a document type, which SOAP forbids")
    try:
        parser = ET.XMLParser(target=_BoundedBuilder())  # noqa: S314  (no document type, so no entities: see above)
        parser.feed(text)
        return parser.close()
    except (ET.ParseError, ValueError) as error:
        raise ProtocolError(f"{subject}: the answer is not well-formed XML ({error})") from None


class _BoundedBuilder(ET.TreeBuilder):
    """Builds a tree of limited depth and size."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: t.Any, attrs: t.Any, /) -> ET.Element:
        self._depth += 1
        self._elements += 1
        if self._depth > limits.DEPTH:
            raise ProtocolError(f"the machine's answer is nested deeper than {limits.DEPTH} levels")
        if self._elements > limits.ELEMENTS:
            raise ProtocolError(f"the machine's answer has more than {limits.ELEMENTS:,} elements")
        return super().start(tag, attrs)

    def end(self, tag: t.Any, /) -> ET.Element:
        self._depth -= 1
        return super().end(tag)
