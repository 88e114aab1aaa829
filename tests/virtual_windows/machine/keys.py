"""A tree of registry keys, independent of where it is attached.

Names are looked up without regard to case and keep the case they were created with. Subkeys come out
in the order Windows stores them (sorted by upper-cased name), values in the order they were written.
"""

from __future__ import annotations

import typing as t

from . import errors
from .values import Value

if t.TYPE_CHECKING:
    from .hives import HiveFile

MAX_KEY_NAME = 255


def fold(name: str) -> str:
    """Return `name` as Windows compares it: character by character, so sharp s is unchanged."""
    upper = name.upper()
    if len(upper) == len(name):
        return upper
    return "".join(one if len(one) == 1 else char for char in name for one in (char.upper(),))


class Key:
    """One registry key.

    Attributes:
        denied: "read" or "write" access that is denied here and below.
        link: the full path this key stands for (a REG_LINK), or empty.
        volatile: exists only while the hive is loaded; it is never written to the file.
        hive: the hive whose root this is, while it is attached somewhere.
    """

    __slots__ = ("_keys", "_values", "denied", "hive", "link", "name", "volatile")

    def __init__(self, name: str, *, link: str = "", volatile: bool = False) -> None:
        if len(name) > MAX_KEY_NAME:
            raise errors.Win32Error(errors.INVALID_PARAMETER, name)
        self.name = name
        self.link = link
        self.volatile = volatile
        self.denied: set[str] = set()
        self.hive: HiveFile | None = None
        self._keys: dict[str, Key] = {}
        self._values: dict[str, Value] = {}

    def child(self, name: str) -> Key | None:
        """Return the subkey of that name, if there is one."""
        return self._keys.get(fold(name))

    def children(self) -> list[Key]:
        """Return the subkeys, sorted as Windows stores them."""
        return [self._keys[folded] for folded in sorted(self._keys)]

    def attach(self, key: Key) -> Key:
        """Make `key` a subkey of this one."""
        self._keys[fold(key.name)] = key
        return key

    def detach(self, name: str) -> None:
        """Remove a subkey with all below it."""
        del self._keys[fold(name)]

    def ensure(self, path: str) -> Key:
        """Return the key at a relative path; what is missing on the way is created."""
        key = self
        for name in split(path):
            key = key.child(name) or key.attach(Key(name, volatile=key.volatile))
        return key

    def at(self, path: str) -> Key | None:
        """Return the key at a relative path, or None."""
        key: Key | None = self
        for name in split(path):
            key = key.child(name) if key else None
        return key

    def values(self) -> list[Value]:
        """Return the values in the order in which they were first written."""
        return list(self._values.values())

    def value(self, name: str) -> Value | None:
        """Return the value of that name, if there is one."""
        return self._values.get(fold(name))

    def set(self, value: Value) -> None:
        """Write a value; one that exists keeps its place and the case of its name."""
        value = value.checked()
        old = self._values.get(fold(value.name))
        self._values[fold(value.name)] = Value(old.name if old else value.name, value.type, value.data)

    def unset(self, name: str) -> bool:
        """Remove a value; False when there was none."""
        return self._values.pop(fold(name), None) is not None

    def copy(self) -> Key:
        """Return this key and all that would be in the hive's file below it."""
        twin = Key(self.name, link=self.link)
        twin.denied = set(self.denied)
        twin._values = dict(self._values)
        for key in self._keys.values():
            if not key.volatile:
                twin.attach(key.copy())
        return twin

    def drop_volatile(self) -> None:
        """Forget what is not in the hive's file, as unloading does."""
        for key in list(self._keys.values()):
            if key.volatile:
                self.detach(key.name)
            else:
                key.drop_volatile()

    def walk(self, path: str = "") -> t.Iterator[tuple[str, Key]]:
        """Yield this key and every one below, stored ones only, with their paths relative to this one."""
        yield path, self
        for key in self.children():
            if not key.volatile and key.hive is None:
                yield from key.walk(f"{path}\\{key.name}" if path else key.name)


def split(path: str) -> list[str]:
    """Return the names in a path; the kernel skips doubled and trailing separators, and so does this."""
    return [name for name in path.split("\\") if name]
