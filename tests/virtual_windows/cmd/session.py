"""State shared by all processes of one command: the machine, its client, and the request to stop."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass

from .errors import Cancelled

if t.TYPE_CHECKING:
    from ..machine import Machine


@dataclass(frozen=True)
class Session:
    """One call of `run`.

    Attributes:
        machine: the machine it runs on.
        cancelled: set when the client terminates the command.
        observe: called with the line of every program other than cmd.exe before it starts.
    """

    machine: Machine
    cancelled: threading.Event
    observe: t.Callable[[str], None] | None = None

    def checkpoint(self) -> None:
        """Raise Cancelled if the command was terminated meanwhile."""
        if self.cancelled.is_set():
            raise Cancelled

    def starting(self, line: str) -> None:
        """Report a program that is about to start, outside the machine's lock: others may act now."""
        self.checkpoint()
        if self.observe is not None:
            self.observe(line.strip())
        self.checkpoint()
