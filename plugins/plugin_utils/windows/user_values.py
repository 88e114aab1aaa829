# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one text value of many users, in the cheaper way: by typed WMI calls, or by one command on the machine.

A typed call costs one request for each user, a command costs ``COMMAND_REQUESTS`` for any number of users. A hive that
is not loaded needs the command, which then visits the loaded ones at no extra cost. Otherwise typed calls are used (no
process is started, no text is parsed), up to as many requests as a command would cost, or as many as it takes on a
machine that allows no remote shells.
"""

from __future__ import annotations

import contextlib
import typing as t

from ..wsman.errors import NoShellError, UnreachableError
from .hive_files import HiveFile
from .hive_outcomes import Failed, Outcome, Read, Skipped
from .hive_values import Change, Changes, HiveValues, Outcomes, ValueName, with_lost
from .hive_visits import COMMAND_REQUESTS
from .profiles import HiveKind, SkipReason
from .registry import CALL_ERRORS, Code, Registry, RegistryError, Root
from .registry_values import StringValue
from .without_shell import out_of_reach

#: What StdRegProv answers when a hive is unloaded meanwhile, because its user signs out.
HIVE_GONE = frozenset({Code.NO_KEY, Code.INVALID_HANDLE, Code.INVALID_PARAMETER, Code.KEY_DELETED})


class _HiveGoneError(Exception):
    """A hive that was loaded is no longer loaded."""


class UserValues:
    """Reads and writes a value in users' hives; one user's failure never stops the others."""

    def __init__(self, registry: Registry, hive_values: HiveValues) -> None:
        self._registry = registry
        self._hive_values = hive_values

    def read(self, hives: t.Sequence[HiveFile], value: ValueName, *, mounts: bool) -> Outcomes:
        """Read the value in each hive; ``mounts``: also in those that are not, or no longer, loaded.

        Raises:
            UnreachableError: the machine was lost.
        """

        def by_command(some: t.Sequence[HiveFile]) -> Outcomes:
            return self._hive_values.read(some, value, mounts=mounts)

        if _command_is_cheaper(hives, requests=len(hives)):
            with contextlib.suppress(NoShellError):
                return by_command(hives)
        return dict(self._typed(hives, lambda hive: self._read(hive, value), by_command, mounts=mounts))

    @staticmethod
    def reads_by_typed_calls(hives: t.Sequence[HiveFile]) -> bool:
        """Whether ``read`` would use typed calls."""
        return not _command_is_cheaper(hives, requests=len(hives))

    def write(self, changes: Changes, value: ValueName, record_name: str, *, mounts: bool) -> Outcomes:
        """Write (or delete) the value in each hive.

        If the machine is lost meanwhile, the outcomes say so for each hive: some may be written already.
        """

        def by_command(some: t.Sequence[HiveFile]) -> Outcomes:
            return self._hive_values.write({hive: changes[hive] for hive in some}, value, record_name, mounts=mounts)

        hives = list(changes)
        if _command_is_cheaper(hives, sum(map(_write_requests, changes.values()))):
            with contextlib.suppress(NoShellError):
                return by_command(hives)

        def one(hive: HiveFile) -> StringValue:
            return self._write(hive, value, changes[hive], record_name)

        outcomes: Outcomes = {}
        try:
            outcomes.update(self._typed(hives, one, by_command, mounts=mounts))
        except UnreachableError as error:
            return with_lost(outcomes, hives, error)
        return outcomes

    def read_loaded(self, hives: t.Iterable[HiveFile], value: ValueName) -> Outcomes:
        """Read the value in loaded hives by typed calls, however many: for those who read again and again.

        No process is started on the machine. Who has signed out is skipped.

        Raises:
            UnreachableError: the machine was lost.
        """
        return dict(self._typed(list(hives), lambda hive: self._read(hive, value), _signed_out, mounts=False))

    def write_loaded(self, changes: Changes, value: ValueName) -> Outcomes:
        """Write (or delete) the value in loaded hives by typed calls, without records; see ``read_loaded``."""

        def one(hive: HiveFile) -> StringValue:
            return self._write(hive, value, changes[hive], "")

        return dict(self._typed(list(changes), one, _signed_out, mounts=False))

    def _typed(
        self,
        hives: t.Sequence[HiveFile],
        one: t.Callable[[HiveFile], StringValue],
        by_command: t.Callable[[list[HiveFile]], Outcomes],
        *,
        mounts: bool,
    ) -> t.Iterator[tuple[HiveFile, Outcome[StringValue]]]:
        """Visit one loaded hive after the other, then the rest; yield each outcome as soon as it is known."""
        rest = [hive for hive in hives if hive.kind is not HiveKind.LOADED]
        for hive in hives:
            if hive.kind is not HiveKind.LOADED:
                continue
            try:
                yield hive, Read(HiveKind.LOADED, one(hive))
            except _HiveGoneError:
                rest.append(hive)
            except CALL_ERRORS as error:
                yield hive, Failed(HiveKind.LOADED, str(error))
        if not rest:
            return
        try:
            yield from by_command(rest).items()
        except NoShellError as error:
            yield from ((hive, out_of_reach(hive, error, mounts=mounts)) for hive in rest)

    def _read(self, hive: HiveFile, value: ValueName) -> StringValue:
        try:
            current = self._registry.string(Root.HKU, f"{hive.key}\\{value.key}", value.name)
        except RegistryError as error:
            raise _gone_or(error) from None
        # The key does not exist: has the user never had one, or just signed out?
        if not current.key_exists and self._registry.subkeys(Root.HKU, f"{hive.key}") is None:
            raise _HiveGoneError
        return current

    def _write(self, hive: HiveFile, value: ValueName, change: Change, record_name: str) -> StringValue:
        key = f"{hive.key}\\{value.key}"
        try:
            if change.text is None:
                self._registry.delete_value(Root.HKU, key, value.name)
                return StringValue.missing()
            if change.record is not None:
                self._registry.create_key(Root.HKU, f"{key}\\{change.text}")
                self._registry.set_string(Root.HKU, f"{key}\\{change.text}", record_name, change.record)
            elif not change.before.key_exists:
                self._registry.create_key(Root.HKU, key)
            self._registry.set_string(Root.HKU, key, value.name, change.text)
        except RegistryError as error:
            raise _gone_or(error) from None
        return StringValue.of(change.text)


def _signed_out(hives: t.Iterable[HiveFile]) -> Outcomes:
    return {hive: Skipped(HiveKind.UNLOADED, SkipReason.SIGNED_OUT) for hive in hives}


def _command_is_cheaper(hives: t.Iterable[HiveFile], requests: int) -> bool:
    return requests > COMMAND_REQUESTS or any(hive.kind is not HiveKind.LOADED for hive in hives)


def _write_requests(change: Change) -> int:
    if change.text is None:
        return 1
    return 3 if change.record is not None else 1 if change.before.key_exists else 2


def _gone_or(error: RegistryError) -> Exception:
    return _HiveGoneError() if error.code in HIVE_GONE else error
