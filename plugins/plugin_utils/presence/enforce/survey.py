# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the selected users of a machine, and the default provider that each one has."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...windows.hive_files import settings_hive
from ...windows.hive_outcomes import Outcome, Skipped
from ...windows.machine import Machine
from ...windows.profiles import Profile
from ...windows.registry_values import StringValue
from ..keys import DEFAULT_IM_APP
from ..users import select_users
from .policy import Policy


@dataclass(frozen=True)
class SurveyedUser:
    """One user (or the template), and what became of reading the default provider."""

    profile: Profile
    outcome: Outcome[StringValue]


@dataclass(frozen=True)
class Survey:
    """The state of a machine.

    Args:
        users: the selected users, in the machine's order, the template last.
        unmatched: selected names and SIDs that no profile belongs to.
    """

    users: tuple[SurveyedUser, ...]
    unmatched: tuple[str, ...] = ()


def take_survey(machine: Machine, policy: Policy) -> Survey:
    """Survey the machine: a request for the profiles, then the cheaper way to the hives."""
    profiles, unmatched = select_users(machine, policy.kinds, policy.selection)
    hives = {profile: settings_hive(profile) for profile in profiles if profile.skip is None}
    outcomes = machine.user_values.read(list(hives.values()), DEFAULT_IM_APP, mounts=policy.mounts) if hives else {}
    return make_survey(profiles, {profile: outcomes[hive] for profile, hive in hives.items()}, unmatched)


def make_survey(
    profiles: t.Iterable[Profile], outcomes: t.Mapping[Profile, Outcome[StringValue]], unmatched: t.Iterable[str]
) -> Survey:
    """Return the survey for what became of the profiles whose hives were read; the others are skipped."""
    users = (SurveyedUser(p, outcomes.get(p) or Skipped(p.kind, p.skip)) for p in profiles)
    return Survey(tuple(users), tuple(unmatched))
