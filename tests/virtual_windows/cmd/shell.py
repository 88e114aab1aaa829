"""The state of one cmd.exe process and what its commands do with it."""

from __future__ import annotations

import random
import typing as t
from dataclasses import dataclass, field, replace

from . import expansion, messages
from .environment import Environment
from .session import Session
from .streams import Streams

if t.TYPE_CHECKING:
    from ..machine import Machine, Win32Error

# The maximum length of a line, before and after each expansion (Microsoft KB 830473).
MAX_LINE = 8191

# Starts a program: session, its full path, its command line, its environment, current directory, handles.
Start = t.Callable[[Session, str, str, Environment, str, Streams], int]


@dataclass
class Shell:
    """One cmd.exe.

    Attributes:
        session: the command it belongs to.
        start: starts a program and returns its exit code.
        environment: its own copy.
        cwd: its current directory.
        streams: its handles, as redirected just now.
        command_line: what it was started with.
        echo: whether loops echo their bodies.
        delayed: whether `!NAME!` is expanded.
        errorlevel: ERRORLEVEL, which is not the return code of the last command: that is what
            the functions here return, and what `&&`, `||` and the exit code go by.
        variables: the variables of the FOR loops around the current command.
    """

    session: Session
    start: Start
    environment: Environment
    cwd: str
    streams: Streams
    command_line: str = ""
    echo: bool = True
    delayed: bool = False
    errorlevel: int = 0
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def machine(self) -> Machine:
        """The machine."""
        return self.session.machine

    def child(self, streams: Streams, command_line: str) -> Shell:
        """Return a cmd.exe that this one starts (an end of a pipe, the command of `for /f`)."""
        return replace(
            self,
            environment=Environment(self.environment),
            streams=streams,
            command_line=command_line,
            echo=True,
            delayed=False,
            errorlevel=0,
            variables={},
        )

    def out(self, text: str) -> None:
        """Write to standard output."""
        self.streams.get(1).write(text.encode())

    def err(self, text: str) -> None:
        """Write to standard error."""
        self.streams.get(2).write(text.encode())

    def complain(self, key: str, *arguments: object) -> None:
        """Write a message to standard error."""
        self.err(f"{messages.text(self.machine, key, *arguments)}\r\n")

    def complain_system(self, error: Win32Error) -> None:
        """Write the system's text for an error to standard error."""
        self.err(f"{messages.system_text(self.machine, error)}\r\n")

    def lookup(self, name: str) -> str | None:
        """Return a variable, or one of cmd's dynamic variables if there is none of that name."""
        if name in self.environment:
            return self.environment[name]
        made_up = _DYNAMIC.get(name.upper())
        return made_up(self) if made_up else None

    def expand(self, token: str) -> str:
        """Return one token after phases 4 and 5."""
        token = expansion.loop_variables(token, self.variables)
        return expansion.delayed(token, self.lookup) if self.delayed else token

    def prompt(self) -> str:
        """Return the prompt for the current directory, by `PROMPT` or `$P$G`."""
        codes = {"P": self.cwd, "G": ">", "L": "<", "$": "$", "_": "\r\n", "S": " ", "N": self.cwd[:1]}
        parts = self.environment.get("PROMPT", "$P$G").split("$")
        rest = iter(parts[1:])
        out = parts[0]
        for part in rest:
            out += codes.get(part[:1].upper(), "") + part[1:] if part else f"${next(rest, '')}"
        return out


_DYNAMIC: dict[str, t.Callable[[Shell], str]] = {
    "ERRORLEVEL": lambda shell: str(shell.errorlevel),
    "CD": lambda shell: shell.cwd,
    "RANDOM": lambda shell: str(random.randrange(32768)),  # noqa: ARG005
    "CMDCMDLINE": lambda shell: shell.command_line,
    "CMDEXTVERSION": lambda shell: "2",  # noqa: ARG005
    "DATE": lambda shell: shell.machine.clock.now().strftime("%a %m/%d/%Y"),
    "TIME": lambda shell: shell.machine.clock.now().strftime("%H:%M:%S.%f")[:11],
}
