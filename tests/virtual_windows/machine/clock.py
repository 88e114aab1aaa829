"""The clock of a machine.

Programs wait and clients react by the machine's own clock, which can run faster than the wall clock, so that a test of
`ping -n 6`, or of a client that reacts after a second, does not last that long. It still waits a little, so that other
threads get their turn as on a real machine.
"""

from __future__ import annotations

import threading
import time
import typing as t
from datetime import UTC, datetime, timedelta


class Clock:
    """Waits and timers, `speed` times as fast as the wall clock.

    Never wait on it while holding the machine's lock.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"the speed of a clock must be positive, not {speed}")
        self.speed = speed
        self._started = datetime.now(UTC)
        self._began = time.monotonic()
        self._pending: dict[int, threading.Timer] = {}
        self._numbers = 0
        self._changed = threading.Condition()
        self._closed = False

    def now(self) -> datetime:
        """Return the machine's date and time, in UTC."""
        return self._started + timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        """Return the seconds of machine time since the clock began."""
        return (time.monotonic() - self._began) * self.speed

    def sleep(self, seconds: float, cancelled: threading.Event | None = None) -> bool:
        """Wait `seconds` of machine time; return True when `cancelled` was set meanwhile."""
        return (cancelled or threading.Event()).wait(max(seconds, 0) / self.speed)

    def wait_for(self, changed: threading.Condition, predicate: t.Callable[[], bool], seconds: float) -> bool:
        """Wait until what `changed` guards fulfils the predicate, or `seconds` of machine time; return the predicate.

        The caller holds `changed`, and whoever changes something notifies it.
        """
        return changed.wait_for(predicate, max(seconds, 0) / self.speed)

    def later(self, seconds: float, action: t.Callable[[], None]) -> None:
        """Run `action` on a thread of its own after `seconds` of machine time."""
        with self._changed:
            if self._closed:
                return
            self._numbers += 1
            number = self._numbers
            timer = threading.Timer(seconds / self.speed, self._run, (number, action))
            timer.daemon = True
            self._pending[number] = timer
            timer.start()

    def idle(self, timeout: float = 5.0) -> bool:
        """Wait (wall seconds) until nothing is pending; False when something still is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending, timeout)

    def close(self) -> None:
        """Forget what is pending; nothing can be scheduled any more."""
        with self._changed:
            self._closed = True
            for timer in self._pending.values():
                timer.cancel()
            self._pending.clear()
            self._changed.notify_all()

    def _run(self, number: int, action: t.Callable[[], None]) -> None:
        try:
            if not self._closed:
                action()
        finally:
            with self._changed:
                self._pending.pop(number, None)
                self._changed.notify_all()
