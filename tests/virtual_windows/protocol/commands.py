"""One command of a shell: a thread that runs it, and the output that waits for a Receive.

The command goes on when its client goes away; a signal or the end of its shell cancels it.
"""

from __future__ import annotations

import codecs
import logging
import threading
import time
import typing as t
from collections import deque
from dataclasses import dataclass

from ..machine import Win32Error
from . import fault_codes
from .fault_codes import Shape
from .faults import SHELL_PLUGIN, Fault

STDOUT, STDERR = 1, 2
STREAM_NAMES = {STDOUT: "stdout", STDERR: "stderr"}
# [MS-ERREF] 2.3.1 STATUS_CONTROL_C_EXIT
CONTROL_C_EXIT = 0xC000013A
# How long a Receive that has output waits for the command to end, so that a quick command takes one Receive.
LINGER = 0.25
# The size of the element around a piece of output, counted as output.
_ELEMENT = 96

Write = t.Callable[[int, bytes], None]
# Runs a command line: calls the writer with output in UTF-8, stops when the event is set, returns the exit code.
Run = t.Callable[[Write, threading.Event], int]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Output:
    """The result of a Receive: pieces of output (stream number, bytes), and the exit code once that was all."""

    pieces: list[tuple[int, bytes]]
    exit_code: int | None


class Command:
    """A command that runs or has run.

    Attributes:
        id: its CommandId.
        line: what it was started with.
        cancelled: set to make it stop.
        stdin: what the client has sent to it.
        begun: set once a program runs, or could not be started.
    """

    def __init__(self, command_id: str, line: str, code_page: int) -> None:
        self.id = command_id
        self.line = line
        self.cancelled = threading.Event()
        self.stdin = bytearray()
        self.begun = threading.Event()
        self._encoding = _encoding(code_page)
        self._changed = threading.Condition()
        self._pieces: deque[tuple[int, bytes]] = deque()
        self._exit_code: int | None = None
        self._failure: BaseException | None = None
        self._gone = False
        self._thread: threading.Thread | None = None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        with self._changed:
            return self._exit_code

    def start(self, run: Run) -> None:
        """Run it on a thread of its own."""
        self._thread = threading.Thread(target=self._run, args=(run,), name=f"command {self.line[:40]}", daemon=True)
        self._thread.start()

    def check_started(self) -> None:
        """Wait until it runs; Fault when there is no such program."""
        self.begun.wait()
        with self._changed:
            if isinstance(self._failure, Win32Error):
                raise _not_started(self._failure)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended; return its exit code, None if it still runs."""
        with self._changed:
            self._changed.wait_for(lambda: self._exit_code is not None, timeout)
            return self._exit_code

    def interrupt(self) -> None:
        """Stop it by Ctrl-C; the client still gets its output and state."""
        self.cancelled.set()

    def terminate(self) -> None:
        """Make it stop; a pending Receive gets the fault that it is gone."""
        self.cancelled.set()
        with self._changed:
            self._gone = True
            self._changed.notify_all()

    def receive(self, streams: set[int], timeout: float, limit: int) -> Output:
        """Return the output that is there, as soon as there is any or the command has ended.

        Args:
            streams: the requested ones; output of the others is dropped.
            timeout: seconds until no output is a fault.
            limit: how many bytes may be taken.

        Raises:
            Fault: the time is over, or the command or its shell was terminated meanwhile.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            self._changed.wait_for(lambda: self._ready(streams), timeout)
            self._check()
            if self._exit_code is None and self._wanted(streams):
                linger = min(LINGER, deadline - time.monotonic())
                self._changed.wait_for(lambda: self._gone or self._exit_code is not None, max(linger, 0))
                self._check()
            if not self._ready(streams):
                raise Fault(fault_codes.OPERATION_TIMED_OUT)
            pieces = self._take(streams, limit)
            return Output(pieces, None if self._pieces else self._exit_code)

    # -- in the command's thread

    def _run(self, run: Run) -> None:
        decoders = {number: codecs.getincrementaldecoder("utf-8")("replace") for number in STREAM_NAMES}

        def write(stream: int, data: bytes) -> None:
            encoded = data if self._encoding == "utf-8" else self._encoded(decoders[stream].decode(data))
            self.begun.set()
            if encoded:
                with self._changed:
                    self._pieces.append((stream, encoded))
                    self._changed.notify_all()

        try:
            code = run(write, self.cancelled) & 0xFFFFFFFF
            failure = None
        except BaseException as error:  # noqa: BLE001 - whatever it is, a client waits for the end of the command
            code, failure = CONTROL_C_EXIT, error
        if failure is not None and not isinstance(failure, Win32Error) and not self.cancelled.is_set():
            _log.error("the command %r failed in the virtual machine", self.line, exc_info=failure)
        with self._changed:
            self._exit_code = code
            self._failure = None if self.cancelled.is_set() else failure
            self._changed.notify_all()
        self.begun.set()

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._encoding, "replace")

    # -- with self._changed held

    def _wanted(self, streams: set[int]) -> bool:
        return any(stream in streams for stream, _unused in self._pieces)

    def _ready(self, streams: set[int]) -> bool:
        return self._gone or self._exit_code is not None or self._wanted(streams)

    def _check(self) -> None:
        if self._gone:
            raise Fault(fault_codes.OPERATION_ABORTED)
        if isinstance(self._failure, Win32Error):
            raise _not_started(self._failure)
        if self._failure is not None:
            # A bug of the virtual machine, not an answer of Windows: it must not pass for a result.
            what = f"The virtual machine failed: {type(self._failure).__name__}: {self._failure}"
            raise Fault(fault_codes.NOT_SUPPORTED, what, provider=SHELL_PLUGIN)

    def _take(self, streams: set[int], limit: int) -> list[tuple[int, bytes]]:
        taken: list[tuple[int, bytes]] = []
        while self._pieces and limit > 0:
            stream, data = self._pieces.popleft()
            if stream not in streams:
                continue
            taken.append((stream, data[:limit]))
            if len(data) > limit:
                self._pieces.appendleft((stream, data[limit:]))
            limit -= len(data) + _ELEMENT
        return taken


def _not_started(error: Win32Error) -> Fault:
    """Return the fault for a failed CreateProcess: the shell's plugin sends the error as an HRESULT (recorded)."""
    text = f"{error.message} "
    shape = Shape("w:InternalError", text, sender=False)
    return Fault(0x80070000 | error.code, text, provider=SHELL_PLUGIN, shape=shape)


def _encoding(code_page: int) -> str:
    """Return Python's name of a code page; LookupError when there is none."""
    return "utf-8" if code_page == 65001 else codecs.lookup(f"cp{code_page}").name
