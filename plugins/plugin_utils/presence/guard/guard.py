# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: sets up a guard on a machine, or removes it: survey, plan, apply."""

from __future__ import annotations

import typing as t

from ...windows.machine import Machine
from ...windows.scheduled_tasks import NoTaskClassesError
from ..availability import NotKnownError
from ..enforce.choice import NotUsableError
from ..refusal import RefusalError
from ..typed_availability import TypedAvailability
from .apply import Applied, apply
from .desired import Desired
from .plan import make_plan
from .result import GuardResult
from .survey import take_survey


class CannotGuardError(RefusalError):
    """A machine cannot have the guard that is wanted."""

    def __init__(self, error: Exception, reason: str) -> None:
        self.reason = reason
        super().__init__(str(error))

    def details(self) -> dict[str, t.Any]:
        """See ``RefusalError``."""
        return {"reason": self.reason}


def guard(machine: Machine, desired: Desired, *, check_mode: bool) -> GuardResult:
    """Bring the guard into the wanted state; in check mode, say what that would change.

    Raises:
        RefusalError: no provider is registered that should be kept, or it cannot be read what is, or the machine has no
            WMI classes for tasks.
        RegistryError, WSManError: what there is could not be read.
    """
    try:
        state = take_survey(machine, desired)
        plan = make_plan(desired, state, TypedAvailability(machine.registry))
    except NoTaskClassesError as error:
        raise CannotGuardError(error, "no_task_classes") from None
    except NotUsableError as error:
        raise CannotGuardError(error, "not_usable") from None
    except NotKnownError as error:
        raise CannotGuardError(error, "not_known") from None
    applied = Applied(plan.steps) if check_mode else apply(machine, desired, plan)
    return GuardResult(desired, state, plan, applied, check_mode)
