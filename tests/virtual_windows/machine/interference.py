"""What other programs do to a machine: they mount hives, hold files and keep keys open."""

from __future__ import annotations

import threading
import typing as t

from .files import FileHandle, Files
from .registry import KeyHandle, Registry
from .users import Profile

_Handle = t.TypeVar("_Handle", FileHandle, KeyHandle)


class Interference:
    """The part of a machine that other programs use."""

    lock: threading.RLock
    registry: Registry
    files: Files
    _held: list[FileHandle | KeyHandle]

    def profile_of(self, account: str) -> Profile:
        """Return the profile of a user; ValueError when there is none."""
        raise NotImplementedError

    def mount(self, path: str, what: str, by: str = "reg load") -> None:
        """Load a hive at a key for a program, not for its user: a file, or an account's hive."""
        with self.lock:
            profile = None if ":" in what else self.profile_of(what)
            file = profile.hive.path if profile and profile.hive else what
            self.registry.load_hive(path, file, by)

    def hold_hive(self, account: str, owner: str = "backup.exe") -> FileHandle:
        """Open a user's hive file exclusively: it cannot be loaded until the handle is closed."""
        with self.lock:
            hive = self.profile_of(account).hive
            if hive is None:
                raise ValueError(f"the profile of {account} has no hive")
            return self._keep(self.files.hold(hive.path, owner))

    def hold_key(self, path: str) -> KeyHandle:
        """Open a key for some program: its hive cannot be unloaded until the handle is closed."""
        return self._keep(self.registry.hold_open(path))

    def release(self) -> list[str]:
        """Close all that `hold_hive` and `hold_key` opened; return what that was."""
        with self.lock:
            released = [handle.path for handle in self._held]
            for handle in self._held:
                handle.close()
            self._held.clear()
            return released

    def _keep(self, handle: _Handle) -> _Handle:
        with self.lock:
            self._held.append(handle)
            return handle
