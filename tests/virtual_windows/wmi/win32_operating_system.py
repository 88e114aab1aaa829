"""Win32_OperatingSystem: the version of Windows; only the constant properties."""

from __future__ import annotations

import typing as t

from .catalogue import wmi_class
from .model import CimType, Instance, Property, WmiClass

CAPTION = "Microsoft Windows 11 Enterprise"
VERSION = "10.0.26100"


@wmi_class("root/cimv2")
class Win32OperatingSystem(WmiClass):
    """The one operating system."""

    name = "Win32_OperatingSystem"
    singleton = True
    properties = (
        *(Property(name) for name in ("BuildNumber", "Caption", "CreationClassName", "CSCreationClassName", "CSName")),
        *(Property(name) for name in ("Manufacturer", "OSArchitecture", "Status", "SystemDirectory", "SystemDrive")),
        *(Property(name) for name in ("Version", "WindowsDirectory")),
        Property("LocalDateTime", CimType.DATETIME),
        Property("MUILanguages", array=True),
        Property("Name", key=True),
        Property("NumberOfProcesses", CimType.UINT32),
        Property("NumberOfUsers", CimType.UINT32),
        Property("OSLanguage", CimType.UINT32),
        Property("OSType", CimType.UINT16),
        Property("Primary", CimType.BOOLEAN),
        Property("ProductType", CimType.UINT32),
    )

    def instances(self) -> t.Iterable[Instance]:
        """Return the operating system that runs."""
        with self.machine.lock:
            root = self.machine.environment.get("SystemRoot", r"C:\Windows")
            return [
                {
                    "BuildNumber": VERSION.rpartition(".")[2],
                    "Caption": CAPTION,
                    "CreationClassName": self.name,
                    "CSCreationClassName": "Win32_ComputerSystem",
                    "CSName": self.machine.name,
                    "LocalDateTime": self.machine.clock.now(),
                    "Manufacturer": "Microsoft Corporation",
                    "MUILanguages": ["en-US"],
                    "Name": rf"{CAPTION}|{root}|\Device\Harddisk0\Partition3",
                    "NumberOfProcesses": len(self.machine.processes.all()),
                    "NumberOfUsers": len(self.machine.sessions),
                    "OSArchitecture": "64-bit",
                    "OSLanguage": 1033,
                    "OSType": 18,
                    "Primary": True,
                    "ProductType": 1,
                    "Status": "OK",
                    "SystemDirectory": rf"{root}\system32",
                    "SystemDrive": self.machine.environment.get("SystemDrive", "C:"),
                    "Version": VERSION,
                    "WindowsDirectory": root,
                }
            ]
