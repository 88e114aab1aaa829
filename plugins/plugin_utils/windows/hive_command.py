# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: the command line that visits hives on the machine. ``command_output`` parses what it prints.

One ``cmd`` line mounts each hive, acts, reads and releases it, so it finishes even if the controller goes away. The
line does not depend on data: paths, SIDs, names and texts are passed as environment variables of the remote shell and
used by delayed expansion (``!file1!``), whose result ``cmd`` never parses. Windows takes no ``%`` in them:
see ``shell_variables``.

For each hive it prints lines that start with a mark that cannot be guessed, with the output of ``reg query`` between
them. So no text in the registry can be mistaken for one of our lines. Messages of ``reg.exe`` are in the machine's
language; only exit codes and the data of ``reg query`` are used.

**Two parsers.** WinRM starts the line with a ``cmd`` of its own, and a machine can be configured to expand ``!name!``
already there (``DelayedExpansion`` in the registry): the inner ``cmd`` would then parse the variable's content. So
untrusted texts are only referenced together with a loop variable (``!text%i!``), which the outer ``cmd`` does not have,
and the inner one first checks that it is the one that expands.

**Two runs at once.** The whole command runs with its standard error appended to a lock file, which ``cmd`` opens
exclusively: a second run cannot open it and does not start. Windows closes the file when the command ends, however it
ends, so the lock cannot be left behind. While it is held, any other mount with our name is a leftover of a run that was
killed. Nobody can delete a file that is held, so one that is still there at the end of the line is held by another run;
where it is not, what ``cmd`` said says why the command did not start.

**At most one hive is ever left mounted.** Hives are mounted one after the other. A release that is refused is tried
again; once a hive stays, a leftover of an earlier run too, nothing more is mounted: the others are ``withheld``. So
they are when so much time has gone into releases that there may not be enough for the next one.

Sources: ``help for|set|if|cmd`` (the language), "reg load", "reg query" (Microsoft's command reference).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Mounts are ``HKU\presence.office.<run>.<n>``: never a SID, recognised by later runs, and never in their way, because
#: each run uses names of its own.
MOUNT = "presence.office"

#: In a folder that only administrators may open: anyone who can open this file can block us.
LOCK_FOLDER = r"%SystemRoot%\System32\config\systemprofile"
LOCK_FILE = f"{MOUNT}.lock"

#: What is printed, without a mark, where another command holds the lock file.
HELD = f"{LOCK_FILE} is held"

#: While another run holds the lock, the command is tried again after these pauses, in seconds.
LOCK_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)

#: How often it is tried again where it did not start and no other run holds the lock: one may just have let go of it.
UNEXPLAINED_TRIES = 2

#: How often mounting a hive is tried, a second apart: its user may be signing in or out.
MOUNT_TRIES = 4

#: How often releasing a hive is tried, a second apart: a virus scanner or an indexer may hold it open.
RELEASE_TRIES = 10

#: Seconds that a command waits for hives to be mounted, in total; after that, each is tried without waiting. Otherwise,
#: if something held every hive of a machine open, the command would take so long that there would be no result.
PATIENCE = 120

#: The same for hives to be released. Nothing is mounted any more when less is left than releasing one hive may take.
#: Both together leave the command two minutes for its work, and for that release (``limits.COMMAND_TIME``).
RELEASE_PATIENCE = 360

_READ = r'(reg query "HKU\!root!\!key!" /v "!name!" 2>nul)'
_SET = r'(reg add "HKU\!root!\!key!" /v "!name!" /t REG_SZ /d "!text%i!" /f >nul 2>nul)'
_DELETE = r'(reg delete "HKU\!root!\!key!" /v "!name!" /f >nul 2>nul)'
_RECORD = (
    r'(if defined record%i (reg add "HKU\!root!\!key!\!text%i!" /v "!record_name!" /t REG_SZ /d "!record%i!" /f '
    ">nul 2>nul& set kept=!errorlevel!& echo !mark! recorded !kept!))"
)
#: Prints a key and all keys below it: what ``read_tree`` does, and what may follow ``read``.
READ_TREE = r'(reg query "HKU\!root!\!key!" /s 2>nul)'
#: The keys below a CLSID whose default value is a COM server's command; old Teams has registered the second.
SERVER_KEYS = ("LocalServer32", "LocalServer")

_READ_CLASSES = "& ".join(
    rf"(if defined {view}_%i ("
    + "& ".join(rf'(reg query "HKU\!root!\!{view}_%i!\{server}" /ve 2>nul)' for server in SERVER_KEYS)
    + "))"
    for view in ("x64", "x86")
)


# `reg query` fails alike for a missing value, a missing key and a key that we may not read. So if it fails: can the key
# be read? If not: which keys are next to it? A key that is listed there but cannot be read is denied.
_WHY_NOT = (
    r'((reg query "HKU\!root!\!key!" >nul 2>nul)& (set missing=!errorlevel!)& echo !mark! missing !missing!& '
    r'(if not !missing!==0 (reg query "HKU\!root!\Software" 2>nul)))'
)


def _release(mount: str) -> str:
    """Return what releases a mount, and sets ``root`` to ``none`` if that worked."""
    wait = (
        "(if %t GTR 1 (if not defined stays (if !releasing! GTR 0 "
        "((set /a releasing-=1 >nul)& ping -n 2 127.0.0.1 >nul))))"
    )
    return (
        rf"(for /l %t in (1,1,{RELEASE_TRIES}) do (if not !root!==none ({wait}& "
        rf'(reg unload "HKU\{mount}" >nul 2>nul)& if !errorlevel!==0 (set root=none))))'
    )


#: What ``root`` says of a hive that was not visited: neither there nor to be mounted, without a file, in a folder that
#: we may not look into, not mounted since another one stays or since releases took too long.
NOT_VISITED = ("none", "absent", "denied", "withheld")

_LEFTOVER = f"{MOUNT}.%c.%d"
_LEFTOVERS = (
    f'(for /f "tokens=2-5 delims=\\." %a in (\'reg query HKU\') do (if /i "%a.%b"=="{MOUNT}" '
    f"((set root=left)& {_release(_LEFTOVER)}& "
    f"(if not !root!==none ((set stays={_LEFTOVER})& echo !mark! leftover {_LEFTOVER})))))"
)

_MOUNTED_BY_OTHERS = (
    "(if defined unmounted (echo !mark! hivelist& "
    r'(reg query "HKLM\SYSTEM\CurrentControlSet\Control\hivelist" 2>nul)))'
)

# What ``cmd`` itself says on its standard error is in the lock file. It is empty where all went well.
_UNDER_LOCK = f"2>>{LOCK_FILE}& type {LOCK_FILE} 1>&2 2>nul& del {LOCK_FILE} 2>nul& if exist {LOCK_FILE} echo {HELD}"


@dataclass(frozen=True)
class _Action:
    """What is done in a hive, what prints it afterwards, what runs if that fails, and a key that every hive has."""

    do: str = ""
    read: str = _READ
    why_not: str = _WHY_NOT
    probe: str = r"\Software"


_ACTIONS = {
    "read": _Action(),
    # The old value is recorded first, or nothing is written.
    "set": _Action(f"(set kept=0)& {_RECORD}& (if !kept!==0 ({_SET}& echo !mark! wrote !errorlevel!))& "),
    "delete": _Action(f"{_DELETE}& echo !mark! wrote !errorlevel!& "),
    "read_tree": _Action(read=READ_TREE),
    "read_classes": _Action(read=f"({_READ_CLASSES})", why_not=r'(reg query "HKU\!root!" >nul 2>nul)', probe=""),
}


def command_line(
    action: str, hives: int, questions: str = "", more: str = "", *, mounts: bool = True, prepare: str = ""
) -> str:
    r"""Return the command line that visits hives 1 to ``hives``.

    Args:
        action: ``read``, ``set`` or ``delete`` a value, or ``read_tree`` (a key and all below it) or
            ``read_classes`` (COM servers; the hives are ``UsrClass.dat``).
        questions: commands that print something of the machine first (see ``reg_query``).
        more: commands that print something more of each hive, which is at ``HKU\!root!``; ``!root!`` is ``!sid%i!``
            for a user who is signed in.
        mounts: whether to mount hives that are not loaded. Otherwise the command changes nothing at all (leftovers
            stay as well), so it needs no lock.
        prepare: commands that run before everything else (see ``shell_variables``).
    """
    act = _ACTIONS[action]
    mounted = f"{MOUNT}.!run!.%i"
    signed_in = (
        rf'(if !root!==none (reg query "HKU\!sid%i!{act.probe}" >nul 2>nul& if !errorlevel!==0 (set root=!sid%i!)))'
    )
    read = f"{act.read}& (if not !errorlevel!==0 {act.why_not})& echo !mark! read !errorlevel!"
    if more:
        read += f"& echo !mark! more& {more}"
    locate = _locate(mounted, signed_in) if mounts else signed_in
    release = (
        f"& (if !root!=={mounted} ({_release(mounted)}& "
        f"(if not !root!==none ((set stays={mounted})& echo !mark! stuck))))"
    )
    visited = "".join(f"(if not !root!=={state} " for state in NOT_VISITED)
    visit = (
        f"(set root=none)& {locate}& echo !mark! root !root! %i& "
        f"{visited}({act.do}{read}{release if mounts else ''}{')' * len(NOT_VISITED)})"
    )
    steps = [prepare] if prepare else []
    steps += [f"(set patience={PATIENCE})& (set releasing={RELEASE_PATIENCE})& (set stays=)& (set unmounted=)"] * mounts
    steps += [_LEFTOVERS] * mounts
    steps += [questions] if questions else []
    steps += [f"(for /l %i in (1,1,{hives}) do ({visit}))"]
    steps += [_MOUNTED_BY_OTHERS] * mounts
    steps += ["echo !mark! done"]
    body = f"(set inner=yes)& (if !inner!==yes ({'& '.join(steps)}) else (echo !mark! expanded))"
    command = f'cmd /v:on /e:on /d /q /c "{body}"'
    return f'cd /d "{LOCK_FOLDER}"&& {command} {_UNDER_LOCK}' if mounts else command


def _locate(mounted: str, signed_in: str) -> str:
    """Return what finds a hive where its user is signed in, or mounts it, or says why neither."""
    wait = "(if %t GTR 1 (if !patience! GTR 0 ((set /a patience-=1 >nul)& ping -n 2 127.0.0.1 >nul)))"
    mount = (
        f"(if !root!==none (if not defined stays (if !releasing! GEQ {RELEASE_TRIES} "
        rf'(if exist "!file%i!" (reg load "HKU\{mounted}" "!file%i!" >nul 2>nul& '
        rf"if !errorlevel!==0 (set root={mounted}))))))"
    )
    # A folder that is there, and of which not even the folder itself is listed, is one that we may not look into.
    absent = (
        '(if !root!==none (if not exist "!file%i!" ((set root=absent)& '
        r'(if exist "!folder%i!" (if not exist "!folder%i!\*" (set root=denied))))))'
    )
    withheld = (
        "(if !root!==none ((if defined stays (set root=withheld))& "
        f"(if !releasing! LSS {RELEASE_TRIES} (set root=withheld))))"
    )
    return (
        f"(for /l %t in (1,1,{MOUNT_TRIES}) do (if !root!==none ({wait}& (if !kind%i!==loaded {signed_in})& "
        f"{mount}& {signed_in}& {absent}& {withheld})))& (if !root!==none (set unmounted=1))"
    )


def quoted(text: str) -> str:
    r"""Return ``text`` escaped for use between quotes in a command line ([C runtime] argument rules)."""
    return re.sub(r'(\\*)(\Z|")', lambda m: m[1] * 2 + (r"\"" if m[2] else ""), text)
