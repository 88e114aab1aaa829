# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one text value in many hives, by command. ``user_values`` decides when that is the cheaper way."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..wsman.errors import UnreachableError, WSManError, may_have_acted
from ..wsman.session import Session
from .command_output import HiveOutput
from .hive_command import quoted
from .hive_files import HiveFile
from .hive_outcomes import Failed, Outcome, Read, value_of
from .hive_visits import HiveTask, HiveVisitor, batches
from .reg_query import parse_value
from .registry_values import StringValue, ValueState


@dataclass(frozen=True)
class ValueName:
    """A value and its key, below the root of a user's hive."""

    key: str
    name: str


@dataclass(frozen=True)
class Write:
    r"""What to do to a value.

    Args:
        text: the REG_SZ to write; None deletes the value.
        record_name: a value of the key ``<key>\<text>`` that keeps what a hive's ``record`` says.
    """

    text: str | None
    record_name: str = ""

    def is_done(self, outcome: Outcome[StringValue]) -> bool:
        """Whether a hive was seen to hold what is to be written."""
        wanted = StringValue.missing() if self.text is None else StringValue.of(self.text)
        return isinstance(outcome, Read) and outcome.value.same_as(wanted)


Outcomes = dict[HiveFile, Outcome[StringValue]]


class _ReadValue(HiveTask[StringValue]):
    action = "read"

    def __init__(self, value: ValueName) -> None:
        self._value = value

    def environment(self) -> dict[str, str]:
        return {"key": self._value.key, "name": self._value.name}

    def parse(self, _hive: HiveFile, output: HiveOutput) -> StringValue | None:
        if not output.can_read(self._value.key):
            return None
        if output.missing is not None:
            return StringValue.missing(key_exists=output.missing == 0)
        return parse_value(output, self._value.name)


class _WriteValue(_ReadValue):
    writes = True

    def __init__(self, value: ValueName, write: Write, records: t.Mapping[HiveFile, str]) -> None:
        super().__init__(value)
        self._write = write
        self._records = records
        self.action = "delete" if write.text is None else "set"

    def environment(self) -> dict[str, str]:
        record = {} if self._write.text is None else {"record_name": self._write.record_name}
        return super().environment() | record

    def variables(self, hive: HiveFile, number: int) -> dict[str, str]:
        variables = {}
        if self._write.text is not None:
            variables[f"text{number}"] = quoted(self._write.text)
        if hive in self._records:
            variables[f"record{number}"] = quoted(self._records[hive])
        return variables

    def parse(self, hive: HiveFile, output: HiveOutput) -> StringValue | None:
        value = super().parse(hive, output)
        if self._write.text is None and value is not None and value.state is ValueState.MISSING:
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
        return self._visitor.visit(hives, _ReadValue(value), mounts=mounts).outcomes

    def write(
        self,
        hives: t.Sequence[HiveFile],
        value: ValueName,
        write: Write,
        records: t.Mapping[HiveFile, str],
        *,
        mounts: bool,
    ) -> Outcomes:
        """Write (or delete) the value, then read it. An error is an outcome: some hives may be written by then.

        Args:
            records: for some hives, the text that ``write.record_name`` shall keep.
        """
        task = _WriteValue(value, write, records)
        outcomes: Outcomes = {}
        for batch in batches(hives, task):
            try:
                outcomes |= self._write_batch(batch, task, value, write, mounts=mounts)
            except UnreachableError as error:
                return with_lost(outcomes, hives, error)
            except WSManError as error:
                outcomes |= {hive: Failed(hive.kind, str(error)) for hive in batch}
        return outcomes

    def _write_batch(
        self, batch: list[HiveFile], task: _WriteValue, value: ValueName, write: Write, *, mounts: bool
    ) -> Outcomes:
        """Write a batch. After a lost answer, look which hives have the value, and write the others again."""
        done: Outcomes = {}
        while True:
            try:
                return done | self._visitor.visit(batch, task, mounts=mounts).outcomes
            except WSManError as error:
                if not may_have_acted(error):
                    raise
                seen = self.read(batch, value, mounts=mounts)
                done |= {hive: outcome for hive, outcome in seen.items() if write.is_done(outcome)}
                batch = [hive for hive in batch if hive not in done]
                if batch and not self._session.retries.try_again(writes=True, opens_shell=True):
                    raise


def with_lost(outcomes: Outcomes, hives: t.Iterable[HiveFile], error: UnreachableError) -> Outcomes:
    """Return the outcomes of hives whose machine went out of reach after some of them were visited."""
    lost: Outcomes = {hive: Failed(hive.kind, str(error), lost=True) for hive in hives}
    return {**lost, **outcomes}


def changed(before: StringValue | None, outcome: Outcome[StringValue]) -> bool:
    """Whether a hive holds something else than before, even if something failed in it."""
    after = value_of(outcome)
    return before is not None and after is not None and not before.same_as(after)
