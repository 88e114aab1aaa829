"""`echo`."""

from __future__ import annotations

import typing as t

from .. import messages

if t.TYPE_CHECKING:
    from ..shell import Shell


def echo(shell: Shell, arguments: str) -> int:
    """Print everything but the one character after the name; `on`, `off` and blanks control the echo itself."""
    plain = arguments.strip(" \t,;=")
    if arguments.strip(" \t") == "":
        shell.out(f"{messages.text(shell.machine, 'echo_on' if shell.echo else 'echo_off')}\r\n")
    elif plain.lower() in ("on", "off") and arguments[:1] in " \t,;=":
        shell.echo = plain.lower() == "on"
    else:
        shell.out(f"{arguments[1:]}\r\n")
    return 0
