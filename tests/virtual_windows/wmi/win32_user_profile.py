"""Win32_UserProfile: the profiles of the machine, whether their hives are loaded or not."""

from __future__ import annotations

import typing as t

from ..machine import Profile
from ..machine.users import ROAMING
from .catalogue import wmi_class
from .model import CimType, Instance, Property, WmiClass

# Folder redirection health, one embedded object a folder; NULL here.
_FOLDERS = (
    "AppDataRoaming",
    "Contacts",
    "Desktop",
    "Documents",
    "Downloads",
    "Favorites",
    "Links",
    "Music",
    "Pictures",
    "SavedGames",
    "Searches",
    "StartMenu",
    "Videos",
)
_TIMES = (
    "LastAttemptedProfileDownloadTime",
    "LastAttemptedProfileUploadTime",
    "LastBackgroundRegistryUploadTime",
    "LastDownloadTime",
    "LastUploadTime",
    "LastUseTime",
)


@wmi_class("root/cimv2")
class Win32UserProfile(WmiClass):
    """The profile list."""

    name = "Win32_UserProfile"
    properties = (
        *(Property(name, CimType.OBJECT) for name in _FOLDERS),
        *(Property(name, CimType.DATETIME) for name in _TIMES),
        Property("HealthStatus", CimType.UINT8),
        Property("Loaded", CimType.BOOLEAN),
        Property("LocalPath"),
        Property("RefCount", CimType.UINT32),
        Property("RoamingConfigured", CimType.BOOLEAN),
        Property("RoamingPath"),
        Property("RoamingPreference", CimType.BOOLEAN),
        Property("SID", key=True),
        Property("Special", CimType.BOOLEAN),
        Property("Status", CimType.UINT32),
    )

    def instances(self) -> t.Iterable[Instance]:
        """Return all profiles."""
        with self.machine.lock:
            return [self._instance(profile) for profile in self.machine.profiles.all()]

    def _instance(self, profile: Profile) -> Instance:
        return {
            **dict.fromkeys((*_FOLDERS, *_TIMES)),
            "HealthStatus": 3,
            "LastUseTime": profile.last_use,
            "Loaded": profile.loaded,
            "LocalPath": profile.path,
            "RefCount": int(profile.loaded),
            "RoamingConfigured": bool(profile.status & ROAMING),
            "RoamingPath": None,
            "RoamingPreference": None,
            "SID": profile.sid,
            "Special": profile.special,
            "Status": profile.status,
        }
