"""The ProfileList of HKEY_LOCAL_MACHINE: where Windows records the folder of each profile."""

from __future__ import annotations

import struct
import typing as t

from .registry import HKLM
from .users import MANDATORY, TEMPORARY, Profile
from .values import Value, ValueType

if t.TYPE_CHECKING:
    from .machine import Machine

PROFILE_LIST = rf"{HKLM}\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"

# Bits of the State value (profile.h)
_STATE_MANDATORY = 0x0001
_STATE_TEMPORARY = 0x0800
_STATE_IS_BACKUP = 0x8000


def list_profile(machine: Machine, profile: Profile, listed_as: str = "") -> None:
    """Write a profile's entry."""
    key = machine.registry.ensure(rf"{PROFILE_LIST}\{profile.sid}")
    key.set(Value("ProfileImagePath", ValueType.EXPAND_SZ, listed_as or profile.path))
    key.set(Value("Flags", ValueType.DWORD, 0xC if profile.special else 0))
    state = _STATE_TEMPORARY if profile.status & TEMPORARY else 0
    state |= _STATE_MANDATORY if profile.status & MANDATORY else 0
    key.set(Value("State", ValueType.DWORD, state))
    key.set(Value("Sid", ValueType.BINARY, sid_bytes(profile.sid)))


def set_aside(machine: Machine, profile: Profile) -> None:
    """Rename an entry to `<SID>.bak`, as Windows does when it cannot load that profile."""
    entries = machine.registry.key(PROFILE_LIST)
    entry = entries.child(profile.sid)
    if entry is not None:
        entries.detach(profile.sid)
        entry.name = f"{profile.sid}.bak"
        entry.set(Value("State", ValueType.DWORD, _STATE_IS_BACKUP))
        entries.attach(entry)


def put_back(machine: Machine, profile: Profile) -> None:
    """Undo `set_aside`: restore a profile's entry."""
    entries = machine.registry.key(PROFILE_LIST)
    if entries.child(f"{profile.sid}.bak") is not None:
        entries.detach(f"{profile.sid}.bak")
    list_profile(machine, profile)


def sid_bytes(sid: str) -> bytes:
    """Return a SID in its binary form ([MS-DTYP] 2.4.2.2)."""
    _unused, revision, authority, *rest = sid.split("-")
    head = struct.pack(">BBHI", int(revision), len(rest), int(authority) >> 32, int(authority) & 0xFFFFFFFF)
    return head + struct.pack(f"<{len(rest)}I", *(int(part) for part in rest))
