# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: lines on Ansible's terminal from a task that still runs, also when Ansible itself has ended already.

A worker of Ansible has no terminal; it hands its lines to the main process, which stops taking them as soon as it gets
Ctrl-C or SIGTERM. For the last lines the worker opens the main process's output itself, where the system has /proc.
"""

from __future__ import annotations

import contextlib
import os
import time
import typing as t

from .ending import Ending


class Terminal:
    """Shows lines.

    Args:
        display: Ansible's function that shows a line.
        quiet: show nothing, as the task wants it (``no_log``).
    """

    def __init__(self, display: t.Callable[[str], None], ending: Ending, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._display = display
        self._ending = ending
        self._output: int | None = None
        with contextlib.suppress(OSError):
            flags = os.O_WRONLY | os.O_APPEND | os.O_NOCTTY | os.O_NONBLOCK
            self._output = os.open(f"/proc/{os.getppid()}/fd/1", flags)

    def show(self, line: str) -> None:
        """Show a line, with the time in front."""
        self.show_all([f"{time.strftime('%H:%M:%S')} {line}"])

    def show_all(self, lines: t.Sequence[str]) -> None:
        """Show lines as they are."""
        if self._quiet:
            return
        if not self._ending.abandoned:
            for line in lines:
                self._display(line)
        elif self._output is not None:
            # Nobody may read it any more.
            with contextlib.suppress(OSError):
                os.write(self._output, "".join(f"{line}\n" for line in lines).encode(errors="replace"))

    def close(self) -> None:
        """Close the main process's output."""
        if self._output is not None:
            os.close(self._output)
            self._output = None
