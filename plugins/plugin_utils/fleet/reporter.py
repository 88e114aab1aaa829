# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: tells people and programs what happens to a fleet: on the terminal, and in the state file."""

from __future__ import annotations

import time
import typing as t

from ..text import counted
from .fleet import Fleet, HostHappening
from .fleet_options import FleetHold
from .held_host import State
from .journal import Journal
from .lines import Lines
from .summary import Summary
from .terminal import Terminal

#: Seconds between two lines of the state file with the numbers of hosts.
_STATUS_EVERY = 60.0

#: Lines that are shown at a time; the rest is in the state file.
_MOST_LINES = 200


class Reporter:
    """Tells what happens, in the thread that runs the fleet."""

    def __init__(
        self, fleet: Fleet, terminal: Terminal, journal: Journal, clock: t.Callable[[], float] = time.monotonic
    ) -> None:
        self._fleet = fleet
        self._terminal = terminal
        self._journal = journal
        self._clock = clock
        self._lines = Lines()
        self._status_at = clock() + _STATUS_EVERY
        self._starting: set[str] = set()
        self._started = False
        self._warned = False

    def begin(self, names: t.Sequence[str], wanted: FleetHold, process: int) -> None:
        """Tell what is going to be held, and how to end it."""
        hold = wanted.hold
        self._starting = set(names)
        watch = "events" if hold.settings.events else "poll"
        how_long = f"for {hold.seconds} s" if hold.seconds else "until it is stopped"
        also = f" or the file {wanted.stop_file}" if wanted.stop_file is not None else ""
        self._terminal.show(f"holding {counted(len(names), 'host')} {how_long}; Ctrl-C{also} ends it")
        self._journal.note(
            "start", hosts=len(names), seconds=hold.seconds, interval=hold.settings.interval, watch=watch, pid=process
        )

    def tell(self, happened: t.Sequence[HostHappening]) -> None:
        """Tell what has happened."""
        lines: list[str] = []
        for host, happening in happened:
            self._starting.discard(host)
            self._journal.happened(host, happening)
            if (line := self._lines.line(host, happening)) is not None:
                lines.append(line)
        for line in lines[:_MOST_LINES]:
            self._terminal.show(line)
        if len(lines) > _MOST_LINES:
            self._terminal.show(f"and {len(lines) - _MOST_LINES} more at the same time")
        self._tell_how_many_started()
        if self._clock() >= self._status_at:
            self._status_at = self._clock() + _STATUS_EVERY
            self._journal.note("status", **self._numbers())
        if self._journal.error and not self._warned:
            self._warned = True
            self._terminal.show(f"the state file is no longer complete: {self._journal.error}")

    def end(self, summary: Summary) -> None:
        """Tell what became of all hosts."""
        self._terminal.show_all(summary.lines())
        self._terminal.close()
        whole = summary.to_dict()
        shown = ("ended", "seconds", "restored", "right", "contested", "lost", "failed_hosts")
        self._journal.note("end", **{name: whole[name] for name in shown})
        self._journal.close()

    def _tell_how_many_started(self) -> None:
        if self._starting or self._started:
            return
        self._started = True
        numbers = self._numbers()
        others = [
            f"{numbers[state.value]} {state.value}" for state in (State.LOST, State.FAILED) if numbers[state.value]
        ]
        self._terminal.show(", ".join([f"{counted(numbers[State.HELD.value], 'host')} held", *others]))
        self._journal.note("status", **numbers)

    def _numbers(self) -> dict[str, int]:
        return {state.value: count for state, count in self._fleet.states().items()} | {
            "unreported": self._fleet.unreported
        }
