# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task tells of its plan: the result's entries, its counts, the diff."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..text import bounded, printable, some
from ..windows.profiles import Kind, Unusable
from ..windows.registry import Found, StringValue
from .plan import Entry
from .providers import Choice

#: Hives that the task's message quotes; all are in the result.
QUOTED_HIVES = 5


@dataclass(frozen=True)
class Outcome:
    """One hive at the end: the plan's entry, where the hive was, and whether it came out as wanted."""

    entry: Entry
    kind: Kind
    changed: bool
    error: str | None
    now: StringValue | None
    unusable: Unusable | None = None
    account: str | None = None

    @property
    def label(self) -> str:
        """Who it is, for a person to read: the account, else the profile's folder, else the SID."""
        profile = self.entry.profile
        return printable(self.account or profile.path or profile.sid or "")

    def result(self) -> dict[str, t.Any]:
        """Return the entry of ``users``."""
        profile = self.entry.profile
        return {
            "sid": profile.sid,
            "account": bounded(self.account),
            "profile": bounded(profile.path),
            "hive": self.kind.value,
            "before": _text(self.entry.before),
            "after": _text(self.now),
            "changed": self.changed,
            "reason": self.unusable.value if self.unusable else self.entry.reason.value,
            "error": self.error,
        }

    def diff_line(self) -> str:
        """Return account, before and after on one line."""
        return f"{self.label}: {_shown(self.entry.before)} -> {_shown(self.now)}"


def summary(outcomes: t.Sequence[Outcome]) -> dict[str, int]:
    """Count the hives by what became of them."""
    return {
        "users": len(outcomes),
        "changed": sum(o.changed for o in outcomes),
        "unchanged": sum(not o.changed and o.error is None and o.unusable is None for o in outcomes),
        "skipped": sum(o.error is None and o.unusable is not None for o in outcomes),
        "failed": sum(o.error is not None for o in outcomes),
    }


def message(outcomes: t.Sequence[Outcome], check_mode: bool) -> str:
    """Return one sentence about what failed, else about what changed, else that all is well."""
    total = len(outcomes)
    failed = [f"{o.label}: {o.error}" for o in outcomes if o.error is not None]
    if failed:
        return f"{len(failed)} of {total} hives failed, the others are done. {some(failed, QUOTED_HIVES, '; ')}"
    changed = [o.diff_line() for o in outcomes if o.changed]
    if changed:
        verb = "would change" if check_mode else "changed"
        return f"{verb} {len(changed)} of {total} hives ({some(changed, QUOTED_HIVES)})"
    return f"hives as wanted: {total}, none to change" if total else "no profile is selected"


def provider(choice: Choice | None) -> dict[str, t.Any] | None:
    """Return the provider that was chosen, and why earlier preferences were not."""
    if choice is None:
        return None
    return {
        "name": choice.name,
        "views": list(choice.views),
        "passed_over": [{"name": p.name, "reason": p.reason} for p in choice.passed_over],
    }


def planned(entry: Entry) -> StringValue:
    """Return the value that a change aims at."""
    return StringValue(Found.NOTHING) if entry.after is None else StringValue(Found.TEXT, entry.after)


def _text(value: StringValue | None) -> str | None:
    return bounded(value.text) if value else None


def _shown(value: StringValue | None) -> str:
    if value is None or value.found is Found.NOTHING:
        return "(none)"
    return printable(value.text or "") if value.found is Found.TEXT else "(not a REG_SZ)"
