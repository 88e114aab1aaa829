"""HTTP/1.1 as WinRM needs it: a request read from a stream, an answer written in one piece."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from email.utils import formatdate

_MAX_LINE = 65_536
_MAX_HEADERS = 100
# How much of a too large body is read, so that the client can read the answer.
_MAX_DISCARDED = 64 * 1024 * 1024

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    500: "",
    503: "Service Unavailable",
}


class BadRequest(Exception):
    """Not an HTTP request; the connection cannot be used any more."""


class Writer(t.Protocol):
    """The part of a socket that an answer needs."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of `data`."""


@dataclass
class HttpRequest:
    """A request; header names in lower case. `body` is None when it is larger than was allowed."""

    method: str
    path: str
    version: str
    headers: dict[str, str]
    body: bytes | None
    size: int
    chunked: bool = False

    @property
    def keep_alive(self) -> bool:
        """Whether the client wants to keep this connection."""
        connection = self.headers.get("connection", "").lower()
        return "close" not in connection and (self.version == "HTTP/1.1" or "keep-alive" in connection)


@dataclass
class HttpResponse:
    """An answer; `headers` may have a name more than once."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    close: bool = False

    def pack(self) -> bytes:
        """Return the bytes of headers and body."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, '')}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += ["Server: Microsoft-HTTPAPI/2.0", f"Date: {formatdate(usegmt=True)}"]
        if self.close:
            lines.append("Connection: close")
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode("latin-1", "replace") + self.body


def read_request(stream: t.BinaryIO, writer: Writer, limit: int) -> HttpRequest | None:
    """Return the next request of a connection, None when the client has closed it.

    Args:
        stream: where to read.
        writer: where to send 100 Continue, when the client waits for that.
        limit: the bytes a body may have.

    Raises:
        BadRequest: it is not HTTP.
    """
    initial = stream.read(1)
    if not initial:
        return None
    if not initial.isalpha():
        # HTTP.sys refuses an invalid verb (Microsoft, "Error logging in HTTP API") without waiting for a line: TLS.
        raise BadRequest(initial)
    first = initial + stream.readline(_MAX_LINE)
    try:
        method, target, version = first.decode("latin-1").split()
    except ValueError:
        raise BadRequest(first[:80]) from None
    headers, size = _headers(stream)
    if headers.get("expect", "").lower() == "100-continue":
        writer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    body, body_size = _chunks(stream, limit) if chunked else _sized(stream, headers, limit)
    path = target.partition("?")[0]
    return HttpRequest(method, path, version, headers, body, len(first) + size + body_size, chunked)


def _headers(stream: t.BinaryIO) -> tuple[dict[str, str], int]:
    headers: dict[str, str] = {}
    size = 0
    for _unused in range(_MAX_HEADERS):
        line = stream.readline(_MAX_LINE)
        size += len(line)
        if line in (b"\r\n", b"\n"):
            return headers, size
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise BadRequest(line[:80])
        headers[name.strip().lower()] = value.strip()
    raise BadRequest("too many headers")


def _sized(stream: t.BinaryIO, headers: dict[str, str], limit: int) -> tuple[bytes | None, int]:
    text = headers.get("content-length", "0")
    if not text.isdecimal():
        raise BadRequest(f"Content-Length: {text}")
    length = int(text)
    if length > limit:
        _discard(stream, length)
        return None, length
    body = stream.read(length)
    if len(body) != length:
        raise BadRequest("the body is cut off")
    return body, length


def _chunks(stream: t.BinaryIO, limit: int) -> tuple[bytes | None, int]:
    parts: list[bytes] = []
    total = size = 0
    while True:
        line = stream.readline(_MAX_LINE)
        try:
            length = int(line.partition(b";")[0], 16)
        except ValueError:
            raise BadRequest(line[:80]) from None
        total += length
        if total > _MAX_DISCARDED:
            raise BadRequest("far too large")
        chunk = stream.read(length)
        ending = stream.readline(_MAX_LINE)
        size += len(line) + len(chunk) + len(ending)
        if len(chunk) != length or ending not in (b"\r\n", b"\n"):
            raise BadRequest("a chunk is cut off")
        if length == 0:
            return (b"".join(parts) if total <= limit else None), size
        if total <= limit:
            parts.append(chunk)


def _discard(stream: t.BinaryIO, length: int) -> None:
    if length > _MAX_DISCARDED:
        raise BadRequest("far too large")
    while length > 0:
        part = stream.read(min(length, 1 << 20))
        if not part:
            raise BadRequest("the body is cut off")
        length -= len(part)
