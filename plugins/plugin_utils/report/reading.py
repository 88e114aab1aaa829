# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: read facts that may come from any version, or from anybody, into dataclasses of bounded size.

A field is declared as ``Annotated[type, reader]``. The reader takes whatever the facts have under the field's name, or
None, and returns a value of that type. It never fails: what has the wrong type is left out.
"""

from __future__ import annotations

import functools
import typing as t

#: Characters of one text.
LONGEST_TEXT = 1024

Reader = t.Callable[[object], t.Any]
_Record = t.TypeVar("_Record")
_Default = t.TypeVar("_Default")


def read(cls: type[_Record], value: object) -> _Record:
    """Build a dataclass whose fields declare their readers."""
    entry = mapping(value)
    readers = _readers(t.cast("t.Hashable", cls))
    return cls(**{name: reader(entry.get(name)) for name, reader in readers.items()})


@functools.cache
def _readers(cls: t.Any) -> dict[str, Reader]:
    return {name: hint.__metadata__[0] for name, hint in t.get_type_hints(cls, include_extras=True).items()}


def text(value: object) -> str | None:
    """Read a plain text of bounded length. Numbers become text, everything else becomes None."""
    if isinstance(value, str):
        # join makes a plain str: ansible-core's strings are a subclass that carries tags.
        return "".join(value[:LONGEST_TEXT]) + ("…" if len(value) > LONGEST_TEXT else "")
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def text_or(default: str) -> t.Callable[[object], str]:
    """Read a text; `default` stands for none and for an empty one."""
    return lambda value: text(value) or default


def one_of(choices: t.Iterable[str], default: _Default) -> t.Callable[[object], str | _Default]:
    """Read one of the choices; `default` stands for anything else."""
    return lambda value: next((choice for choice in choices if choice == value), default)


def boolean(value: object) -> bool | None:
    """Read a boolean, or None."""
    return value if isinstance(value, bool) else None


def texts(most: int) -> t.Callable[[object], list[str]]:
    """Read the texts among the first entries of a list."""
    return lambda value: [entry for entry in map(text, sequence(value)[:most]) if entry]


def subset_of(choices: t.Iterable[str]) -> t.Callable[[object], list[str]]:
    """Read those of the choices that a list contains."""
    return lambda value: [choice for choice in choices if choice in sequence(value)]


def records(cls: type[_Record], most: int) -> t.Callable[[object], list[_Record]]:
    """Read a list of dataclasses, the first `most` of them."""
    return lambda value: [read(cls, entry) for entry in mappings(value)[:most]]


def record(cls: type[_Record]) -> t.Callable[[object], _Record]:
    """Read one dataclass."""
    return lambda value: read(cls, value)


def by_key(keys: t.Iterable[str], reader: Reader) -> t.Callable[[object], dict[str, t.Any]]:
    """Read a dictionary; only the given keys are kept."""
    return lambda value: {key: reader(mapping(value)[key]) for key in keys if key in mapping(value)}


def mapping(value: object) -> t.Mapping[str, t.Any]:
    """Return a dictionary as it is, and an empty one for anything else."""
    return value if isinstance(value, t.Mapping) else {}


def sequence(value: object) -> list[t.Any]:
    """Return the entries of a list, and none for anything else."""
    return list(value) if isinstance(value, t.Sequence) and not isinstance(value, str | bytes) else []


def mappings(value: object) -> list[t.Mapping[str, t.Any]]:
    """Return the dictionaries in a list."""
    return [entry for entry in sequence(value) if isinstance(entry, t.Mapping)]
