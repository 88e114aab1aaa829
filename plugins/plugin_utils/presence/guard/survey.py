# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what a machine has of a guard: the task, and the registry key with the provider's name."""

from __future__ import annotations

from dataclasses import dataclass

from ...windows.key_names import folded
from ...windows.machine import Machine
from ...windows.registry import Registry, Root
from ...windows.registry_values import StringValue
from ...windows.scheduled_tasks import NoTaskClassesError
from ...windows.task_definition import Definition, parsed
from .desired import Desired
from .task import KEY, PARENT_KEY, TASK, VALUE


@dataclass(frozen=True)
class GuardState:
    """A guard, or what there is of it.

    Args:
        task: the task's definition; None: there is no task.
        provider: the value with the provider's name.
        others: the names of other values in the key: the task would copy these, too.
        parent_only: whether the key above holds nothing but the guard's; looked at only where it is to be removed.
    """

    task: Definition | None
    provider: StringValue
    others: tuple[str, ...] = ()
    parent_only: bool = False

    @property
    def exists(self) -> bool:
        """Whether there is anything of a guard."""
        return self.task is not None or self.provider.key_exists or self.parent_only


def take_survey(machine: Machine, desired: Desired) -> GuardState:
    """Survey the machine: three requests for a guard that is as wanted, or for none where none is wanted.

    Raises:
        NoTaskClassesError: a guard is wanted, and the machine has no WMI classes for tasks.
        RegistryError, WSManError: it could not be read.
    """
    task = _task(machine, desired)
    provider, others = read_key(machine.registry)
    parent_only = not desired.present and _is_parent_only(machine.registry, provider)
    return GuardState(task, provider, others, parent_only)


def read_key(registry: Registry) -> tuple[StringValue, tuple[str, ...]]:
    """Return the value with the provider's name, and the names of other values."""
    names = registry.value_names(Root.HKLM, KEY)
    if names is None:
        return StringValue.missing(key_exists=False), ()
    others = tuple(name for name in names if folded(name) != folded(VALUE))
    return registry.string(Root.HKLM, KEY, VALUE), others


def _task(machine: Machine, desired: Desired) -> Definition | None:
    try:
        exported = machine.scheduled_tasks.export(TASK)
    except NoTaskClassesError:
        if desired.present:
            raise
        return None  # where no task can be registered by these classes, none of ours is there
    return None if exported is None else parsed(exported)


def _is_parent_only(registry: Registry, provider: StringValue) -> bool:
    """Whether the key above is there and may go: it can be left over on its own, if a removal was cut off."""
    subkeys = registry.subkeys(Root.HKLM, PARENT_KEY)
    if subkeys is None:
        return False
    own = [folded(KEY.rpartition("\\")[2])] if provider.key_exists else []
    return [folded(name) for name in subkeys] == own and not registry.value_names(Root.HKLM, PARENT_KEY)
