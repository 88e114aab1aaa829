# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: SOAP messages of WS-Management: built from templates, parsed with care.

Messages are built as strings, with everything escaped: that takes a hundredth of the time of building a tree, and
there are only a few forms. Parsing trusts nothing (see ``documents``), and an answer must name the message that it
answers.

Sources: [MS-WSMV] 3.1.4 (operations), DSP0226 (WS-Management), WS-Enumeration, WS-Transfer.
"""

from __future__ import annotations

import re
import typing as t
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from ..text import printable
from .documents import document
from .errors import Asked, ProtocolError, WSManFault
from .fault_hints import fault

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
EVENTING = "http://schemas.xmlsoap.org/ws/2004/08/eventing"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
MS_WSMAN = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
WMI_ERROR = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi"

_LONGEST_SUBCODE = 64

_ANONYMOUS = f"{ADDRESSING}/role/anonymous"

#: The most bytes that a service may put into one answer. Windows' own default is 512,000.
MAX_ENVELOPE_SIZE = 512_000


@dataclass(frozen=True)
class Request:
    """One message to send.

    Args:
        subject: the request, for error messages.
        header: the headers as XML, without the operation time-out.
        body: the content of ``s:Body`` as XML.
        message_id: what the answer must relate to.
        repeatable: whether sending it twice is harmless, so that it may be sent again if its answer was lost.
        patient: whether a repeatable one is also sent again after the operation timed out on the machine.
        opens_shell: whether a remote shell may stay open on the machine if the answer is lost or broken.
        writes: whether it may change what is on the machine, so that it is sent fewer times.
        asked: what it is for, which decides what a fault means.
        longest: seconds that the service may take, if that is less than the connection's time for an operation.
    """

    subject: str
    header: str
    body: str
    message_id: str
    repeatable: bool
    patient: bool = True
    opens_shell: bool = False
    writes: bool = False
    asked: Asked = Asked.OTHER
    longest: float | None = None

    def envelope(self, operation_timeout: int) -> bytes:
        """Return the bytes to send; after ``operation_timeout`` seconds the service answers with a time-out fault."""
        seconds = operation_timeout if self.longest is None else min(operation_timeout, self.longest)
        text = (
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}" xmlns:p="{MS_WSMAN}">'
            f"<s:Header>{self.header}<w:OperationTimeout>PT{seconds:.15g}S</w:OperationTimeout></s:Header>"
            f"<s:Body>{self.body}</s:Body></s:Envelope>"
        )
        return text.encode()


@dataclass(frozen=True)
class Resource:
    """What a request refers to: a resource URI, the selectors of one instance of it, and what is asked for there."""

    uri: str
    subject: str
    selectors: t.Mapping[str, str] = field(default_factory=dict)
    asked: Asked = Asked.OTHER


def build(
    resource: Resource,
    action: str,
    body: str = "",
    *,
    options: t.Mapping[str, str] | None = None,
    repeatable: bool = False,
    patient: bool = True,
    opens_shell: bool = False,
) -> Request:
    """Build a request; ``body`` is XML already, everything else is text and gets escaped here."""
    message_id = f"uuid:{str(uuid.uuid4()).upper()}"
    selectors = _named("w:SelectorSet", "w:Selector", resource.selectors)
    option_set = _named('w:OptionSet s:mustUnderstand="true"', "w:Option", options or {})
    header = (
        "<a:To>http://windows-host:5985/wsman</a:To>"
        f'<w:ResourceURI s:mustUnderstand="true">{escape(resource.uri)}</w:ResourceURI>'
        f'<a:ReplyTo><a:Address s:mustUnderstand="true">{_ANONYMOUS}</a:Address></a:ReplyTo>'
        f'<a:Action s:mustUnderstand="true">{escape(action)}</a:Action>'
        f'<w:MaxEnvelopeSize s:mustUnderstand="true">{MAX_ENVELOPE_SIZE}</w:MaxEnvelopeSize>'
        f"<a:MessageID>{message_id}</a:MessageID>"
        '<w:Locale xml:lang="en-US" s:mustUnderstand="false"/>'
        '<p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>'
        f"{selectors}{option_set}"
    )
    return Request(resource.subject, header, body, message_id, repeatable, patient, opens_shell, asked=resource.asked)


_CARRIAGE_RETURN = {"\r": "&#13;"}


def element(name: str, value: str, **attributes: str) -> str:
    """Return ``<name attribute="...">value</name>`` with the texts escaped.

    A raw carriage return would arrive as a line feed (XML 1.0, 2.11).
    """
    shown = "".join(f" {key}={attribute(text)}" for key, text in attributes.items())
    return f"<{name}{shown}>{escape(xml_text(value), _CARRIAGE_RETURN)}</{name}>"


def attribute(value: str) -> str:
    """Return the value quoted and escaped, to stand behind ``name=``."""
    return quoteattr(xml_text(value))


# Everything but XML 1.0, production [2] Char: escaping does not help here.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(value: str) -> str:
    """Return ``value``, or raise ValueError for a character that XML 1.0 cannot carry."""
    if _NOT_XML.search(value):
        raise ValueError(f"{printable(value)!r} holds a character that cannot be sent to the machine")
    return value


def _named(wrapper: str, item: str, values: t.Mapping[str, str]) -> str:
    if not values:
        return ""
    items = "".join(element(item, text, Name=name) for name, text in values.items())
    return f"<{wrapper}>{items}</{wrapper.split(' ', 1)[0]}>"


def parse(request: Request, answer: bytes) -> ET.Element:
    """Return the answer's ``s:Body``.

    Raises:
        WSManFault: the answer is a fault.
        ProtocolError: the answer is no SOAP envelope, or answers another message.
    """
    envelope = document(request.subject, answer)
    body = envelope.find(f"{{{SOAP}}}Body")
    if envelope.tag != f"{{{SOAP}}}Envelope" or body is None:
        raise ProtocolError(f"{request.subject}: the answer is no SOAP envelope")
    fault_element = body.find(f"{{{SOAP}}}Fault")
    if fault_element is not None:
        raise _fault(request, fault_element)
    relates_to = envelope.findtext(f"{{{SOAP}}}Header/{{{ADDRESSING}}}RelatesTo", "")
    if relates_to.strip().upper() != request.message_id.upper():
        raise ProtocolError(f"{request.subject}: the answer belongs to another request")
    return body


def _fault(request: Request, element_: ET.Element) -> WSManFault:
    """Read either kind of fault.

    The service itself and the command shell put the code into ``f:WSManFault``. From WinRM 3.0 on, WMI and a
    user's quotas put it into an ``MSFT_WmiError`` instance instead (seen in the tests of pywinrm and WinRb).
    """
    reason = element_.findtext(f"{{{SOAP}}}Reason/{{{SOAP}}}Text", "")
    subcode = element_.findtext(f"{{{SOAP}}}Code/{{{SOAP}}}Subcode/{{{SOAP}}}Value", "")
    wsman_fault = element_.find(f"{{{SOAP}}}Detail/{{{FAULT}}}WSManFault")
    wmi_error = element_.find(f"{{{SOAP}}}Detail/{{{WMI_ERROR}}}MSFT_WmiError")
    raw, message = "", reason
    if wsman_fault is not None:
        raw, message = wsman_fault.get("Code", ""), "".join(wsman_fault.itertext())
    elif wmi_error is not None:
        error = properties(wmi_error)
        raw, message = str(error.get("error_Code") or ""), str(error.get("Message") or "")
    code = int(raw) if re.fullmatch(r"\d{1,10}", raw, re.ASCII) else None
    words = printable(" ".join((message or reason).split()))
    return fault(request.subject, request.asked, code, printable(subcode.strip(), _LONGEST_SUBCODE), words)


Value = str | None | list[str | None]


def properties(element_: ET.Element) -> dict[str, Value]:
    """Return the children as a dict: NULL is None, a repeated child a list, names without namespace.

    A property that is an element itself (``cim:Datetime``) is read as its text.
    """
    values: dict[str, Value] = {}
    for child in element_:
        name = local_name(child)
        value = None if is_true(child.get(f"{{{XSI}}}nil")) else "".join(child.itertext())
        if name not in values:
            values[name] = value
            continue
        earlier = values[name]
        if not isinstance(earlier, list):
            earlier = values[name] = [earlier]
        earlier.append(value)
    return values


def embedded(element_: ET.Element, name: str) -> dict[str, Value]:
    """Return the properties of the instance that is the value of a child; empty if there is none.

    The properties stand right below the child (DSP0230, embedded instances), or in an element of their own.
    """
    child = next((one for one in element_ if local_name(one).lower() == name.lower()), None)
    while child is not None and len(child) == 1 and any(len(below) for below in child):
        child = child[0]
    return properties(child) if child is not None else {}


def is_true(value: Value) -> bool:
    """Return whether a boolean is true: Windows writes ``true``, Microsoft's OMI ``TRUE``; XML Schema has 1 as well."""
    return isinstance(value, str) and value.strip().lower() in ("true", "1")


def as_list(value: Value) -> list[str]:
    """Return an array parameter as a list: WS-Management writes one item like a scalar, and none as nothing."""
    if value is None:
        return []
    return [v or "" for v in value] if isinstance(value, list) else [value]


def local_name(element_: ET.Element) -> str:
    """Return the tag without its namespace."""
    return element_.tag.rsplit("}", 1)[-1]
