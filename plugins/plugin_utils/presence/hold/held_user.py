# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: users whose defaults are held: those for whom a provider was chosen, while they are signed in."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...windows.hive_files import HiveFile
from ...windows.hive_values import Change
from ...windows.profiles import HiveKind
from ...windows.registry_values import StringValue, ValueState
from ..enforce.choice import is_first
from ..enforce.plan import Reason, is_to_be_removed
from ..enforce.policy import Policy
from ..enforce.result import UserResult
from .held_default import HeldDefault

# Where nothing was decided that could be held.
_UNDECIDED = frozenset({Reason.NOT_USABLE, Reason.NO_OFFICE, Reason.SKIPPED, Reason.UNREADABLE})


@dataclass
class HeldUser:
    """One user.

    Args:
        result: what enforcing did.
        wanted: the provider to write; None to remove the default.
        value: what was last read or written.
        error: why it could not be read or written the last time; None if it could.
        signed_in: whether the user is; nobody looks at the others.
    """

    result: UserResult
    wanted: str | None
    value: StringValue
    default: HeldDefault
    error: str | None = None
    signed_in: bool = True

    @property
    def sid(self) -> str:
        """The user's SID."""
        return self.result.applied.entry.profile.sid or ""

    @property
    def hive(self) -> HiveFile:
        """The hive of the user's settings, which is loaded."""
        return self.result.applied.entry.user.hive.now(HiveKind.LOADED)

    def accepts(self, value: StringValue, policy: Policy) -> bool:
        """Whether a value is right: what was chosen for the user, or what the policy prefers even to that."""
        if not policy.present:
            return not is_to_be_removed(policy, value)
        if value.state is not ValueState.TEXT:
            return False
        return value.name.casefold() == (self.wanted or "").casefold() or is_first(policy.names, value.name)

    def change(self) -> Change:
        """Return what to write; nothing else is."""
        return Change(self.value, self.wanted)


def may_be_held(result: UserResult) -> bool:
    """Whether a user can be held: signed in, and it is known what is wanted."""
    applied, entry = result.applied, result.applied.entry
    known = applied.now or entry.before
    undecided = applied.skip is not None or entry.reason in _UNDECIDED or known is None
    return entry.profile.sid is not None and applied.kind is HiveKind.LOADED and not undecided


def held_user(result: UserResult, policy: Policy, now: float, interval: float) -> HeldUser:
    """Return a user who may be held, at the beginning."""
    applied, entry = result.applied, result.applied.entry
    wanted = entry.choice.name if policy.present and entry.choice else None
    value = t.cast(StringValue, applied.now or entry.before)
    return HeldUser(result, wanted, value, HeldDefault(now, interval, written=applied.changed))
