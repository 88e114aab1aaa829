# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: many hosts held at the same time, in one process: a thread each, and gates for what costs time.

A thread that waits costs next to nothing; what costs is exchanges, and those go through ``wsman/gate.py``. Hosts start
one after the other. Nothing waits for a host that is off, slow or broken, not even the end.
"""

from __future__ import annotations

import queue
import threading
import time
import typing as t
from collections import Counter

from ..presence.enforce.policy import Policy
from ..presence.hold.happenings import Happening, What
from ..presence.hold.hold_options import Hold
from ..wsman.connections import UnsupportedConnectionError, transport_over
from ..wsman.gate import Gate, GatedTransport
from .connections import HostConnectionError
from .ending import Ending
from .held_host import NOT_REACHED, Gates, HeldHost, Outcome, State

#: Exchanges at a time; one that takes longer than this many seconds no longer counts.
EXCHANGES, PATIENCE = 8, 2.0

#: Hosts that start at a time, and seconds after which one no longer counts.
STARTS, START_PATIENCE = 12, 5.0

#: Exchanges at a time with hosts that do not answer, and seconds after which one no longer counts.
ABSENT, ABSENT_PATIENCE = 24, 60.0

#: Seconds that all hosts have to end properly: so many, and so many more for each; and those that are not held.
GRACE, GRACE_EACH = 20.0, 0.15
GRACE_OTHERS = 2.0

#: Happenings that wait to be reported; more are counted only.
_MOST_WAITING = 10_000

_TICK = 0.2

_SILENT = "the machine did not answer any more when the hold ended, so how it ended is not known"

HostHappening = tuple[str, Happening]


class Fleet:
    """Holds hosts.

    Args:
        connect: returns the connection plugin of a host; called in the thread that calls ``run``.

    Attributes:
        outcomes: what became of each host, by name; complete when ``run`` has ended.
        unreported: happenings that were not reported, because there were too many at a time.
    """

    def __init__(self, policy: Policy, hold: Hold, ending: Ending, connect: t.Callable[[str], t.Any]) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.unreported = 0
        self._policy = policy
        self._hold = hold
        self._ending = ending
        self._connect = connect
        self._gates = Gates(Gate(STARTS, START_PATIENCE), Gate(EXCHANGES, PATIENCE), Gate(ABSENT, ABSENT_PATIENCE))
        self._happened: queue.Queue[HostHappening] = queue.Queue(_MOST_WAITING)
        self._hosts: dict[str, HeldHost] = {}
        self._threads: dict[str, threading.Thread] = {}

    def run(self, names: t.Sequence[str], report: t.Callable[[list[HostHappening]], None]) -> None:
        """Hold these hosts until the end.

        Args:
            report: called with what has happened, perhaps nothing, several times a second; in this thread.
        """
        for name in names:
            if self._ending.look():
                break
            self._begin(name)
            report(self._taken(0.0))
        while not self._ending.look() and any(thread.is_alive() for thread in self._threads.values()):
            report(self._taken(_TICK))
        self._ending.hurry()
        self._await_all(names, report)

    def states(self) -> dict[State, int]:
        """Return how many hosts are in each state now, of those that have begun."""
        counts = Counter(host.state for host in self._hosts.values())
        counts[State.FAILED] += sum(name not in self._hosts for name in self.outcomes)
        return {state: counts[state] for state in State}

    def bugs(self) -> list[str]:
        """Return the details of errors in this collection."""
        return [host.details for host in self._hosts.values() if host.details]

    def _begin(self, name: str) -> None:
        try:
            transport = GatedTransport(transport_over(self._connect(name)), self._gates.exchanges)
        except (HostConnectionError, UnsupportedConnectionError) as error:
            self.outcomes[name] = Outcome(name, State.FAILED, str(error))
            self._tell(name, Happening(What.FAILED, time.monotonic(), detail=str(error)))
            return
        host = HeldHost(name, transport, self._policy, self._hold, self._gates, self._ending, self._tell)
        self._hosts[name] = host
        # A daemon: one that hangs does not keep the process.
        thread = threading.Thread(target=host.run, name=f"hold {name}", daemon=True)
        self._threads[name] = thread
        thread.start()

    def _await_all(self, names: t.Sequence[str], report: t.Callable[[list[HostHappening]], None]) -> None:
        began = time.monotonic()
        most = GRACE + GRACE_EACH * len(self._threads)
        while (seconds := time.monotonic() - began) < most and self._unfinished(seconds):
            report(self._taken(_TICK))
        left = [name for name, one in self._threads.items() if one.is_alive()]
        report(self._taken(0.0))
        for name in names:
            if name in left:
                self.outcomes[name] = Outcome(name, State.LOST, _SILENT)
            elif name in self._hosts:
                self.outcomes[name] = self._hosts[name].outcome()
            else:
                self.outcomes.setdefault(name, Outcome(name, State.LOST, NOT_REACHED))

    def _unfinished(self, seconds: float) -> bool:
        """Return whether to wait for somebody, so many seconds after the end."""
        return any(
            thread.is_alive() and (seconds < GRACE_OTHERS or self._hosts[name].state is State.HELD)
            for name, thread in self._threads.items()
        )

    def _tell(self, name: str, happening: Happening) -> None:
        try:
            self._happened.put_nowait((name, happening))
        except queue.Full:
            self.unreported += 1

    def _taken(self, seconds: float) -> list[HostHappening]:
        """Return what has happened; wait for something, at most for that time."""
        taken: list[HostHappening] = []
        try:
            taken.append(self._happened.get(timeout=seconds) if seconds else self._happened.get_nowait())
            while len(taken) < _MOST_WAITING:
                taken.append(self._happened.get_nowait())
        except queue.Empty:
            pass
        return taken
