# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: from what is wanted and what is there to the steps between them."""

from __future__ import annotations

from dataclasses import dataclass

from ...windows.hive_files import HiveFile, settings_hive
from ...windows.profiles import HiveKind, Profile
from ...windows.registry_values import StringValue, ValueState
from ...windows.task_definition import Difference, differences
from ..availability import Availability, Candidate
from ..availability import Reason as ChoiceReason
from ..enforce.choice import Choice, NotUsableError, choose, is_first
from .desired import Desired
from .survey import GuardState
from .task import KEY, PARENT_KEY


@dataclass(frozen=True)
class CreateKey:
    """Create the guard's key."""


@dataclass(frozen=True)
class SetProvider:
    """Write the provider's name."""

    name: str


@dataclass(frozen=True)
class DeleteValue:
    """Delete a value of the key that is no part of the guard."""

    name: str


@dataclass(frozen=True)
class DeleteKey:
    """Delete a key below ``HKLM``."""

    key: str


@dataclass(frozen=True)
class RegisterTask:
    """Register the task, in place of the one that is there."""


@dataclass(frozen=True)
class DeleteTask:
    """Delete the task."""


Step = CreateKey | SetProvider | DeleteValue | DeleteKey | RegisterTask | DeleteTask


@dataclass(frozen=True)
class Plan:
    """What is to be done; nothing if there are no steps.

    Args:
        choice: the provider to keep; None if there should be no guard, or if the machine has no use for one.
        altered: how the task that is there differs from what is wanted.
        no_office: the machine has neither Office nor any provider.
    """

    steps: tuple[Step, ...]
    choice: Choice | None = None
    altered: tuple[Difference, ...] = ()
    no_office: bool = False


def make_plan(desired: Desired, state: GuardState, available: Availability) -> Plan:
    """Decide.

    Raises:
        NotUsableError: no provider is registered that should be kept.
        FriendlyNameError: see ``choose``.
    """
    if not desired.present:
        return Plan(_removal(state))
    try:
        choice = _choose(desired, state, available)
    except NotUsableError:
        if available.serves(_EVERYBODY):
            raise
        return Plan((), no_office=True)
    altered = tuple(differences(desired.definition, state.task)) if state.task is not None else ()
    return Plan(_setup(state, choice, is_as_wanted=state.task is not None and not altered), choice, altered)


#: Nobody's hive: what is usable for everybody is what the machine registers, as for the template of new users.
_EVERYBODY: HiveFile = settings_hive(Profile(None, "", HiveKind.DEFAULT))


def _choose(desired: Desired, state: GuardState, available: Availability) -> Choice:
    current = state.provider
    if current.state is ValueState.TEXT and is_first(desired.names, current.name):
        # As for a user who has the first name already: nothing else has to be known.
        return Choice(Candidate(current.name, ChoiceReason.ALREADY_SET))
    return choose(desired.names, _EVERYBODY, available, require_registered=desired.require_registered)


def _setup(state: GuardState, choice: Choice, *, is_as_wanted: bool) -> tuple[Step, ...]:
    """Return the steps to a guard; the task comes last, since it runs as soon as it is registered."""
    steps: list[Step] = [] if state.provider.key_exists else [CreateKey()]
    if not _same(state.provider, choice.name):
        steps.append(SetProvider(choice.name))
    steps += [DeleteValue(name) for name in state.others]
    if not is_as_wanted:
        steps.append(RegisterTask())
    return tuple(steps)


def _removal(state: GuardState) -> tuple[Step, ...]:
    """Return the steps to no guard; the task goes first, or it would run without its value."""
    steps: list[Step] = [DeleteTask()] if state.task is not None else []
    steps += [DeleteKey(KEY)] if state.provider.key_exists else []
    steps += [DeleteKey(PARENT_KEY)] if state.parent_only else []
    return tuple(steps)


def _same(current: StringValue, name: str) -> bool:
    return current.state is ValueState.TEXT and current.name.casefold() == name.casefold()
