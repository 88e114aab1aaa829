# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the requests and answers of one task: what is sent again, and over which connection.

* The service was busy and did nothing: the request is sent again, whatever it was.
* The answer was lost (a broken connection, a time-out, HTTP 503), or the operation timed out on the machine: the
  request is sent again over a new connection if it is repeatable. Otherwise the caller has to find out what happened.
* No connection could be made, or nothing answers over it: an immediate error, unless the machine has answered before.
  Some machines of a fleet are always off, or hang, and retrying each of them would take long.

How often anything is sent again is decided in ``retry``.
"""

from __future__ import annotations

import contextlib
import typing as t
import xml.etree.ElementTree as ET

from .. import limits
from . import messages
from .errors import BUSY, FaultCode, LostError, ProtocolError, WSManError, WSManFault, cannot_have_acted
from .messages import Request
from .retry import RetryBudget


class Transport(t.Protocol):
    """What a connection plugin provides: it sends a SOAP message and returns the answer."""

    @property
    def operation_timeout(self) -> int:
        """Seconds that the service may take for an operation: less than the time that we wait for its answer.

        Raises:
            UnreachableError: the connection's options are wrong.
        """

    def send(self, message: bytes) -> bytes:
        """Return the body of the HTTP answer, even of a fault (HTTP 500); after ``close``, open a new connection.

        Raises:
            UnreachableError: there was no answer, or one that denies access to the service.
        """

    def close(self) -> None:
        """Close the HTTP connection."""


class Conversation:
    """Exchanges messages with one machine, within the task's limits."""

    def __init__(self, transport: Transport, retries: RetryBudget) -> None:
        self._transport = transport
        self._retries = retries
        self._bytes = 0
        self._most_bytes = limits.TASK_BYTES
        self._answered = False

    def exchange(self, request: Request) -> ET.Element:
        """Return the body of the answer; see the module's docstring for what is sent again."""
        while True:
            self._retries.check_time(request.subject)
            message = request.envelope(self._transport.operation_timeout)
            try:
                return self._send(request, message)
            except WSManError as error:
                if request.opens_shell and not cannot_have_acted(error):
                    self._retries.shell_left_open()
                if not self._may_send_again(request, error):
                    raise
                if not self._retries.try_again(writes=request.writes, opens_shell=request.opens_shell):
                    raise

    def renew(self, most_bytes: int) -> None:
        """Count bytes afresh, for work that lasts longer than a task."""
        self._bytes = 0
        self._most_bytes = most_bytes

    def close(self) -> None:
        """Close the HTTP connection."""
        # An error of a library while it closes its connection makes no difference.
        with contextlib.suppress(Exception):
            self._transport.close()

    def _send(self, request: Request, message: bytes) -> ET.Element:
        try:
            answer = self._transport.send(message)
            self._answered = True
            self._bytes += len(answer)
            if self._bytes > self._most_bytes:
                raise ProtocolError(f"{request.subject}: the machine sent more than {self._most_bytes:,} bytes")
            return messages.parse(request, answer)
        except WSManFault:
            raise
        except WSManError:
            # Login, encryption and the order of answers may be out of sync, so the next request needs a new connection.
            self.close()
            raise

    def _may_send_again(self, request: Request, error: WSManError) -> bool:
        if isinstance(error, LostError):
            if (error.connecting or error.timed_out) and not self._answered:
                return False
            return request.repeatable or not error.sent
        if not isinstance(error, WSManFault):
            return False
        if error.code in BUSY:
            return True
        return error.code == FaultCode.TIMED_OUT and request.repeatable and request.patient
