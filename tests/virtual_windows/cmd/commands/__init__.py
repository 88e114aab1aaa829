"""The commands that are part of cmd.exe, and how a command's name is recognised as one of them.

Return codes and what happens to ERRORLEVEL: Wine's test_builtins.bat.exp (recorded on Windows; the command
line behaves like a .bat file, not like a .cmd file) and Stack Overflow 34936240 and 34987885.
"""

from __future__ import annotations

import re
import typing as t
from functools import partial

from ..errors import Refused
from . import control, echo, files, variables

if t.TYPE_CHECKING:
    from ..shell import Shell

Command = t.Callable[["Shell", str], int]

_COMMANDS: dict[str, Command] = {
    "call": control.call,
    "cd": files.cd,
    "chdir": files.cd,
    "cls": control.nothing,
    "del": files.delete,
    "echo": echo.echo,
    "erase": files.delete,
    "exit": control.leave,
    "set": variables.set_,
    "title": control.nothing,
    "type": files.type_,
    "ver": control.ver,
}
# cmd.exe's other commands: these names must not be looked up on the PATH.
_REFUSED = (
    *("assoc", "break", "color", "copy", "date", "dir", "dpath", "endlocal", "ftype", "goto", "keys", "md"),
    *("mkdir", "mklink", "move", "path", "pause", "popd", "prompt", "pushd", "rd", "ren", "rename", "rmdir"),
    *("setlocal", "shift", "start", "time", "verify", "vol"),
)


def find(name: str, arguments: str) -> t.Callable[[Shell], int] | None:
    r"""Return the internal command that a command token stands for, ready to run, or None.

    The token need not be just the name: `echo.x`, `cd\`, `set/a` (Stack Overflow 4094699, 7.1).
    """
    if name.startswith('"'):
        return None
    if re.fullmatch("[A-Za-z]:", name):
        return partial(files.change_drive, drive=name)
    for stops in ("", r"[+/\[\] \t,;=]", r"[.\\:]"):
        match = re.search(stops, name) if stops else None
        if stops and match is None:
            continue
        end = match.start() if match else len(name)
        command = _find_exact(name[:end].lower())
        if command is not None:
            rest = name[end:] + arguments
            asks_for_help = "/?" in re.split(r"[\s,;=]+", rest)  # anywhere, even in what echo would print
            return (
                partial(_refuse, name=name, arguments=arguments) if asks_for_help else partial(command, arguments=rest)
            )
    return None


def _find_exact(name: str) -> t.Callable[..., int] | None:
    return partial(_refuse, name=name) if name in _REFUSED else _COMMANDS.get(name)


def _refuse(_unused: Shell, name: str, arguments: str) -> int:
    raise Refused(f"the command {name}{arguments}")
