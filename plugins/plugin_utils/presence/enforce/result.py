# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the result of comparing users with a policy, and changing them: entries, counts, a sentence, a diff."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...text import bounded, counted, printable, some
from ...windows.registry_values import StringValue, ValueState
from .apply import AppliedEntry
from .choice import Choice

#: Users that the task's message quotes; the result has all.
QUOTED_USERS = 5


@dataclass(frozen=True)
class UserResult:
    """One user at the end, with the account's name if it is known."""

    applied: AppliedEntry
    account: str | None = None

    @property
    def label(self) -> str:
        """The user as people call them: the account, else the profile's folder, else the SID."""
        profile = self.applied.entry.profile
        return printable(self.account or profile.path or profile.sid or "")

    def to_dict(self) -> dict[str, t.Any]:
        """Return the entry of ``users``."""
        applied, entry = self.applied, self.applied.entry
        return {
            "sid": entry.profile.sid,
            "account": bounded(self.account),
            "profile": bounded(entry.profile.path),
            "hive": applied.kind.value,
            "before": _text(entry.before),
            "after": _text(applied.now),
            "changed": applied.changed,
            "reason": applied.skip.value if applied.skip else entry.reason.value,
            "error": applied.error,
        }

    def diff_line(self) -> str:
        """Return account, before and after on one line."""
        return f"{self.label}: {_shown(self.applied.entry.before)} -> {_shown(self.applied.now)}"


@dataclass(frozen=True)
class Comparison:
    """All users of a machine, compared with a policy; unless in check mode, changed where they differed.

    Args:
        choice: the provider that was chosen; None for none.
        unmatched: selected names and SIDs that no profile belongs to.
    """

    users: tuple[UserResult, ...]
    choice: Choice | None
    unmatched: tuple[str, ...]
    check_mode: bool

    def to_dict(self) -> dict[str, t.Any]:
        """Return the task's result; ``failed`` and ``unreachable`` are the action's to add."""
        return {
            "changed": any(user.applied.changed for user in self.users),
            "provider": self._provider(),
            "users": [user.to_dict() for user in self.users],
            "unmatched_users": list(self.unmatched),
            "summary": self._summary(),
            "msg": self._message(),
        }

    @property
    def failed(self) -> bool:
        """Whether something failed for a user."""
        return any(user.applied.error is not None for user in self.users)

    @property
    def lost(self) -> bool:
        """Whether the machine went out of reach before all users were done."""
        return any(user.applied.lost for user in self.users)

    def diff(self) -> str:
        """Return a line for each user who changes."""
        return "".join(f"{user.diff_line()}\n" for user in self.users if user.applied.changed)

    def _summary(self) -> dict[str, int]:
        applied = [user.applied for user in self.users]
        return {
            "users": len(applied),
            "changed": sum(one.changed for one in applied),
            "unchanged": sum(not one.changed and one.error is None and one.skip is None for one in applied),
            "skipped": sum(one.error is None and one.skip is not None for one in applied),
            "failed": sum(one.error is not None for one in applied),
        }

    def _message(self) -> str:
        """Return one sentence: what failed and what changed, or that nothing had to."""
        parts = [part for part in (self.failures(), self.changes()) if part]
        if parts:
            return "; ".join(parts)
        return f"nothing to change for {counted(len(self.users), 'user')}" if self.users else "no profile is selected"

    def failures(self) -> str:
        """Return what failed, empty if nothing did."""
        failed = [f"{user.label}: {user.applied.error}" for user in self.users if user.applied.error is not None]
        return f"failed for {self._share(failed)} ({some(failed, QUOTED_USERS, '; ')})" if failed else ""

    def changes(self) -> str:
        """Return what changed, or would, empty if nothing did."""
        changed = [user.diff_line() for user in self.users if user.applied.changed]
        verb = "would change" if self.check_mode else "changed"
        return f"{verb} {self._share(changed)} ({some(changed, QUOTED_USERS)})" if changed else ""

    def _share(self, part: t.Sequence[str]) -> str:
        return f"{len(part)} of {counted(len(self.users), 'user')}"

    def _provider(self) -> dict[str, t.Any] | None:
        if self.choice is None:
            return None
        return {
            "name": self.choice.name,
            "views": list(self.choice.views),
            "passed_over": [{"name": p.name, "reason": p.reason} for p in self.choice.passed_over],
        }


def _text(value: StringValue | None) -> str | None:
    return bounded(value.text) if value else None


def _shown(value: StringValue | None) -> str:
    if value is None or value.state is ValueState.MISSING:
        return "(none)"
    return printable(value.name) if value.state is ValueState.TEXT else "(not a REG_SZ value)"
