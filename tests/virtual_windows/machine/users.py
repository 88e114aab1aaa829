"""Accounts and profiles: the users, and the folder and hive of each."""

from __future__ import annotations

import hashlib
import struct
import threading
from dataclasses import dataclass, field
from datetime import datetime

from .errors import NONE_MAPPED, Win32Error
from .hives import HiveFile
from .keys import Key, fold

# What loads a hive for its user; anything else has only mounted it.
BY_SYSTEM = "system"
BY_SIGN_IN = "sign-in"
LOADED_BY = (BY_SYSTEM, BY_SIGN_IN)

# Win32_UserProfile.Status
TEMPORARY, ROAMING, MANDATORY, CORRUPTED = 1, 2, 4, 8


@dataclass(frozen=True)
class Account:
    r"""An account as `DOMAIN\name`."""

    sid: str
    domain: str
    name: str

    @property
    def full_name(self) -> str:
        r"""`DOMAIN\name`."""
        return f"{self.domain}\\{self.name}" if self.domain else self.name


class Accounts:
    """The accounts this machine can resolve, its own and its domain's."""

    def __init__(self, lock: threading.RLock) -> None:
        self.lock = lock
        self._by_sid: dict[str, Account] = {}

    def add(self, account: Account) -> Account:
        """Add an account."""
        with self.lock:
            self._by_sid[account.sid.upper()] = account
            return account

    def remove(self, sid: str) -> None:
        """Delete an account: from now on its SID does not resolve."""
        with self.lock:
            self._by_sid.pop(sid.upper(), None)

    def all(self) -> list[Account]:
        """Return all accounts, by SID."""
        with self.lock:
            return [self._by_sid[sid] for sid in sorted(self._by_sid)]

    def by_sid(self, sid: str) -> Account | None:
        """Return the account of a SID; None when the SID cannot be resolved."""
        with self.lock:
            return self._by_sid.get(sid.upper())

    def by_name(self, name: str) -> Account:
        r"""Return the account called `DOMAIN\name` or, if there is only one, `name`; else Win32Error 1332."""
        folded = fold(name)
        matches = [one for one in self.all() if folded in (fold(one.full_name), fold(one.name))]
        exact = [one for one in matches if fold(one.full_name) == folded]
        if len(exact or matches) != 1:
            raise Win32Error(NONE_MAPPED, name)
        return (exact or matches)[0]


@dataclass
class Profile:
    """A profile of the ProfileList.

    Attributes:
        sid: its user.
        path: its folder.
        status: the bits of Win32_UserProfile.Status.
        special: a profile of the system's own services.
        last_use: when it was last loaded or unloaded.
        hive: its NTUSER.DAT (or NTUSER.MAN).
        classes: its UsrClass.dat.
        pristine: what a mandatory profile starts from at every sign-in.
        disk_detached: the hive is on a profile disk that is attached only while the user is signed in.
        hidden: the profile that a temporary one stands in for.
    """

    sid: str
    path: str
    status: int = 0
    special: bool = False
    last_use: datetime | None = None
    hive: HiveFile | None = None
    classes: HiveFile | None = None
    pristine: Key | None = field(default=None, repr=False)
    disk_detached: bool = False
    hidden: Profile | None = None

    @property
    def loaded(self) -> bool:
        """Whether its hive is loaded for its user, not just mounted by a program."""
        return self.hive is not None and self.hive.mounted_by in LOADED_BY


class Profiles:
    """The profiles Windows lists (Win32_UserProfile): one a SID, and those it has set aside.

    Scripts that clean up profiles meet two instances with one SID: `<SID>` and `<SID>.bak`, one of them damaged.
    """

    def __init__(self, lock: threading.RLock) -> None:
        self.lock = lock
        self._by_sid: dict[str, Profile] = {}
        self._aside: list[Profile] = []

    def add(self, profile: Profile) -> Profile:
        """Add a profile, or replace the one with that SID."""
        with self.lock:
            self._by_sid[profile.sid.upper()] = profile
            return profile

    def list_aside(self, profile: Profile) -> None:
        """Add a further profile of a SID, which is listed and used for nothing."""
        with self.lock:
            self._aside.append(profile)

    def remove(self, sid: str) -> None:
        """Take a profile off the list."""
        with self.lock:
            self._by_sid.pop(sid.upper(), None)

    def get(self, sid: str) -> Profile | None:
        """Return the profile of a SID."""
        with self.lock:
            return self._by_sid.get(sid.upper())

    def all(self) -> list[Profile]:
        """Return all profiles: those that were set aside, then the others in the order in which they were created."""
        with self.lock:
            return [*self._aside, *self._by_sid.values()]


@dataclass(frozen=True)
class Session:
    """A session of a signed-in user."""

    id: int
    sid: str


def domain_sid(domain: str) -> str:
    """Return the SID of a domain or machine of that name: made up, but the same everywhere."""
    parts = struct.unpack("<3I", hashlib.sha256(fold(domain).encode()).digest()[:12])
    return "S-1-5-21-" + "-".join(str(part) for part in parts)


def account_sid(domain: str, name: str) -> str:
    """Return the SID of an account: made up, but the same on all machines; Entra ID accounts have theirs."""
    digest = hashlib.sha256(fold(f"{domain}\\{name}").encode()).digest()
    if fold(domain) == "AZUREAD":
        return "S-1-12-1-" + "-".join(str(part) for part in struct.unpack("<4I", digest[:16]))
    return f"{domain_sid(domain)}-{1101 + int.from_bytes(digest[:4], 'little') % 900_000}"


def service_sid(name: str) -> str:
    """Return the SID of a service's virtual account ([MS-DTYP] 2.4.2.3: the SHA-1 of its upper-cased name)."""
    digest = hashlib.sha1(name.upper().encode("utf-16-le"), usedforsecurity=False).digest()
    return "S-1-5-80-" + "-".join(str(part) for part in struct.unpack("<5I", digest))
