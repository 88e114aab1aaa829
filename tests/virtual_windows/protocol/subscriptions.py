"""Subscriptions to events in Pull mode: what happened since the last Pull waits here, until it is fetched or expires.

Their time is that of the machine, so that one of ten minutes expires soon on a machine whose clock runs fast.
"""

from __future__ import annotations

import threading
import typing as t
from collections import deque
from dataclasses import dataclass, field

from ..machine import Machine
from . import fault_codes
from .envelope import new_id
from .faults import Fault


class _Watch(t.Protocol):
    def close(self) -> None:
        """Stop watching."""


@dataclass
class Subscription:
    """One subscription.

    Attributes:
        identifier: names it in an Unsubscribe.
        context: names it in the next Pull; a new one with every answer that has one.
        resource: the resource URI.
        items: the events that were not fetched, as XML.
        expires: when it ends, on the machine's clock; None: never.
        watches: what feeds it.
        ended: unsubscribed, expired, or gone with the service.
    """

    resource: str
    expires: float | None
    identifier: str = field(default_factory=new_id)
    context: str = field(default_factory=new_id)
    items: deque[str] = field(default_factory=deque)
    watches: list[_Watch] = field(default_factory=list)
    ended: bool = False


class Subscriptions:
    """The subscriptions of one server.

    Attributes:
        quiet_pulls_are_empty: whether a Pull that waited in vain is answered without items, and not with the fault that
            its time is over; Microsoft's OMI does the former when a heartbeat is due.
    """

    def __init__(self, machine: Machine) -> None:
        self.quiet_pulls_are_empty = False
        self._machine = machine
        self._changed = threading.Condition()
        self._open: dict[str, Subscription] = {}

    def all(self) -> list[Subscription]:
        """Return those that are open now."""
        self._expire()
        with self._changed:
            return list(self._open.values())

    def open(self, subscription: Subscription) -> None:
        """Add a subscription."""
        with self._changed:
            self._open[subscription.identifier] = subscription

    def tell(self, subscription: Subscription, item: str) -> None:
        """Add an event."""
        with self._changed:
            subscription.items.append(item)
            self._changed.notify_all()

    def find(self, context: str, resource: str) -> Subscription | None:
        """Return the one that a Pull is for."""
        self._expire()
        with self._changed:
            matching = (one for one in self._open.values() if one.context == context.strip())
            found = next(matching, None)
        return found if found and found.resource.lower() == resource.lower() else None

    def fetch(self, subscription: Subscription, seconds: float, most: int) -> list[str]:
        """Wait for events; return as many as are wanted, and give the subscription a new context.

        Raises:
            Fault: there were none in time, or the subscription ended meanwhile.
        """
        clock = self._machine.clock
        if subscription.expires is not None:
            seconds = min(seconds, subscription.expires - clock.elapsed())
        with self._changed:
            clock.wait_for(self._changed, lambda: bool(subscription.items) or subscription.ended, seconds)
            if subscription.ended:
                raise Fault(fault_codes.OPERATION_ABORTED)
            if not subscription.items and not self.quiet_pulls_are_empty:
                raise Fault(fault_codes.OPERATION_TIMED_OUT)
            subscription.context = new_id()
            return [subscription.items.popleft() for _unused in range(min(most, len(subscription.items)))]

    def close(self, identifier: str) -> None:
        """End a subscription; once more does no harm."""
        with self._changed:
            subscription = self._open.pop(identifier.strip(), None)
            if subscription is None:
                return
            subscription.ended = True
            self._changed.notify_all()
        for watch in subscription.watches:
            watch.close()

    def close_all(self) -> None:
        """End all, as a service does that stops."""
        with self._changed:
            identifiers = list(self._open)
        for identifier in identifiers:
            self.close(identifier)

    def _expire(self) -> None:
        now = self._machine.clock.elapsed()
        with self._changed:
            over = [one.identifier for one in self._open.values() if one.expires is not None and one.expires <= now]
        for identifier in over:
            self.close(identifier)
