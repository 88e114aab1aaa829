"""The switches of cmd.exe itself, and how it handles the quotes around its command (`CMD /?`)."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

_SPECIAL = "&<>()@^|"


@dataclass
class Options:
    """How a cmd.exe was started.

    Attributes:
        command: what to run, outer quotes removed as /S says; None without /C.
        stays: /K, or neither /C nor /K: it would go on and read its input.
        delayed: /V:ON or /V:OFF; None without either, where the registry decides.
        quiet: /Q, echo off.
        ignored: /D, /A, /U, /E, /F, /T: nothing here depends on them.
    """

    command: str | None = None
    stays: bool = True
    delayed: bool | None = None
    quiet: bool = False


def parse(arguments: str, is_program: t.Callable[[str], bool]) -> Options:
    """Read what follows `cmd.exe`: every `/` counts, quotes and other words before /C do not matter.

    Args:
        arguments: the rest of its command line.
        is_program: whether a text is the name of an executable file.
    """
    options = Options()
    strict = False
    position = 0
    while (position := arguments.find("/", position)) >= 0:
        letter = arguments[position + 1 : position + 2].lower()
        position += 2
        if letter in ("c", "k", "r"):
            options.stays = letter == "k"
            options.command = unquoted(arguments[position:], is_program, strict=strict)
            break
        if letter == "s":
            strict = True
        elif letter == "q":
            options.quiet = True
        elif letter == "v":
            options.delayed = arguments[position : position + 4].lower() != ":off"
    return options


def unquoted(command: str, is_program: t.Callable[[str], bool], *, strict: bool) -> str:
    """Return the command of /C without its outer quotes.

    They stay only if there is no /S, there are exactly two, nothing special but a blank is between them, and
    what is between them is a program. Otherwise the first and the very last quote go, and what follows the
    last one stays.
    """
    command = command.lstrip(" \t")
    if not command.startswith('"'):
        return command
    inside = command[1:].partition('"')[0]
    if (
        not strict
        and command.count('"') == 2
        and not any(char in inside for char in _SPECIAL)
        and any(char in inside for char in " \t")
        and is_program(inside)
    ):
        return command
    last = command.rfind('"')
    return command[1:last] + command[last + 1 :] if last > 0 else command[1:]
