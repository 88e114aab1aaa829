# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what is done on one machine while it is held, step by step; ``watcher`` says when.

Each function may raise an error of the session, which means that the machine is gone, and RegistryError.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ...windows.changes import Changes
from ...windows.hive_outcomes import Failed, Outcome, Read, Skipped
from ...windows.machine import Machine
from ...windows.profiles import HiveKind
from ...windows.registry_values import StringValue
from ..availability import SignedOutError
from ..enforce.apply import apply_plan
from ..enforce.enforce import enforce, name_users
from ..enforce.plan import make_plan
from ..enforce.policy import Policy
from ..enforce.survey import take_survey
from ..keys import DEFAULT_IM_APP
from ..refusal import RefusalError
from ..selection import MissingUser, Selection
from . import programs
from .happenings import Happening, What
from .held_user import HeldUser
from .roster import MOST_PEOPLE, Roster

#: Users whose account names are looked up because something happens to them, one request each.
_NAMES = 20

_CROWDED = (
    f"more than {MOST_PEOPLE:,} people have been on this machine, so not all who sign in are held: begin a new hold"
)


class Holding:
    """The defaults of one machine.

    Args:
        tell: called with what happens.

    Attributes:
        roster: the users.
        unmatched, notices: of ``Comparison``, from the beginning.
    """

    def __init__(
        self, machine: Machine, policy: Policy, changes: Changes, roster: Roster, tell: t.Callable[[Happening], None]
    ) -> None:
        self.roster = roster
        self.unmatched: tuple[str, ...] = ()
        self.notices: tuple[str, ...] = ()
        self._machine = machine
        self._policy = policy
        self._changes = changes
        self._tell_of = tell
        self._named: set[str] = set()
        self._crowded = False

    def start(self) -> None:
        """Enforce the policy for all users; raises what ``enforce`` raises as well."""
        comparison = enforce(self._machine, self._policy, check_mode=False)
        self.unmatched, self.notices = comparison.unmatched, comparison.notices
        now = self._machine.clock()
        for result in comparison.users:
            self.roster.add(result, now)
        self._watch()

    def look(self) -> None:
        """Notice who has signed in and out, and enforce the policy for those who have signed in."""
        loaded = self._machine.loaded_sids()
        now = self._machine.clock()
        for one in self.roster.signed_in():
            if one.sid not in loaded:
                one.signed_in = False
                one.default.out_of_sight(now)
                self._tell(What.SIGNED_OUT, one)
        newcomers = self.roster.newcomers(loaded)
        if self.roster.crowded and not self._crowded:
            self._crowded = True
            self._tell_of(Happening(What.FAILED, now, detail=_CROWDED))
        if newcomers:
            self._meet(newcomers)
        self._watch()

    def read(self, changed: t.Container[str] | None = None, changed_at: float | None = None) -> bool:
        """Read the defaults; return whether everybody is still signed in.

        Args:
            changed: the users whose default has changed, by SID, if events said so; otherwise everybody is read.
            changed_at: when it did.
        """
        hives = {one.hive: one for one in self.roster.signed_in() if changed is None or one.sid in changed}
        outcomes = self._machine.user_values.read_loaded(hives, DEFAULT_IM_APP)
        now = self._machine.clock()
        all_there = True
        for hive, one in hives.items():
            all_there = self._note(one, outcomes[hive], now, changed_at) and all_there
        self._watch()
        return all_there

    def write(self, due: t.Sequence[HeldUser]) -> None:
        """Write the defaults of these users again."""
        if not due:
            return
        changes = {one.hive: one.change() for one in due}
        outcomes = self._machine.user_values.write_loaded(changes, DEFAULT_IM_APP)
        now = self._machine.clock()
        for one in due:
            outcome = outcomes[one.hive]
            if isinstance(outcome, Failed):
                one.default.could_not_write(now)
            elif isinstance(outcome, Read):
                one.default.wrote(now)
                self._tell(What.RESTORED, one, one.value.text)
            self._note(one, outcome, now, now)

    def due(self) -> list[HeldUser]:
        """Return those whose defaults are to be written now."""
        now = self._machine.clock()
        at = {one.sid: one.default.restore_at for one in self.roster.signed_in()}
        return [one for one in self.roster.signed_in() if (when := at[one.sid]) is not None and when <= now]

    def look_up_contenders(self) -> None:
        """Look up who comes back, once for each."""
        for one in self.roster.signed_in():
            for contender in one.default.contenders:
                if contender.fights and not contender.looked_up:
                    programs.look_up(self._machine, one.sid, contender)
                    self._tell(What.CONTESTED, one, contender.provider, contender.sentence())

    def settle(self) -> None:
        """Leave everything right, as far as it lasts: also in the hives of those who have signed out meanwhile."""
        self.write([one for one in self.roster.signed_in() if not one.accepts(one.value, self._policy)])
        left = tuple(one.sid for one in self.roster.signed_out())
        kinds = self._policy.kinds - {HiveKind.DEFAULT}
        if not left or HiveKind.UNLOADED not in kinds:
            return
        policy = dataclasses.replace(
            self._policy, kinds=kinds, selection=Selection(users=left, missing=MissingUser.IGNORE)
        )
        now = self._machine.clock()
        try:
            results = enforce(self._machine, policy, check_mode=False).users
        except RefusalError as error:
            self._tell_of(Happening(What.FAILED, now, detail=str(error)))
            return
        for result in results:
            self.roster.add(result, now)

    def _meet(self, newcomers: frozenset[str]) -> None:
        selection = dataclasses.replace(self._policy.selection, missing=MissingUser.IGNORE)
        policy = dataclasses.replace(self._policy, kinds=frozenset({HiveKind.LOADED}), selection=selection)
        try:
            plan = make_plan(policy, take_survey(self._machine, policy))
        except SignedOutError:
            # They are met at the next look.
            return
        except RefusalError as error:
            self._tell_of(Happening(What.FAILED, self._machine.clock(), detail=str(error)))
            self.roster.ignore(newcomers)
            return
        entries = [entry for entry in plan if entry.profile.sid in newcomers]
        results = name_users(self._machine, apply_plan(self._machine, entries, policy))
        now = self._machine.clock()
        for result in results:
            self.roster.add(result, now)
            if (one := self.roster.held.get(result.applied.entry.profile.sid or "")) is not None:
                self._tell(What.SIGNED_IN, one)
        self.roster.ignore(newcomers)

    def _note(self, one: HeldUser, outcome: Outcome[StringValue], now: float, since: float | None) -> bool:
        """Note what was read of one user; return whether the user is still signed in."""
        if isinstance(outcome, Skipped):
            return False
        error = outcome.error if isinstance(outcome, Failed) else None
        if error is not None and one.error is None:
            self._tell(What.FAILED, one, detail=error)
        one.error = error
        if outcome.value is not None:
            one.value = outcome.value
            if one.accepts(outcome.value, self._policy):
                one.default.saw_right(now)
            else:
                one.default.saw_wrong(now, outcome.value.text, since=since)
        return True

    def _watch(self) -> None:
        present = self.roster.signed_in()
        keys_exist = all(one.value.key_exists for one in present)
        self._changes.watch([one.hive for one in present], all_keys_exist=keys_exist)

    def _tell(self, what: What, one: HeldUser, provider: str | None = None, detail: str = "") -> None:
        if one.sid not in self._named and len(self._named) < _NAMES:
            self._named.add(one.sid)
            self._machine.accounts.look_up([one.sid], 1)
            self.roster.name(one, self._machine.accounts.cached_name(one.sid))
        label = self.roster.label(one)
        self._tell_of(Happening(what, self._machine.clock(), one.sid, label, provider, one.wanted, detail))
