"""Environment variables: names without regard to case, listed sorted as `set` lists them."""

from __future__ import annotations

import typing as t


class Environment(t.MutableMapping[str, str]):
    """The environment of one process.

    Args:
        variables: what it starts with.
    """

    def __init__(self, variables: t.Mapping[str, str]) -> None:
        self._items = {name.upper(): (name, value) for name, value in variables.items()}

    def __getitem__(self, name: str) -> str:
        return self._items[name.upper()][1]

    def __setitem__(self, name: str, value: str) -> None:
        old = self._items.get(name.upper())
        self._items[name.upper()] = (old[0] if old else name, value)

    def __delitem__(self, name: str) -> None:
        del self._items[name.upper()]

    def __iter__(self) -> t.Iterator[str]:
        return (self._items[key][0] for key in sorted(self._items))

    def __len__(self) -> int:
        return len(self._items)
