# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the selected users of a machine, the default provider that each one has, and what they can use."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...windows import office
from ...windows.command_output import Output
from ...windows.hive_files import HiveFile, settings_hive
from ...windows.hive_outcomes import Failed, Outcome, Read, Skipped, untouched, value_of
from ...windows.hive_trees import ValueAndTree
from ...windows.machine import Machine
from ...windows.profiles import HiveKind, Profile
from ...windows.registry_values import StringValue
from ...wsman.errors import NoShellError
from ..availability import Availability
from ..keys import DEFAULT_IM_APP
from ..printed_availability import PrintedAvailability
from ..registrations import QUESTIONS, parse_registrations
from ..typed_availability import TypedAvailability
from ..users import SelectedUsers, select_users
from .choice import is_first
from .policy import Policy


@dataclass(frozen=True)
class SurveyedUser:
    """One user (or the template), and what became of reading the default provider."""

    profile: Profile
    outcome: Outcome[StringValue]

    @property
    def hive(self) -> HiveFile:
        """The hive of the user's settings."""
        return settings_hive(self.profile)


@dataclass(frozen=True)
class Survey:
    """The state of a machine.

    Args:
        users: the selected users, in the machine's order, the template last.
        unmatched: names and SIDs that no profile belongs to.
        available: what users can use.
        notices, not_listed: of ``SelectedUsers``.
    """

    users: tuple[SurveyedUser, ...]
    unmatched: tuple[str, ...]
    available: Availability
    notices: tuple[str, ...] = ()
    not_listed: str | None = None


def take_survey(machine: Machine, policy: Policy, *, by_command: bool = False) -> Survey:
    """Survey the machine: a request for the profiles, then the cheaper way to the hives unless a command is wanted.

    By typed calls, what users can use is asked when it is needed. A command brings it along. Where a command is wanted
    and the machine allows no shell, typed calls do what they can.

    Raises:
        RefusalError: see ``select_users``.
    """
    selected = select_users(machine, policy.kinds, policy.selection)
    hives = {profile: settings_hive(profile) for profile in selected.profiles if profile.usable}
    available: Availability = TypedAvailability(machine.registry)
    outcomes: t.Mapping[HiveFile, Outcome[StringValue]] = {}
    if not by_command and machine.user_values.reads_by_typed_calls(list(hives.values())):
        outcomes = machine.user_values.read(list(hives.values()), DEFAULT_IM_APP, mounts=policy.mounts)
    if hives and (not outcomes or _signed_out(policy, outcomes)):
        try:
            outcomes, available = _by_command(machine, list(hives.values()), policy)
        except NoShellError as error:
            outcomes = machine.user_values.read(list(hives.values()), DEFAULT_IM_APP, mounts=policy.mounts)
            available = TypedAvailability(machine.registry, no_shell=error)
    return make_survey(selected, {p: outcomes[hive] for p, hive in hives.items()}, available)


def make_survey(
    selected: SelectedUsers, outcomes: t.Mapping[Profile, Outcome[StringValue]], available: Availability
) -> Survey:
    """Return the survey for what became of the profiles whose hives were read; the others were not looked at."""
    users = (SurveyedUser(p, outcomes.get(p) or untouched(p)) for p in selected.profiles)
    return Survey(tuple(users), selected.unmatched, available, selected.notices, selected.not_listed)


def _signed_out(policy: Policy, outcomes: t.Mapping[HiveFile, Outcome[StringValue]]) -> bool:
    """Whether a user signed out while being read, and something else has to be known about that user."""
    return policy.present and any(
        isinstance(outcome, Read)
        and outcome.kind is not HiveKind.LOADED
        and not is_first(policy.names, outcome.value.name)
        for outcome in outcomes.values()
    )


def _by_command(
    machine: Machine, hives: list[HiveFile], policy: Policy
) -> tuple[t.Mapping[HiveFile, Outcome[StringValue]], Availability]:
    questions = f"{QUESTIONS}& {office.QUESTION}" if policy.present else ""
    visits = machine.read_values_and_trees(hives, DEFAULT_IM_APP, questions, mounts=policy.mounts)
    both = {hive: value for hive, outcome in visits.outcomes.items() if (value := value_of(outcome))}
    registered = parse_registrations(visits.answers)
    # A machine can print its answer twice: the first one counts.
    installed = office.parse_office(visits.answers.get("office", [Output()])[0])
    available = PrintedAvailability(registered.providers, installed, {hive: one.tree for hive, one in both.items()})
    return {hive: _only_value(outcome) for hive, outcome in visits.outcomes.items()}, available


def _only_value(outcome: Outcome[ValueAndTree]) -> Outcome[StringValue]:
    if isinstance(outcome, Skipped):
        return outcome
    value = outcome.value.value if outcome.value else None
    if isinstance(outcome, Read):
        return Read(outcome.kind, outcome.value.value)
    return Failed(outcome.kind, outcome.error, value, outcome.stuck, outcome.lost)
