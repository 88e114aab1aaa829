# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a machine has: the selected users' hives and the default provider in each.

The plan, the audit, the diff and the facts are views of one survey.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ..windows.hives import ValueName
from ..windows.machine import Machine
from ..windows.profiles import Kind, Profile, Unusable
from ..windows.visited import Visited
from .policy import Policy
from .selection import Selection

#: The value that names the provider Office connects to, in every user's hive.
DEFAULT_IM_APP = ValueName(r"Software\IM Providers", "DefaultIMApp")

#: Where Teams keeps, in its own key beside it, whom it took over from.
PREVIOUS_DEFAULT_IM_APP = "PreviousDefaultIMApp"


@dataclass(frozen=True)
class Surveyed:
    """One hive and what was found in it."""

    profile: Profile
    visited: Visited


@dataclass(frozen=True)
class Survey:
    """What was found.

    Args:
        hives: the selected hives, in the machine's order, the template last.
        unmatched_users: selected names and SIDs that no profile belongs to.
    """

    hives: tuple[Surveyed, ...]
    unmatched_users: tuple[str, ...]


def survey(machine: Machine, policy: Policy) -> Survey:
    """Survey the machine: a request for the profiles, then the cheaper way to the hives."""
    selected, unmatched = select(machine, policy.kinds, policy.selection)
    usable = [profile for profile in selected if profile.unusable is None]
    visited = machine.user_values.read(usable, DEFAULT_IM_APP, mounts=policy.mounts) if usable else {}
    for profile in selected:
        visited.setdefault(profile, Visited(profile.kind, unusable=profile.unusable))
    return Survey(tuple(Surveyed(p, visited[p]) for p in selected), tuple(unmatched))


def select(machine: Machine, kinds: frozenset[Kind], selection: Selection) -> tuple[list[Profile], list[str]]:
    """Return the selected profiles, the template last, and selected names and SIDs that no profile belongs to."""
    people = machine.profiles()
    named = {p.sid or "": machine.accounts.name(p.sid or "") if selection.needs_names else None for p in people}
    taken = [p for p in people if p.kind in kinds and selection.takes(p.sid or "", named[p.sid or ""])]
    if selection.excludes_names:
        # Somebody whose name cannot be had may be the one to leave out.
        taken = [_left_alone(p) if machine.accounts.is_untold(p.sid or "") else p for p in taken]
    if Kind.DEFAULT in kinds:
        taken.append(machine.template())
    return taken, selection.unmatched(named.items())


def _left_alone(profile: Profile) -> Profile:
    return dataclasses.replace(profile, unusable=profile.unusable or Unusable.NAME_UNKNOWN)
