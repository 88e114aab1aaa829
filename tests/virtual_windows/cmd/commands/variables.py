"""`set`: shows, sets and removes variables, asks for one, calculates."""

from __future__ import annotations

import typing as t

from . import arithmetic

if t.TYPE_CHECKING:
    from ..shell import Shell

FAILED = 1


def set_(shell: Shell, arguments: str) -> int:
    """Run `set`, `set NAME=value`, `set "NAME=value" ignored`, `set PREFIX`, `set /a`, `set /p`."""
    text = arguments.lstrip(" \t,;=")
    switch = text[:2].lower()
    if switch == "/a":
        return arithmetic.run(shell, text[2:])
    if switch == "/p":
        return _ask(shell, text[2:])
    if switch.startswith("/"):
        shell.complain("syntax")
        shell.errorlevel = FAILED
        return FAILED
    text = unquoted(text)
    name, equals, value = text.partition("=")
    if not equals:
        return _show(shell, text.rstrip(" \t"))
    if not name:
        shell.complain("syntax")
        shell.errorlevel = FAILED
        return FAILED
    assign(shell, name, value)
    return 0


def unquoted(text: str) -> str:
    """Return what is between the opening quote and the last one; what follows that is ignored."""
    if not text.startswith('"'):
        return text
    last = text.rfind('"')
    return text[1:last] if last > 0 else text[1:]


def assign(shell: Shell, name: str, value: str) -> None:
    """Set a variable; an empty value removes it, even if there was none."""
    if value:
        shell.environment[name] = value
    else:
        shell.environment.pop(name, None)


def _show(shell: Shell, prefix: str) -> int:
    names = [name for name in shell.environment if name.upper().startswith(prefix.upper())]
    for name in names:
        shell.out(f"{name}={shell.environment[name]}\r\n")
    if names or not prefix:
        return 0
    shell.complain("not_defined", prefix)
    shell.errorlevel = FAILED
    return FAILED


def _ask(shell: Shell, arguments: str) -> int:
    """Read one line of input; an empty line or no input at all leaves the variable alone and fails."""
    name, _unused, prompt = unquoted(arguments.lstrip(" \t")).partition("=")
    shell.out(unquoted(prompt))
    value = shell.streams.get(0).read_line().decode(errors="replace").rstrip("\r\n")
    if value:
        assign(shell, name, value)
        return 0
    shell.errorlevel = FAILED
    return FAILED
