# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the output of the command that visits hives, parsed as it arrives: see ``hive_command``.

Our lines begin with the mark; invalid ones are ignored. Everything between two of them was printed by ``reg query``:
it is never mistaken for one of our lines, and only a limited amount of it is kept. What comes before the first of them,
and on standard error, is what ``cmd`` itself says, in the machine's language: it is shown where the command failed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .. import limits
from ..text import printable
from .hive_command import HELD, MOUNT, NOT_VISITED

# Where a hive can be: at its user's key, at one of our mounts, or nowhere.
_ROOT = re.compile(
    rf"{'|'.join(NOT_VISITED)}|S-1-[\d-]{{1,180}}(_Classes)?|{re.escape(MOUNT)}\.[0-9a-f]{{1,16}}\.\d{{1,4}}",
    re.ASCII,
)


@dataclass
class Output:
    """What was printed between two of our lines.

    Args:
        cut: not all of it was kept.
        crowded_out: nothing was left of what is kept in total, so even an ordinary output would have been cut.
    """

    data: bytearray = field(default_factory=bytearray)
    cut: bool = False
    crowded_out: bool = False

    @property
    def text(self) -> str:
        """The output as text."""
        return self.data.decode("utf-8", "replace")


@dataclass
class HiveOutput(Output):
    """What the command printed about one hive; exit codes are None for steps that were not reached.

    Args:
        root: the key of a user who is signed in, our mount, or one of ``hive_command.NOT_VISITED``; None: the command
            did not reach it.
        wrote: exit code of writing the value.
        recorded: exit code of recording the previous value.
        missing: exit code of reading the key, if reading the value failed.
        read: exit code of the last step of reading.
        siblings: what is beside the key, where that could not be read either.
        more: what was printed beside the value or key, where that was wanted.
        stuck: the hive could not be released.
    """

    root: str | None = None
    wrote: int | None = None
    recorded: int | None = None
    missing: int | None = None
    read: int | None = None
    siblings: Output = field(default_factory=Output)
    more: Output = field(default_factory=Output)
    stuck: bool = False

    def can_read(self, key: str) -> bool:
        """Whether the key could be read, or does not exist.

        If the list of its siblings was cut, it is not known that it does not exist.
        """
        listed = self.siblings.text.casefold().split("\r\n")
        denied = self.siblings.cut or f"HKEY_USERS\\{self.root}\\{key}".casefold() in listed
        return self.read == 0 and not denied


@dataclass(frozen=True)
class OutputLimits:
    """Bytes of output that are kept: of a line, of a hive (or an answer), and in total.

    What is printed beside the value or key has its own, so that none of it is kept at the cost of a value.
    """

    line: int = limits.VALUE_OUTPUT
    hive: int = limits.VALUE_OUTPUT
    total: int = limits.OUTPUT
    more_hive: int = limits.TREE_HIVE
    more_total: int = limits.TREE_TOTAL


class CommandOutput:
    """Parses the command's output piece by piece and keeps what matters for each hive.

    Attributes:
        hives: what was printed about each hive, in their order.
        answers: the answers to the questions, by label.
        started: whether the command ran at all.
        held: whether it did not since another one holds the lock file.
        stays: one of our mounts that could not be released, of this run or an earlier one.
        hivelist: what is mounted where, if a hive could not be mounted.
        expanded: whether the machine's own ``cmd`` expands ``!name!``, so that the command refused to run.
        done: whether the command ran to its end.
        left: how many more bytes may be kept.
        more_left: the same for what is printed beside values or keys.
    """

    def __init__(self, mark: str, hives: int, bounds: OutputLimits | None = None) -> None:
        self.hives = [HiveOutput() for _number in range(hives)]
        self.answers: dict[str, list[Output]] = {}
        self.started = False
        self.held = False
        self.stays: str | None = None
        self.hivelist = Output()
        self.expanded = False
        self.done = False
        self._mark = f"{mark} ".encode()
        self._bounds = bounds or OutputLimits()
        self.left = self._bounds.total
        self.more_left = self._bounds.more_total
        self._line = bytearray()
        self._line_cut = False
        self._said = bytearray()
        self._answers = 0
        self._hive: HiveOutput | None = None
        self._current: Output | None = None

    def feed(self, piece: bytes) -> None:
        """Parse a piece of standard output."""
        for part in piece.splitlines(keepends=True):
            kept = part[: max(0, self._bounds.line - len(self._line))]
            self._line += kept
            self._line_cut = self._line_cut or len(kept) < len(part)
            if part.endswith(b"\n"):
                self._take(bytes(self._line) + (b"\r\n" if self._line_cut else b""))
                self._line.clear()
                self._line_cut = False

    def feed_error(self, piece: bytes) -> None:
        """Keep the beginning of what is on standard error."""
        self._said += piece[: max(0, limits.SAID - len(self._said))]

    @property
    def said(self) -> str:
        """What ``cmd`` itself said, on one line and safe to show; empty if it said nothing."""
        return printable(" ".join(self._said.decode("utf-8", "replace").split()), limits.SAID)

    def _take(self, line: bytes) -> None:
        if line.startswith(self._mark):
            self._event(*line[len(self._mark) :].decode("utf-8", "replace").split()[:3])
        elif not self.started:
            self._before(line)
        elif (current := self._current) is not None:
            self._keep(current, line)

    def _before(self, line: bytes) -> None:
        if line.strip() == HELD.encode():
            self.held = True
        else:
            self.feed_error(line)

    def _keep(self, current: Output, line: bytes) -> None:
        is_more = self._hive is not None and current is self._hive.more
        most, left = (self._bounds.more_hive, self.more_left) if is_more else (self._bounds.hive, self.left)
        kept = line[: max(0, min(most - len(current.data), left))]
        current.data += kept
        current.cut = current.cut or len(kept) < len(line)
        current.crowded_out = current.crowded_out or left < len(line)
        if is_more:
            self.more_left -= len(kept)
        else:
            self.left -= len(kept)

    def _event(self, what: str = "", value: str = "", number: str = "") -> None:
        self.started = True
        if what == "done":
            self.done = True
        elif what == "expanded":
            self.expanded = True
        elif what == "answer":
            self._hive = self._current = None
            self._answers += 1
            if self._answers <= limits.QUESTION_ANSWERS:
                self._current = Output()
                self.answers.setdefault(value, []).append(self._current)
        elif what == "leftover":
            self.stays = printable(value)
        elif what == "hivelist":
            self._hive, self._current = None, self.hivelist
        elif what == "root":
            self._hive = self._current = self._hive_at(value, number)
        elif self._hive is not None:
            self._hive_event(self._hive, what, value)

    def _hive_at(self, root: str, number: str) -> HiveOutput | None:
        if not (re.fullmatch(r"\d{1,4}", number, re.ASCII) and _ROOT.fullmatch(root)):
            return None
        index = int(number) - 1
        if not 0 <= index < len(self.hives):
            return None
        self.hives[index].root = root
        return self.hives[index]

    def _hive_event(self, hive: HiveOutput, what: str, value: str) -> None:
        if what == "stuck":
            hive.stuck = True
            self.stays = hive.root
        elif what == "more":
            self._current = hive.more
        elif what in ("wrote", "recorded", "missing", "read"):
            setattr(hive, what, _exit_code(value))
            if what == "missing" and hive.missing:
                self._current = hive.siblings


def _exit_code(text: str) -> int:
    """Return an exit code; anything else counts as a failure."""
    return int(text) if re.fullmatch(r"-?\d{1,10}", text, re.ASCII) else 1
