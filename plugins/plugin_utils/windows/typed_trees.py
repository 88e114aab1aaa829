# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what ``hive_trees`` reads by command, by typed calls: for machines that allow no remote shells.

Only of users who are signed in, only one level of keys, and only the values that are asked for.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .. import limits
from ..wsman.errors import NoShellError
from .hive_files import HiveFile
from .hive_outcomes import Failed, Outcome, Read
from .hive_trees import HiveTree
from .hive_values import ValueName
from .profiles import HiveKind
from .reg_query import PrintedKey, PrintedValue
from .registry import CALL_ERRORS, Registry, RegistryError, Root
from .registry_values import StringValue, ValueState
from .user_values import HIVE_GONE
from .without_shell import out_of_reach

# The names of types as ``reg query`` prints them; the last one stands for any that is not read.
_TEXT, _NUMBER, _OTHER = "REG_SZ", "REG_DWORD", "REG_NONE"


@dataclass(frozen=True)
class TreeValues:
    """What is read of each hive.

    Args:
        top: a key, and the text value in it.
        below: values of the keys right below it.
        numbers: other values of the user, all of them numbers.
        keys: other keys, of which it matters whether they exist; those of the user's classes begin with ``_Classes``.
    """

    top: ValueName
    below: tuple[str, ...]
    numbers: tuple[ValueName, ...] = ()
    keys: tuple[str, ...] = ()


class _GoneError(Exception):
    """The user signed out."""


def read_loaded_trees(
    registry: Registry, hives: t.Iterable[HiveFile], values: TreeValues, error: NoShellError, *, mounts: bool
) -> dict[HiveFile, Outcome[HiveTree]]:
    """Read the values in each loaded hive; ``error``: why no other one can be read."""
    outcomes: dict[HiveFile, Outcome[HiveTree]] = {}
    for hive in hives:
        outcomes[hive] = out_of_reach(hive, error, mounts=mounts)
        if hive.kind is HiveKind.LOADED:
            try:
                outcomes[hive] = Read(hive.kind, _read(registry, f"{hive.key}", values))
            except _GoneError:
                continue
            except CALL_ERRORS as failure:
                if not (isinstance(failure, RegistryError) and failure.code in HIVE_GONE):
                    outcomes[hive] = Failed(hive.kind, str(failure))
    return outcomes


def _read(registry: Registry, root: str, values: TreeValues) -> HiveTree:
    top = f"{root}\\{values.top.key}"
    names = registry.subkeys(Root.HKU, top)
    if names is None and registry.subkeys(Root.HKU, root) is None:
        raise _GoneError
    keys: dict[str, PrintedKey] = {}
    kept: list[str] = []
    if names is not None:
        text = registry.string(Root.HKU, top, values.top.name)
        keys[""] = _key(top, {values.top.name: _printed(text)})
        # The key that the value names matters most.
        kept = sorted(names, key=lambda name: name.casefold() != text.name.casefold())[: limits.USER_PROVIDERS]
    for name in kept:
        keys[name.casefold()] = _key(f"{top}\\{name}", _values(registry, f"{top}\\{name}", values.below))
    more = {
        **_numbers(registry, root, values.numbers),
        **{path.casefold(): _key(f"{root}{path}", {}) for path in values.keys if _exists(registry, f"{root}{path}")},
    }
    return HiveTree(keys, cut=len(names or ()) > len(kept), more=more)


def _values(registry: Registry, key: str, names: t.Iterable[str]) -> dict[str, PrintedValue | None]:
    there = {name.casefold() for name in registry.value_names(Root.HKU, key) or ()}
    return {name: _value(registry, key, name) for name in names if name.casefold() in there}


def _value(registry: Registry, key: str, name: str) -> PrintedValue | None:
    text = registry.string(Root.HKU, key, name)
    if text.state is not ValueState.OTHER_TYPE:
        return _printed(text)
    number = registry.dword(Root.HKU, key, name)
    return PrintedValue(_OTHER, "") if number is None else PrintedValue(_NUMBER, f"0x{number:x}")


def _printed(value: StringValue) -> PrintedValue | None:
    if value.state is ValueState.MISSING:
        return None
    return PrintedValue(_TEXT, value.name) if value.state is ValueState.TEXT else PrintedValue(_OTHER, "")


def _numbers(registry: Registry, root: str, wanted: t.Iterable[ValueName]) -> dict[str, PrintedKey]:
    found: dict[str, dict[str, PrintedValue | None]] = {}
    for value in wanted:
        number = registry.dword(Root.HKU, f"{root}\\{value.key}", value.name)
        if number is not None:
            found.setdefault(value.key, {})[value.name] = PrintedValue(_NUMBER, f"0x{number:x}")
    return {key.casefold(): _key(f"{root}\\{key}", values) for key, values in found.items()}


def _exists(registry: Registry, key: str) -> bool:
    return registry.subkeys(Root.HKU, key) is not None


def _key(path: str, values: t.Mapping[str, PrintedValue | None]) -> PrintedKey:
    return PrintedKey(f"HKEY_USERS\\{path}", {name.casefold(): one for name, one in values.items() if one is not None})
