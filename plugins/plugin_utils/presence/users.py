# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the users of a machine that a task applies to."""

from __future__ import annotations

import dataclasses

from ..windows.machine import Machine
from ..windows.profiles import HiveKind, Profile, SkipReason
from .selection import Selection


def may_mount(kinds: frozenset[HiveKind]) -> bool:
    """Whether a hive may have to be mounted: not if only those of signed-in users are selected."""
    return kinds != {HiveKind.LOADED}


def select_users(machine: Machine, kinds: frozenset[HiveKind], selection: Selection) -> tuple[list[Profile], list[str]]:
    """Return the selected profiles, the template last, and selected names and SIDs that no profile belongs to."""
    people = machine.profiles()
    names = {p.sid or "": machine.accounts.name(p.sid or "") if selection.needs_names else None for p in people}
    selected = [p for p in people if p.kind in kinds and selection.takes(p.sid or "", names[p.sid or ""])]
    if selection.excludes_names:
        # A user whose name is not known may be one of those to exclude.
        selected = [_left_alone(p) if machine.accounts.is_unknown(p.sid or "") else p for p in selected]
    if HiveKind.DEFAULT in kinds:
        selected.append(machine.template())
    return selected, selection.unmatched(names.items())


def _left_alone(profile: Profile) -> Profile:
    return dataclasses.replace(profile, skip=profile.skip or SkipReason.NAME_UNKNOWN)
