# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""The command line that visits hives on the machine, and the reading of what it prints.

One ``cmd`` line mounts each hive, acts, reads and releases it, and so ends by itself whatever becomes of the
controller. Nothing of it depends on data: paths, SIDs, names and texts are handed over as environment
variables of the remote shell and used by delayed expansion (``!file1!``), whose result ``cmd`` never parses.

For each hive it prints lines that start with a mark nobody can guess, and between them what ``reg query``
says of the value. A text in the registry can therefore not pass for a line of ours, whatever it holds.
Messages of ``reg.exe`` are in the machine's language; only exit codes and ``reg query``'s data are read.

**Two parsers.** WinRM starts the line with a ``cmd`` of its own, and a machine can be set to expand ``!name!`` there
already (``DelayedExpansion`` in the registry): what a variable holds would then be parsed by the inner ``cmd``. So
texts of others are only ever named together with a loop's variable (``!text%i!``), which the outer one does not
know, and the inner one first makes sure that it is the one who expands.

**Two runs at once.** The whole command runs with its standard error appended to a lock file, which ``cmd``
opens for itself alone: a second run finds it taken and does not start. Windows closes the file when the
command ends, however it ends, so the lock cannot be left behind, and every mount of our name that is found
under the lock is a leftover of a run that was killed.

Sources: ``help for|set|if|cmd`` (the language), "reg load", "reg query" (Microsoft's command reference).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .registry import Found, StringValue

#: Mounts are ``HKU\presence.office.<run>.<n>``: never a SID, recognised by every later run, and never in the way
#: of one: a leftover that something holds open keeps its name to itself.
MOUNT = "presence.office"

#: In a folder where administrators write and nobody else: who can make this file can keep us out.
LOCK_FILE = rf"%SystemRoot%\{MOUNT}.lock"

#: A hive that is in use is tried this often, a second apart: its user may be signing in or out.
MOUNT_TRIES = 4

#: A release is tried this often, a second apart: a virus scanner or an indexer may hold the hive.
RELEASE_TRIES = 10

#: What is kept of one hive's output, in bytes. A provider's name is at most 255 characters.
KEPT_OUTPUT = 65_536

_READ = r'(reg query "HKU\!root!\!key!" /v "!name!" 2>nul)'
_SET = r'(reg add "HKU\!root!\!key!" /v "!name!" /t REG_SZ /d "!text%i!" /f >nul 2>nul)'
_DELETE = r'(reg delete "HKU\!root!\!key!" /v "!name!" /f >nul 2>nul)'
_RECORD = (
    r'(if defined record%i (reg add "HKU\!root!\!key!\!text%i!" /v "!record_name!" /t REG_SZ /d "!record%i!" /f '
    ">nul 2>nul& set kept=!errorlevel!& echo !mark! recorded !kept!))"
)
_READ_TREE = r'(reg query "HKU\!root!\!key!" /s 2>nul)'
_READ_CLASSES = "& ".join(
    rf'(if defined {view}_%i (reg query "HKU\!root!\!{view}_%i!\LocalServer32" /ve 2>nul))' for view in ("x64", "x86")
)


@dataclass(frozen=True)
class _Action:
    """What is done in a hive, what then prints it, and a key that every hive of that sort has below its root."""

    do: str = ""
    read: str = _READ
    probe: str = r"\Software"


_ACTIONS = {
    "read": _Action(),
    # What would be lost is kept first, or nothing is written.
    "set": _Action(f"(set kept=0)& {_RECORD}& (if !kept!==0 ({_SET}& echo !mark! wrote !errorlevel!))& "),
    "delete": _Action(f"{_DELETE}& echo !mark! wrote !errorlevel!& "),
    "read_tree": _Action(read=_READ_TREE),
    "read_classes": _Action(read=f"({_READ_CLASSES})", probe=""),
}


def command_line(action: str, hives: int, questions: str = "", *, mounts: bool = True) -> str:
    """Return the command line that visits hives 1 to ``hives``.

    Args:
        action: ``read``, ``set`` or ``delete`` a value, or ``read_tree`` (a key and all below it) or
            ``read_classes`` (COM servers; the hives are ``UsrClass.dat``).
        questions: commands that print something of the machine first (see ``questions``).
        mounts: whether hives that nobody has mounted are. Otherwise the command changes nothing at all (leftovers
            stay as well), so it needs no lock.
    """
    todo = _ACTIONS[action]
    wait = "(if %t GTR 1 (ping -n 2 127.0.0.1 >nul))"
    mounted = f"{MOUNT}.!run!.%i"
    leftovers = (
        "(for /f \"tokens=2-5 delims=\\.\" %a in ('reg query HKU') do "
        rf'(if /i "%a.%b"=="{MOUNT}" (reg unload "HKU\{MOUNT}.%c.%d" >nul 2>nul)))'
    )
    signed_in = (
        rf'(if !root!==none (reg query "HKU\!sid%i!{todo.probe}" >nul 2>nul& if !errorlevel!==0 (set root=!sid%i!)))'
    )
    mount = (
        rf'(if !root!==none (if exist "!file%i!" (reg load "HKU\{mounted}" "!file%i!" >nul 2>nul& '
        rf"if !errorlevel!==0 (set root={mounted}))))"
    )
    absent = '(if !root!==none (if not exist "!file%i!" (set root=absent)))'
    find = (
        f"(for /l %t in (1,1,{MOUNT_TRIES}) do (if !root!==none ({wait}& "
        f"(if !kind%i!==loaded {signed_in})& {mount}& {signed_in}& {absent})))"
    )
    if not mounts:
        find = signed_in
    # A value that is missing and a hive that cannot be read look alike to `reg query`: the second query tells.
    read = (
        f'{todo.read}& (if not !errorlevel!==0 (reg query "HKU\\!root!{todo.probe}" >nul 2>nul))& '
        "echo !mark! read !errorlevel!"
    )
    release = (
        rf"(if !root!=={mounted} ((for /l %t in (1,1,{RELEASE_TRIES}) do (if not !root!==none ({wait}& "
        rf'(reg unload "HKU\{mounted}" >nul 2>nul)& if !errorlevel!==0 (set root=none))))& '
        "(if not !root!==none (echo !mark! stuck))))"
    )
    visit = (
        f"(set root=none)& {find}& echo !mark! root !root! %i& "
        f"(if not !root!==none (if not !root!==absent ({todo.do}{read}{f'& {release}' if mounts else ''})))"
    )
    steps = [leftovers] if mounts else []
    steps += [questions] if questions else []
    steps += [f"(for /l %i in (1,1,{hives}) do ({visit}))", "echo !mark! done"]
    body = f"(set inner=yes)& (if !inner!==yes ({'& '.join(steps)}) else (echo !mark! expanded))"
    if not mounts:
        return f'cmd /v:on /d /q /c "{body}" 2>nul'
    return f'cmd /v:on /d /q /c "{body}" 2>>"{LOCK_FILE}"& del "{LOCK_FILE}" 2>nul'


def quoted(text: str) -> str:
    r"""Return ``text`` as it must stand between quotes in a command line ([C runtime] argument rules)."""
    return re.sub(r'(\\*)(\Z|")', lambda m: m[1] * 2 + (r"\"" if m[2] else ""), text)


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
        stuck: the hive could not be released.
    """

    root: str | None = None
    wrote: int | None = None
    recorded: int | None = None
    read: int | None = None
    stuck: bool = False

    def value(self, name: str) -> StringValue:
        """Return what ``reg query`` printed: a blank line, the key, the value, a blank line."""
        printed = self.output.decode("utf-8", "replace").removeprefix("\r\n")
        text = printed.partition("\r\n")[2]
        match = re.match(r"    (.*?)    (REG_[A-Z_]+)(?:    (.*))?\Z", _unended(text), re.DOTALL)
        if match is None or match[1].casefold() != name.casefold():
            return StringValue(Found.NOTHING, key_exists=False)
        if match[2] != "REG_SZ":
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
        self._left = self._limits.total
        self._line = bytearray()
        self._line_cut = False
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
            kept = line[: max(0, min(self._limits.frame - len(frame.output), self._left))]
            frame.output += kept
            frame.cut = frame.cut or len(kept) < len(line)
            self._left -= len(kept)

    def _event(self, what: str = "", value: str = "", number: str = "") -> None:
        self.started = True
        visit = self._frame
        if what == "done":
            self.done = True
        elif what == "expanded":
            self.expanded = True
        elif what == "answer":
            self._frame = Frame()
            self.answers.setdefault(value, []).append(self._frame)
        elif what == "root" and number.isdecimal() and 0 < int(number) <= len(self.visits):
            self._frame = visit = self.visits[int(number) - 1]
            visit.root = value
        elif isinstance(visit, Visit) and what == "stuck":
            visit.stuck = True
        elif isinstance(visit, Visit) and what in ("wrote", "recorded", "read"):
            setattr(visit, what, int(value) if value.lstrip("-").isdecimal() else 1)
