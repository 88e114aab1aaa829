"""The SOAP envelope: a request read into a Message, an answer written around a body.

The order of the checks and their faults: [MS-WSMV] 3.1.4.1 and [DSP0226] 5 and 6.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

from . import duration, fault_codes
from .faults import Fault
from .namespaces import ADDRESSING, ANONYMOUS, EVENTING, IDENTITY, PREFIXES, SOAP, WSMAN, WSMV, tag
from .xmltext import escape, parse

# The service's MaxEnvelopeSizekb, 500 since Server 2012 ([MS-WSMV] 2.2.4.10), in bytes; and its MaxTimeoutms.
MAX_ENVELOPE_SIZE = 512_000
MAX_TIMEOUT = 60.0
_MIN_ENVELOPE_SIZE = 8_192

_UNDERSTOOD = {
    *(tag(ADDRESSING, name) for name in ("To", "Action", "MessageID", "ReplyTo", "FaultTo", "From", "RelatesTo")),
    *(
        tag(WSMAN, name)
        for name in (
            "ResourceURI",
            "SelectorSet",
            "OptionSet",
            "OperationTimeout",
            "MaxEnvelopeSize",
            "Locale",
            "FragmentTransfer",
            "RequestEPR",
            "RequestTotalItemsCountEstimate",
        )
    ),
    *(tag(WSMV, name) for name in ("DataLocale", "SessionId", "OperationID", "SequenceId", "ActivityId")),
    tag(EVENTING, "Identifier"),
}


@dataclass(frozen=True)
class Option:
    """One w:Option."""

    value: str
    must_comply: bool


@dataclass
class Message:
    """A request, headers decoded.

    Attributes:
        message_id: empty as long as it could not be read.
        selectors, options: by lower-cased name, as Windows compares them without regard to case.
        timeout: seconds.
        max_size: bytes that the answer may have.
        identifier: of a subscription (WS-Eventing).
        body: the first element in s:Body.
    """

    message_id: str = ""
    to: str = ""
    action: str = ""
    resource: str = ""
    selectors: dict[str, str] = field(default_factory=dict)
    options: dict[str, Option] = field(default_factory=dict)
    timeout: float = MAX_TIMEOUT
    max_size: int = MAX_ENVELOPE_SIZE
    identifier: str = ""
    body: Element | None = None
    identify: bool = False

    @property
    def host(self) -> str:
        """The client's name for this machine, for faults."""
        return urlsplit(self.to).hostname or ""

    def read(self, data: bytes) -> None:
        """Fill this message from a request; what was read before a fault stays, for use in the answer."""
        root = _root(data)
        header = root.find(tag(SOAP, "Header"))
        headers = list(header) if header is not None else []
        self.message_id = _text(headers, ADDRESSING, "MessageID")
        self.to = _text(headers, ADDRESSING, "To")
        self.action = _text(headers, ADDRESSING, "Action")
        self.resource = _text(headers, WSMAN, "ResourceURI")
        self.identifier = _text(headers, EVENTING, "Identifier")
        body = root.find(tag(SOAP, "Body"))
        if body is None:
            raise Fault(fault_codes.INVALID_SOAP_BODY)
        self.body = next(iter(body), None)
        self.identify = self.body is not None and self.body.tag == tag(IDENTITY, "Identify")
        if self.identify:
            return
        _check_understood(headers)
        self._check_addressing(headers)
        self._read_limits(headers)
        self.selectors = _selectors(headers)
        self.options = _options(headers)

    def _check_addressing(self, headers: list[Element]) -> None:
        reply_to = next((one for one in headers if one.tag == tag(ADDRESSING, "ReplyTo")), None)
        if not self.action or not self.to or reply_to is None:
            raise Fault(fault_codes.HEADER_REQUIRED)
        if not self.message_id or len(self.message_id) > 2048:
            raise Fault(fault_codes.INVALID_HEADER)
        if (reply_to.findtext(tag(ADDRESSING, "Address")) or "").strip() != ANONYMOUS:
            raise Fault(fault_codes.ADDRESSING_MODE)
        if not self.resource:
            raise Fault(fault_codes.INVALID_RESOURCE_URI)

    def _read_limits(self, headers: list[Element]) -> None:
        timeout = _text(headers, WSMAN, "OperationTimeout")
        if timeout:
            try:
                self.timeout = min(duration.parse(timeout), MAX_TIMEOUT)
            except ValueError:
                what = f"The XML contains an invalid timeout field in the SOAP header: {timeout}. "
                text = f"The WS-Management service cannot process the request. {what}"
                raise Fault(fault_codes.INVALID_HEADER, text) from None
        size = _text(headers, WSMAN, "MaxEnvelopeSize")
        if size:
            if not size.isdecimal():
                raise Fault(fault_codes.INVALID_HEADER)
            if int(size) < _MIN_ENVELOPE_SIZE:
                raise Fault(fault_codes.MIN_ENVELOPE_SIZE)
            self.max_size = min(int(size), MAX_ENVELOPE_SIZE)


def _root(data: bytes) -> Element:
    try:
        root = parse(data)
    except (ParseError, ValueError, LookupError) as error:
        raise Fault(fault_codes.INVALID_XML) from error
    if root.tag != tag(SOAP, "Envelope"):
        is_envelope = root.tag.endswith("}Envelope")
        raise Fault(fault_codes.SOAP_VERSION_MISMATCH if is_envelope else fault_codes.INVALID_XML)
    return root


def _text(headers: list[Element], namespace: str, name: str) -> str:
    return next(((one.text or "").strip() for one in headers if one.tag == tag(namespace, name)), "")


def _marked(header: Element) -> bool:
    return header.get(tag(SOAP, "mustUnderstand"), "false") in ("true", "1")


def _check_understood(headers: list[Element]) -> None:
    for header in headers:
        if not _marked(header):
            continue
        if header.tag not in _UNDERSTOOD:
            namespace, _unused, name = header.tag.removeprefix("{").rpartition("}")
            raise Fault(fault_codes.MUST_UNDERSTAND, not_understood=("q", name, namespace))
        if header.tag in (tag(WSMAN, "Locale"), tag(WSMV, "DataLocale")):
            known = fault_codes.shape(fault_codes.MUST_UNDERSTAND_LOCALE)
            shape = replace(known, detail=header.tag.rpartition("}")[2])
            raise Fault(fault_codes.MUST_UNDERSTAND_LOCALE, shape=shape)
        if header.tag == tag(WSMAN, "FragmentTransfer"):
            raise Fault(fault_codes.FRAGMENT_TRANSFER_NOT_SUPPORTED)


def _selectors(headers: list[Element]) -> dict[str, str]:
    values: dict[str, str] = {}
    for header in headers:
        if header.tag != tag(WSMAN, "SelectorSet"):
            continue
        for selector in header.iterfind(tag(WSMAN, "Selector")):
            name = selector.get("Name", "").lower()
            if not name:
                raise Fault(fault_codes.UNEXPECTED_SELECTORS)
            if name in values:
                raise Fault(fault_codes.DUPLICATE_SELECTORS)
            values[name] = selector.text or ""
    return values


def _options(headers: list[Element]) -> dict[str, Option]:
    values: dict[str, Option] = {}
    for header in headers:
        if header.tag == tag(WSMAN, "OptionSet"):
            for option in header.iterfind(tag(WSMAN, "Option")):
                must_comply = option.get("MustComply", "false").lower() in ("true", "1")
                values[option.get("Name", "").lower()] = Option(option.text or "", must_comply)
    return values


def new_id() -> str:
    """Return a MessageID or an enumeration context, as WinRM writes them."""
    return f"uuid:{str(uuid.uuid4()).upper()}"


def write(action: str, body: str, prefixes: str, relates_to: str = "", header: str = "") -> str:
    """Return an answer.

    Args:
        action: its a:Action.
        body: what stands in s:Body.
        prefixes: the prefixes to declare, separated by spaces; `s` is one of them anyway.
        relates_to: the MessageID of the request.
        header: further elements for the header.
    """
    declared = " ".join(f'xmlns:{prefix}="{PREFIXES[prefix]}"' for prefix in ["s", *prefixes.split()])
    relates = f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo>" if relates_to else ""
    return (
        f'<s:Envelope xml:lang="en-US" {declared}><s:Header><a:Action>{escape(action)}</a:Action>'
        f"<a:MessageID>{new_id()}</a:MessageID><a:To>{ANONYMOUS}</a:To>{relates}{header}</s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )


def fits(characters: int, limit: int) -> bool:
    """Return whether an answer of this many characters fits a MaxEnvelopeSize.

    WinRM measures in UTF-16, so with 153,600 it cuts at 76,800 characters (seen on Server 2008 R2 and 2012).
    """
    return 2 * characters <= limit
