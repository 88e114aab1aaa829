"""Control commands: `exit`, trivial cases of `call`, and commands that only print or do nothing."""

from __future__ import annotations

import re
import typing as t

from ..errors import ExitShell, Refused

if t.TYPE_CHECKING:
    from ..shell import Shell

# Windows 11 23H2
VERSION = "10.0.22631.4037"


def leave(shell: Shell, arguments: str) -> int:
    """Run `exit [/b] [code]`: outside a batch file, `/b` makes no difference; without a code it is ERRORLEVEL."""
    words = re.sub(r"(?i)^[\s,;=]*/b", " ", arguments).split()
    raise ExitShell(_number(words[0]) if words else shell.errorlevel)


def _number(word: str) -> int:
    """Return the decimal number a word begins with, or 0."""
    match = re.match(r"[-+]?\d+", word)
    return int(match[0]) if match else 0


def call(shell: Shell, arguments: str) -> int:
    """Run `call`: `(call )` clears ERRORLEVEL and `(call)` sets it to 1; real calls are refused."""
    if arguments.strip():
        raise Refused(f"call{arguments}")
    shell.errorlevel = 0 if arguments else 1
    return shell.errorlevel


def ver(shell: Shell, arguments: str) -> int:
    """Run `ver`."""
    if arguments.strip().startswith("/"):
        shell.complain("syntax")
        shell.errorlevel = 1
    else:
        shell.out(f"\r\nMicrosoft Windows [Version {VERSION}]\r\n")
        shell.errorlevel = 0
    return shell.errorlevel


def nothing(shell: Shell, arguments: str) -> int:  # noqa: ARG001
    """Do nothing (`title`, `cls`): there is no console, and ERRORLEVEL stays."""
    return 0
