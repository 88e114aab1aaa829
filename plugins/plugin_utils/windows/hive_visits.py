# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: visits many hives with one command on the machine, whatever is done in each.

This is the only way to reach a hive that is not loaded, and the cheaper way to reach many that are. See
``hive_command`` for what runs on the machine, and ``COMMAND_REQUESTS`` for what it costs. One hive's failure never
stops the others.
"""

from __future__ import annotations

import dataclasses
import secrets
import typing as t
from dataclasses import dataclass, field

from .. import limits
from ..wsman.errors import ProtocolError, WSManError, may_have_acted
from ..wsman.session import Session
from .command_output import CommandOutput, Output, OutputLimits
from .hive_command import LOCK_PAUSES, UNEXPLAINED_TRIES, command_line
from .hive_files import HiveFile
from .hive_outcomes import Outcome
from .hive_task import HiveTask
from .shell_variables import portable, size
from .visit_outcomes import outcomes, why_not_run

#: What a command costs: create a shell, command, receive, signal, delete.
COMMAND_REQUESTS = 5

T = t.TypeVar("T")


@dataclass
class Visits(t.Generic[T]):
    """The outcomes of the hives, and the answers to the questions, by label."""

    outcomes: dict[HiveFile, Outcome[T]] = field(default_factory=dict)
    answers: dict[str, list[Output]] = field(default_factory=dict)


class HiveVisitor:
    """Visits hives over one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def visit(self, hives: t.Iterable[HiveFile], task: HiveTask[T], *, mounts: bool, questions: str = "") -> Visits[T]:
        """Visit the hives, as many at a time as one command can take.

        Args:
            mounts: whether to mount hives that are not loaded.
            questions: asked with every command; the first answer counts. One command runs even if there are no hives.

        Raises:
            WSManError: a command could not be run; if the task writes, it is not known what the command did.
        """
        visits: Visits[T] = Visits()
        bounds = task.bounds
        for number, batch in enumerate(list(batches(hives, task)) or ([[]] if questions else [])):
            output = self._run(batch, task, bounds, questions, mounts=mounts and bool(batch))
            if questions and not number:
                if not output.done:
                    raise ProtocolError(f"reading the registry: {why_not_run(output)}")
                visits.answers = output.answers
            bounds = dataclasses.replace(bounds, total=output.left, more_total=output.more_left)
            # The user of a hive signed out while the command was at work there: now the hive is in its file.
            gone = [hive for hive, seen in zip(batch, output.hives, strict=True) if seen.root == hive.key and seen.read]
            visits.outcomes |= outcomes(batch, task, output, mounts=mounts)
            if gone:
                output = self._run(gone, task, bounds, questions, mounts=mounts)
                bounds = dataclasses.replace(bounds, total=output.left, more_total=output.more_left)
                visits.outcomes |= outcomes(gone, task, output, mounts=mounts)
        return visits

    def _run(
        self, hives: list[HiveFile], task: HiveTask[t.Any], bounds: OutputLimits, questions: str, *, mounts: bool
    ) -> CommandOutput:
        """Run one command. One that only reads (and releases leftovers) is run again where its output was lost."""
        variables = task.environment()
        for number, hive in enumerate(hives, 1):
            variables |= _variables(hive, task, number)
        environment, prepare = portable(variables)
        line = command_line(task.action, len(hives), questions, task.more, mounts=mounts, prepare=prepare)
        while True:
            try:
                return self._run_under_lock(line, environment, len(hives), bounds, locks=mounts)
            except WSManError as error:
                again = not task.writes and may_have_acted(error)
                if not (again and self._session.retries.try_again(opens_shell=True)):
                    raise

    def _run_under_lock(
        self, line: str, environment: t.Mapping[str, str], hives: int, bounds: OutputLimits, *, locks: bool
    ) -> CommandOutput:
        """Run the command line; retry while another run holds the lock, if the line ``locks``."""
        # Without this variable, cmd would search the current directory for reg.exe first.
        variables = {
            "NoDefaultCurrentDirectoryInExePath": "1",
            "inner": "no",
            **environment,
            "run": secrets.token_hex(4),
        }
        pauses = list(LOCK_PAUSES)
        unexplained = 0
        while True:
            mark = secrets.token_hex(16)
            output = CommandOutput(mark, hives, bounds)
            self._session.run(line, {**variables, "mark": mark}, output.feed, output.feed_error)
            if output.started or not pauses or not (output.held or (locks and unexplained < UNEXPLAINED_TRIES)):
                return output
            # Nobody holds the lock file any more: either who held it has ended just now, or something else is wrong.
            unexplained += not output.held
            self._session.retries.pause(pauses.pop(0))


def _variables(hive: HiveFile, task: HiveTask[t.Any], number: int) -> dict[str, str]:
    return {
        f"file{number}": hive.path,
        f"folder{number}": hive.folder,
        # The template has no user who could be signed in, so this must be a key that cannot exist.
        f"sid{number}": hive.key or "none",
        f"kind{number}": hive.kind.value,
        **task.variables(hive, number),
    }


def batches(hives: t.Iterable[HiveFile], task: HiveTask[t.Any]) -> t.Iterator[list[HiveFile]]:
    """Yield as many hives at a time as one command can take."""
    batch: list[HiveFile] = []
    total = 0
    for hive in hives:
        more = size(_variables(hive, task, 0))
        if batch and (total + more > limits.COMMAND_ENVIRONMENT or len(batch) >= limits.COMMAND_HIVES):
            yield batch
            batch, total = [], 0
        batch.append(hive)
        total += more
    if batch:
        yield batch
