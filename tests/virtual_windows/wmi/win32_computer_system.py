"""Win32_ComputerSystem: the machine's name, and little more."""

from __future__ import annotations

import typing as t

from .catalogue import wmi_class
from .model import CimType, Instance, Property, WmiClass


@wmi_class("root/cimv2")
class Win32ComputerSystem(WmiClass):
    """The one computer."""

    name = "Win32_ComputerSystem"
    properties = (
        *(Property(name) for name in ("Caption", "CreationClassName", "Description", "DNSHostName", "Domain")),
        *(Property(name) for name in ("Manufacturer", "Model", "Status", "SystemType", "UserName", "Workgroup")),
        Property("DomainRole", CimType.UINT16),
        Property("Name", key=True),
        Property("NumberOfLogicalProcessors", CimType.UINT32),
        Property("NumberOfProcessors", CimType.UINT32),
        Property("PartOfDomain", CimType.BOOLEAN),
        Property("TotalPhysicalMemory", CimType.UINT64),
    )

    def instances(self) -> t.Iterable[Instance]:
        """Return this computer."""
        with self.machine.lock:
            sids = [session.sid for session in self.machine.sessions]
            users = [self.machine.accounts.by_sid(sid) for sid in sids]
            return [
                {
                    "Caption": self.machine.name,
                    "CreationClassName": self.name,
                    "Description": "AT/AT COMPATIBLE",
                    "DNSHostName": self.machine.name.lower(),
                    "Domain": "WORKGROUP",
                    "DomainRole": 0,
                    "Manufacturer": "Virtual Windows",
                    "Model": "Virtual Machine",
                    "Name": self.machine.name,
                    "NumberOfLogicalProcessors": 2,
                    "NumberOfProcessors": 1,
                    "PartOfDomain": False,
                    "Status": "OK",
                    "SystemType": "x64-based PC",
                    "TotalPhysicalMemory": 8_589_934_592,
                    "UserName": next((user.full_name for user in users if user), None),
                    "Workgroup": "WORKGROUP",
                }
            ]
