# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the result of comparing users with a policy, and changing them: entries, counts, a sentence, a diff."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ...text import bounded, counted, printable, some
from ...windows.profiles import TEMPLATE
from ...windows.registry_values import StringValue, ValueState
from ..availability import Reason as ChoiceReason
from ..left_alone import QUOTED_USERS, LeftAlone
from .apply import AppliedEntry
from .plan import Reason

#: What is said of a machine where no default is wanted.
WITHOUT_OFFICE = "this machine has neither Office nor an IM provider"


@dataclass(frozen=True)
class UserResult:
    """One user at the end, with the account's name if it is known."""

    applied: AppliedEntry
    account: str | None = None

    @property
    def label(self) -> str:
        """The user as people call them: the account, else the profile's folder, else the SID."""
        profile = self.applied.entry.profile
        return printable(self.account or profile.path or profile.sid or TEMPLATE)

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
            "provider": entry.choice.to_dict() if entry.choice else None,
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
        unmatched: names and SIDs that no profile belongs to.
        notices, not_listed: of ``SelectedUsers``.
        skip_unregistered: of the policy.
    """

    users: tuple[UserResult, ...]
    unmatched: tuple[str, ...]
    check_mode: bool
    notices: tuple[str, ...] = ()
    not_listed: str | None = None
    skip_unregistered: bool = False

    def to_dict(self) -> dict[str, t.Any]:
        """Return the task's result; ``failed`` and ``unreachable`` are the action's to add."""
        doubts = [f"{u.label}: {u.applied.entry.warning}" for u in self.users if u.applied.entry.warning]
        warnings = [*self.notices, *self.left_alone.warnings(), *doubts]
        return {
            "changed": any(user.applied.changed for user in self.users),
            "provider": self._provider(),
            "users": [user.to_dict() for user in self.users],
            "unmatched_users": list(self.unmatched),
            "summary": self._summary(),
            "msg": self._message(),
            **({"reason": Reason.NOT_USABLE.value} if self.only_not_usable else {}),
            **({"warnings": warnings} if warnings else {}),
        }

    @property
    def new_defaults(self) -> list[str | None]:
        """What was set, or would be, for those who change; None where a default was removed."""
        return [user.applied.entry.after for user in self.users if user.applied.changed]

    def with_notice(self, sentence: str) -> Comparison:
        """Return the same with one more sentence for people to see."""
        return replace(self, notices=(*self.notices, sentence))

    @property
    def only_not_usable(self) -> bool:
        """Whether all that went wrong is that no provider can be set for some users."""
        failed = [user.applied for user in self.users if user.applied.error is not None]
        return bool(failed) and self.not_listed is None and all(one.entry.reason is Reason.NOT_USABLE for one in failed)

    @property
    def left_alone(self) -> LeftAlone:
        """Those whose hives were left alone."""
        skipped = [(user.label, user.applied.skip) for user in self.users if user.applied.skipped]
        return LeftAlone(tuple(skipped), len(self.users))

    @property
    def without_office(self) -> bool:
        """Whether everybody who was looked at uses a machine with neither Office nor any provider."""
        reasons = {user.applied.entry.reason for user in self.users if not user.applied.skipped}
        return reasons == {Reason.NO_OFFICE}

    @property
    def failed(self) -> bool:
        """Whether something failed for a user, or the users are not known."""
        return self.not_listed is not None or any(self.counts(user) for user in self.users)

    def counts(self, user: UserResult) -> bool:
        """Whether a user has an error that is a failure."""
        tolerated = self.skip_unregistered and user.applied.entry.reason is Reason.NOT_USABLE
        return user.applied.error is not None and not tolerated

    @property
    def lost(self) -> bool:
        """Whether the machine went out of reach before all users were done."""
        return any(user.applied.lost for user in self.users)

    def diff(self) -> str:
        """Return a line for each user who changes."""
        return "".join(f"{user.diff_line()}\n" for user in self.users if user.applied.changed)

    def _summary(self) -> dict[str, int]:
        applied = [user.applied for user in self.users]
        left_alone = sum(one.error is None and one.left_alone for one in applied)
        return {
            "users": len(applied),
            "changed": sum(one.changed for one in applied),
            "unchanged": sum(not one.changed and one.error is None for one in applied) - left_alone,
            "skipped": left_alone + len(self._unregistered()),
            "failed": sum(self.counts(user) for user in self.users),
        }

    def _message(self) -> str:
        """Return one sentence: what failed, what changed or that nothing had to, and who was left alone."""
        if not self.users:
            return self.not_listed or "no profile is selected"
        failures, changes = self.failures(), self.changes()
        unregistered = self._unregistered()
        passed_over = f"left alone {self._share(unregistered)} ({_by_error(unregistered)})" if unregistered else ""
        unchanged = "" if failures or changes else self._unchanged()
        # A failure could make people think that the rest was done.
        only_checked = "check mode changes nothing" if failures and self.check_mode else ""
        left_alone = self.left_alone.sentence()
        parts = (self.not_listed, failures, changes, unchanged, passed_over, left_alone, only_checked)
        return "; ".join(part for part in parts if part)

    def _unchanged(self) -> str:
        if self.without_office:
            return f"nothing to change: {WITHOUT_OFFICE}"
        unchanged = [user for user in self.users if not user.applied.skipped and user.applied.error is None]
        if len(unchanged) == len(self.users):
            return f"nothing to change for {counted(len(unchanged), 'user')}"
        return f"nothing to change for {self._share(unchanged)}" if unchanged else ""

    def failures(self) -> str:
        """Return what failed, empty if nothing did."""
        failed = [user for user in self.users if self.counts(user)]
        return f"failed for {self._share(failed)} ({_by_error(failed)})" if failed else ""

    def _unregistered(self) -> list[UserResult]:
        """Return the users for whom no provider can be set, if that is no failure."""
        return [user for user in self.users if user.applied.error is not None and not self.counts(user)]

    def changes(self) -> str:
        """Return what changed, or would, empty if nothing did."""
        changed = [user.diff_line() for user in self.users if user.applied.changed]
        verb = "would change" if self.check_mode else "changed"
        return f"{verb} {self._share(changed)} ({some(changed, QUOTED_USERS)})" if changed else ""

    def _share(self, part: t.Sequence[object]) -> str:
        return f"{len(part)} of {counted(len(self.users), 'user')}"

    def _provider(self) -> dict[str, t.Any] | None:
        """Return the provider on which all users agree, with what was looked up about it."""
        choices = [user.applied.entry.choice for user in self.users if not user.applied.left_alone]
        chosen = [choice for choice in choices if choice is not None]
        if len(chosen) < len(choices) or len({choice.name.casefold() for choice in chosen}) != 1:
            return None
        return max(chosen, key=lambda choice: choice.provider.reason is not ChoiceReason.ALREADY_SET).to_dict()


def _by_error(users: t.Iterable[UserResult]) -> str:
    """Return the users with their errors; those with the same error are named together."""
    by_error: dict[str, list[str]] = {}
    for user in users:
        by_error.setdefault(user.applied.error or "", []).append(user.label)
    parts = [f"{some(labels, QUOTED_USERS)}: {error}" for error, labels in by_error.items()]
    return some(parts, QUOTED_USERS, "; ")


def _text(value: StringValue | None) -> str | None:
    return bounded(value.text) if value else None


def _shown(value: StringValue | None) -> str:
    if value is None or value.state is ValueState.MISSING:
        return "(none)"
    return printable(value.name) if value.state is ValueState.TEXT else "(not a REG_SZ value)"
