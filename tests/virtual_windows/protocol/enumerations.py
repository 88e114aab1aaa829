"""Enumerations that are open between a request and the next Pull."""

from __future__ import annotations

import threading
import typing as t
from collections import deque
from dataclasses import dataclass

from . import fault_codes
from .envelope import new_id
from .faults import Fault

# EnumerationTimeoutms and MaxConcurrentOperationsPerUser of the service ([MS-WSMV] 2.2.4.36).
TIMEOUT = 60.0
MAX_PER_USER = 1_500


@dataclass
class Enumeration:
    """Items that are still to be fetched, already as XML.

    Attributes:
        context: its id for the client; a new one with every answer, as [MS-WSMV] 4.1.2 shows.
        resource: the resource URI.
        owner: who started it.
        items: what is left.
        deadline: when it expires.
    """

    context: str
    resource: str
    owner: str
    items: deque[str]
    deadline: float


class Enumerations:
    """The open enumerations of one server."""

    def __init__(self, now: t.Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._open: dict[str, Enumeration] = {}

    def all(self) -> list[Enumeration]:
        """Return those that are open now."""
        with self._lock:
            self._expire()
            return list(self._open.values())

    def open(self, resource: str, owner: str, items: t.Iterable[str]) -> Enumeration:
        """Return a new one."""
        with self._lock:
            self._expire()
            if sum(one.owner == owner for one in self._open.values()) >= MAX_PER_USER:
                raise Fault(fault_codes.MAX_OPERATIONS)
            enumeration = Enumeration(new_id(), resource, owner, deque(items), self._now() + TIMEOUT)
            self._open[enumeration.context] = enumeration
            return enumeration

    def find(self, context: str, resource: str) -> Enumeration:
        """Return the one that the client calls `context`."""
        with self._lock:
            self._expire()
            enumeration = self._open.get(context.strip())
            if enumeration is None or enumeration.resource.lower() != resource.lower():
                raise Fault(fault_codes.INVALID_ENUMERATION_CONTEXT)
            return enumeration

    def renew(self, enumeration: Enumeration) -> None:
        """Give it a new context and its time again."""
        with self._lock:
            if self._open.pop(enumeration.context, None) is not None:
                enumeration.context = new_id()
                enumeration.deadline = self._now() + TIMEOUT
                self._open[enumeration.context] = enumeration

    def close(self, enumeration: Enumeration) -> None:
        """Forget it."""
        with self._lock:
            self._open.pop(enumeration.context, None)

    def _expire(self) -> None:
        now = self._now()
        self._open = {context: one for context, one in self._open.items() if one.deadline > now}
