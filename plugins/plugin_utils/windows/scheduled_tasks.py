# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: scheduled tasks, through the WMI classes that Microsoft's ScheduledTasks module calls.

They are there since Windows 8 and Server 2012. Sources: ``docs/windows-facts.md``. Parameters are sent in the order in
which Microsoft's wmigen lists them; nothing was ever tried on real Windows.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..wsman.errors import FaultCode, ProtocolError, WSManError, WSManFault, may_have_acted
from ..wsman.session import Session

NAMESPACE = "root/Microsoft/Windows/TaskScheduler"

_METHODS = "PS_ScheduledTask"
_INSTANCES = "MSFT_ScheduledTask"

#: The task or its folder is not there: Win32 errors 2, 3 and 1168 as HRESULTs, and WMI's own word for it.
_NOT_THERE = frozenset({0x80070002, 0x80070003, 0x80070490, 0x80041002})

_DIGITS = 10

#: WMI does not know the namespace or the class.
_NO_CLASS = frozenset({FaultCode.CANNOT_PROCESS_FILTER, FaultCode.NOT_FOUND, 0x8004100E, 0x80041010})


class NoTaskClassesError(Exception):
    """The machine has no WMI classes for scheduled tasks."""

    def __init__(self) -> None:
        super().__init__(
            f"this machine's WMI has no classes for scheduled tasks ({NAMESPACE}): Windows 8 and Server 2012 are the "
            "first that have them"
        )


@dataclass(frozen=True)
class TaskName:
    r"""A task: its folder, with a backslash at both ends, and its name in it."""

    folder: str
    name: str

    @property
    def path(self) -> str:
        """The whole name."""
        return f"{self.folder}{self.name}"


@dataclass(frozen=True)
class LastRun:
    """When a task ran last, as the machine writes it, and with which result; None where that is not known."""

    time: str | None
    result: int | None


class ScheduledTasks:
    """The scheduled tasks of one machine.

    Every method raises NoTaskClassesError, and the session's errors.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def export(self, task: TaskName) -> str | None:
        """Return a task's definition as XML; None if there is no such task."""
        try:
            answer = self._session.invoke(_METHODS, "ExportByName", _named(task), namespace=NAMESPACE, repeatable=True)
            _check("ExportByName", answer)
        except WSManFault as fault:
            _check_absence(fault)
            return None
        xml = next((value for name, value in answer.items() if name.lower() == "cmdletoutput"), None)
        if not isinstance(xml, str):
            raise ProtocolError(f"{_METHODS}.ExportByName: the answer holds no definition")
        return xml

    def last_run(self, task: TaskName) -> LastRun | None:
        """Return what is known of a task's last run; None if there is no such task."""
        try:
            answer = self._session.invoke_for_instance(
                _METHODS, "GetInfoByName", _named(task), "cmdletOutput", namespace=NAMESPACE
            )
            _check("GetInfoByName", answer)
        except WSManFault as fault:
            _check_absence(fault)
            return None
        time, result = answer.get("LastRunTime"), answer.get("LastTaskResult")
        known = isinstance(result, str) and result.isdecimal() and len(result) <= _DIGITS
        return LastRun(time if isinstance(time, str) and time else None, int(str(result)) if known else None)

    def register(self, task: TaskName, xml: str, is_as_wanted: t.Callable[[str], bool]) -> None:
        """Register a task, in place of one of that name; ``is_as_wanted`` is asked about its export if need be."""
        parameters = [("Force", "true"), ("Xml", xml), ("TaskPath", task.folder), ("TaskName", task.name)]

        def is_done() -> bool:
            exported = self.export(task)
            return exported is not None and is_as_wanted(exported)

        def act() -> None:
            answer = self._session.invoke(_METHODS, "RegisterByXml", parameters, namespace=NAMESPACE, repeatable=False)
            _check("RegisterByXml", answer)

        self._change(act, is_done)

    def delete(self, task: TaskName) -> None:
        """Delete a task; it may be gone already. Its folder stays: no call removes it."""

        def act() -> None:
            selectors = {"TaskName": task.name, "TaskPath": task.folder}
            self._session.delete(_INSTANCES, selectors, namespace=NAMESPACE)

        try:
            self._change(act, lambda: self.export(task) is None)
        except WSManFault as fault:
            if fault.code != FaultCode.NOT_FOUND:
                _check_absence(fault)

    def _change(self, act: t.Callable[[], None], is_done: t.Callable[[], bool]) -> None:
        """Do something. After a lost answer it is done again, unless it was done."""
        while True:
            try:
                return act()
            except WSManError as error:
                if not may_have_acted(error):
                    raise
                lost = error
            if is_done():
                return None
            if not self._session.retries.try_again(writes=True):
                raise lost


def _named(task: TaskName) -> list[tuple[str, str]]:
    return [("TaskName", task.name), ("TaskPath", task.folder)]


def _check(method: str, answer: t.Mapping[str, t.Any]) -> None:
    """Raise what a ReturnValue amounts to: these methods mostly fail with a fault, and so with its codes."""
    value = answer.get("ReturnValue")
    if not isinstance(value, str) or not value.isdecimal() or len(value) > _DIGITS:
        raise ProtocolError(f"{_METHODS}.{method}: the answer holds no ReturnValue")
    if int(value):
        raise WSManFault(f"{_METHODS}.{method}", int(value), "the Task Scheduler refused")


def _check_absence(fault: WSManFault) -> None:
    """Raise for a fault that does not say that the task is not there."""
    if fault.code in _NO_CLASS:
        raise NoTaskClassesError from None
    if fault.code not in _NOT_THERE:
        raise fault
