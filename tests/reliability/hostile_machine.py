"""A machine in somebody else's hands: an HTTP server that answers whatever a script of ours says.

It knows no login; whoever sends it a message gets an answer. The virtual machines keep to the protocol, so what
breaks HTTP itself has to come from here.
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
class Asked:
    """What came: the last part of the action, and the message's id."""

    action: str
    message_id: str
    text: str


#: Yields the bytes of the whole HTTP answer, for as long as somebody takes them.
Lie = t.Callable[[Asked], t.Iterator[bytes]]


def envelope(asked: Asked, body: str) -> bytes:
    """Return a proper SOAP answer."""
    return (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}"><s:Header><a:RelatesTo>{asked.message_id}</a:RelatesTo>'
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return a proper HTTP answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/soap+xml;charset=UTF-8", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def reply(asked: Asked, body: str) -> t.Iterator[bytes]:
    """Yield a proper answer in all respects."""
    yield http(envelope(asked, body))


def honest(asked: Asked) -> str:
    """Return the body that an honest machine with one user who is not signed in could give."""
    if asked.action in _OUTPUT:
        uri = re.findall(r'xmlns:m="(.*?)"', asked.text)[0]
        return f'<m:{asked.action}_OUTPUT xmlns:m="{uri}">{_OUTPUT[asked.action]}</m:{asked.action}_OUTPUT>'
    if asked.action in ("Enumerate", "Pull"):
        return items(asked, [profile(1)], end=True)
    if asked.action == "Receive":
        return received(b"", running=False)
    return _BODIES.get(asked.action, "")


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


def items(asked: Asked, some: list[str], *, end: bool) -> str:
    """Return an answer to Enumerate or Pull."""
    prefix = "w" if asked.action == "Enumerate" else "n"
    ending = f"<{prefix}:EndOfSequence/>" if end else ""
    return (
        f'<n:{asked.action}Response xmlns:n="{ENUMERATION}" xmlns:w="{WSMAN}">'
        f"<n:EnumerationContext>{'' if end else 'more'}</n:EnumerationContext>"
        f"<{prefix}:Items>{''.join(some)}</{prefix}:Items>{ending}</n:{asked.action}Response>"
    )


def received(output: bytes, *, running: bool) -> str:
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
    """A command as a machine sees it: the how manieth of the task, the mark of its lines, and whose hives it visits."""

    number: int
    mark: str
    sids: list[str]


class Printing:
    """A lie: the machine has so many users, signed in or not as it pleases, and its commands print what it likes."""

    def __init__(self, users: int, output: t.Callable[[Command], t.Iterator[str]]) -> None:
        self._users = users
        self._output = output
        self._commands = 0
        self._left = b""

    def __call__(self, asked: Asked) -> t.Iterator[bytes]:
        body = honest(asked)
        if asked.action == "Enumerate":
            profiles = "Win32_UserProfile" in asked.text
            body = items(asked, [profile(n) for n in range(self._users)] if profiles else [], end=True)
            self._commands = 0 if profiles else self._commands
        elif asked.action == "Create":
            found = re.findall(r'<rsp:Variable Name="(.*?)">(.*?)</rsp:Variable>', asked.text, re.DOTALL)
            told = {name: html.unescape(text) for name, text in found}
            self._commands += 1
            sids = [sid for name, sid in told.items() if re.fullmatch(r"sid\d+", name)]
            self._left = "".join(self._output(Command(self._commands, told["mark"], sids))).encode()
        elif asked.action == "Receive":
            piece, self._left = self._left[:1_000_000], self._left[1_000_000:]
            body = received(piece, running=bool(self._left))
        yield from reply(asked, body)


class Liar:
    """Listens on a loopback port and answers with lies; a context manager."""

    def __init__(self, lie: Lie) -> None:
        self.asked: list[str] = []
        self._lie = lie
        self._stopping = threading.Event()
        self._connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> t.Self:
        threading.Thread(target=self._accept, name="liar", daemon=True).start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._stopping.set()
        for one in [self._listener, *self._connections]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def pause(self, seconds: float) -> bool:
        """For lies that trickle; False when it is over."""
        return not self._stopping.wait(seconds)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _unused = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), name="liar", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError), connection, connection.makefile("rb") as stream:
            while (asked := self._read(stream)) is not None:
                self.asked.append(asked.action)
                for piece in self._lie(asked):
                    connection.sendall(piece)

    @staticmethod
    def _read(stream: object) -> Asked | None:
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
        return Asked(action[1].rsplit("/", 1)[-1], message_id[1], text)
