# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one text value in many hives, by command. ``user_values`` decides when that is cheaper."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..wsman.errors import NoShellError, UnreachableError, WSManError, may_have_acted
from ..wsman.session import Session
from .command_output import HiveOutput
from .hive_command import quoted
from .hive_files import HiveFile
from .hive_outcomes import Failed, Outcome, Read, value_of
from .hive_task import HiveTask
from .hive_visits import HiveVisitor, batches
from .reg_query import parse_value
from .registry_values import StringValue, ValueState


@dataclass(frozen=True)
class ValueName:
    """A value and its key, below the root of a user's hive."""

    key: str
    name: str


@dataclass(frozen=True)
class Change:
    r"""What to do to the value in one hive.

    Args:
        before: what was read there.
        text: the REG_SZ to write; None deletes the value.
        record: kept in another value of the key ``<key>\<text>``, None for nothing.
    """

    before: StringValue
    text: str | None
    record: str | None = None

    def is_done(self, outcome: Outcome[StringValue]) -> bool:
        """Whether the hive was seen to hold what is to be written."""
        wanted = StringValue.missing() if self.text is None else StringValue.of(self.text)
        return isinstance(outcome, Read) and outcome.value.same_as(wanted)


#: Of one task: all write, or all delete.
Changes = t.Mapping[HiveFile, Change]

Outcomes = dict[HiveFile, Outcome[StringValue]]


class ReadValue(HiveTask[StringValue]):
    """Reads one value."""

    action = "read"

    def __init__(self, value: ValueName) -> None:
        self._value = value

    def environment(self) -> dict[str, str]:
        return {"key": self._value.key, "name": self._value.name}

    def parse(self, _hive: HiveFile, output: HiveOutput) -> StringValue | None:
        if not output.can_read(self._value.key) or output.crowded_out:
            return None
        if output.missing is not None:
            return StringValue.missing(key_exists=output.missing == 0)
        return parse_value(output, self._value.name)


class _WriteValue(ReadValue):
    writes = True

    def __init__(self, value: ValueName, changes: Changes, record_name: str) -> None:
        super().__init__(value)
        self._changes = changes
        self._record_name = record_name
        self._deletes = any(change.text is None for change in changes.values())
        self.action = "delete" if self._deletes else "set"

    def environment(self) -> dict[str, str]:
        record = {} if self._deletes else {"record_name": self._record_name}
        return super().environment() | record

    def variables(self, hive: HiveFile, number: int) -> dict[str, str]:
        change = self._changes[hive]
        texts = {f"text{number}": change.text, f"record{number}": change.record}
        return {name: quoted(text) for name, text in texts.items() if text is not None}

    def parse(self, hive: HiveFile, output: HiveOutput) -> StringValue | None:
        value = super().parse(hive, output)
        if self._deletes and value is not None and value.state is ValueState.MISSING:
            # To reg.exe, deleting a value that is already gone is an error.
            output.wrote = 0
        return value


class HiveValues:
    """Reads and writes one value in hives."""

    def __init__(self, session: Session, visitor: HiveVisitor) -> None:
        self._session = session
        self._visitor = visitor

    def read(self, hives: t.Iterable[HiveFile], value: ValueName, *, mounts: bool) -> Outcomes:
        """Read the value.

        Raises:
            WSManError: the machine itself fails.
        """
        return self._visitor.visit(hives, ReadValue(value), mounts=mounts).outcomes

    def write(self, changes: Changes, value: ValueName, record_name: str, *, mounts: bool) -> Outcomes:
        """Write (or delete) the value, then read it. An error is an outcome: some hives may be written by then.

        Args:
            record_name: the value that keeps what a change records.

        Raises:
            NoShellError: the machine allows no shells, so nothing was written.
        """
        task = _WriteValue(value, changes, record_name)
        outcomes: Outcomes = {}
        for batch in batches(changes, task):
            try:
                self._write_batch(batch, task, changes, value, outcomes, mounts=mounts)
            except UnreachableError as error:
                return with_lost(outcomes, changes, error)
            except WSManError as error:
                if isinstance(error, NoShellError) and not outcomes:
                    raise
                outcomes |= {hive: Failed(hive.kind, str(error)) for hive in batch if hive not in outcomes}
        return outcomes

    def _write_batch(
        self,
        batch: list[HiveFile],
        task: _WriteValue,
        changes: Changes,
        value: ValueName,
        outcomes: Outcomes,
        *,
        mounts: bool,
    ) -> None:
        """Write a batch; add each outcome as soon as it is known.

        After a lost answer, look which hives have the value, and write the others again. Looking is not another try of
        the write: a write that was done needs none.
        """
        while batch:
            try:
                outcomes |= self._visitor.visit(batch, task, mounts=mounts).outcomes
            except WSManError as error:
                if not may_have_acted(error):
                    raise
                seen = self.read(batch, value, mounts=mounts)
                outcomes |= {hive: outcome for hive, outcome in seen.items() if changes[hive].is_done(outcome)}
                batch = [hive for hive in batch if hive not in outcomes]
                if batch and not self._session.retries.try_again(writes=True, opens_shell=True):
                    raise
            else:
                return


def with_lost(outcomes: Outcomes, hives: t.Iterable[HiveFile], error: UnreachableError) -> Outcomes:
    """Return the outcomes of all hives, of which those without an outcome were lost with the machine."""
    lost: Outcomes = {hive: Failed(hive.kind, str(error), lost=True) for hive in hives}
    return {**lost, **outcomes}


def changed(before: StringValue | None, outcome: Outcome[StringValue]) -> bool:
    """Whether a hive's value is different from before, even if something failed."""
    after = value_of(outcome)
    return before is not None and after is not None and not before.same_as(after)
