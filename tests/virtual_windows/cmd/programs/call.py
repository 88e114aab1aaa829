"""The start of a program: its inputs and its output streams."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .. import messages
from ..environment import Environment
from ..session import Session
from ..streams import Streams

if t.TYPE_CHECKING:
    from ...machine import Machine


@dataclass(frozen=True)
class Call:
    """One start of a program.

    Attributes:
        session: the command it is part of.
        arguments: its arguments as the C runtime splits them, without the program's own name.
        line: its whole command line, for programs that split it themselves.
        environment, cwd, streams: what it inherits.
    """

    session: Session
    arguments: list[str]
    line: str
    environment: Environment
    cwd: str
    streams: Streams

    @property
    def machine(self) -> Machine:
        """The machine."""
        return self.session.machine

    def text(self, key: str, *arguments: object) -> str:
        """Return a message in the machine's language."""
        return messages.text(self.machine, key, *arguments)

    def out(self, text: str) -> None:
        """Write a line to standard output."""
        self.streams.get(1).write(_encoded(f"{text}\r\n"))

    def err(self, text: str) -> None:
        """Write a line to standard error."""
        self.streams.get(2).write(_encoded(f"{text}\r\n"))


def _encoded(text: str) -> bytes:
    """Encode in UTF-8 as WideCharToMultiByte does: a lone surrogate becomes U+FFFD."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text).encode()


Program = t.Callable[[Call], int]
