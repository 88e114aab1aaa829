# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: carries out a plan, or says what it would do."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...text import printable
from ...windows.hive_outcomes import Failed, Outcome, Skipped, error_of, value_of
from ...windows.hive_values import Change, changed
from ...windows.machine import Machine
from ...windows.profiles import HiveKind, Profile, SkipReason
from ...windows.registry_values import StringValue, ValueState
from ..keys import DEFAULT_IM_APP, PREVIOUS_DEFAULT_IM_APP
from .plan import PlanEntry, Reason
from .policy import Policy

Outcomes = t.Mapping[Profile, Outcome[StringValue]]

# How a value without a name is shown.
_NAMELESS = {
    ValueState.TEXT: "an empty value",
    ValueState.MISSING: "nothing",
    ValueState.OTHER_TYPE: "a value that is not a REG_SZ",
}


@dataclass(frozen=True)
class AppliedEntry:
    """What became of one entry of a plan.

    Args:
        kind: where the user's hive was at the end.
        now: the value after the task (in check mode: the one it would have); None if it is not known.
    """

    entry: PlanEntry
    kind: HiveKind
    changed: bool
    now: StringValue | None = None
    skip: SkipReason | None = None
    error: str | None = None
    lost: bool = False

    @property
    def skipped(self) -> bool:
        """Whether the hive was left alone, so that nothing is known of it (or of what became of it)."""
        return self.skip is not None or self.entry.reason is Reason.SKIPPED

    @property
    def left_alone(self) -> bool:
        """Whether the user is none that a default was wanted for."""
        return self.skipped or self.entry.reason is Reason.NO_OFFICE


def apply_plan(machine: Machine, plan: t.Sequence[PlanEntry], policy: Policy) -> list[AppliedEntry]:
    """Carry out the plan; return what became of every entry."""
    changes = [entry for entry in plan if entry.changes and entry.before is not None]
    outcomes = _write(machine, changes, policy) if changes else {}
    return [_applied(entry, outcomes[entry.profile]) if entry.changes else _unchanged(entry) for entry in plan]


def preview_plan(plan: t.Iterable[PlanEntry]) -> list[AppliedEntry]:
    """Return what would become of every entry, as check mode reports it."""
    return [
        AppliedEntry(entry, entry.user.outcome.kind, changed=True, now=_wanted(entry))
        if entry.changes
        else _unchanged(entry)
        for entry in plan
    ]


def _write(machine: Machine, changes: t.Sequence[PlanEntry], policy: Policy) -> Outcomes:
    writes = {
        entry.user.hive: Change(entry.before, entry.after, entry.previous if policy.record_previous else None)
        for entry in changes
        if entry.before is not None
    }
    outcomes = machine.user_values.write(writes, DEFAULT_IM_APP, PREVIOUS_DEFAULT_IM_APP, mounts=policy.mounts)
    return {entry.profile: outcomes[entry.user.hive] for entry in changes}


def _unchanged(entry: PlanEntry) -> AppliedEntry:
    outcome = entry.user.outcome
    skip = outcome.reason if isinstance(outcome, Skipped) else None
    error = entry.error or error_of(outcome)
    return AppliedEntry(entry, outcome.kind, changed=False, now=entry.before, skip=skip, error=error)


def _applied(entry: PlanEntry, outcome: Outcome[StringValue]) -> AppliedEntry:
    if isinstance(outcome, Skipped):
        # The user has signed out, and hives that are not loaded are not selected: there is nothing left to do.
        return AppliedEntry(entry, outcome.kind, changed=False, skip=outcome.reason)
    error = _shortfall(entry, outcome)
    return AppliedEntry(
        entry,
        outcome.kind,
        changed=error is None or changed(entry.before, outcome),
        now=value_of(outcome),
        error=error,
        lost=isinstance(outcome, Failed) and outcome.lost,
    )


def _shortfall(entry: PlanEntry, outcome: Outcome[StringValue]) -> str | None:
    """Return why a change did not take effect; None if it did. What is read back must be what was written."""
    value = value_of(outcome)
    if isinstance(outcome, Failed) or value is None:
        return error_of(outcome) or "the hive was unloaded before it could be changed"
    if _is_done(entry, value):
        return None
    shown = repr(printable(value.name)) if value.name else _NAMELESS[value.state]
    return f"another program set it to {shown} at once (a running client that watches the value?)"


def _is_done(entry: PlanEntry, value: StringValue) -> bool:
    if entry.after is None:
        return value.state is ValueState.MISSING
    return value.state is ValueState.TEXT and value.name.casefold() == entry.after.casefold()


def _wanted(entry: PlanEntry) -> StringValue:
    return StringValue.missing() if entry.after is None else StringValue.of(entry.after)
