"""Read a description (plain data from YAML) strictly: one clear sentence for every mistake."""

from __future__ import annotations

import difflib
import typing as t


class DescriptionError(ValueError):
    """A mistake in a description; the message says where it is and what would be right."""


def suggest(word: str, known: t.Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known word, else all known words."""
    words = sorted(known)
    by_fold = {one.casefold(): one for one in words}
    near = difflib.get_close_matches(word.casefold(), by_fold, n=1)
    if near:
        return f" (did you mean '{by_fold[near[0]]}'?)"
    return f" (known: {', '.join(words)})" if words else ""


class Reader:
    r"""One mapping of a description; knows its place, and which of its keys were read.

    Args:
        data: the mapping.
        where: its place, for messages, such as `machine desk1, user CONTOSO\ada`.
    """

    def __init__(self, data: object, where: str) -> None:
        self.where = where
        if not isinstance(data, dict):
            raise self.mistake(f"must be a mapping, not {describe(data)}")
        for key in data:
            if not isinstance(key, str):
                raise self.mistake(f"the key {key!r} must be text (put it in quotes)")
        self._data: dict[str, t.Any] = data
        self._asked: set[str] = set()

    def mistake(self, sentence: str) -> DescriptionError:
        """Return the error to raise, with the place in front."""
        return DescriptionError(f"{self.where}: {sentence}")

    def given(self) -> list[str]:
        """Return all keys that were given."""
        return list(self._data)

    def has(self, key: str) -> bool:
        """Return whether the key was given."""
        self._asked.add(key)
        return key in self._data

    def raw(self, key: str, default: object = None) -> t.Any:
        """Return the value, of any type."""
        return self._data[key] if self.has(key) else default

    def text(self, key: str, default: str = "") -> str:
        """Return a text that is not empty."""
        value = self.raw(key, default)
        if not isinstance(value, str) or (not value and key in self._data):
            raise self.mistake(f"{key} must be text that is not empty, not {describe(value)}")
        return value

    def optional_text(self, key: str, default: str | None = None) -> str | None:
        """Return a text or null."""
        return None if self.raw(key, default) is None else self.text(key, default or "")

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self.raw(key, default)
        if not isinstance(value, bool):
            raise self.mistake(f"{key} must be true or false, not {describe(value)}")
        return value

    def number(self, key: str, default: float = 0, minimum: float = 0) -> float:
        """Return a number that is not below `minimum`."""
        value = self.raw(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < minimum:
            raise self.mistake(f"{key} must be a number of at least {minimum}, not {describe(value)}")
        return value

    def count(self, key: str, default: int = 1, minimum: int = 1) -> int:
        """Return a whole number that is not below `minimum`."""
        value = self.number(key, default, minimum)
        if value != int(value):
            raise self.mistake(f"{key} must be a whole number, not {describe(value)}")
        return int(value)

    def choice(self, key: str, options: tuple[str, ...], default: str) -> str:
        """Return one of the allowed words."""
        value = self.raw(key, default)
        if value not in options:
            known = ", ".join(options)
            raise self.mistake(f"{key} must be one of {known}, not {describe(value)}")
        return str(value)

    def words(self, key: str, options: tuple[str, ...] | None, default: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list of words, of a few that are allowed or any."""
        value = self.sequence(key) if self.has(key) else list(default)
        for word in value:
            if not isinstance(word, str) or not word or (options is not None and word not in options):
                allowed = f"from {', '.join(options)}" if options is not None else "of text"
                raise self.mistake(f"{key} must be a list {allowed}, but {describe(word)} is in it")
        return tuple(value)

    def sequence(self, key: str) -> list[t.Any]:
        """Return a list of anything."""
        value = self.raw(key, [])
        if not isinstance(value, list):
            raise self.mistake(f"{key} must be a list, not {describe(value)}")
        return value

    def mapping(self, key: str) -> dict[str, t.Any]:
        """Return a mapping of anything, with text as keys."""
        value = self.raw(key, {})
        if not isinstance(value, dict):
            raise self.mistake(f"{key} must be a mapping, not {describe(value)}")
        for name in value:
            if not isinstance(name, str):
                raise self.mistake(f"{key} has the key {describe(name)}, which must be text (put it in quotes)")
        return value

    def finish(self, also_known: t.Iterable[str] = ()) -> None:
        """Raise for keys that were not read."""
        known = self._asked | set(also_known)
        for key in self._data:
            if key not in known:
                raise self.mistake(f"there is no key '{key}'{suggest(key, known)}")


def describe(value: object) -> str:
    """Return a value as it would look in YAML, short."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return repr(value)
