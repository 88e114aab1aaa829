# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: carries out the plan for a guard."""

from __future__ import annotations

from dataclasses import dataclass

from ...windows.machine import Machine
from ...windows.registry import CALL_ERRORS, Root
from ...windows.task_definition import differences, parsed, written
from ...wsman.errors import UnreachableError
from .desired import Desired
from .plan import CreateKey, DeleteKey, DeleteTask, DeleteValue, Plan, RegisterTask, SetProvider, Step
from .task import KEY, TASK, VALUE


@dataclass(frozen=True)
class Applied:
    """What became of a plan.

    Args:
        done: the steps that were taken (in check mode: would be).
        error: why the others were not.
        lost: the machine went out of reach.
    """

    done: tuple[Step, ...]
    error: str | None = None
    lost: bool = False


def apply(machine: Machine, desired: Desired, plan: Plan) -> Applied:
    """Take the steps, one after the other, up to the first that fails: each needs those before it."""
    done: list[Step] = []
    try:
        for step in plan.steps:
            _take(machine, desired, step)
            done.append(step)
    except UnreachableError as error:
        return Applied(tuple(done), str(error), lost=True)
    except CALL_ERRORS as error:
        return Applied(tuple(done), str(error))
    return Applied(tuple(done))


def _take(machine: Machine, desired: Desired, step: Step) -> None:
    registry = machine.registry
    match step:
        case CreateKey():
            registry.create_key(Root.HKLM, KEY)
        case SetProvider(name):
            registry.set_string(Root.HKLM, KEY, VALUE, name)
        case DeleteValue(name):
            registry.delete_value(Root.HKLM, KEY, name)
        case DeleteKey(key):
            registry.delete_key(Root.HKLM, key)
        case RegisterTask():
            wanted = desired.definition
            machine.scheduled_tasks.register(
                TASK, written(wanted), lambda exported: not differences(wanted, parsed(exported))
            )
        case DeleteTask():
            machine.scheduled_tasks.delete(TASK)
