# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: user profiles: who has one on this machine, where it is, and whether its hive can be used.

Sources: Microsoft's Win32_UserProfile reference (``Status`` bits); [MS-DTYP] 2.4.2 for SIDs; winnt.h of the Windows SDK
for the accounts of the system's own (DOMAIN_USER_RID_DEFAULT_ACCOUNT, DOMAIN_USER_RID_WDAG_ACCOUNT).
"""

from __future__ import annotations

import enum
import re
import typing as t
from dataclasses import dataclass, replace

from ..wsman.messages import Value, is_true
from ..wsman.session import Session
from .registry import Registry, RegistryError, Root

_QUERY = "SELECT SID, LocalPath, Loaded, Special, Status FROM Win32_UserProfile"

# People: accounts of a machine or domain (S-1-5-21-...) and of Entra ID (S-1-12-1-...). Services, virtual accounts and
# application pools (S-1-5-18, -80-, -82- ...) have profiles too, but do not use Office.
_PERSON = re.compile(r"S-1-(5-21|12-1)(-\d{1,10}){4,14}", re.ASCII | re.IGNORECASE)

# Accounts that Windows manages for itself: DefaultAccount (503) and WDAGUtilityAccount (504, of Application Guard).
_SYSTEM_MANAGED = re.compile(r"S-1-5-21-\d+-\d+-\d+-50[34]", re.ASCII)

# The account with which Windows Setup shows its first pages, ``defaultuser0``, and its folder. To unload its hive
# meanwhile makes Windows start again (PSAppDeployToolkit#856).
_SETUP_ACCOUNT = re.compile(r"defaultuser\d+", re.ASCII | re.IGNORECASE)

_PROFILE_LIST = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"

# Characters that are invalid in a path or in an environment variable, and other control characters.
_NOT_IN_A_PATH = re.compile(r'[\x00-\x1f\x7f-\x9f"<>|?*]')

_LONGEST_PATH = 1024

#: What the template is called where its folder is not known.
TEMPLATE = "the template for new users"


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
    NOT_A_PERSON = "not_a_person"
    SHARED_FOLDER = "shared_folder"


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
        error: why it cannot be found, a sentence; None if it can.
    """

    sid: str | None
    path: str
    kind: HiveKind
    skip: SkipReason | None = None
    error: str | None = None

    @property
    def usable(self) -> bool:
        """Whether there is a hive, and it may be used."""
        return self.skip is None and self.error is None

    @property
    def may_be_setup_s(self) -> bool:
        """Whether its folder is named as that of the account of Windows Setup; only the account's name can say it."""
        return bool(_SETUP_ACCOUNT.fullmatch(self.path.rpartition("\\")[2].partition(".")[0]))

    def left_alone(self, reason: SkipReason) -> Profile:
        """Return the profile, left alone: for this reason unless there is another already."""
        return replace(self, skip=self.skip or reason)

    def same_folder(self, other: Profile) -> bool:
        """Whether both have the same folder, and so the same hive file."""
        return bool(self.path) and _folded(self.path) == _folded(other.path)


def is_setup_account(name: str) -> bool:
    r"""Whether ``DOMAIN\name`` is the account of Windows Setup."""
    return bool(_SETUP_ACCOUNT.fullmatch(name.rpartition("\\")[2]))


def list_profiles(session: Session) -> list[Profile]:
    """Return the profiles of people on this machine, each once: one request."""
    listed = [profile for row in session.enumerate(_QUERY) if (profile := _parse_profile(row)) is not None]
    return _one_for_each_folder(_one_for_each_user(listed))


def loaded_sids(registry: Registry) -> frozenset[str]:
    """Return the SIDs of people whose hives are loaded, in upper case: one small request, quicker than the profiles."""
    return frozenset(key.upper() for key in registry.subkeys(Root.HKU, "") or () if _PERSON.fullmatch(key))


def template_profile(registry: Registry) -> Profile:
    """Return the profile that new users get a copy of: one request.

    Raises:
        RegistryError: the machine does not say where it is.
    """
    path = registry.expanded_string(Root.HKLM, _PROFILE_LIST, "Default")
    if not path or not _is_path(path):
        raise RegistryError(f"reading {_PROFILE_LIST}\\Default", 2)
    return Profile(None, path, HiveKind.DEFAULT)


def _one_for_each_user(profiles: t.Iterable[Profile]) -> list[Profile]:
    """Return one profile for each SID, at the place of the first: the loaded one, else one that may be used.

    Windows lists a SID twice where it put a profile aside that it could not load (``<SID>.bak``).
    """
    chosen: dict[str | None, Profile] = {}
    for profile in profiles:
        first = chosen.setdefault(profile.sid, profile)
        if _preference(profile) > _preference(first):
            chosen[profile.sid] = profile
    return list(chosen.values())


def _preference(profile: Profile) -> tuple[bool, bool]:
    return profile.kind is HiveKind.LOADED, profile.usable


def _one_for_each_folder(profiles: t.Sequence[Profile]) -> list[Profile]:
    """Return the profiles, where several that are not loaded share a folder with all but one of them left alone.

    The hive is one file, as after a migration from one account to another that kept the folder: whoever it belongs to,
    it must not be mounted for somebody else while its user signs in. A loaded one comes first.
    """
    owners: dict[str, Profile] = {}
    for profile in sorted(profiles, key=lambda one: one.kind is not HiveKind.LOADED):
        if profile.path and profile.usable:
            owners.setdefault(_folded(profile.path), profile)
    return [
        profile
        if profile.kind is HiveKind.LOADED or owners.get(_folded(profile.path), profile) is profile
        else profile.left_alone(SkipReason.SHARED_FOLDER)
        for profile in profiles
    ]


def _folded(path: str) -> str:
    return path.replace("/", "\\").rstrip("\\").casefold()


def _parse_profile(row: dict[str, Value]) -> Profile | None:
    sid = str(row.get("SID") or "").upper()
    if is_true(row.get("Special")) or not _PERSON.fullmatch(sid):
        return None
    path = str(row.get("LocalPath") or "")
    path = path if _is_path(path) else ""
    loaded = is_true(row.get("Loaded"))
    status = _number(row.get("Status"))
    skip = next((reason for bit, reason in _STATUS if status & bit), None)
    if _SYSTEM_MANAGED.fullmatch(sid):
        skip = SkipReason.NOT_A_PERSON
    if skip is None and not loaded and not path:
        skip = SkipReason.NO_HIVE_FILE
    return Profile(sid, path, HiveKind.LOADED if loaded else HiveKind.UNLOADED, skip)


def _is_path(path: str) -> bool:
    return bool(path) and len(path) <= _LONGEST_PATH and not _NOT_IN_A_PATH.search(path)


def _number(value: Value) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) <= 10 else 0
