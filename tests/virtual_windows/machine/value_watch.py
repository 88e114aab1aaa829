"""A program that waits for a registry value to change.

It opens the value's key, as RegNotifyChangeKeyValue needs it, and keeps it open: until it lets go, the hive can only be
unloaded by force. From then on its handle is void, and it hears of nothing more, even if the hive is loaded again.
"""

from __future__ import annotations

import typing as t

from .errors import Win32Error
from .keys import fold
from .registry import Registry
from .values import Value


class ValueWatch:
    """Calls back whenever a value has got another type or other data, or has come or gone.

    Args:
        path, name: the key, which has to exist (Win32Error 2), and the value.
        changed: called under the machine's lock.
    """

    def __init__(self, registry: Registry, path: str, name: str, changed: t.Callable[[], None]) -> None:
        self._registry = registry
        self._name = name
        self._changed = changed
        self._handle = registry.hold_open(path)
        self._last = self._read()
        registry.watchers.append(self._seen)

    def close(self) -> None:
        """Stop watching and let go of the key."""
        with self._registry.lock:
            if self._seen in self._registry.watchers:
                self._registry.watchers.remove(self._seen)
            self._handle.close()

    def _seen(self, path: str) -> None:
        if not self._handle.valid or fold(path) != fold(self._handle.path):
            return
        before, self._last = self._last, self._read()
        if before != self._last:
            self._changed()

    def _read(self) -> Value | None:
        try:
            return self._registry.value(self._handle.path, self._name)
        except Win32Error:
            return None
