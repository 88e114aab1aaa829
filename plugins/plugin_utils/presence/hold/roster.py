# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: all users of a machine while it is held: what enforcing did for each, and those whose default is held."""

from __future__ import annotations

import dataclasses
import typing as t

from ...windows.profiles import HiveKind
from ..enforce.plan import Reason
from ..enforce.policy import Policy
from ..enforce.result import UserResult
from .held_user import HeldUser, held_user, may_be_held

#: People of one machine, those who never signed in included. A machine that ever invents new ones gets no further.
MOST_PEOPLE = 22_000

#: How often somebody is looked at who signed in and whose default could not be read.
_TRIES = 3


class Roster:
    """The users, as they come and go.

    Attributes:
        held: those whose default is held, by SID, also those who have signed out meanwhile.
        crowded: whether somebody who is signed in is left alone because there are too many people.
    """

    def __init__(self, policy: Policy, interval: float) -> None:
        self.held: dict[str, HeldUser] = {}
        self.crowded = False
        self._policy = policy
        self._interval = interval
        self._results: dict[str | None, UserResult] = {}
        # Signed in, but nothing is held for them.
        self._others: set[str] = set()
        self._tries: dict[str, int] = {}

    def signed_in(self) -> list[HeldUser]:
        """Return those whose default is held now."""
        return [one for one in self.held.values() if one.signed_in]

    def signed_out(self) -> list[HeldUser]:
        """Return those whose default was held until they signed out."""
        return [one for one in self.held.values() if not one.signed_in]

    def add(self, result: UserResult, now: float) -> None:
        """Add what enforcing did for a user, who may be known from before."""
        sid = result.applied.entry.profile.sid
        self._results[sid] = _merged(self._results.get(sid), result)
        if sid is None:
            return
        known = self.held.get(sid)
        if may_be_held(result):
            self._tries.pop(sid, None)
        if not may_be_held(result):
            if result.applied.kind is HiveKind.LOADED and not self._is_tried_again(sid, result):
                self._others.add(sid)
        elif known is None:
            self.held[sid] = held_user(result, self._policy, now, self._interval)
        else:
            _welcome(known, held_user(result, self._policy, now, self._interval), now)

    def newcomers(self, loaded: frozenset[str]) -> frozenset[str]:
        """Return those with loaded hives whom nobody has looked at since they signed in."""
        self._others &= loaded
        self._tries = {sid: tries for sid, tries in self._tries.items() if sid in loaded}
        new = loaded - self._others - {one.sid for one in self.signed_in()}
        strangers = sorted(new - self._results.keys())
        room = max(0, MOST_PEOPLE - len(self._results))
        self.crowded = len(strangers) > room
        return new - set(strangers[room:])

    def ignore(self, sids: t.Iterable[str]) -> None:
        """Leave these alone as long as they are signed in, unless they are held, or are to be tried again."""
        self._others.update(set(sids) - {one.sid for one in self.signed_in()} - set(self._tries))

    def results(self) -> tuple[UserResult, ...]:
        """Return all users as they are now, as far as is known."""
        return tuple(self._now(sid, result) for sid, result in self._results.items())

    def label(self, one: HeldUser) -> str:
        """Return a user as people call them."""
        return self._results[one.sid].label

    def name(self, one: HeldUser, account: str | None) -> None:
        """Note the name of a user's account."""
        self._results[one.sid] = dataclasses.replace(self._results[one.sid], account=account or one.result.account)

    def _is_tried_again(self, sid: str, result: UserResult) -> bool:
        if result.applied.entry.reason is not Reason.UNREADABLE:
            return False
        tries = self._tries[sid] = self._tries.get(sid, 0) + 1
        if tries >= _TRIES:
            del self._tries[sid]
        return tries < _TRIES

    def _now(self, sid: str | None, result: UserResult) -> UserResult:
        held = self.held.get(sid or "")
        if held is None or not held.signed_in:
            return result
        return dataclasses.replace(
            result, applied=dataclasses.replace(result.applied, now=held.value, error=held.error)
        )


def _merged(earlier: UserResult | None, later: UserResult) -> UserResult:
    """Return what was done for one user in all: from what it was before, to what it is now."""
    if earlier is None:
        return later
    changed = earlier.applied.changed or later.applied.changed
    entry = earlier.applied.entry if earlier.applied.changed else later.applied.entry
    applied = dataclasses.replace(later.applied, entry=entry, changed=changed)
    return UserResult(applied, later.account or earlier.account)


def _welcome(known: HeldUser, again: HeldUser, now: float) -> None:
    """Go on with a user who is back; what was overwritten meanwhile has just been put right."""
    known.result, known.wanted, known.value = again.result, again.wanted, again.value
    known.signed_in, known.error = True, None
    known.default.out_of_sight(now)
    before = again.result.applied.entry.before
    if again.result.applied.changed and before is not None:
        known.default.saw_wrong(now, before.text)
        known.default.wrote(now)
    else:
        known.default.saw_right(now)
