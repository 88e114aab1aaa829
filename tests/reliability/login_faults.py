"""Faults below the messages: in TLS, and in the login with which a new connection begins.

A `LoginInjection` loses the connection of the n-th message, so the next try logs in again with new keys; then it hits
one round trip of that login, or the TLS handshake before it.
"""

from __future__ import annotations

import os
import socket
import ssl
import struct
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

from tests.virtual_windows.fleet import Member
from tests.virtual_windows.protocol import Drop
from tests.virtual_windows.protocol.connection import Connection
from tests.virtual_windows.protocol.http import HttpResponse
from tests.virtual_windows.protocol.interceptors import Stage
from tests.virtual_windows.protocol.log import Request

from .faults import Injection, Kind

# SO_LINGER with a time of 0: closing the socket discards unsent data and sends RST.
_DISCARD_UNSENT = struct.pack("ii", 1, 0)

# A TLS record that announces 1,024 bytes of data, and the beginning of one with the server's part of a handshake.
_HALF_A_RECORD = b"\x17\x03\x03\x04\x00" + bytes(100)
_HALF_A_HELLO = b"\x16\x03\x03\x00\x7a\x02"


def _reset(end: socket.socket) -> None:
    """End a connection with RST, as firewalls do."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DISCARD_UNSENT)
    os.close(end.detach())
    raise ConnectionAbortedError


def _send_past_tls(end: socket.socket, data: bytes) -> None:
    """Send raw bytes past TLS, then end the connection."""
    with socket.socket(fileno=os.dup(end.fileno())) as plain:
        plain.sendall(data)
    raise ConnectionAbortedError


def _lose(_unused: object) -> None:
    raise Drop


#: Faults of a connection over TLS, at any message.
TLS_KINDS = (
    Kind("connection reset by RST", "received", lambda one: _reset(one.end()), retried=True),
    Kind("connection reset by RST", "acted", lambda one: _reset(one.end()), retried=True),
    Kind(
        "connection cut off in a TLS record",
        "acted",
        lambda one: _send_past_tls(one.end(), _HALF_A_RECORD),
        retried=True,
    ),
)


@dataclass(frozen=True)
class LoginKind(Kind):
    """A kind of fault that hits the login after the one at the n-th message, which loses the connection.

    Attributes:
        handshake: ends the connection in the TLS handshake; None: a round trip is hit.
        answer: what the machine answers instead, unless it raises.
    """

    handshake: t.Callable[[socket.socket], None] | None = None
    answer: t.Callable[[Connection], HttpResponse] | None = None


def _refuse(connection: Connection) -> HttpResponse:
    """Refuse a token as a machine does: the login could begin again."""
    connection._handshake = None  # noqa: SLF001
    offers = connection._challenges()  # noqa: SLF001
    return HttpResponse(401, headers=[("WWW-Authenticate", offer) for offer in offers])


def _drop(_unused: Connection) -> HttpResponse:
    raise Drop


def _kinds() -> t.Iterator[LoginKind]:
    def kind(name: str, stage: Stage, answer: t.Callable[[Connection], HttpResponse], **more: t.Any) -> LoginKind:
        return LoginKind(f"{name} in the next login", stage, _lose, answer=answer, **more)

    yield kind("connection lost", "received", _drop, retried=True)
    yield kind("HTTP 503", "acted", lambda _unused: HttpResponse(503), retried=True)
    yield kind("HTTP 400", "received", lambda _unused: HttpResponse(400), retried=True)
    yield kind("HTTP 403", "acted", lambda _unused: HttpResponse(403), expected="may not use WinRM")
    yield kind("HTTP 500", "received", lambda _unused: HttpResponse(500), expected="HTTP 500")
    # The wording depends on the library (refused or failed); the first 401 of a login is harmless.
    yield kind("HTTP 401", "acted", _refuse, expected="the login ")


def _handshakes() -> t.Iterator[LoginKind]:
    def kind(name: str, stage: Stage, handshake: t.Callable[[socket.socket], None]) -> LoginKind:
        return LoginKind(
            f"connection {name} in the next TLS handshake", stage, _lose, retried=True, handshake=handshake
        )

    yield kind("reset", "acted", _reset)
    yield kind("cut off", "received", lambda end: _send_past_tls(end, _HALF_A_HELLO))


LOGIN_KINDS = tuple(_kinds())
HANDSHAKE_KINDS = tuple(_handshakes())


class LoginInjection(Injection):
    """Loses the connection of the n-th message, then hits a round trip of what follows, or a handshake.

    Args:
        trip: which round trip, counted from 1: of the login, or the message itself after them.
    """

    kind: LoginKind
    losses = 2

    def __init__(self, kind: LoginKind, nth: int, member: Member, trip: int = 1) -> None:
        super().__init__(kind, nth, member)
        self._trips_left = trip

    def intercept(self, request: Request, stage: Stage) -> None:
        """See `Injection`: losing the connection is only the first half."""
        try:
            super().intercept(request, stage)
        finally:
            self.fired = self.fired and self._trips_left == 0

    @contextmanager
    def network(self) -> t.Iterator[None]:
        """See `Injection`."""
        respond, do_handshake = Connection._respond, ssl.SSLSocket.do_handshake  # noqa: SLF001

        def respond_(connection: Connection, *arguments: t.Any) -> HttpResponse:
            if self.kind.answer is not None and self._is_due():
                return self.kind.answer(connection)
            return respond(connection, *arguments)

        def shake_hands(end: ssl.SSLSocket, block: bool = False) -> None:
            if self.kind.handshake is not None and end.server_side and self._is_due():
                self.kind.handshake(end)
            do_handshake(end, block)

        with (
            super().network(),
            mock.patch.object(Connection, "_respond", respond_),
            mock.patch.object(ssl.SSLSocket, "do_handshake", shake_hands),
        ):
            yield

    def _is_due(self) -> bool:
        """Return whether this is the one to hit."""
        if self.request is None or self.fired:
            return False
        self._trips_left -= 1
        self.fired = self._trips_left == 0
        return self.fired
