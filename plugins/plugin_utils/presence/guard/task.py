# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: the guard: a scheduled task by which a machine itself keeps the default provider of its users.

Two things make a guard: the task, and the key ``HKLM\SOFTWARE\presence.office\Guard`` with one value, ``DefaultIMApp``.
The task's command is a constant. It copies the key's values into the hive of every person who is signed in and has a
key ``IM Providers``, where its value is not the same already. So the name of a provider never reaches a command line,
and another provider is one registry write.

The task runs as SYSTEM, in session 0: no window. What ends with an exit code other than 0 can be seen in the Task
Scheduler: 1 is a value that could not be copied, 2 a guard without its value.

Sources: "Task Scheduler Schema"; "reg compare" (exit codes), "reg copy" (Microsoft's command reference); for the
command ``tests/conformance``, where it runs in Wine.
"""

from __future__ import annotations

from ...windows.scheduled_tasks import TaskName
from ...windows.task_definition import Definition, minutes
from ..keys import DEFAULT_IM_APP, IM_PROVIDERS

TASK = TaskName("\\presence.office\\", "Guard")

#: Below ``HKLM``.
PARENT_KEY = r"SOFTWARE\presence.office"
KEY = rf"{PARENT_KEY}\Guard"
VALUE = DEFAULT_IM_APP.name

#: Repetition is between a minute and 31 days; in minutes.
SHORTEST, LONGEST = 1, 31 * 24 * 60

COMMAND = r"%SystemRoot%\System32\cmd.exe"

_QUIET = ">nul 2>nul"
# Delayed expansion: whatever expands %...% in a task's arguments, or does not, this is left to cmd.
_REG = r"!SystemRoot!\System32\reg.exe"
_GUARD = rf"HKLM\{KEY}"
# Each loop variable is a part of a SID between two hyphens.
_USER = rf'"HKU\S-1-%c-%d-%e-%f-%g-%h\Software\{IM_PROVIDERS}"'


def _steps(*commands: str) -> str:
    return "& ".join(f"({command})" for command in commands)


_COPY = _steps(f"{_REG} copy {_GUARD} {_USER} /f {_QUIET}", "if not !errorlevel!==0 (set failed=1)")
_COMPARE = _steps(
    f"{_REG} compare {_GUARD} {_USER} /v {VALUE} /on {_QUIET}",
    # 2: they differ. 1: one of them has no such value, or this reg.exe cannot compare.
    f"if not !errorlevel!==0 ({_COPY})",
)
_KEEP = _steps(f"{_REG} query {_USER} {_QUIET}", f"if !errorlevel!==0 ({_COMPARE})")
# A person's SID has four numbers behind 5-21 (accounts of machines and domains) or 12-1 (Entra ID), and nothing more.
_HIVE = _steps(
    "set person=no",
    *(f'if "%a-%b-%c-%d-%i"=="S-1-{kind}-" (set person=yes)' for kind in ("5-21", "12-1")),
    f"if !person!==yes ({_KEEP})",
)
_ALL = rf"""for /f "tokens=3-11 delims=\-_" %a in ('{_REG} query HKU') do ({_HIVE})"""
_RUN = _steps(
    "set failed=2",
    f"{_REG} query {_GUARD} /v {VALUE} {_QUIET}",
    f"if !errorlevel!==0 ({_steps('set failed=0', _ALL)})",
)

ARGUMENTS = f'/e:on /v:on /d /q /c "{_RUN}& exit !failed!"'

DESCRIPTION = (
    f"Keeps the IM client that Office shows as every signed-in user's default: copies the value {VALUE} of "
    rf"HKLM\{KEY} to HKCU\Software\{IM_PROVIDERS} where that key exists. Set up by the Ansible module "
    "presence.office.guard. To undo it by hand, delete this task and that key below HKLM."
)


def definition(period: int) -> Definition:
    """Return the task's definition, in the schema's order; ``period`` is in minutes.

    What is the default stands there as well: somebody who changes it is noticed.
    """
    every = "PT{}M".format
    return {
        "RegistrationInfo/Description": DESCRIPTION,
        "Triggers/RegistrationTrigger/Enabled": "true",
        "Triggers/LogonTrigger/Enabled": "true",
        "Triggers/LogonTrigger/Repetition/Interval": every(1),
        "Triggers/LogonTrigger/Repetition/Duration": every(10),
        "Triggers/LogonTrigger/Repetition/StopAtDurationEnd": "false",
        "Triggers/LogonTrigger/Delay": "PT30S",
        "Triggers/TimeTrigger/Enabled": "true",
        # Long ago, so that it is active at once, and the same at every run of the module.
        "Triggers/TimeTrigger/StartBoundary": "2020-01-01T00:00:00",
        "Triggers/TimeTrigger/Repetition/Interval": every(period),
        "Triggers/TimeTrigger/Repetition/StopAtDurationEnd": "false",
        "Principals/Principal/UserId": "S-1-5-18",
        "Principals/Principal/RunLevel": "HighestAvailable",
        "Settings/MultipleInstancesPolicy": "IgnoreNew",
        # Their defaults leave laptops without a guard.
        "Settings/DisallowStartIfOnBatteries": "false",
        "Settings/StopIfGoingOnBatteries": "false",
        "Settings/RunOnlyIfNetworkAvailable": "false",
        "Settings/AllowStartOnDemand": "true",
        "Settings/Enabled": "true",
        "Settings/Hidden": "false",
        "Settings/RunOnlyIfIdle": "false",
        "Settings/ExecutionTimeLimit": every(1),
        "Actions/Exec/Command": COMMAND,
        "Actions/Exec/Arguments": ARGUMENTS,
    }


def period_of(found: Definition) -> int | None:
    """Return the period of a task, in minutes; None if it has none."""
    return minutes(found.get("Triggers/TimeTrigger/Repetition/Interval"))
