# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Carrying a plan out."""

from __future__ import annotations

import typing as t

from ..text import printable
from ..windows.hives import Write
from ..windows.machine import Machine
from ..windows.profiles import Profile, Unusable
from ..windows.visited import Visited
from .plan import Entry
from .policy import Policy
from .survey import DEFAULT_IM_APP, PREVIOUS_DEFAULT_IM_APP


def carry_out(machine: Machine, plan: t.Sequence[Entry], policy: Policy) -> dict[Profile, Visited]:
    """Do what the plan says; return what became of every hive that it changes."""
    changes = [entry for entry in plan if entry.changes and entry.before is not None]
    if not changes:
        return {}
    records = {e.profile: e.previous for e in changes if e.previous} if policy.record_previous else {}
    # Every change of a plan aims at the same: one provider, or none.
    write = Write(changes[0].after, PREVIOUS_DEFAULT_IM_APP)
    befores = {e.profile: e.before for e in changes if e.before is not None}
    return machine.user_values.write(befores, DEFAULT_IM_APP, write, records, mounts=policy.mounts)


def shortfall(entry: Entry, visited: Visited) -> str | None:
    """Return why a change cannot be relied on, None if it can: what was said must be what stands there now.

    Of users who signed out meanwhile, and whose files are not wanted, nothing can be relied on and nothing has to be.
    """
    if visited.unusable is Unusable.SIGNED_OUT:
        return None
    if visited.error is not None or visited.value is None:
        return visited.error or "the hive went away before it could be changed"
    now = visited.value.text
    if (now or "").casefold() == (entry.after or "").casefold():
        return None
    return (
        f"something put {printable(now or '') or 'nothing'!r} there at once (a running client that watches the value?)"
    )
