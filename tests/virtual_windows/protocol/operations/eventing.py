"""Subscribe, Pull and Unsubscribe: being told of events of WMI ([MS-WSMV] 3.1.4.6, WS-Eventing, [DSP0226] 10).

Delivery is in Pull mode only. The order of the elements of a Subscribe is that of WS-Eventing's schema; Microsoft's OMI
refuses any other. Renew is not supported ([MS-WSMV] 3.1.4.6).
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ...machine import Machine
from ...wmi import Instance, WbemError, WbemStatus
from ...wmi.registry_value_change_event import RegistryValueChangeEvent, watch
from ...wmi.wql import Query
from .. import cim, duration, fault_codes, wmi_faults
from ..exchange import Exchange, Reply
from ..faults import Fault
from ..namespaces import ANONYMOUS, ENUMERATION, EVENTING, WQL, WSMAN, tag
from ..subscriptions import Subscription
from ..xmltext import escape
from . import enumeration
from .wmi_address import WmiAddress, address

_PREFIXES = "a e n w"
_PULL_MODE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull"
_ORDER = [tag(EVENTING, "EndTo"), tag(EVENTING, "Delivery"), tag(EVENTING, "Expires"), tag(WSMAN, "Filter")]


def subscribe(exchange: Exchange) -> Reply:
    """Open a subscription."""
    machine = exchange.service.machine
    if not machine.events:
        # [MS-WSMV] note 112: subscriptions to WMI are younger than Server 2008 R2.
        raise Fault(fault_codes.ACTION_NOT_SUPPORTED)
    body, message = exchange.message.body, exchange.message
    if body is None or body.tag != tag(EVENTING, "Subscribe") or not _in_order(body):
        raise Fault(fault_codes.SCHEMA_VALIDATION_ERROR)
    delivery = body.find(tag(EVENTING, "Delivery"))
    if delivery is None or delivery.get("Mode") != _PULL_MODE:
        raise Fault(fault_codes.DELIVERY_MODE_UNAVAILABLE)
    where = address(message)
    subscription = Subscription(message.resource, _expiry(machine, body))
    text = filter_text(body)
    try:
        _watch(exchange, subscription, where, text)
    except WbemError as error:
        raise wmi_faults.fault(error, "ExecNotificationQuery", text, where.namespace) from error
    exchange.service.subscriptions.open(subscription)
    left = "" if subscription.expires is None else _remaining(machine, subscription.expires)
    return Reply(
        f"<e:SubscribeResponse><e:SubscriptionManager><a:Address>{ANONYMOUS}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{escape(message.resource)}</w:ResourceURI>"
        f"<e:Identifier>{subscription.identifier}</e:Identifier></a:ReferenceParameters></e:SubscriptionManager>"
        f"{left}<n:EnumerationContext>{subscription.context}</n:EnumerationContext></e:SubscribeResponse>",
        _PREFIXES,
    )


def pull(exchange: Exchange) -> Reply:
    """Return what happened, or wait for it; a Pull for anything but a subscription continues an enumeration."""
    message = exchange.message
    body = message.body
    context = (body.findtext(tag(ENUMERATION, "EnumerationContext")) or "") if body is not None else ""
    subscriptions = exchange.service.subscriptions
    subscription = subscriptions.find(context, message.resource)
    if subscription is None or body is None:
        return enumeration.pull(exchange)
    most = int(body.findtext(tag(ENUMERATION, "MaxElements")) or "1")
    items = "".join(subscriptions.fetch(subscription, message.timeout, most))
    shown = f"<n:EnumerationContext>{subscription.context}</n:EnumerationContext>"
    return Reply(f"<n:PullResponse>{shown}<n:Items>{items}</n:Items></n:PullResponse>", _PREFIXES)


def unsubscribe(exchange: Exchange) -> Reply:
    """End a subscription; the client names it in the header."""
    body = exchange.message.body
    if body is None or body.tag != tag(EVENTING, "Unsubscribe"):
        raise Fault(fault_codes.SCHEMA_VALIDATION_ERROR)
    if not exchange.message.identifier:
        raise Fault(fault_codes.INVALID_HEADER)
    exchange.service.subscriptions.close(exchange.message.identifier)
    return Reply("", _PREFIXES)


def filter_text(body: Element | None) -> str:
    """Return the query in a Subscribe."""
    return (body.findtext(tag(WSMAN, "Filter")) or "").strip() if body is not None else ""


def _in_order(body: Element) -> bool:
    places = [_ORDER.index(child.tag) if child.tag in _ORDER else -1 for child in body]
    return -1 not in places and places == sorted(set(places))


def _expiry(machine: Machine, body: Element) -> float | None:
    text = body.findtext(tag(EVENTING, "Expires"))
    if text is None:
        return None
    try:
        seconds = duration.parse(text)
    except ValueError:
        raise Fault(fault_codes.INVALID_EXPIRATION) from None
    return machine.clock.elapsed() + seconds


def _remaining(machine: Machine, expires: float) -> str:
    return f"<e:Expires>{duration.seconds(max(0.0, expires - machine.clock.elapsed()))}</e:Expires>"


def _watch(exchange: Exchange, subscription: Subscription, where: WmiAddress, text: str) -> None:
    """Let the events of the query arrive at the subscription."""
    message, service = exchange.message, exchange.service
    given = message.body.find(tag(WSMAN, "Filter")) if message.body is not None else None
    if given is None or where.name != "*":
        raise Fault(fault_codes.CANNOT_PROCESS_FILTER)
    if given.get("Dialect", "") != WQL:
        raise Fault(fault_codes.EVENT_FILTER_UNAVAILABLE)
    query = Query(text)
    event_class = RegistryValueChangeEvent
    if where.namespace.lower() != "root/default" or query.class_name.lower() != event_class.name.lower():
        raise WbemError(WbemStatus.INVALID_CLASS, query.class_name)
    resource = WmiAddress(where.namespace, event_class.name).resource

    def tell(event: Instance) -> None:
        item = cim.instance(event_class.name, resource, event_class.properties, event)
        service.subscriptions.tell(subscription, item)

    with service.machine.lock:
        subscription.watches = [*watch(service.machine, query, tell)]
