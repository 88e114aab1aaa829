"""Where a registry path leads: roots, links, the account's own view, and what is denied on the way."""

from __future__ import annotations

from dataclasses import dataclass

from . import errors
from .errors import Win32Error
from .hives import HiveFile
from .keys import MAX_KEY_NAME, Key, split

HKLM = "HKEY_LOCAL_MACHINE"
HKU = "HKEY_USERS"
HKCU = "HKEY_CURRENT_USER"
HKCR = "HKEY_CLASSES_ROOT"

# Cyclic links would never end; the kernel gives up after this many.
_MAX_LINKS = 64


@dataclass
class Target:
    """The target of a path: the key, its path with links followed, the denied access, its hive."""

    key: Key
    path: str
    denied: set[str]
    hive: HiveFile | None

    def allow(self, access: str) -> None:
        """Raise Win32Error 5 when "read" or "write" is denied here."""
        if access in self.denied:
            raise Win32Error(errors.ACCESS_DENIED, self.path)


class Namespace:
    """The roots, and how paths below them are followed; callers hold the machine's lock.

    Attributes:
        current_user_sid: whose hive HKEY_CURRENT_USER is; `.DEFAULT` while that hive is not loaded, as
            for a service whose account's profile is not loaded.
    """

    def __init__(self) -> None:
        self.current_user_sid = ""
        self.roots = {HKLM: Key(HKLM), HKU: Key(HKU)}

    def find(self, path: str, links: int = 0) -> Target | None:
        """Return the key at a path, or None; 6 for an unknown root, 1018 in a hive that is being unloaded."""
        if path.startswith("\\") or links > _MAX_LINKS:
            raise Win32Error(errors.BAD_PATHNAME, path)
        names = split(path)
        root = names[0].upper() if names else ""
        if root == HKCR:
            return self.find("\\".join([HKLM, "SOFTWARE", "Classes", *names[1:]]), links + 1)
        if root == HKCU:
            return self.find("\\".join([HKU, self._current_user(), *names[1:]]), links + 1)
        if root not in self.roots:
            raise Win32Error(errors.INVALID_HANDLE, path)
        target = Target(self.roots[root], root, set(), None)
        for position, name in enumerate(names[1:], 2):
            key = target.key.child(name)
            if key is None:
                return None
            if key.link:
                return self.find("\\".join([key.link, *names[position:]]), links + 1)
            hive = key.hive or target.hive
            if hive is not None and hive.unloading:
                raise Win32Error(errors.KEY_DELETED, path)
            target = Target(key, f"{target.path}\\{key.name}", target.denied | key.denied, hive)
        return target

    def existing(self, path: str, access: str = "") -> Target:
        """Return the key at a path; 2 when it is missing, 5 when that access to it is denied."""
        target = self.find(path)
        if target is None:
            raise Win32Error(errors.FILE_NOT_FOUND, path)
        if access:
            target.allow(access)
        return target

    def deepest(self, path: str) -> tuple[Target, list[str]]:
        """Return the deepest key on the way to a path, and the names that are missing below it."""
        names = split(path)
        for count in range(len(names), 0, -1):
            target = self.find("\\".join(names[:count]))
            if target is not None:
                return target, names[count:]
        raise Win32Error(errors.INVALID_HANDLE, path)

    def stored_path(self, path: str) -> str:
        """Return `path` with the names as they are stored; links keep their own names."""
        root, *names = split(path)
        stored = root.upper()
        for name in names:
            key = self.existing(stored).key.child(name)
            if key is None:
                raise Win32Error(errors.FILE_NOT_FOUND, path)
            stored = f"{stored}\\{key.name}"
        self.existing(stored)
        return stored

    def mount_point(self, path: str) -> tuple[Key, str]:
        """Return the root and the name of a place for a hive; 87 for any other path."""
        names = split(path)
        if len(names) != 2 or names[0].upper() not in self.roots or len(names[1]) > MAX_KEY_NAME:
            raise Win32Error(errors.INVALID_PARAMETER, path)
        return self.roots[names[0].upper()], names[1]

    def is_root(self, key: Key) -> bool:
        """Return whether it is a root without a file, in which no keys can be created."""
        return key in self.roots.values()

    def _current_user(self) -> str:
        loaded = self.roots[HKU].child(self.current_user_sid) if self.current_user_sid else None
        return self.current_user_sid if loaded else ".DEFAULT"
