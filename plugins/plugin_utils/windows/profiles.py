# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""User profiles: who has one on this machine, where it lies, and whether its hive can be used.

Sources: Microsoft's Win32_UserProfile reference (``Status`` bits); [MS-DTYP] 2.4.2 for SIDs.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from ..wsman.messages import Value
from ..wsman.session import Session
from .registry import Registry, RegistryError, Root

_QUERY = "SELECT SID, LocalPath, Loaded, Special, Status FROM Win32_UserProfile"

# People: accounts of a machine or domain (S-1-5-21-...) and of Entra ID (S-1-12-1-...). Services, virtual
# accounts and application pools (S-1-5-18, -80-, -82- ...) have profiles too, and no Office.
_PERSON = re.compile(r"S-1-(5-21|12-1)(-\d{1,10}){4,14}", re.ASCII | re.IGNORECASE)

_PROFILE_LIST = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"

# Characters that Windows forbids in a path or an environment variable cannot hold, and further control characters.
_NOT_IN_A_PATH = re.compile(r'[\x00-\x1f\x7f-\x9f"<>|?*]')

_LONGEST_PATH = 1024


class Kind(enum.Enum):
    """Where a hive is: mounted for a user who is signed in, in its file, or the template for new users."""

    LOADED = "loaded"
    UNLOADED = "unloaded"
    DEFAULT = "default"


class Unusable(enum.Enum):
    """Why a profile's hive is left alone. The values are what users of the collection read."""

    TEMPORARY = "temporary"
    MANDATORY = "mandatory"
    CORRUPTED = "corrupted"
    NO_HIVE_FILE = "no_hive_file"
    NAME_UNKNOWN = "name_unknown"
    SIGNED_OUT = "signed_out"


# Win32_UserProfile.Status; 2 (roaming) changes nothing for us. A temporary profile is judged first: what is
# written into one is lost at sign-out, whatever else it is.
_STATUS = ((1, Unusable.TEMPORARY), (8, Unusable.CORRUPTED), (4, Unusable.MANDATORY))


@dataclass(frozen=True)
class Profile:
    """One user's profile, or the template (no SID).

    Args:
        sid: the account's SID, in upper case; None for the template.
        path: the profile's folder as Windows writes it, empty if Windows names none.
        kind: where its hive is.
        unusable: why its hive must be left alone, None if it need not.
    """

    sid: str | None
    path: str
    kind: Kind
    unusable: Unusable | None = None

    @property
    def hive_file(self) -> str:
        """The file that holds the hive while nobody has it mounted."""
        return f"{self.path}\\NTUSER.DAT"


@dataclass(frozen=True)
class Classes(Profile):
    r"""A user's classes (COM registrations): a hive beside the profile's own, mounted at ``HKU\<SID>_Classes``."""

    @property
    def hive_file(self) -> str:
        """See ``Profile``."""
        return f"{self.path}\\AppData\\Local\\Microsoft\\Windows\\UsrClass.dat"


def classes_of(profile: Profile) -> Classes:
    """Return the classes of a profile's user."""
    return Classes(f"{profile.sid}_Classes", profile.path, profile.kind)


def list_profiles(session: Session) -> list[Profile]:
    """Return the people's profiles on this machine: one request."""
    return [profile for row in session.enumerate(_QUERY) if (profile := _profile(row)) is not None]


def template_profile(registry: Registry) -> Profile:
    """Return the profile that every future user's is copied from: one request.

    Raises:
        RegistryError: the machine does not say where it is.
    """
    path = registry.expanded_string(Root.HKLM, _PROFILE_LIST, "Default")
    if not path or not _is_path(path):
        raise RegistryError(f"reading {_PROFILE_LIST}\\Default", 2)
    return Profile(None, path, Kind.DEFAULT)


def _profile(row: dict[str, Value]) -> Profile | None:
    sid = str(row.get("SID") or "").upper()
    if row.get("Special") == "true" or not _PERSON.fullmatch(sid):
        return None
    path = str(row.get("LocalPath") or "")
    path = path if _is_path(path) else ""
    loaded = row.get("Loaded") == "true"
    status = _number(row.get("Status"))
    unusable = next((reason for bit, reason in _STATUS if status & bit), None)
    if unusable is None and not loaded and not path:
        unusable = Unusable.NO_HIVE_FILE
    return Profile(sid, path, Kind.LOADED if loaded else Kind.UNLOADED, unusable)


def _is_path(path: str) -> bool:
    return bool(path) and len(path) <= _LONGEST_PATH and not _NOT_IN_A_PATH.search(path)


def _number(value: Value) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) <= 10 else 0
