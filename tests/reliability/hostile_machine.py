"""A machine under an attacker's control: an HTTP server whose answers a test scripts.

It has no login and answers every message. The virtual machines keep to the protocol, so what breaks HTTP itself has to
come from here.
"""

from __future__ import annotations

import base64
import html
import re
import socket
import threading
import typing as t
from contextlib import suppress
from dataclasses import dataclass

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"


@dataclass(frozen=True)
class Request:
    """A received message: the last part of its action, its id and its text."""

    action: str
    message_id: str
    text: str


#: Yields the bytes of the whole HTTP answer, for as long as the client reads them.
Behaviour = t.Callable[[Request], t.Iterator[bytes]]


def envelope(request: Request, body: str) -> bytes:
    """Return a valid SOAP answer."""
    return (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}"><s:Header><a:RelatesTo>{request.message_id}</a:RelatesTo>'
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return a valid HTTP answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/soap+xml;charset=UTF-8", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def reply(request: Request, body: str) -> t.Iterator[bytes]:
    """Yield a valid answer."""
    yield http(envelope(request, body))


def honest_body(request: Request) -> str:
    """Return the body that an honest machine with one signed-out user could send."""
    if request.action in _OUTPUT:
        uri = re.findall(r'xmlns:m="(.*?)"', request.text)[0]
        return f'<m:{request.action}_OUTPUT xmlns:m="{uri}">{_OUTPUT[request.action]}</m:{request.action}_OUTPUT>'
    if request.action in ("Enumerate", "Pull"):
        return list_body(request, [profile(1)], end=True)
    if request.action == "Receive":
        return receive_body(b"", running=False)
    return _BODIES.get(request.action, "")


_OUTPUT = {
    "EnumKey": "<m:sNames>Lync</m:sNames><m:ReturnValue>0</m:ReturnValue>",
    "GetStringValue": "<m:ReturnValue>1</m:ReturnValue>",
}

_BODIES = {
    "Get": "<SID><AccountName>somebody</AccountName></SID>",
    "Create": f'<x><w:Selector xmlns:w="{WSMAN}" Name="ShellId">shell</w:Selector></x>',
    "Command": f'<r:CommandResponse xmlns:r="{SHELL}"><r:CommandId>command</r:CommandId></r:CommandResponse>',
}


def profile(number: int) -> str:
    """Return a profile as WMI lists it."""
    return (
        f"<w:XmlFragment><SID>S-1-5-21-1-2-3-{number}</SID><LocalPath>C:\\Users\\u{number}</LocalPath>"
        "<Loaded>false</Loaded><Special>false</Special><Status>0</Status></w:XmlFragment>"
    )


def list_body(request: Request, fragments: list[str], *, end: bool) -> str:
    """Return an answer to Enumerate or Pull."""
    prefix = "w" if request.action == "Enumerate" else "n"
    end_of_sequence = f"<{prefix}:EndOfSequence/>" if end else ""
    return (
        f'<n:{request.action}Response xmlns:n="{ENUMERATION}" xmlns:w="{WSMAN}">'
        f"<n:EnumerationContext>{'' if end else 'more'}</n:EnumerationContext>"
        f"<{prefix}:Items>{''.join(fragments)}</{prefix}:Items>{end_of_sequence}</n:{request.action}Response>"
    )


def receive_body(output: bytes, *, running: bool) -> str:
    """Return an answer to Receive."""
    stream = f'<r:Stream Name="stdout" CommandId="command">{base64.b64encode(output).decode()}</r:Stream>'
    code = "" if running else "<r:ExitCode>0</r:ExitCode>"
    state = f"{SHELL}/CommandState/{'Running' if running else 'Done'}"
    return (
        f'<r:ReceiveResponse xmlns:r="{SHELL}">{stream if output else ""}'
        f'<r:CommandState CommandId="command" State="{state}">{code}</r:CommandState></r:ReceiveResponse>'
    )


@dataclass(frozen=True)
class Command:
    """A command as a machine sees it: its number within the task, the mark of its lines, and the SIDs of its hives."""

    number: int
    mark: str
    sids: list[str]


class PrintingMachine:
    """A behaviour: the machine has `users` users, and its commands print `output`."""

    def __init__(self, users: int, output: t.Callable[[Command], t.Iterator[str]]) -> None:
        self._users = users
        self._output = output
        self._commands = 0
        self._left = b""

    def __call__(self, request: Request) -> t.Iterator[bytes]:
        body = honest_body(request)
        if request.action == "Enumerate":
            profiles = "Win32_UserProfile" in request.text
            body = list_body(request, [profile(n) for n in range(self._users)] if profiles else [], end=True)
            self._commands = 0 if profiles else self._commands
        elif request.action == "Create":
            matches = re.findall(r'<rsp:Variable Name="(.*?)">(.*?)</rsp:Variable>', request.text, re.DOTALL)
            variables = {name: html.unescape(text) for name, text in matches}
            self._commands += 1
            sids = [sid for name, sid in variables.items() if re.fullmatch(r"sid\d+", name)]
            self._left = "".join(self._output(Command(self._commands, variables["mark"], sids))).encode()
        elif request.action == "Receive":
            piece, self._left = self._left[:1_000_000], self._left[1_000_000:]
            body = receive_body(piece, running=bool(self._left))
        yield from reply(request, body)


class HostileMachine:
    """Listens on a loopback port and answers as `behaviour` says; a context manager."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.actions: list[str] = []
        self._behaviour = behaviour
        self._stopping = threading.Event()
        self._connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> t.Self:
        threading.Thread(target=self._accept, name="hostile machine", daemon=True).start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._stopping.set()
        for one in [self._listener, *self._connections]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def pause(self, seconds: float) -> bool:
        """Wait, for answers that trickle; return False when the machine is stopping."""
        return not self._stopping.wait(seconds)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _unused = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), name="hostile machine", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError), connection, connection.makefile("rb") as stream:
            while (request := self._read(stream)) is not None:
                self.actions.append(request.action)
                for piece in self._behaviour(request):
                    connection.sendall(piece)

    @staticmethod
    def _read(stream: object) -> Request | None:
        headers: list[bytes] = []
        while (line := stream.readline()) not in (b"\r\n", b""):  # type: ignore[attr-defined]
            headers.append(line.lower())
        if not headers:
            return None
        length = next((int(one.partition(b":")[2]) for one in headers if one.startswith(b"content-length:")), 0)
        text = stream.read(length).decode()  # type: ignore[attr-defined]
        action = re.search(r"<a:Action.*?>(.*?)</a:Action>", text)
        message_id = re.search(r"<a:MessageID>(.*?)</a:MessageID>", text)
        if action is None or message_id is None:
            return None
        return Request(action[1].rsplit("/", 1)[-1], message_id[1], text)
