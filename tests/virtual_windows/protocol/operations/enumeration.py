"""Enumerate, Pull and Release of WMI instances ([DSP0226] 8, [MS-WSMV] 3.1.4.8 to 3.1.4.10)."""

from __future__ import annotations

import typing as t
from xml.etree.ElementTree import Element

from ... import wmi
from ...wmi import WbemError
from ...wmi.wql import Query
from .. import cim, envelope, fault_codes, wmi_faults
from ..enumerations import Enumeration
from ..exchange import Exchange, Reply
from ..faults import WMI_PLUGIN, Fault
from ..namespaces import ENUMERATION, WQL, WSMAN, tag
from .wmi_address import WmiAddress, address, selectors

_PREFIXES = "a n w"
# The service's MaxBatchItems ([MS-WSMV] 2.2.4.10).
_MAX_BATCH_ITEMS = 32_000


def enumerate_(exchange: Exchange) -> Reply:
    """Start an enumeration; an optimized one answers with the first items."""
    message = exchange.message
    body = _body(message.body, "Enumerate")
    if selectors(message):
        raise Fault(fault_codes.WMI_ENUMERATE_WITH_KEYS, provider=WMI_PLUGIN)
    mode = (body.findtext(tag(WSMAN, "EnumerationMode")) or "").strip()
    if mode:
        raise Fault(fault_codes.ENUMERATION_MODE)
    optimized = body.find(tag(WSMAN, "OptimizeEnumeration")) is not None
    limit = _max_elements(body, WSMAN)
    items = _items(exchange, address(message), body)
    enumeration = exchange.service.enumerations.open(message.resource, exchange.principal, items)
    if not optimized:
        context = f"<n:EnumerationContext>{enumeration.context}</n:EnumerationContext>"
        return Reply(f"<n:EnumerateResponse>{context}</n:EnumerateResponse>", _PREFIXES)
    return _batch(exchange, enumeration, limit, "EnumerateResponse", "w")


def pull(exchange: Exchange) -> Reply:
    """Return the next items."""
    body = _body(exchange.message.body, "Pull")
    limit = _max_elements(body, ENUMERATION)
    return _batch(exchange, _open_enumeration(exchange, body), limit, "PullResponse", "n")


def release(exchange: Exchange) -> Reply:
    """Release an enumeration."""
    enumeration = _open_enumeration(exchange, _body(exchange.message.body, "Release"))
    exchange.service.enumerations.close(enumeration)
    return Reply("", _PREFIXES)


def wql_text(body: Element | None) -> str:
    """Return the query in an Enumerate."""
    filter_element = _filter(body) if body is not None else None
    return (filter_element.text or "").strip() if filter_element is not None else ""


def _body(body: Element | None, name: str) -> Element:
    if body is None or body.tag != tag(ENUMERATION, name):
        raise Fault(fault_codes.SCHEMA_VALIDATION_ERROR)
    return body


def _filter(body: Element) -> Element | None:
    # [MS-WSMV] 3.1.4.1.13: both mean the same
    element = body.find(tag(WSMAN, "Filter"))
    return element if element is not None else body.find(tag(ENUMERATION, "Filter"))


def _max_elements(body: Element, namespace: str) -> int:
    """Return the maximum of items ([DSP0226] 8.2.3 and 8.4): one, unless the request has another."""
    text = (body.findtext(tag(namespace, "MaxElements")) or "1").strip()
    if not text.isdecimal() or int(text) < 1:
        raise Fault(fault_codes.SCHEMA_VALIDATION_ERROR)
    return min(int(text), _MAX_BATCH_ITEMS)


def _open_enumeration(exchange: Exchange, body: Element) -> Enumeration:
    context = body.findtext(tag(ENUMERATION, "EnumerationContext")) or ""
    return exchange.service.enumerations.find(context, exchange.message.resource)


def _items(exchange: Exchange, where: WmiAddress, body: Element) -> t.Iterable[str]:
    filter_element = _filter(body)
    if filter_element is None:
        return _all_instances(exchange, where)
    if filter_element.get("Dialect", "") != WQL:
        raise Fault(fault_codes.FILTER_DIALECT_UNAVAILABLE)
    if where.name != "*":
        raise Fault(fault_codes.WMI_WQL_NEEDS_STAR, provider=WMI_PLUGIN)
    text = wql_text(body)
    try:
        return _queried(exchange, where.namespace, text)
    except WbemError as error:
        raise wmi_faults.fault(error, "ExecQuery", text, where.namespace) from error


def _queried(exchange: Exchange, namespace: str, text: str) -> list[str]:
    query = Query(text)
    cls = wmi.find(namespace, query.class_name)
    properties, condition = query.bind(cls.properties)
    chosen = [one for one in cls(exchange.service.machine).instances() if condition(one)]
    if query.everything:
        resource = WmiAddress(namespace, cls.name).resource
        return [cim.instance(cls.name, resource, properties, one) for one in chosen]
    return [cim.fragment(properties, one) for one in chosen]


def _all_instances(exchange: Exchange, where: WmiAddress) -> list[str]:
    if where.name == "*":
        raise Fault(fault_codes.CANNOT_PROCESS_FILTER, provider=WMI_PLUGIN)
    try:
        cls = wmi.find(where.namespace, where.name)
        resource = WmiAddress(where.namespace, cls.name).resource
        instances = cls(exchange.service.machine).instances()
        return [cim.instance(cls.name, resource, cls.properties, one) for one in instances]
    except WbemError as error:
        raise wmi_faults.fault(error, "CreateInstanceEnum", where.name, where.namespace) from error


def _batch(exchange: Exchange, enumeration: Enumeration, limit: int, element: str, prefix: str) -> Reply:
    """Return as many items as are requested and fit; `prefix` is that of w:Items or n:Items, which differ."""
    enumerations = exchange.service.enumerations
    message = exchange.message
    frame = _answer(element, prefix, enumeration.context, "")
    size = len(envelope.write(f"{message.action}Response", frame, _PREFIXES, message.message_id))
    taken: list[str] = []
    while enumeration.items and len(taken) < limit:
        size += len(enumeration.items[0])
        if not envelope.fits(size, message.max_size):
            break
        taken.append(enumeration.items.popleft())
    if enumeration.items and not taken:
        enumerations.close(enumeration)
        raise Fault(fault_codes.MAX_ENVELOPE_SIZE_EXCEEDED)
    if enumeration.items:
        enumerations.renew(enumeration)
        return Reply(_answer(element, prefix, enumeration.context, "".join(taken)), _PREFIXES)
    enumerations.close(enumeration)
    return Reply(_answer(element, prefix, "", "".join(taken)), _PREFIXES)


def _answer(element: str, prefix: str, context: str, items: str) -> str:
    # The last EnumerateResponse has an empty context, the last PullResponse none.
    shown = f"<n:EnumerationContext>{context}</n:EnumerationContext>" if context or prefix == "w" else ""
    end = "" if context else f"<{prefix}:EndOfSequence/>"
    return f"<n:{element}>{shown}<{prefix}:Items>{items}</{prefix}:Items>{end}</n:{element}>"
