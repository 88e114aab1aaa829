# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a subscription to events of WMI in Pull mode: Subscribe, Pull as often as wanted, Unsubscribe.

The machine keeps what happens until it is pulled, so nothing is lost between two Pulls; what happened before the
subscription is. A Pull whose answer was lost has lost its events, too, and its context with them: subscribe again.
One that nobody ends is dropped by the machine after ``EXPIRES``. It cannot be renewed.

Source: [MS-WSMV] 3.1.4.6, WS-Eventing, DSP0226 10. Tried with Microsoft's OMI, never on real Windows.
"""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t
import xml.etree.ElementTree as ET

from . import messages
from .enumeration import WQL
from .errors import FaultCode, ProtocolError, WSManError, WSManFault
from .messages import ENUMERATION, EVENTING, Request, Resource, Value

#: Seconds after which the machine drops a subscription.
EXPIRES = 600

#: The shortest wait for an event that is asked for, in seconds ([MS-WSMV] 2.2.4.10: the least MaxTimeoutms).
SHORTEST_PULL = 0.5

_MODE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull"

# Events in one answer.
_BATCH = 100

# The longest name of a subscription or of its next Pull that is sent back to the machine.
_LONGEST_NAME = 2_048

Event = dict[str, Value]


class Subscription:
    """One subscription, open from the beginning; ``exchange`` sends a request and returns the answer's body."""

    def __init__(self, resource: Resource, query: str, exchange: t.Callable[[Request], ET.Element]) -> None:
        self._resource = resource
        self._exchange = exchange
        # An answer that was lost leaves a subscription that nobody can end: it expires.
        answer = exchange(messages.build(resource, f"{EVENTING}/Subscribe", _subscribe_body(query)))
        response = answer.find(f"{{{EVENTING}}}SubscribeResponse")
        if response is None:
            raise ProtocolError(f"{resource.subject}: the answer holds no subscription")
        self._identifier = _name(response, f"{{{EVENTING}}}Identifier", resource.subject)
        self._context = _name(response, f"{{{ENUMERATION}}}EnumerationContext", resource.subject)

    def pull(self, seconds: float) -> list[Event]:
        """Return what has happened, or happens within that time; nothing if nothing does.

        Args:
            seconds: at least ``SHORTEST_PULL``; the connection's own time for an operation may be shorter.

        Raises:
            WSManError: the subscription is gone, and so may be events.
        """
        request = messages.build(self._resource, f"{ENUMERATION}/Pull", _pull_body(self._context))
        try:
            body = self._exchange(dataclasses.replace(request, longest=max(seconds, SHORTEST_PULL)))
        except WSManFault as fault:
            if fault.code == FaultCode.TIMED_OUT:
                return []
            raise
        response = body.find(f"{{{ENUMERATION}}}PullResponse")
        if response is None:
            raise ProtocolError(f"{self._resource.subject}: the answer holds no events")
        self._context = _name(response, f"{{{ENUMERATION}}}EnumerationContext", self._resource.subject)
        return [messages.properties(item) for item in response.findall(f"{{{ENUMERATION}}}Items/*")]

    def close(self) -> None:
        """End the subscription. If that fails, it expires."""
        request = messages.build(self._resource, f"{EVENTING}/Unsubscribe", f'<e:Unsubscribe xmlns:e="{EVENTING}"/>')
        identifier = messages.element("e:Identifier", self._identifier, **{"xmlns:e": EVENTING})
        with contextlib.suppress(WSManError):
            self._exchange(dataclasses.replace(request, header=request.header + identifier))


def _name(response: ET.Element, tag: str, subject: str) -> str:
    text = next((one.text or "" for one in response.iter(tag)), "").strip()
    if not text or len(text) > _LONGEST_NAME:
        raise ProtocolError(f"{subject}: the answer does not say how to go on")
    return text


def _subscribe_body(query: str) -> str:
    # In this order: Microsoft's OMI refuses any other. Without heartbeats, which would end it if no Pull waits.
    return (
        f'<e:Subscribe xmlns:e="{EVENTING}"><e:Delivery Mode="{_MODE}"/><e:Expires>PT{EXPIRES}S</e:Expires>'
        f"{messages.element('w:Filter', query, Dialect=WQL)}</e:Subscribe>"
    )


def _pull_body(context: str) -> str:
    return (
        f'<n:Pull xmlns:n="{ENUMERATION}">{messages.element("n:EnumerationContext", context)}'
        f"<n:MaxElements>{_BATCH}</n:MaxElements></n:Pull>"
    )
