"""What all processes of one command have in common: the machine, its client, and the wish to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import Cancelled

if TYPE_CHECKING:
    from ..machine import Machine


@dataclass(frozen=True)
class Session:
    """One call of `run`.

    Attributes:
        machine: the machine it runs on.
        cancelled: set when the client terminates the command.
        observe: told of every program other than cmd.exe before it starts.
    """

    machine: Machine
    cancelled: threading.Event
    observe: Callable[[str], None] | None = None

    def checkpoint(self) -> None:
        """A place where the command can be terminated."""
        if self.cancelled.is_set():
            raise Cancelled

    def starting(self, line: str) -> None:
        """Called before a program starts, outside the machine's lock: others may act now."""
        self.checkpoint()
        if self.observe is not None:
            self.observe(line.strip())
        self.checkpoint()
