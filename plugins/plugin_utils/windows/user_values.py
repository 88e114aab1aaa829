# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one text value of many users, the cheaper way: by typed WMI calls or by one command on the machine.

The rule: a typed call costs a request for each user, a command costs ``COMMAND_REQUESTS`` whatever their number.
A hive that is not loaded needs the command, which then visits the loaded ones at no extra cost. Otherwise typed calls
do it (no process is started, no text is parsed) up to as many requests as a command would cost.
"""

from __future__ import annotations

import typing as t

from ..wsman.errors import ProtocolError, UnreachableError, WSManFault
from .hive_files import HiveFile
from .hive_outcomes import Failed, Outcome, Read
from .hive_values import HiveValues, Outcomes, ValueName, Write, with_lost
from .hive_visits import COMMAND_REQUESTS
from .profiles import HiveKind
from .registry import Code, Registry, RegistryError, Root
from .registry_values import StringValue

# What StdRegProv answers when a hive is unloaded under our hands: its user signs out.
_HIVE_GONE = frozenset({Code.NO_KEY, Code.INVALID_HANDLE, Code.INVALID_PARAMETER, Code.KEY_DELETED})


class _HiveGoneError(Exception):
    """A hive that was loaded for its user no longer is."""


class UserValues:
    """Reads and writes a value in users' hives; one user's failure never stops the others."""

    def __init__(self, registry: Registry, hive_values: HiveValues) -> None:
        self._registry = registry
        self._hive_values = hive_values

    def read(self, hives: t.Sequence[HiveFile], value: ValueName, *, mounts: bool) -> Outcomes:
        """Read the value in each hive; ``mounts``: also in those that are not loaded (any more).

        Raises:
            UnreachableError: the machine is lost.
        """

        def by_command(some: t.Sequence[HiveFile]) -> Outcomes:
            return self._hive_values.read(some, value, mounts=mounts)

        if _command_is_cheaper(hives, requests=len(hives)):
            return by_command(hives)
        return dict(self._typed(hives, lambda hive: self._read(hive, value), by_command))

    def write(
        self,
        befores: t.Mapping[HiveFile, StringValue],
        value: ValueName,
        write: Write,
        records: t.Mapping[HiveFile, str],
        *,
        mounts: bool,
    ) -> Outcomes:
        """Write (or delete) the value in each hive; ``befores`` is what ``read`` returned.

        If the machine is lost in the middle, the outcomes say so hive by hive: some are written by then.
        """

        def by_command(some: t.Sequence[HiveFile]) -> Outcomes:
            return self._hive_values.write(some, value, write, records, mounts=mounts)

        hives = list(befores)
        requests = sum(_write_requests(write, befores[hive], hive in records) for hive in hives)
        if _command_is_cheaper(hives, requests):
            return by_command(hives)

        def one(hive: HiveFile) -> StringValue:
            return self._write(hive, value, write, befores[hive], records.get(hive))

        outcomes: Outcomes = {}
        try:
            outcomes.update(self._typed(hives, one, by_command))
        except UnreachableError as error:
            return with_lost(outcomes, hives, error)
        return outcomes

    def _typed(
        self,
        hives: t.Sequence[HiveFile],
        one: t.Callable[[HiveFile], StringValue],
        by_command: t.Callable[[list[HiveFile]], Outcomes],
    ) -> t.Iterator[tuple[HiveFile, Outcome[StringValue]]]:
        """Visit one hive after the other, and yield each when it is done."""
        signed_out = []
        for hive in hives:
            try:
                yield hive, Read(HiveKind.LOADED, one(hive))
            except _HiveGoneError:
                signed_out.append(hive)
            except (RegistryError, WSManFault, ProtocolError) as error:
                yield hive, Failed(HiveKind.LOADED, str(error))
        if signed_out:
            yield from by_command(signed_out).items()

    def _read(self, hive: HiveFile, value: ValueName) -> StringValue:
        try:
            current = self._registry.string(Root.HKU, f"{hive.key}\\{value.key}", value.name)
        except RegistryError as error:
            raise _gone_or(error) from None
        # No such key: has the user never had one, or signed out a moment ago?
        if not current.key_exists and self._registry.subkeys(Root.HKU, f"{hive.key}") is None:
            raise _HiveGoneError
        return current

    def _write(
        self, hive: HiveFile, value: ValueName, write: Write, before: StringValue, record: str | None
    ) -> StringValue:
        key = f"{hive.key}\\{value.key}"
        try:
            if write.text is None:
                self._registry.delete_value(Root.HKU, key, value.name)
                return StringValue.missing()
            if record is not None:
                self._registry.create_key(Root.HKU, f"{key}\\{write.text}")
                self._registry.set_string(Root.HKU, f"{key}\\{write.text}", write.record_name, record)
            elif not before.key_exists:
                self._registry.create_key(Root.HKU, key)
            self._registry.set_string(Root.HKU, key, value.name, write.text)
        except RegistryError as error:
            raise _gone_or(error) from None
        return StringValue.of(write.text)


def _command_is_cheaper(hives: t.Iterable[HiveFile], requests: int) -> bool:
    return requests > COMMAND_REQUESTS or any(hive.kind is not HiveKind.LOADED for hive in hives)


def _write_requests(write: Write, before: StringValue, recorded: bool) -> int:
    if write.text is None:
        return 1
    return 3 if recorded else 1 if before.key_exists else 2


def _gone_or(error: RegistryError) -> Exception:
    return _HiveGoneError() if error.code in _HIVE_GONE else error
