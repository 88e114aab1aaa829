# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: user profiles: who has one on this machine, where it is, and whether its hive can be used.

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

# People: accounts of a machine or domain (S-1-5-21-...) and of Entra ID (S-1-12-1-...). Services, virtual accounts and
# application pools (S-1-5-18, -80-, -82- ...) have profiles too, but do not use Office.
_PERSON = re.compile(r"S-1-(5-21|12-1)(-\d{1,10}){4,14}", re.ASCII | re.IGNORECASE)

_PROFILE_LIST = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"

# Characters that are invalid in a path or in an environment variable, and other control characters.
_NOT_IN_A_PATH = re.compile(r'[\x00-\x1f\x7f-\x9f"<>|?*]')

_LONGEST_PATH = 1024


class HiveKind(enum.Enum):
    """Where a hive is: loaded for a user who is signed in, in its file, or the template for new users.

    The values are those of the option ``profiles`` and of results.
    """

    LOADED = "loaded"
    UNLOADED = "unloaded"
    DEFAULT = "default"


class SkipReason(enum.Enum):
    """Why a profile's hive is left alone. The values are part of results."""

    TEMPORARY = "temporary"
    MANDATORY = "mandatory"
    CORRUPTED = "corrupted"
    NO_HIVE_FILE = "no_hive_file"
    NAME_UNKNOWN = "name_unknown"
    SIGNED_OUT = "signed_out"


# Win32_UserProfile.Status; 2 (roaming) makes no difference. "Temporary" comes first: whatever is written to such a
# profile is lost at sign-out.
_STATUS = ((1, SkipReason.TEMPORARY), (8, SkipReason.CORRUPTED), (4, SkipReason.MANDATORY))


@dataclass(frozen=True)
class Profile:
    """One user's profile, or the template for new users (no SID).

    Args:
        sid: the account's SID, in upper case; None for the template.
        path: the profile's folder as Windows writes it, empty if there is none.
        kind: where its hive is.
        skip: why its hive must be left alone; None if it may be used.
    """

    sid: str | None
    path: str
    kind: HiveKind
    skip: SkipReason | None = None


def list_profiles(session: Session) -> list[Profile]:
    """Return the profiles of people on this machine: one request."""
    return [profile for row in session.enumerate(_QUERY) if (profile := _parse_profile(row)) is not None]


def template_profile(registry: Registry) -> Profile:
    """Return the profile that new users get a copy of: one request.

    Raises:
        RegistryError: the machine does not say where it is.
    """
    path = registry.expanded_string(Root.HKLM, _PROFILE_LIST, "Default")
    if not path or not _is_path(path):
        raise RegistryError(f"reading {_PROFILE_LIST}\\Default", 2)
    return Profile(None, path, HiveKind.DEFAULT)


def _parse_profile(row: dict[str, Value]) -> Profile | None:
    sid = str(row.get("SID") or "").upper()
    if row.get("Special") == "true" or not _PERSON.fullmatch(sid):
        return None
    path = str(row.get("LocalPath") or "")
    path = path if _is_path(path) else ""
    loaded = row.get("Loaded") == "true"
    status = _number(row.get("Status"))
    skip = next((reason for bit, reason in _STATUS if status & bit), None)
    if skip is None and not loaded and not path:
        skip = SkipReason.NO_HIVE_FILE
    return Profile(sid, path, HiveKind.LOADED if loaded else HiveKind.UNLOADED, skip)


def _is_path(path: str) -> bool:
    return bool(path) and len(path) <= _LONGEST_PATH and not _NOT_IN_A_PATH.search(path)


def _number(value: Value) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) <= 10 else 0
