# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: visits many hives with one command on the machine, whatever is done in each.

This is the only way to reach a hive that is not loaded, and the cheaper way to reach many that are. See
``hive_command`` for what runs on the machine, and ``COMMAND_REQUESTS`` for what it costs. One hive's failure never
stops the others.
"""

from __future__ import annotations

import abc
import dataclasses
import secrets
import typing as t
from dataclasses import dataclass, field

from .. import limits
from ..wsman.errors import ProtocolError, WSManError, may_have_acted
from ..wsman.session import Session
from .command_output import CommandOutput, HiveOutput, Output, OutputLimits
from .hive_command import LOCK_PAUSES, MOUNT, RELEASE_TRIES, command_line
from .hive_files import HiveFile
from .hive_outcomes import Failed, Outcome, Read, Skipped
from .profiles import HiveKind, SkipReason
from .shell_variables import portable, size

#: What a command costs: create a shell, command, receive, signal, delete.
COMMAND_REQUESTS = 5

T = t.TypeVar("T")


class HiveTask(abc.ABC, t.Generic[T]):
    """What is done in each hive, and how its output is parsed.

    Attributes:
        action: of ``hive_command``.
        writes: whether it changes anything.
        more: of ``hive_command``: commands that print something more of each hive.
        bounds: what is kept of the output.
    """

    action: str
    writes = False
    more = ""
    bounds = OutputLimits()

    def environment(self) -> dict[str, str]:
        """Return the variables that are the same for all hives."""
        return {}

    def variables(self, hive: HiveFile, number: int) -> dict[str, str]:  # noqa: ARG002
        """Return the variables for the hive with this number in the command."""
        return {}

    @abc.abstractmethod
    def parse(self, hive: HiveFile, output: HiveOutput) -> T | None:
        """Return the hive's content; None if it could not be read."""

    def without_file(self, hive: HiveFile) -> Outcome[T]:
        """Return the outcome for a hive whose file does not exist."""
        return Skipped(hive.kind, SkipReason.NO_HIVE_FILE)


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
                    raise ProtocolError(f"reading the registry: {_why_not_run(output)}")
                visits.answers = output.answers
            bounds = dataclasses.replace(bounds, total=output.left, more_total=output.more_left)
            # The user of a hive signed out while the command was at work there: now the hive is in its file.
            gone = [hive for hive, seen in zip(batch, output.hives, strict=True) if seen.root == hive.key and seen.read]
            visits.outcomes |= _outcomes(batch, task, output, mounts=mounts)
            if gone:
                output = self._run(gone, task, bounds, questions, mounts=mounts)
                bounds = dataclasses.replace(bounds, total=output.left, more_total=output.more_left)
                visits.outcomes |= _outcomes(gone, task, output, mounts=mounts)
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
                return self._run_under_lock(line, environment, len(hives), bounds)
            except WSManError as error:
                again = not task.writes and may_have_acted(error)
                if not (again and self._session.retries.try_again(opens_shell=True)):
                    raise

    def _run_under_lock(
        self, line: str, environment: t.Mapping[str, str], hives: int, bounds: OutputLimits
    ) -> CommandOutput:
        """Run the command line; retry while another run holds the lock."""
        # Without this variable, cmd would search the current directory for reg.exe first.
        variables = {
            "NoDefaultCurrentDirectoryInExePath": "1",
            "inner": "no",
            **environment,
            "run": secrets.token_hex(4),
        }
        for pause in (*LOCK_PAUSES, None):
            mark = secrets.token_hex(16)
            output = CommandOutput(mark, hives, bounds)
            self._session.run(line, {**variables, "mark": mark}, output.feed)
            if output.started or pause is None:
                break
            self._session.retries.pause(pause)
        return output


def _variables(hive: HiveFile, task: HiveTask[t.Any], number: int) -> dict[str, str]:
    return {
        f"file{number}": hive.path,
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


def _outcomes(
    hives: list[HiveFile], task: HiveTask[T], output: CommandOutput, *, mounts: bool
) -> dict[HiveFile, Outcome[T]]:
    pairs = zip(hives, output.hives, strict=True)
    return {hive: _outcome(hive, seen, task, output, mounts=mounts) for hive, seen in pairs}


def _outcome(hive: HiveFile, seen: HiveOutput, task: HiveTask[T], output: CommandOutput, *, mounts: bool) -> Outcome[T]:
    kind = _kind(hive, seen)
    if seen.root is None:
        return Failed(kind, _why_not_run(output))
    if seen.root == "none" and not mounts:
        return Skipped(HiveKind.UNLOADED, SkipReason.SIGNED_OUT if kind is HiveKind.LOADED else None)
    if seen.root == "none":
        return Failed(
            kind,
            f"{hive.label} could not be mounted: it is in use (but not by its user's sign-in), damaged, or access is "
            f"denied. Try again later, or leave it out: {hive.how_to_skip}",
        )
    if seen.root == "absent":
        return task.without_file(hive.now(kind))
    value = task.parse(hive, seen)
    seen.data.clear()
    error = _error(hive, seen, readable=value is not None)
    return Failed(kind, error, value, stuck=seen.stuck) if error or value is None else Read(kind, value)


def _kind(hive: HiveFile, seen: HiveOutput) -> HiveKind:
    """Return where the hive was when the command reached it."""
    if hive.key is None:
        return HiveKind.DEFAULT
    if seen.root == hive.key:
        return HiveKind.LOADED
    return HiveKind.UNLOADED if seen.root is not None and seen.root.startswith(MOUNT) else hive.kind


def _error(hive: HiveFile, seen: HiveOutput, *, readable: bool) -> str:
    """Return what went wrong in a hive; empty if nothing did."""
    if seen.stuck:
        return (
            f"{hive.label} stayed mounted at HKU\\{seen.root}: something holds it open, and {RELEASE_TRIES} tries to "
            f"release it failed. The next run tries again; by hand: reg unload HKU\\{seen.root}"
        )
    if not readable:
        return "access is denied in the hive" if seen.read == 0 else "the hive cannot be read"
    if seen.wrote:
        return f"the value cannot be written (reg.exe ended with exit code {seen.wrote})"
    if seen.recorded:
        return (
            "the previous default cannot be recorded, so the default was left unchanged "
            f"(reg.exe ended with exit code {seen.recorded})"
        )
    return ""


def _why_not_run(output: CommandOutput) -> str:
    """Return why the command did not visit a hive."""
    if output.expanded:
        return (
            "this machine's cmd expands !name! by itself, and the command that visits hives cannot run there: set "
            r"DelayedExpansion under HKLM\Software\Microsoft\Command Processor to 0, or delete it"
        )
    if not output.started:
        return (
            "another run is at work on this machine's hives, or the command could not start "
            f"(it waited {sum(LOCK_PAUSES):.0f} seconds for the lock file)"
        )
    return "the command on the machine ended too early"
