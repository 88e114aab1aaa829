r"""The registry of one machine as programs see it: keys, values, hives, access.

Paths are one string that begins with a full root name (`HKEY_LOCAL_MACHINE\SOFTWARE\X`). Every
method is atomic under the machine's lock and raises Win32Error with the number that the Win32 function
of that purpose returns.
"""

from __future__ import annotations

import threading
import typing as t

from . import errors
from .errors import Win32Error
from .files import Files
from .hives import HiveFile
from .keys import MAX_KEY_NAME, Key
from .mounts import BY_REG, Mounts
from .namespace import HKCR, HKCU, HKLM, HKU, Namespace, Target
from .values import Value, ValueType

__all__ = ["HKCR", "HKCU", "HKLM", "HKU", "Key", "KeyHandle", "Registry", "Value", "ValueType", "Watcher"]

# Called after a change, with the path of the key with links followed; also after a hive was loaded or unloaded there.
Watcher = t.Callable[[str], None]


class KeyHandle:
    """An open key; while it is open its hive cannot be unloaded."""

    def __init__(self, lock: threading.RLock, hive: HiveFile | None, path: str) -> None:
        self._lock = lock
        self._hive = hive
        self.path = path
        if hive:
            hive.handles.add(self)

    @property
    def valid(self) -> bool:
        """Whether it is open, and its hive has not been unloaded by force meanwhile."""
        with self._lock:
            return self._hive is not None and self in self._hive.handles

    def close(self) -> None:
        """Let go of the key; closing twice does nothing."""
        with self._lock:
            if self._hive:
                self._hive.handles.discard(self)
                self._hive = None

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.close()


class Registry:
    """Reads and writes keys and values, loads and unloads hives.

    Attributes:
        namespace: where paths lead; whose hive HKEY_CURRENT_USER is, is set there.
        watchers: called, under the lock, after each change; they must return at once.
        hives: which hives are attached where.
    """

    def __init__(self, files: Files, lock: threading.RLock) -> None:
        self.lock = lock
        self.watchers: list[Watcher] = []
        self.namespace = Namespace()
        self.hives = Mounts(self.namespace, files)

    # -- reading

    def exists(self, path: str) -> bool:
        """Return whether there is such a key (1018 when its hive is being unloaded)."""
        with self.lock:
            return self.namespace.find(path) is not None

    def key_name(self, path: str) -> str:
        """Return `path` with the names as they are stored, below the requested root; 2 when missing."""
        with self.lock:
            return self.namespace.stored_path(path)

    def subkeys(self, path: str) -> list[str]:
        """Return the names of the subkeys, in the order Windows enumerates them."""
        with self.lock:
            return [key.name for key in self.namespace.existing(path, "read").key.children()]

    def values(self, path: str) -> list[Value]:
        """Return all values of a key, the unnamed one with an empty name."""
        with self.lock:
            return self.namespace.existing(path, "read").key.values()

    def value(self, path: str, name: str) -> Value:
        """Return one value; 2 when the key or the value is missing."""
        with self.lock:
            value = self.namespace.existing(path, "read").key.value(name)
            if value is None:
                raise Win32Error(errors.FILE_NOT_FOUND, f"{path}, value {name or '(default)'}")
            return value

    # -- writing

    def create_key(self, path: str, *, volatile: bool = False) -> bool:
        """Create a key and what is missing above it; True when it is new.

        Raises:
            Win32Error: 87 directly under HKEY_LOCAL_MACHINE or HKEY_USERS and for a name beyond 255
                characters, 5 when writing is denied, 1021 for a key that is to last below a volatile one.
        """
        with self.lock:
            above, missing = self.namespace.deepest(path)
            if not missing:
                return False
            if self.namespace.is_root(above.key) or any(len(name) > MAX_KEY_NAME for name in missing):
                raise Win32Error(errors.INVALID_PARAMETER, path)
            above.allow("write")
            if above.key.volatile and not volatile:
                raise Win32Error(errors.CHILD_MUST_BE_VOLATILE, path)
            key = above.key
            for name in missing:
                key = key.attach(Key(name, volatile=volatile))
            self._changed(above)
            return True

    def delete_key(self, path: str, recursive: bool = False) -> None:
        """Delete a key; 5 when it has subkeys and `recursive` is not set, or is the root of a hive."""
        with self.lock:
            target = self.namespace.existing(path, "write")
            if target.key.hive is not None or self.namespace.is_root(target.key):
                raise Win32Error(errors.ACCESS_DENIED, path)
            if target.key.children() and not recursive:
                raise Win32Error(errors.ACCESS_DENIED, path)
            _check_tree(target.key, path)
            above = self.namespace.existing(target.path.rpartition("\\")[0])
            above.key.detach(target.key.name)
            self._changed(above)

    def set_value(self, path: str, value: Value) -> None:
        """Write a value into a key that exists (2 when it does not)."""
        with self.lock:
            target = self.namespace.existing(path, "write")
            target.key.set(value)
            self._changed(target)

    def delete_value(self, path: str, name: str) -> None:
        """Delete a value; 2 when the key or the value is missing."""
        with self.lock:
            target = self.namespace.existing(path, "write")
            if not target.key.unset(name):
                raise Win32Error(errors.FILE_NOT_FOUND, f"{path}, value {name or '(default)'}")
            self._changed(target)

    # -- hives

    def load_hive(self, name: str, file: str, by: str = BY_REG) -> None:
        r"""Load a hive file at a new key right below HKEY_LOCAL_MACHINE or HKEY_USERS.

        Args:
            name: the full path of the key, e.g. `HKEY_USERS\X`.
            file: the hive file. As RegLoadKey documents, one that does not exist is created.
            by: the program that loads it, for the dump.

        Raises:
            Win32Error: 32 when the file is loaded or held already, 5 when the key exists, 3 when the
                folder is missing, 1009 and 1017 when the file is damaged or no hive, 87 for another place.
        """
        with self.lock:
            self.hives.load(name, file, by)
            self._tell(name)

    def unload_hive(self, name: str, force: bool = False) -> None:
        """Unload the hive at a key.

        Args:
            name: the full path of the key.
            force: do it although keys are open (the profile service can, `reg unload` cannot).

        Raises:
            Win32Error: 2 when there is no such key, 87 when it is no hive, 5 while keys of it are open,
                as those of a signed-in user's hive and of the system's hives are.
        """
        with self.lock:
            self.hives.unload(name, force)
            self._tell(name)

    def mounts(self) -> dict[str, HiveFile]:
        """Return the loaded hives by the full path of their key."""
        with self.lock:
            return self.hives.all()

    def hold_open(self, path: str) -> KeyHandle:
        """Open a key until the handle is closed; meanwhile its hive cannot be unloaded."""
        with self.lock:
            target = self.namespace.existing(path, "read")
            return KeyHandle(self.lock, target.hive, target.path)

    # -- for setting up a machine

    def key(self, path: str) -> Key:
        """Return the key itself, for seeding and dumping: without checks and without notifying watchers."""
        with self.lock:
            return self.namespace.existing(path).key

    def ensure(self, path: str) -> Key:
        """Return the key at `path`, created with all above it, wherever that is."""
        with self.lock:
            target, missing = self.namespace.deepest(path)
            return target.key.ensure("\\".join(missing))

    def deny(self, path: str, *what: str) -> None:
        """Deny "read", "write" or both at a key and below it; without either, allow both again."""
        with self.lock:
            self.namespace.existing(path).key.denied = set(what)

    def _changed(self, target: Target) -> None:
        self._tell(target.path)

    def _tell(self, path: str) -> None:
        for watcher in list(self.watchers):
            watcher(path)


def _check_tree(key: Key, path: str) -> None:
    for below in key.children():
        if "write" in below.denied or below.hive is not None:
            raise Win32Error(errors.ACCESS_DENIED, f"{path}\\{below.name}")
        _check_tree(below, f"{path}\\{below.name}")
