# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the command that visits hives prints, as it comes: see ``hive_command``.

A line of ours begins with the mark; one that says what cannot be is not believed. What stands between two of them is
what ``reg query`` says: nothing in it is taken for more than that, and of a lot only a part is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .hive_command import MOUNT
from .registry import Found, StringValue

#: What is kept of one hive's output, in bytes. A provider's name is at most 255 characters.
KEPT_OUTPUT = 65_536

#: Answers to questions that are kept. So many are never asked for, and each takes memory even if nothing is in it.
MOST_ANSWERS = 256

#: How ``reg query`` names the type of a value: one that it does not know as a number.
TYPE = "REG_[A-Z_]+|0x[0-9a-f]+"

# Where we can have found a hive: a user's key, a mount of ours, nowhere.
_ROOT = re.compile(
    rf"none|absent|S-1-[\d-]{{1,180}}(_Classes)?|{re.escape(MOUNT)}\.[0-9a-f]{{1,16}}\.\d{{1,4}}", re.ASCII
)


@dataclass
class Frame:
    """What was printed between two of our lines; ``cut`` if it was more than is kept."""

    output: bytearray = field(default_factory=bytearray)
    cut: bool = False


@dataclass
class Visit(Frame):
    """What the command told of one hive; exit codes are None where the step was not reached.

    Args:
        root: the SID of a user who is signed in, our mount, ``absent`` or ``none``; None: not visited.
        missing: exit code of reading the key, where reading the value failed.
        siblings: what is beside the key, where that could not be read either.
        stuck: the hive could not be released.
    """

    root: str | None = None
    wrote: int | None = None
    recorded: int | None = None
    missing: int | None = None
    read: int | None = None
    siblings: Frame = field(default_factory=Frame)
    stuck: bool = False

    def readable(self, key: str) -> bool:
        """Whether the key could be read, or is not there.

        Where more is beside it than is kept, nobody can tell that it is not there.
        """
        listed = self.siblings.output.decode("utf-8", "replace").casefold().split("\r\n")
        denied = self.siblings.cut or f"HKEY_USERS\\{self.root}\\{key}".casefold() in listed
        return self.read == 0 and not denied

    def value(self, name: str) -> StringValue:
        """Return what ``reg query`` printed: a blank line, the key, the value, a blank line."""
        if self.missing is not None:
            return StringValue(Found.NOTHING, key_exists=self.missing == 0)
        printed = self.output.decode("utf-8", "replace").removeprefix("\r\n")
        match = re.match(rf"    (.*?)    ({TYPE})(?:    (.*))?\Z", _unended(printed.partition("\r\n")[2]), re.DOTALL)
        if match is None or match[1].casefold() != name.casefold() or match[2] != "REG_SZ":
            return StringValue(Found.OTHER_TYPE)
        return StringValue(Found.TEXT, match[3] or "")


def _unended(text: str) -> str:
    return text.removesuffix("\r\n").removesuffix("\r\n")


@dataclass(frozen=True)
class Limits:
    """What is kept of the output, in bytes: of a line, of a frame, of all frames."""

    line: int = KEPT_OUTPUT
    frame: int = KEPT_OUTPUT
    total: int = 1 << 40


class Transcript:
    """Takes the command's output in pieces and keeps, of each hive, what matters and no more."""

    def __init__(self, mark: str, hives: int, limits: Limits | None = None) -> None:
        self.visits = [Visit() for _number in range(hives)]
        self.answers: dict[str, list[Frame]] = {}
        self.started = False
        self.expanded = False
        self.done = False
        self._mark = f"{mark} ".encode()
        self._limits = limits or Limits()
        self.left = self._limits.total
        self._line = bytearray()
        self._line_cut = False
        self._answers = 0
        self._visit: Visit | None = None
        self._frame: Frame | None = None

    def feed(self, piece: bytes) -> None:
        """Take a piece of standard output."""
        for part in piece.splitlines(keepends=True):
            kept = part[: max(0, self._limits.line - len(self._line))]
            self._line += kept
            self._line_cut = self._line_cut or len(kept) < len(part)
            if part.endswith(b"\n"):
                self._take(bytes(self._line) + (b"\r\n" if self._line_cut else b""))
                self._line.clear()
                self._line_cut = False

    def _take(self, line: bytes) -> None:
        if line.startswith(self._mark):
            self._event(*line[len(self._mark) :].decode("utf-8", "replace").split()[:3])
        elif (frame := self._frame) is not None:
            kept = line[: max(0, min(self._limits.frame - len(frame.output), self.left))]
            frame.output += kept
            frame.cut = frame.cut or len(kept) < len(line)
            self.left -= len(kept)

    def _event(self, what: str = "", value: str = "", number: str = "") -> None:
        self.started = True
        if what == "done":
            self.done = True
        elif what == "expanded":
            self.expanded = True
        elif what == "answer":
            self._visit = self._frame = None
            self._answers += 1
            if self._answers <= MOST_ANSWERS:
                self._frame = Frame()
                self.answers.setdefault(value, []).append(self._frame)
        elif what == "root":
            self._visit = self._frame = self._visit_of(value, number)
        elif self._visit is not None:
            self._told(self._visit, what, value)

    def _visit_of(self, root: str, number: str) -> Visit | None:
        if not (re.fullmatch(r"\d{1,4}", number, re.ASCII) and _ROOT.fullmatch(root)):
            return None
        index = int(number) - 1
        if not 0 <= index < len(self.visits):
            return None
        self.visits[index].root = root
        return self.visits[index]

    def _told(self, visit: Visit, what: str, value: str) -> None:
        if what == "stuck":
            visit.stuck = True
        elif what in ("wrote", "recorded", "missing", "read"):
            setattr(visit, what, _exit_code(value))
            if what == "missing" and visit.missing:
                self._frame = visit.siblings


def _exit_code(text: str) -> int:
    """Return an exit code; what is none counts as a failure."""
    return int(text) if re.fullmatch(r"-?\d{1,10}", text, re.ASCII) else 1
