"""PS_ScheduledTask: what the cmdlets of Microsoft's ScheduledTasks module call.

Names and types of the parameters: the class as Microsoft's wmigen read it (microsoft/wmi, PS_ScheduledTask.go), where
the output is called cmdletOutput. Errors are HRESULTs of the Task Scheduler (PowerShell#2967: 0x80070002 for a task
that is not there).
"""

from __future__ import annotations

import typing as t

from ..machine import Win32Error
from ..machine.scheduler import Task
from ..tasks import TaskXmlError, completed, read
from .catalogue import wmi_class
from .errors import WbemError, WbemStatus
from .model import CimType, Data, Embedded, Instance, Parameter, Property, WmiClass, method

NAMESPACE = "root/Microsoft/Windows/TaskScheduler"
_SYSTEM_ERROR = 0x80070000
_ALREADY_EXISTS = 0x800700B7

_BY_NAME = [Parameter("TaskName"), Parameter("TaskPath", required=False, default="\\")]
_INFO = (
    Property("LastRunTime", CimType.DATETIME),
    Property("LastTaskResult", CimType.UINT32),
    Property("NextRunTime", CimType.DATETIME),
    Property("NumberOfMissedRuns", CimType.UINT32),
    Property("TaskName"),
    Property("TaskPath"),
)


class TaskClass(WmiClass):
    """A class of this namespace: Windows 7 and Server 2008 R2 do not have it."""

    def __init__(self, machine: t.Any) -> None:
        super().__init__(machine)
        if not machine.scheduler.has_classes:
            raise WbemError(WbemStatus.INVALID_NAMESPACE, NAMESPACE)

    def task(self, folder: str, name: str) -> Task:
        """Return a task; a folder has a backslash at both ends."""
        if not (folder.startswith("\\") and folder.endswith("\\")):
            raise WbemError(WbemStatus.INVALID_METHOD_PARAMETERS, folder)
        try:
            return self.machine.scheduler.find(folder, name)
        except Win32Error as error:
            raise WbemError(_SYSTEM_ERROR | error.code, f"{folder}{name}") from error


@wmi_class(NAMESPACE)
class PSScheduledTask(TaskClass):
    """Registers, shows and describes scheduled tasks."""

    name = "PS_ScheduledTask"

    def instances(self) -> t.Iterable[Instance]:
        """Return nothing: there are only static methods."""
        return []

    @method(
        "RegisterByXml",
        inputs=[
            Parameter("Force", CimType.BOOLEAN, required=False, default=False),
            Parameter("Xml"),
            Parameter("Password", required=False),
            Parameter("User", required=False),
            *reversed(_BY_NAME),
        ],
        outputs=[Parameter("cmdletOutput", CimType.OBJECT)],
        static=True,
    )
    def register_by_xml(
        self, force: bool, xml: str, password: str | None, user: str | None, folder: str, name: str
    ) -> tuple[int, dict[str, Data]]:
        """Register a task by its definition; the account stands in there."""
        if password is not None or user is not None:
            raise WbemError(WbemStatus.INVALID_METHOD_PARAMETERS, "User and Password are not built here")
        machine = self.machine
        try:
            definition = read(xml)
        except TaskXmlError as error:
            raise WbemError(error.code, error.where) from error
        with machine.lock:
            is_there = any((task.folder, task.name) == (folder, name) for task in machine.scheduler.all())
            if is_there and not force:
                raise WbemError(_ALREADY_EXISTS, f"{folder}{name}")
            author = machine.administrator.full_name
            document = completed(xml, folder, name, author, machine.clock.now())
            machine.scheduler.register(folder, name, document, definition)
        own = [Property("TaskName"), Property("TaskPath")]
        output = Embedded("MSFT_ScheduledTask", NAMESPACE, tuple(own), {"TaskName": name, "TaskPath": folder})
        return 0, {"cmdletOutput": output}

    @method("ExportByName", inputs=_BY_NAME, outputs=[Parameter("cmdletOutput")], static=True)
    def export_by_name(self, name: str, folder: str) -> tuple[int, dict[str, Data]]:
        """Return the definition of a task."""
        return 0, {"cmdletOutput": self.task(folder, name).document}

    @method("GetInfoByName", inputs=_BY_NAME, outputs=[Parameter("cmdletOutput", CimType.OBJECT)], static=True)
    def get_info_by_name(self, name: str, folder: str) -> tuple[int, dict[str, Data]]:
        """Return when a task ran, with which result, and when it runs next."""
        task = self.task(folder, name)
        info: dict[str, Data] = {
            "LastRunTime": task.runs[-1] if task.runs else None,
            "LastTaskResult": task.last_result,
            "NextRunTime": self.machine.scheduler.next_run(task),
            "NumberOfMissedRuns": 0,
            "TaskName": task.name,
            "TaskPath": task.folder,
        }
        return 0, {"cmdletOutput": Embedded("MSFT_TaskDynamicInfo", NAMESPACE, _INFO, info)}
