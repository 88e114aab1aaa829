# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests and answers of one task: what is sent again, over what connection, and when it is enough.

* The service was busy and did nothing: asked again, whatever it was.
* The answer was lost (a broken connection, a time-out, HTTP 503), or the operation timed out on the machine: asked
  again over a fresh connection if that does no harm. Otherwise whoever asked must look what became of it.
* No connection could be made: told at once, unless the machine has answered before. A fleet has machines that
  are switched off, and nobody wants to wait for each of them several times.
"""

from __future__ import annotations

import contextlib
import time
import typing as t
import xml.etree.ElementTree as ET

from . import limits, messages
from .errors import BUSY, FaultCode, LostError, ProtocolError, WSManError, WSManFault
from .messages import Request


class Transport(t.Protocol):
    """What a connection plugin gives us: a way to exchange one SOAP message for another."""

    @property
    def operation_timeout(self) -> int:
        """Seconds that the service may take for an operation: less than its answer is waited for.

        Raises:
            UnreachableError: the connection's options are wrong.
        """

    def send(self, message: bytes) -> bytes:
        """Return the body of the HTTP answer, of a fault as well (HTTP 500); over a new connection after ``close``.

        Raises:
            UnreachableError: there was no answer, or one that says that we may not talk to the service.
        """

    def close(self) -> None:
        """Close the HTTP connection."""


class Conversation:
    """Exchanges messages with one machine, as long as the task's bounds allow."""

    def __init__(
        self, transport: Transport, pause: t.Callable[[float], None], clock: t.Callable[[], float] = time.monotonic
    ) -> None:
        self._transport = transport
        self.pause = pause
        self._clock = clock
        self._end = clock() + limits.TASK_TIME
        self._bytes = 0
        self._answered = False

    def exchange(self, request: Request) -> ET.Element:
        """Return the body of the answer; see the module's docstring for what is sent again."""
        pauses = iter(limits.BACK_OFF)
        while True:
            try:
                return self._once(request)
            except (LostError, WSManFault) as error:
                pause = next(pauses, None) if self._worth_another_try(request, error) else None
                if pause is None:
                    raise
                self.pause(pause)

    def close(self) -> None:
        """Close the HTTP connection."""
        # What a library still has to say when its connection ends changes nothing.
        with contextlib.suppress(Exception):
            self._transport.close()

    def _once(self, request: Request) -> ET.Element:
        if self._clock() > self._end:
            raise ProtocolError(f"{request.subject}: the task took longer than {limits.TASK_TIME:.0f} seconds")
        try:
            answer = self._transport.send(request.envelope(self._transport.operation_timeout))
            self._answered = True
            self._bytes += len(answer)
            if self._bytes > limits.TASK_BYTES:
                raise ProtocolError(f"{request.subject}: the machine sent more than {limits.TASK_BYTES:,} bytes")
            return messages.parse(request, answer)
        except WSManFault:
            raise
        except WSManError:
            # Login, encryption and the order of answers may be out of step now: the next request starts afresh.
            self.close()
            raise

    def _worth_another_try(self, request: Request, error: LostError | WSManFault) -> bool:
        if isinstance(error, LostError):
            return request.repeatable and (self._answered or not error.connecting)
        if error.code in BUSY:
            return True
        return error.code == FaultCode.TIMED_OUT and request.repeatable and request.patient
