"""Win32_Process: the process list, and who owns a process."""

from __future__ import annotations

import typing as t

from ..machine import Process
from .catalogue import wmi_class
from .model import CimType, Data, Instance, Parameter, Property, WmiClass, method

# Counters that are not modelled and always 0.
_COUNTERS = {
    CimType.UINT32: (
        "HandleCount",
        "PageFaults",
        "PageFileUsage",
        "ParentProcessId",
        "PeakPageFileUsage",
        "PeakWorkingSetSize",
        "QuotaNonPagedPoolUsage",
        "QuotaPagedPoolUsage",
        "QuotaPeakNonPagedPoolUsage",
        "QuotaPeakPagedPoolUsage",
    ),
    CimType.UINT64: (
        "KernelModeTime",
        "OtherOperationCount",
        "OtherTransferCount",
        "PeakVirtualSize",
        "PrivatePageCount",
        "ReadOperationCount",
        "ReadTransferCount",
        "UserModeTime",
        "VirtualSize",
        "WorkingSetSize",
        "WriteOperationCount",
        "WriteTransferCount",
    ),
}
_ACCESS_DENIED = 2


@wmi_class("root/cimv2")
class Win32Process(WmiClass):
    """The processes that run now."""

    name = "Win32_Process"
    properties = (
        *(Property(name, kind) for kind, names in _COUNTERS.items() for name in names),
        *(Property(name) for name in ("Caption", "CommandLine", "CreationClassName", "CSCreationClassName", "CSName")),
        *(Property(name) for name in ("Description", "ExecutablePath", "Name", "OSCreationClassName", "OSName")),
        *(Property(name) for name in ("Status", "WindowsVersion")),
        *(Property(name, CimType.DATETIME) for name in ("CreationDate", "InstallDate", "TerminationDate")),
        Property("ExecutionState", CimType.UINT16),
        Property("Handle", key=True),
        Property("MaximumWorkingSetSize", CimType.UINT32),
        Property("MinimumWorkingSetSize", CimType.UINT32),
        Property("Priority", CimType.UINT32),
        Property("ProcessId", CimType.UINT32),
        Property("SessionId", CimType.UINT32),
        Property("ThreadCount", CimType.UINT32),
    )

    def instances(self) -> t.Iterable[Instance]:
        """Return all processes."""
        return [self._instance(process) for process in self.machine.processes.all()]

    @method("GetOwnerSid", outputs=[Parameter("Sid")])
    def get_owner_sid(self, instance: Instance) -> int | tuple[int, dict[str, Data]]:
        """Return the SID of the account that runs the process."""
        process = self.machine.processes.get(int(str(instance["Handle"])))
        if process is None or not process.owner_sid:
            return _ACCESS_DENIED
        return 0, {"Sid": process.owner_sid}

    def _instance(self, process: Process) -> Instance:
        return {
            **dict.fromkeys(one.name for one in self.properties),
            **dict.fromkeys((name for names in _COUNTERS.values() for name in names), 0),
            "Caption": process.name,
            "CreationClassName": self.name,
            "CSCreationClassName": "Win32_ComputerSystem",
            "CSName": self.machine.name,
            "Description": process.name,
            "Handle": str(process.pid),
            "Name": process.name,
            "OSCreationClassName": "Win32_OperatingSystem",
            "Priority": 8,
            "ProcessId": process.pid,
            "SessionId": process.session_id,
            "ThreadCount": 1,
        }
