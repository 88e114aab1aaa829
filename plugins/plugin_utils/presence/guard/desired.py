# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what is wanted of a guard, and the checks of the options that say it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...windows.task_definition import Definition
from ..options import provider_names
from .task import LONGEST, SHORTEST, definition

#: Options of ``default_im_app`` that a guard cannot have.
FOR_SOME_USERS = ("profiles", "users", "exclude_users")


@dataclass(frozen=True)
class Desired:
    """What is wanted, independent of any machine.

    Args:
        names: providers in order of preference; the first one that Office's view registers is kept.
        present: whether there should be a guard.
        period: in minutes.
        require_registered: whether a provider has to be registered.
    """

    names: tuple[str, ...]
    present: bool
    period: int
    require_registered: bool

    @property
    def definition(self) -> Definition:
        """The definition of the task."""
        return definition(self.period)


def desired(options: t.Mapping[str, t.Any]) -> Desired:
    """Return what the options ask for; raise ValueError with a sentence for a bad one."""
    present = options["state"] == "present"
    names = provider_names(options["name"])
    if present and not names:
        raise ValueError("name is empty: name the provider to keep, or several in order of preference")
    period: int = options["period"]
    if not SHORTEST <= period <= LONGEST:
        raise ValueError(
            f"period: {period} is not possible: the Task Scheduler repeats a task every {SHORTEST} to {LONGEST} minutes"
        )
    return Desired(names, present, period, options["require_registered"])


def check_no_selection(arguments: t.Mapping[str, t.Any]) -> None:
    """Raise ValueError, with a sentence, for an option that selects users."""
    given = [option for option in FOR_SOME_USERS if option in arguments]
    if given:
        raise ValueError(
            f"{given[0]}: a guard is for all users of the machine, and cannot be for some of them. Leave the option "
            "out, or let presence.office.default_im_app set the default of selected users, without a guard"
        )
