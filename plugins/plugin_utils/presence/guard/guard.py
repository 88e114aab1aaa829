# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: sets up a guard on a machine, or removes it: survey, plan, apply."""

from __future__ import annotations

from ...windows.machine import Machine
from ..typed_availability import TypedAvailability
from .apply import Applied, apply
from .desired import Desired
from .plan import make_plan
from .result import GuardResult
from .survey import take_survey


def guard(machine: Machine, desired: Desired, *, check_mode: bool) -> GuardResult:
    """Bring the guard into the wanted state; in check mode, say what that would change.

    Raises:
        NotUsableError, FriendlyNameError: see ``make_plan``.
        NoTaskClassesError, RegistryError, WSManError: see ``take_survey``.
    """
    state = take_survey(machine, desired)
    plan = make_plan(desired, state, TypedAvailability(machine.registry))
    applied = Applied(plan.steps) if check_mode else apply(machine, desired, plan)
    return GuardResult(desired, state, plan, applied, check_mode)
