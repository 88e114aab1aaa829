# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: the guard of a machine, for the facts.

Whether there is one is seen in the registry, by the command that reads everything else there: by the guard's own key,
or by the service's list of tasks (``TaskCache\Tree``: Microsoft, "Tarrask malware uses scheduled tasks for defense
evasion"). Only a machine that has either is asked two requests more.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ...windows.command_output import Output
from ...windows.key_names import folded
from ...windows.machine import Machine
from ...windows.reg_query import parse_keys, tree
from ...windows.registry import CALL_ERRORS
from ...windows.registry_values import StringValue
from ...windows.scheduled_tasks import NoTaskClassesError
from ...windows.task_definition import differences, parsed
from ...wsman.errors import UnreachableError
from ..plain_data import NAME
from .result import shown_differences
from .survey import read_key
from .task import KEY, TASK, VALUE, definition, period_of

_TREE = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree"

#: Questions for the command; ``printed_key`` understands the answers.
QUESTIONS = "& ".join([tree("guard", rf"HKLM\{KEY}"), tree("guard.task", rf"HKLM\{_TREE}{TASK.path}")])

#: The value with the provider's name, and the names of other values in the key.
KeyContent = tuple[StringValue, tuple[str, ...]]


@dataclass(frozen=True)
class GuardFacts:
    """A guard, or what there is of it.

    Args:
        period: in minutes.
        last_run, last_result: as the Task Scheduler has them.
        altered: what is not as the module made it.
        error: what could not be read.
    """

    provider: str | None = field(default=None, metadata=NAME)
    period: int | None = None
    last_run: str | None = None
    last_result: int | None = None
    altered: list[str] = field(default_factory=list)
    error: str | None = None


def printed_key(answers: t.Mapping[str, t.Sequence[Output]]) -> KeyContent | None:
    """Return what the command printed of the guard's key; None if it printed nothing of a guard at all."""
    key, task = (parse_keys(answers.get(label, [Output()])[0]) for label in ("guard", "guard.task"))
    if not key and not task:
        return None
    own = next((one for one in key if folded(one.path) == folded(rf"HKEY_LOCAL_MACHINE\{KEY}")), None)
    if own is None:
        return StringValue.missing(key_exists=False), ()
    value = own.value(VALUE)
    provider = StringValue.printed(value.type, value.data) if value else StringValue.missing()
    return provider, tuple(name for name in own.values if name != VALUE.casefold())


def read_guard(machine: Machine, key: KeyContent | None) -> GuardFacts | None:
    """Return the facts for a guard whose key was printed; None if there is none. Losing the machine loses no facts."""
    if key is None:
        return None
    provider, others = key
    altered = [] if provider.text else [rf"HKLM\{KEY} names no provider"]
    altered += [rf"HKLM\{KEY} holds other values"] if others else []
    try:
        exported = machine.scheduled_tasks.export(TASK)
        if exported is None:
            return GuardFacts(provider.text, altered=[*altered, "the task is missing"])
        found = parsed(exported)
        period = period_of(found)
        altered += shown_differences(differences(definition(period or 1), found))
        run = machine.scheduled_tasks.last_run(TASK)
    except (NoTaskClassesError, UnreachableError, *CALL_ERRORS) as error:
        return GuardFacts(provider.text, altered=altered, error=str(error))
    return GuardFacts(provider.text, period, run.time if run else None, run.result if run else None, altered)


def read_key_by_typed_calls(machine: Machine) -> KeyContent | None:
    """Return what a machine has of the guard's key where no command can run; None if it has no such key."""
    try:
        provider, others = read_key(machine.registry)
    except CALL_ERRORS:
        return None
    return (provider, others) if provider.key_exists else None
