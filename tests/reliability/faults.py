"""The injected faults: what goes wrong with one message, and how the task is expected to end.

A fault hits the n-th message of a run, once. Most are raised where the virtual machine answers (an interceptor);
refused and lost connections and time-outs happen where the client's HTTP library meets the network.
"""

from __future__ import annotations

import os
import re
import socket
import threading
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

import requests

from ansible_collections.presence.office.plugins.plugin_utils.wsman.conversation import Transport
from tests.virtual_windows.fleet import Member
from tests.virtual_windows.protocol import Answer, Drop, Fault, FaultStyle, fault_codes
from tests.virtual_windows.protocol.http import HttpResponse
from tests.virtual_windows.protocol.interceptors import Stage

if t.TYPE_CHECKING:
    from tests.virtual_windows.protocol.log import Request

#: Seconds that the client waits for an answer that does not come, and for one that comes too late.
SILENCE, LATE = 0.15, 0.6

SHELL_KINDS = frozenset({"Create", "Command", "Receive", "Signal", "Delete"})
IN_A_SHELL = SHELL_KINDS - {"Create"}
#: Lists of several answers.
LISTS = frozenset({"Enumerate", "Pull"})

_DEAD_PORT = 9  # discard: nothing listens there
_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv"


@dataclass(frozen=True)
class Kind:
    """A kind of fault.

    Attributes:
        name: for test ids and messages.
        stage: before (`received`) or after (`acted`) the machine has carried out the request.
        strike: raises what is sent instead of the answer; None for faults of the network.
        retried: the collection tries again, so the run succeeds.
        expected: part of the message of a run that fails.
        to: the kinds of messages that it can hit; all if empty.
        network: which fault of the network it is.
        believed: the machine says that it did nothing, and the collection believes it: a command that it started
            nevertheless would be cut off with its shell. Windows does not send this after the act, so it is not
            injected there.
    """

    name: str
    stage: Stage = "received"
    strike: t.Callable[[Injection], None] | None = None
    retried: bool = False
    expected: str = ""
    to: frozenset[str] = frozenset()
    network: str = ""
    believed: bool = False

    @property
    def label(self) -> str:
        """Name and stage."""
        return f"{self.name}, {self.stage}"


class Injection:
    """One fault at the n-th message: around the client's transport, and in the machine's server."""

    #: Answers that are lost.
    losses = 1

    def __init__(self, kind: Kind, nth: int, member: Member) -> None:
        self.fired = False
        self.request: Request | None = None
        self.member = member
        self.kind = kind
        self.nth = nth
        self._count = 0
        self._armed = False
        self._truncating = False
        self._transport: Transport | None = None
        self._message_id = ""

    # -- as a transport

    def wrap(self, transport: Transport) -> Injection:
        """Stand between the session and the transport."""
        self._transport = transport
        return self

    @property
    def operation_timeout(self) -> int:
        """See `Transport`."""
        assert self._transport is not None
        return self._transport.operation_timeout

    def send(self, message: bytes) -> bytes:
        """Send a message; hit the n-th."""
        assert self._transport is not None
        self._count += 1
        self._armed = self._count == self.nth
        if self._armed:
            match = re.search(rb"<a:MessageID>(.*?)</a:MessageID>", message)
            self._message_id = match[1].decode() if match else ""
            if self.kind.network == "idle":
                self.fired = True
                for connection in list(self.member.server._connections):  # noqa: SLF001
                    connection.close()
        try:
            return self._transport.send(message)
        finally:
            self._armed = False

    def close(self) -> None:
        """See `Transport`."""
        assert self._transport is not None
        self._transport.close()

    # -- at the network

    @contextmanager
    def network(self) -> t.Iterator[None]:
        """Patch the client's HTTP library and the server's answers for the duration of a run."""
        send, pack = requests.adapters.HTTPAdapter.send, HttpResponse.pack

        def sending(adapter: t.Any, request: t.Any, **options: t.Any) -> t.Any:
            if self._armed and self.kind.network == "refused":
                self.fired = True
                adapter.close()
                request.url = re.sub(r":\d+/", f":{_DEAD_PORT}/", request.url)
            if self._armed and self.kind.network == "silent":
                self.fired = True
                options["timeout"] = SILENCE if self.kind.stage == "received" else LATE
            return send(adapter, request, **options)

        def packing(response: HttpResponse) -> bytes:
            data = pack(response)
            if self._truncating:
                self._truncating, response.close = False, True
                return data[: -max(1, len(response.body) // 2)]
            return data

        self.member.server.interceptors.append(self.intercept)
        try:
            with (
                mock.patch.object(requests.adapters.HTTPAdapter, "send", sending),
                mock.patch.object(HttpResponse, "pack", packing),
            ):
                yield
        finally:
            self.member.server.interceptors.remove(self.intercept)

    # -- in the server

    def intercept(self, request: Request, stage: Stage) -> None:
        """See `WinRMServer.interceptors`."""
        if not self._armed or stage != self.kind.stage or self.kind.network in ("refused", "idle"):
            return
        self._armed = self.kind.network == "silent"
        self.fired = True
        self.request = request
        if self.kind.strike is not None:
            self.kind.strike(self)
        elif self.kind.network == "truncated":
            self._truncating = True
        elif self.kind.network == "silent":
            self._wait_for_the_client_to_give_up()
            raise Drop

    def end(self) -> socket.socket:
        """Return the machine's end of the connection of the message that is hit."""
        connections = self.member.server._connections  # noqa: SLF001
        (current,) = [one for one, thread in connections.items() if thread is threading.current_thread()]
        return current._socket  # noqa: SLF001

    def _wait_for_the_client_to_give_up(self) -> None:
        # A client that waits sends nothing more: reading ends when it closes the connection. The bytes are read below
        # TLS and discarded.
        with socket.socket(fileno=os.dup(self.end().fileno())) as plain:
            while plain.recv(1024):
                pass

    def envelope(self, body: str = "", relates_to: str | None = None) -> bytes:
        """Return an answer to the message, or to another one."""
        return (
            f'<s:Envelope xmlns:s="{_SOAP}" xmlns:a="{_ADDRESSING}"><s:Header>'
            f"<a:RelatesTo>{relates_to or self._message_id}</a:RelatesTo></s:Header>"
            f"<s:Body>{body}</s:Body></s:Envelope>"
        ).encode()

    def returning(self, code: int) -> bytes:
        """Return an answer of StdRegProv with this code."""
        assert self.request is not None
        name = f"{self.request.method}_OUTPUT"
        return self.envelope(f'<p:{name} xmlns:p="{_WMI}"><p:ReturnValue>{code}</p:ReturnValue></p:{name}>')


def _raising(make: t.Callable[[Injection], Exception]) -> t.Callable[[Injection], None]:
    def strike(injection: Injection) -> None:
        raise make(injection)

    return strike


def _close_shells(injection: Injection) -> None:
    for shell in injection.member.server.shells:
        injection.member.server._service.shells.close(shell)  # noqa: SLF001


_OTHER = "uuid:00000000-0000-0000-0000-000000000000"

# Code of a fault, whether it is retried, part of the message, whether it can come after the act: quotas cannot.
_WSMAN_FAULTS = (
    (fault_codes.ACCESS_DENIED, False, "access denied", True),
    (fault_codes.OPERATION_TIMED_OUT, True, "", True),
    (fault_codes.MAX_OPERATIONS, True, "", False),
    (fault_codes.CANNOT_PROCESS_FILTER, False, "fault 0x8033801A", True),
    (fault_codes.MAX_SHELLS, True, "", False),
    (fault_codes.UNEXPECTED_SELECTORS, False, "fault 0x8033805B", True),
)

_HTTP = (
    (401, False, "the login was refused"),
    (403, False, "may not use WinRM"),
    (500, False, "HTTP 500"),
    (503, True, ""),
)

_STAGES: tuple[Stage, Stage] = ("received", "acted")


def _kinds() -> t.Iterator[Kind]:
    yield Kind("connection refused", retried=True, network="refused", expected="connection refused")
    yield Kind("connection closed while idle", retried=True, network="idle")
    for stage in _STAGES:
        yield Kind("connection reset", stage, _raising(lambda _unused: Drop()), retried=True)
        # Not at the first message: a machine that has never answered is waited for once.
        yield Kind("time-out", stage, retried=True, network="silent", expected="within the read time-out")
        for status, retried, expected in _HTTP:
            yield Kind(f"HTTP {status}", stage, _raising(lambda _unused, s=status: Answer(s)), retried, expected)  # type: ignore[misc]
        malformed = _raising(lambda one: Answer(200, one.envelope()[:-20]))
        yield Kind("malformed XML", stage, malformed, expected="not well-formed XML")
        other = _raising(lambda one: Answer(200, one.envelope(relates_to=_OTHER)))
        yield Kind("answer to another request", stage, other, expected="belongs to another request")
        for code in (5, 6, 87, 1018):
            registry = _raising(lambda one, c=code: Answer(200, one.returning(c)))  # type: ignore[misc]
            yield Kind(f"StdRegProv {code}", stage, registry, expected=f"code {code}", to=frozenset({"StdRegProv"}))
        yield Kind("shell gone", stage, _close_shells, retried=True, to=IN_A_SHELL)
    yield Kind("body cut off", "acted", retried=True, network="truncated")
    for code, retried, expected, after_act in _WSMAN_FAULTS:
        for style in (FaultStyle.WSMAN, FaultStyle.WMI_ERROR):
            for stage in _STAGES if after_act else _STAGES[:1]:
                fault = _raising(lambda _unused, c=code, s=style: Fault(c, style=s))  # type: ignore[misc]
                yield Kind(f"fault {code:#x} as {style.value}", stage, fault, retried, expected, believed=not retried)


KINDS = tuple(_kinds())
