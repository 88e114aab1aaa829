"""Win32_SID: from a SID to the name of its account. Its provider answers a Get only; it cannot list."""

from __future__ import annotations

import re
import struct
import typing as t

from .catalogue import wmi_class
from .errors import WbemError, WbemStatus
from .model import CimType, Instance, Property, WmiClass

# [MS-DTYP] 2.4.2.4
_WELL_KNOWN = {
    "S-1-1-0": ("", "Everyone"),
    "S-1-5-18": ("NT AUTHORITY", "SYSTEM"),
    "S-1-5-19": ("NT AUTHORITY", "LOCAL SERVICE"),
    "S-1-5-20": ("NT AUTHORITY", "NETWORK SERVICE"),
    "S-1-5-32-544": ("BUILTIN", "Administrators"),
    "S-1-5-32-545": ("BUILTIN", "Users"),
}


@wmi_class("root/cimv2")
class Win32Sid(WmiClass):
    """Accounts by their SIDs."""

    name = "Win32_SID"
    properties = (
        Property("AccountName"),
        Property("BinaryRepresentation", CimType.UINT8, array=True),
        Property("ReferencedDomainName"),
        Property("SID", key=True),
        Property("SidLength", CimType.UINT32),
    )

    def find(self, keys: t.Mapping[str, str]) -> Instance:
        """Return the account of a SID; its names are empty when the SID cannot be resolved."""
        sid = keys["SID"].upper()
        if not re.fullmatch(r"S-1-\d+(-\d+){1,15}", sid):
            raise WbemError(WbemStatus.NOT_FOUND, sid)
        account = self.machine.accounts.by_sid(sid)
        domain, name = (account.domain, account.name) if account else _WELL_KNOWN.get(sid, ("", ""))
        binary = _binary(sid)
        return {
            "AccountName": name,
            "BinaryRepresentation": list(binary),
            "ReferencedDomainName": domain,
            "SID": sid,
            "SidLength": len(binary),
        }


def _binary(sid: str) -> bytes:
    """Return the binary form of a SID ([MS-DTYP] 2.4.2.2)."""
    _unused, _unused, authority, *parts = sid.split("-")
    numbers = [int(part) & 0xFFFFFFFF for part in parts]
    return struct.pack(f"<BB6s{len(numbers)}I", 1, len(numbers), int(authority).to_bytes(8, "big")[2:], *numbers)
