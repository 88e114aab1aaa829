"""MSFT_ScheduledTask: the list of tasks; deleting an instance unregisters it.

Its properties: the class as Microsoft's wmigen read it (microsoft/wmi). What is an object of its own is NULL here.
"""

from __future__ import annotations

import typing as t

from .catalogue import wmi_class
from .model import CimType, Instance, Property
from .ps_scheduled_task import NAMESPACE, TaskClass

_OBJECTS = ("Actions", "Principal", "Settings", "Triggers")
_TEXTS = ("Author", "Date", "Description", "Documentation", "SecurityDescriptor", "Source", "URI", "Version")
_DISABLED, _READY = 1, 3


@wmi_class(NAMESPACE)
class MsftScheduledTask(TaskClass):
    """The registered tasks."""

    name = "MSFT_ScheduledTask"
    properties = (
        *(Property(name, CimType.OBJECT) for name in _OBJECTS),
        *(Property(name) for name in _TEXTS),
        Property("State", CimType.UINT8),
        Property("TaskName", key=True),
        Property("TaskPath", key=True),
    )

    def instances(self) -> t.Iterable[Instance]:
        """Return all tasks."""
        return [
            {
                **dict.fromkeys((*_OBJECTS, *_TEXTS)),
                "State": _READY if task.definition.enabled else _DISABLED,
                "TaskName": task.name,
                "TaskPath": task.folder,
                "URI": f"{task.folder}{task.name}",
            }
            for task in self.machine.scheduler.all()
        ]

    def find(self, keys: t.Mapping[str, str]) -> Instance:
        """Return a task; one that is not there is refused as the Task Scheduler does."""
        task = self.task(keys["TaskPath"], keys["TaskName"])
        return next(one for one in self.instances() if (one["TaskPath"], one["TaskName"]) == (task.folder, task.name))

    def delete(self, instance: Instance) -> None:
        """Unregister a task."""
        self.machine.scheduler.delete(str(instance["TaskPath"]), str(instance["TaskName"]))
