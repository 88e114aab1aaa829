# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One REG_SZ value of many users, the cheaper way: by typed WMI calls or by one command on the machine.

The rule: a typed call costs a request a user, a command costs ``COMMAND_REQUESTS`` whatever their number.
A hive that nobody has mounted needs the command, and then it takes the mounted ones along for nothing.
Otherwise the typed calls do it (no process is started, no text is parsed) up to as many requests as a
command would cost, and the command from there on.
"""

from __future__ import annotations

import typing as t

from ..wsman.errors import ProtocolError, UnreachableError, WSManFault
from .hives import COMMAND_REQUESTS, Hives, ValueName, Write
from .profiles import Kind, Profile
from .registry import Code, Found, Registry, RegistryError, Root, StringValue
from .visited import Visited, or_lost

# What StdRegProv answers when a hive goes away under our hands: its user signs out.
_HIVE_GONE = frozenset({Code.NO_KEY, Code.INVALID_HANDLE, Code.INVALID_PARAMETER, Code.KEY_DELETED})


class _HiveGoneError(Exception):
    """A hive that was mounted for its user no longer is."""


class UserValues:
    """Reads and writes a value in profiles' hives; what happened to each is told, one never stops the others."""

    def __init__(self, registry: Registry, hives: Hives) -> None:
        self._registry = registry
        self._hives = hives

    def read(self, profiles: t.Sequence[Profile], value: ValueName, *, mounts: bool = True) -> dict[Profile, Visited]:
        """Read the value in each profile's hive; ``mounts``: also where nobody has mounted it (any more).

        Raises:
            UnreachableError: the machine is lost.
        """

        def by_command(left: t.Sequence[Profile]) -> dict[Profile, Visited]:
            return self._hives.visit(left, value, mounts=mounts)

        if _command_is_cheaper(profiles, requests=len(profiles)):
            return by_command(profiles)
        return dict(self._typed(profiles, lambda profile: self._read(profile, value), by_command))

    def write(
        self,
        befores: t.Mapping[Profile, StringValue],
        value: ValueName,
        write: Write,
        records: t.Mapping[Profile, str],
        *,
        mounts: bool = True,
    ) -> dict[Profile, Visited]:
        """Write (or delete) the value in each profile's hive; ``befores`` is what ``read`` found there.

        Where the machine is lost in the middle, that is told hive by hive: some are written by then.
        """

        def by_command(left: t.Sequence[Profile]) -> dict[Profile, Visited]:
            return self._hives.visit(left, value, write, records, mounts=mounts)

        profiles = list(befores)
        requests = sum(_write_requests(write, befores[p], p in records) for p in profiles)
        if _command_is_cheaper(profiles, requests):
            return by_command(profiles)

        def one(profile: Profile) -> StringValue:
            return self._write(profile, value, write, befores[profile], records.get(profile))

        visited: dict[Profile, Visited] = {}
        try:
            visited.update(self._typed(profiles, one, by_command))
        except UnreachableError as error:
            return or_lost(visited, profiles, error)
        return visited

    def _typed(
        self,
        profiles: t.Sequence[Profile],
        one: t.Callable[[Profile], StringValue],
        by_command: t.Callable[[list[Profile]], dict[Profile, Visited]],
    ) -> t.Iterator[tuple[Profile, Visited]]:
        """Visit one hive after the other, and tell of each when it is done."""
        signed_out = []
        for profile in profiles:
            try:
                yield profile, Visited(Kind.LOADED, one(profile))
            except _HiveGoneError:
                signed_out.append(profile)
            except (RegistryError, WSManFault, ProtocolError) as error:
                yield profile, Visited(Kind.LOADED, error=str(error))
        if signed_out:
            yield from by_command(signed_out).items()

    def _read(self, profile: Profile, value: ValueName) -> StringValue:
        try:
            found = self._registry.string(Root.HKU, f"{profile.sid}\\{value.key}", value.name)
        except RegistryError as error:
            raise _gone_or(error) from None
        # No such key: has the user never had one, or signed out a moment ago?
        if not found.key_exists and self._registry.subkeys(Root.HKU, f"{profile.sid}") is None:
            raise _HiveGoneError
        return found

    def _write(
        self, profile: Profile, value: ValueName, write: Write, before: StringValue, record: str | None
    ) -> StringValue:
        key = f"{profile.sid}\\{value.key}"
        try:
            if write.text is None:
                self._registry.delete_value(Root.HKU, key, value.name)
                return StringValue(Found.NOTHING)
            if record is not None:
                self._registry.create_key(Root.HKU, f"{key}\\{write.text}")
                self._registry.set_string(Root.HKU, f"{key}\\{write.text}", write.record_name, record)
            elif not before.key_exists:
                self._registry.create_key(Root.HKU, key)
            self._registry.set_string(Root.HKU, key, value.name, write.text)
        except RegistryError as error:
            raise _gone_or(error) from None
        return StringValue(Found.TEXT, write.text)


def _command_is_cheaper(profiles: t.Iterable[Profile], requests: int) -> bool:
    return requests > COMMAND_REQUESTS or any(profile.kind is not Kind.LOADED for profile in profiles)


def _write_requests(write: Write, before: StringValue, recorded: bool) -> int:
    if write.text is None:
        return 1
    return 3 if recorded else 1 if before.key_exists else 2


def _gone_or(error: RegistryError) -> Exception:
    return _HiveGoneError() if error.code in _HIVE_GONE else error
