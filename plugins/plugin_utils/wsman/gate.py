# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a gate that lets only so many exchanges with a fleet through at a time.

An exchange costs the controller time for its encryption and its XML, so more at a time only make each slower. But most
of it is waiting for the machine: one that has been inside for longer than ``patience`` no longer counts, so that
machines that are off or slow do not keep the others out.
"""

from __future__ import annotations

import contextlib
import threading
import time
import typing as t

from .conversation import Transport


class Gate:
    """Lets ``places`` through at a time, in the order in which they come.

    Args:
        patience: seconds after which somebody inside no longer counts.
    """

    def __init__(self, places: int, patience: float, clock: t.Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._patience = patience
        self._clock = clock
        self._changed = threading.Condition()
        self._inside: dict[object, float] = {}

    @contextlib.contextmanager
    def passage(self) -> t.Iterator[None]:
        """Wait for a place, and keep it meanwhile."""
        token = object()
        with self._changed:
            while (seconds := self._until_free()) > 0:
                self._changed.wait(seconds)
            self._inside[token] = self._clock()
        try:
            yield
        finally:
            with self._changed:
                del self._inside[token]
                self._changed.notify()

    def _until_free(self) -> float:
        """Return the seconds until there is a place, if nobody leaves."""
        now = self._clock()
        counting = sorted(since for since in self._inside.values() if now - since < self._patience)
        return counting[-self._places] + self._patience - now if len(counting) >= self._places else 0.0


class GatedTransport:
    """A transport whose messages go through a gate.

    Attributes:
        gate: the present one; None for none, as for a request that waits on the machine for something to happen.
    """

    def __init__(self, transport: Transport, gate: Gate) -> None:
        self.gate: Gate | None = gate
        self._transport = transport

    @property
    def operation_timeout(self) -> int:
        """See ``conversation.Transport``."""
        return self._transport.operation_timeout

    def send(self, message: bytes) -> bytes:
        """See ``conversation.Transport``."""
        with self.gate.passage() if self.gate is not None else contextlib.nullcontext():
            return self._transport.send(message)

    def close(self) -> None:
        """See ``conversation.Transport``."""
        self._transport.close()
