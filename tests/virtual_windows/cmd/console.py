"""Run lines on a machine without WinRM and keep their output: for tests and experiments."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass, field

from .process import run

if t.TYPE_CHECKING:
    from ..machine import Machine

COMSPEC = r"C:\Windows\system32\cmd.exe"


@dataclass(frozen=True)
class Result:
    """The output and exit code of a line."""

    out: str
    err: str
    code: int
    programs: tuple[str, ...] = ()


@dataclass
class Console:
    """One account's console on a machine.

    Attributes:
        cwd: where lines start.
        environment: changes to the machine's own environment.
        cancelled: set it to terminate what runs.
        before: called with each program's command line before it starts; may act on the machine.
    """

    machine: Machine
    cwd: str = r"C:\Users\Public"
    environment: dict[str, str] = field(default_factory=dict)
    cancelled: threading.Event = field(default_factory=threading.Event)
    before: t.Callable[[str], object] = field(default=lambda line: None)  # noqa: ARG005

    def run(self, line: str) -> Result:
        """Run a line as WinRM would, in `%COMSPEC% /C "line"`."""
        return self.start(f'{COMSPEC} /C "{line}"')

    def start(self, command_line: str) -> Result:
        """Run a command line as CreateProcess gets it."""
        output: dict[int, bytearray] = {1: bytearray(), 2: bytearray()}
        programs: list[str] = []

        def write(handle: int, data: bytes) -> None:
            output[handle] += data

        def observe(program: str) -> None:
            programs.append(program)
            self.before(program)

        environment = {**self.machine.environment, **self.environment}
        code = run(self.machine, command_line, environment, self.cwd, write, self.cancelled, observe)
        return Result(output[1].decode(), output[2].decode(), code, tuple(programs))
