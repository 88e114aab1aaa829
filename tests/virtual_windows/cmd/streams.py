"""The targets of the handles 0 to 9 of a process: the client, a file, a pipe, nothing."""

from __future__ import annotations

import typing as t

from ..machine.errors import INVALID_HANDLE, Win32Error

if t.TYPE_CHECKING:
    from ..machine.files import FileHandle


class Stream:
    """Nothing (the device NUL): reading ends at once, writing is discarded."""

    def write(self, data: bytes) -> None:
        """Take output."""

    def read(self) -> bytes:
        """Return all input."""
        return b""

    def read_line(self) -> bytes:
        """Return the next line of input with its end, or nothing at the end of input."""
        return b""


class Client(Stream):
    """Standard output or error of the whole command, on its way to the client."""

    def __init__(self, number: int, write: t.Callable[[int, bytes], None]) -> None:
        self._number = number
        self._write = write

    def write(self, data: bytes) -> None:
        if data:
            self._write(self._number, data)


class OpenFile(Stream):
    """A file that output goes to, opened exclusively until it is closed."""

    def __init__(self, handle: FileHandle) -> None:
        self.handle = handle

    def write(self, data: bytes) -> None:
        self.handle.write(data)


class Pipe(Stream):
    """Bytes in memory: one end of a pipe wrote them, or a file held them."""

    def __init__(self, data: bytes = b"") -> None:
        self._data = bytearray(data)

    def write(self, data: bytes) -> None:
        self._data += data

    def read(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data

    def read_line(self) -> bytes:
        end = self._data.find(b"\n") + 1 or len(self._data)
        line = bytes(self._data[:end])
        del self._data[:end]
        return line


class Streams:
    """The handles of one process or command."""

    def __init__(self, handles: dict[int, Stream]) -> None:
        self._handles = dict(handles)

    def __getitem__(self, handle: int) -> Stream:
        try:
            return self._handles[handle]
        except KeyError:
            raise Win32Error(INVALID_HANDLE, f"handle {handle}") from None

    def get(self, handle: int) -> Stream:
        """Return the stream of a handle, or nothing to write to and nothing to read from."""
        return self._handles.get(handle) or Stream()

    def replaced(self, handle: int, stream: Stream) -> Streams:
        """Return the same handles with one of them replaced."""
        return Streams({**self._handles, handle: stream})
