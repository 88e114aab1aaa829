"""A clock that stands still until somebody waits: for tests about hours, or about the order of events, in no time.

Whoever waits on it moves it on, from one pending action to the next, each of which runs at its own time and in the
waiting thread. So a machine and those who talk to it have to share one thread.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import typing as t

from .clock import Clock


class SimulatedClock(Clock):
    """A machine's clock whose time passes only while somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self._time = 0.0
        self._due: list[tuple[float, int, t.Callable[[], None]]] = []
        self._order = itertools.count()

    def elapsed(self) -> float:
        """See `Clock`."""
        return self._time

    def sleep(self, seconds: float, cancelled: threading.Event | None = None) -> bool:
        """See `Clock`."""
        return self._advance(max(seconds, 0), cancelled.is_set if cancelled else lambda: False)

    def wait_for(self, changed: threading.Condition, predicate: t.Callable[[], bool], seconds: float) -> bool:
        """See `Clock`."""
        changed.release()
        try:
            self._advance(max(seconds, 0), predicate)
        finally:
            changed.acquire()
        return predicate()

    def later(self, seconds: float, action: t.Callable[[], None]) -> None:
        """See `Clock`."""
        heapq.heappush(self._due, (self._time + max(seconds, 0), next(self._order), action))

    def idle(self, timeout: float = 5.0) -> bool:
        """See `Clock`."""
        del timeout
        while self._due:
            self._run_next()
        return True

    def close(self) -> None:
        """See `Clock`."""
        super().close()
        self._due.clear()

    def _advance(self, seconds: float, enough: t.Callable[[], bool]) -> bool:
        """Let time pass until it is enough, at most for `seconds`; return whether it was enough."""
        end = self._time + seconds
        while not enough() and self._due and self._due[0][0] <= end:
            self._run_next()
        if enough():
            return True
        self._time = max(self._time, end)
        return False

    def _run_next(self) -> None:
        when, _order, action = heapq.heappop(self._due)
        self._time = max(self._time, when)
        action()
