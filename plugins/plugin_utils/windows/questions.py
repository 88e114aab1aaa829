# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""What the command that visits hives can be asked of the machine itself, and the reading of ``reg query``.

A question is a piece of the command line (see ``hive_command``): it prints a mark of ours with a label, then
what ``reg query`` says. The keys in it are our own constants. Only ``com_servers`` puts something of the
registry into a command, as a loop variable, whose value ``cmd`` does not parse: it can spoil the argument of
the ``reg query`` that it stands in, and that only reads.

``reg query KEY /s`` prints, for each key, its whole name and then its values, ``    <name>    <type>    <data>``.
A text may hold line breaks, and so lines that look like others. Such a text can lie about what stands beside
it in the same frame, which is one user's hive or what administrators wrote for all, and about nothing else.

Source: "reg query" (Microsoft's command reference).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .transcript import TYPE, Frame

_VALUE = re.compile(rf"    (.*?)    ({TYPE})(?:    (.*))?", re.DOTALL)

#: Lines that one value's text may have; more are dropped.
_MOST_LINES = 64

#: Keys that are read of one frame. Honest machines have some tens.
MOST_KEYS = 20_000


def tree(label: str, key: str) -> str:
    """Ask for a key with all its values, and all below it."""
    return f'echo !mark! answer {label}& (reg query "{key}" /s 2>nul)'


def default_value(label: str, key: str) -> str:
    """Ask for a key's default value; an empty one is told in the machine's language."""
    return f'echo !mark! answer {label}& (reg query "{key}" /ve 2>nul)'


def com_servers(label: str, key: str, classes: str, most: int) -> str:
    r"""Ask for the ``LocalServer32`` of each CLSID that a value ``GUID`` below a key names, of ``most`` at most."""
    return (
        '(set asked=0)& (for /f "tokens=1-3" %a in (\'reg query '
        f'"{key}" /s /v GUID\') do (if /i "%a"=="GUID" (if !asked! LSS {most} ((set /a asked+=1 >nul)& '
        rf'echo !mark! answer {label}& (reg query "{classes}\%c\LocalServer32" /ve 2>nul)))))'
    )


@dataclass(frozen=True)
class Printed:
    """A value as ``reg query`` prints it: its type's name, and its data as text."""

    type: str
    data: str

    @property
    def text(self) -> str | None:
        """The data if it is a REG_SZ."""
        return self.data if self.type == "REG_SZ" else None


@dataclass(frozen=True)
class Key:
    """A key as ``reg query`` prints it; values' names are folded, as they know no case."""

    path: str
    values: dict[str, Printed]

    def value(self, name: str) -> Printed | None:
        """Return the value of that name."""
        return self.values.get(name.casefold())


def keys(frame: Frame, root: str = "HKEY_") -> list[Key]:
    """Return the keys that were printed, in the order of the registry; their names begin with ``root``.

    A frame with more keys than are read is a cut one.
    """
    root = root.casefold()
    found: list[Key] = []
    name = ""
    lines: list[str] = []
    after_blank = True
    for line in frame.output.decode("utf-8", "replace").split("\r\n"):
        if after_blank and line.casefold().startswith(root):
            _keep(found, name, lines)
            name, lines = "", []
            if len(found) == MOST_KEYS:
                frame.cut = True
                return found
            found.append(Key(line, {}))
        elif found and (match := _VALUE.fullmatch(line)):
            _keep(found, name, lines)
            name, lines = match[1], [line]
        elif lines and len(lines) < _MOST_LINES:
            lines.append(line)
        after_blank = not line
    _keep(found, name, lines)
    return found


def _keep(found: list[Key], name: str, lines: list[str]) -> None:
    """Keep a value with all its lines: the blank ones at the end belong to no text."""
    if not lines:
        return
    while not lines[-1]:
        lines.pop()
    match = _VALUE.fullmatch("\r\n".join(lines))
    if match is not None:
        found[-1].values.setdefault(name.casefold(), Printed(match[2], match[3] or ""))


def com_server(frame: Frame, unset: str | None) -> tuple[str, str | None]:
    """Return the key of a ``LocalServer32`` and the command that it holds, None if it holds none.

    Args:
        unset: what this machine prints where there is no default value.
    """
    for key in keys(frame):
        for value in key.values.values():
            runs = value.type in ("REG_SZ", "REG_EXPAND_SZ") and value.data not in ("", unset)
            return key.path, value.data if runs else None
        return key.path, None
    return "", None
