# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: when a hold ends: after its time, by a signal, by a file, or because Ansible or its listener is gone.

Ctrl-C and SIGTERM end ``ansible-playbook`` itself, which passes them on to its workers (2.19 and later) or is gone; a
worker of earlier ones gets Ctrl-C from the terminal. So a worker that holds notes the signal, ends properly, and lets
the signal do its work afterwards.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import typing as t
from pathlib import Path
from types import FrameType, TracebackType

from .listener import Listener

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: Seconds between two looks for the stop file and for the parent.
_LOOKS_EVERY = 0.25


class Ending:
    """Knows whether it is time to end. Everything but ``wait`` and ``is_over`` is for the main thread.

    Args:
        seconds: how long to go on; 0 for until something else ends it.
        stop_file: its appearance is the end.
        listener: its disappearance is the end.

    Attributes:
        reason: why it is over, in words; empty as long as it is not.
        signal: the signal that ended it; None if none did.
    """

    def __init__(
        self,
        seconds: float,
        stop_file: Path | None,
        clock: t.Callable[[], float] = time.monotonic,
        listener: Listener | None = None,
    ) -> None:
        self.reason = ""
        self.signal: int | None = None
        self._clock = clock
        self._at = clock() + seconds if seconds else float("inf")
        self._seconds = seconds
        self._stop_file = stop_file
        self._listener = listener
        self._parent = os.getppid()
        self._look_at = clock()
        self._ended = threading.Event()
        self._handlers: dict[int, t.Any] = {}

    def is_over(self) -> bool:
        """Whether to end."""
        return self._ended.is_set() or self._clock() >= self._at

    @property
    def abandoned(self) -> bool:
        """Whether Ansible itself no longer waits for a result."""
        return self.signal is not None or os.getppid() != self._parent

    def wait(self, seconds: float) -> None:
        """Wait, at most until the end."""
        self._ended.wait(max(0.0, min(seconds, self._at - self._clock())))

    def look(self) -> bool:
        """Return whether it is over, after a look at everything that may end it."""
        now = self._clock()
        if self.reason:
            return True
        if now >= self._at:
            self._end(f"after {self._seconds:g} seconds")
        elif now >= self._look_at:
            self._look_at = now + _LOOKS_EVERY
            if os.getppid() != self._parent:
                self._end("since ansible-playbook is gone")
            elif self._stop_file is not None and self._stop_file.exists():
                self._end(f"by the file {self._stop_file}")
            elif self._listener is not None and self._listener.is_gone():
                self._end("since nobody listens any more")
        return bool(self.reason)

    def hurry(self) -> None:
        """End now, whatever the time: something went wrong."""
        self._ended.set()

    def __enter__(self) -> t.Self:
        for number in _SIGNALS:
            self._handlers[number] = signal.signal(number, self._by_signal)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._ended.set()
        for number, handler in self._handlers.items():
            # None: a handler that was not set from Python.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def pass_on(self) -> None:
        """Let the signal that ended it do what it would have done; end the process if Ansible is gone."""
        if self.abandoned:
            os.kill(os.getpid(), self.signal or signal.SIGTERM)

    def _by_signal(self, number: int, _frame: FrameType | None) -> None:
        # Ansible sends SIGTERM right after SIGINT: the first one counts.
        if self.signal is None:
            self.signal = number
            self._end(f"by {signal.Signals(number).name}")

    def _end(self, reason: str) -> None:
        self.reason = self.reason or reason
        self._ended.set()
