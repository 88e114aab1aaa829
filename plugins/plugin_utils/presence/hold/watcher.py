# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: holds the users of one machine: enforces, then watches and writes again what is overwritten.

Nothing here sleeps by itself or knows when to end: whoever drives it calls ``start``, then ``wait`` and ``step`` in
turns, at least at ``next_wake``, then ``finish`` and ``close``. ``wait`` sends nothing, or one long request for events;
``step`` sends what is due. So many machines can share one process, with a bound on how many steps run at a time; of one
machine, no two functions may run at once.
"""

from __future__ import annotations

from ...windows.changes import Wake
from ...windows.machine import Machine
from ...windows.registry import RegistryError
from ...wsman.errors import WSManError
from ..enforce.policy import Policy
from ..enforce.result import Comparison
from ..keys import DEFAULT_IM_APP
from .happenings import Happening, What
from .held_user import HeldUser
from .holding import Holding
from .roster import Roster
from .settings import HoldSettings

#: Seconds after which somebody who signs in is noticed, at most; the interval, if that is longer.
SIGN_IN_INTERVAL = 5.0

#: The longest pause before a machine that is gone is tried again.
LONGEST_ABSENCE = 30.0


class Watcher:
    """One machine.

    Attributes:
        unwatched: seconds for which the machine could not be asked.
        gone: what went wrong the last time; None while the machine answers.
    """

    def __init__(self, machine: Machine, policy: Policy, settings: HoldSettings) -> None:
        self.unwatched = 0.0
        self.gone: WSManError | RegistryError | None = None
        self._machine = machine
        self._policy = policy
        self._clock = machine.clock
        self._settings = settings
        self._changes = machine.changes(DEFAULT_IM_APP, settings.interval, events=settings.events)
        self._roster = Roster(policy, settings.interval)
        self._happened: list[Happening] = []
        self._holding = Holding(machine, policy, self._changes, self._roster, self._happened.append)
        self._wake = Wake.TIME
        self._changed: set[str] = set()
        self._changed_at = 0.0
        self._window_end = self._look_at = self._read_at = self._back_at = 0.0
        self._gone_since = self._pause = 0.0

    @property
    def refusal(self) -> str | None:
        """Why the machine is polled although its events were asked for."""
        return self._changes.refusal

    @property
    def held(self) -> dict[str, HeldUser]:
        """Those whose default is held, by SID, also those who have signed out meanwhile."""
        return self._roster.held

    def comparison(self) -> Comparison:
        """Return all users as they are now, as far as is known."""
        holding = self._holding
        return Comparison(
            self._roster.results(),
            holding.unmatched,
            check_mode=False,
            notices=holding.notices,
            skip_unregistered=self._policy.skip_unregistered,
        )

    def start(self) -> list[Happening]:
        """Enforce the policy, and begin to hold those who are signed in; raises what ``enforce`` and sessions raise."""
        self._holding.start()
        now = self._clock()
        self._look_at = now + self._looks_every
        self._read_at = now + self._settings.interval
        return self._taken()

    def next_wake(self) -> float:
        """Return when the next step is due at the latest, by the machine's ``clock``."""
        if self.gone:
            return self._back_at
        restores = [one.default.restore_at for one in self._roster.signed_in()]
        return min([self._look_at, self._read_at, *(when for when in restores if when is not None)])

    def wait(self, until: float) -> None:
        """Wait until then, or until the machine tells of a change."""
        seconds = until - self._clock()
        if seconds <= 0:
            return
        if self.gone:
            self._machine.pause(seconds)
        else:
            self._note(self._changes.wait(seconds))
            # It listens now, or does no longer: what was to be read soon can wait, or the other way round.
            self._read_at = min(self._read_at, self._clock() + self._changes.interval)

    def step(self) -> list[Happening]:
        """Do what is due; return what has happened. A machine that is gone is tried again, less and less often."""
        now = self._clock()
        if self.gone and now < self._back_at:
            return []
        if now >= self._window_end:
            self._renew_budget(now)
        try:
            if self.gone or now >= self._look_at:
                self._look()
            if self.gone or self._wake is Wake.MAYBE or now >= self._read_at:
                self._read()
            elif self._wake is Wake.EVENT:
                self._read(frozenset(self._changed), self._changed_at)
            self._holding.write(self._holding.due())
            self._holding.look_up_contenders()
        except (WSManError, RegistryError) as error:
            self._lose(error)
        else:
            self._find()
        return self._taken()

    def finish(self) -> list[Happening]:
        """Leave everything right, as far as it lasts.

        Raises:
            WSManError, RegistryError: the machine is gone.
        """
        if self.gone:
            raise self.gone
        self._renew_budget(self._clock())
        self._look()
        self._read()
        self._holding.settle()
        return self._taken()

    def close(self) -> None:
        """Leave nothing on the machine that would have to expire; from now on nothing is known."""
        now = self._clock()
        for one in self._roster.signed_in():
            one.default.out_of_sight(now)
        if self.gone:
            self.unwatched += now - self._gone_since
            self._gone_since = now
        else:
            self._changes.close()

    @property
    def _looks_every(self) -> float:
        return max(SIGN_IN_INTERVAL, self._settings.interval)

    def _renew_budget(self, now: float) -> None:
        self._window_end = now + self._settings.window
        self._machine.renew_budget(self._settings.window_time, self._settings.window_bytes)

    def _look(self) -> None:
        self._look_at = self._clock() + self._looks_every
        self._holding.look()

    def _note(self, wake: Wake) -> None:
        if wake is Wake.EVENT:
            self._changed |= self._changes.changed
            self._changed_at = self._clock()
        if wake is not Wake.TIME and self._wake is not Wake.MAYBE:
            self._wake = wake

    def _read(self, changed: frozenset[str] | None = None, changed_at: float | None = None) -> None:
        """Read all defaults, or those of whom an event said that they changed."""
        self._wake = Wake.TIME
        self._changed.clear()
        all_there = self._holding.read(changed, changed_at)
        now = self._clock()
        if not all_there:
            self._look_at = now
        if changed is None:
            self._read_at = now + self._changes.interval
        if any(one.error for one in self._roster.signed_in()):
            # Nobody tells a second time what could not be read.
            self._read_at = min(self._read_at, now + self._settings.interval)

    def _lose(self, error: WSManError | RegistryError) -> None:
        now = self._clock()
        if self.gone is None:
            self._gone_since = now
            self._pause = self._settings.interval
            for one in self._roster.signed_in():
                one.default.out_of_sight(now)
            self._happened.append(Happening(What.LOST, now, detail=str(error)))
        self.gone = error
        self._back_at = now + self._pause
        self._pause = min(2 * self._pause, LONGEST_ABSENCE)

    def _find(self) -> None:
        if self.gone is not None:
            now = self._clock()
            self.unwatched += now - self._gone_since
            self.gone = None
            self._happened.append(Happening(What.BACK, now))

    def _taken(self) -> list[Happening]:
        happened = list(self._happened)
        self._happened.clear()
        return happened
