# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: parses the output of ``reg query``; and questions about the machine for the command that visits hives.

``reg query KEY /s`` prints, for each key, its full name and then its values, ``    <name>    <type>    <data>``.
A text may contain line breaks, and so lines that look like other values. Such a text can only forge values in the same
output, which is one user's hive, or keys that only administrators can write.

A question is a piece of the command line (see ``hive_command``): it prints a mark of ours with a label, then what
``reg query`` says. The keys in it are constants of ours. Only ``for_each_guid`` puts something of the registry into a
command, as a loop variable, whose value ``cmd`` does not parse: it can spoil the argument of the ``reg query`` that it
stands in, and that only reads.

Source: "reg query" (Microsoft's command reference).
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .. import limits
from .command_output import Output
from .registry_values import TEXT_TYPES, StringValue, ValueState

# How a value's type is printed: as a number if ``reg query`` does not know it.
_TYPE = "REG_[A-Z_]+|0x[0-9a-f]+"
_VALUE = re.compile(rf"    (.*?)    ({_TYPE})(?:    (.*))?", re.DOTALL)

# A command may contain environment variables; Windows expands them in a REG_EXPAND_SZ.
_COMMAND_TYPES = TEXT_TYPES | {"REG_EXPAND_SZ"}


def tree(label: str, key: str) -> str:
    """Return the question for a key with all its values, and all keys below it."""
    return f'echo !mark! answer {label}& (reg query "{key}" /s 2>nul)'


def default_value(label: str, key: str) -> str:
    """Return the question for a key's default value; a missing one is printed in the machine's language."""
    return f'echo !mark! answer {label}& (reg query "{key}" /ve 2>nul)'


def for_each_guid(label: str, key: str, keys: t.Sequence[str], most: int) -> str:
    """Return the question for default values of some keys, for each CLSID (``most``) in a value ``GUID`` below ``key``.

    Args:
        keys: with ``%c`` in the place of the CLSID.
    """
    queries = "& ".join(f'(reg query "{one}" /ve 2>nul)' for one in keys)
    return (
        '(set asked=0)& (for /f "tokens=1-3" %a in (\'reg query '
        f'"{key}" /s /v GUID\') do (if /i "%a"=="GUID" (if !asked! LSS {most} ((set /a asked+=1 >nul)& '
        f"echo !mark! answer {label}& {queries}))))"
    )


@dataclass(frozen=True)
class PrintedValue:
    """A value as ``reg query`` prints it: its type's name, and its data as text."""

    type: str
    data: str

    @property
    def text(self) -> str | None:
        """The data if it counts as text."""
        return StringValue.printed(self.type, self.data).text

    @property
    def number(self) -> int | None:
        """The data if it is a REG_DWORD."""
        is_number = self.type == "REG_DWORD" and re.fullmatch(r"0x[0-9a-f]{1,8}", self.data, re.ASCII | re.IGNORECASE)
        return int(self.data, 16) if is_number else None

    def command(self, unset: str | None) -> str | None:
        """The data if it is a command; ``unset`` is what this machine prints for a default value that is not set."""
        return self.data if self.type in _COMMAND_TYPES and self.data not in ("", unset) else None


@dataclass(frozen=True)
class PrintedKey:
    """A key as ``reg query`` prints it; the names of its values are folded, as they are case-insensitive."""

    path: str
    values: dict[str, PrintedValue]

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("\\")[2]

    def value(self, name: str) -> PrintedValue | None:
        """Return the value with that name."""
        return self.values.get(name.casefold())

    def text(self, name: str) -> str | None:
        """Return the text of the value with that name."""
        value = self.value(name)
        return value.text if value else None

    def number(self, name: str) -> int | None:
        """Return the REG_DWORD of that name."""
        value = self.value(name)
        return value.number if value else None

    def default_command(self, unset: str | None) -> str | None:
        """Return the command in the default value, the only value that was queried."""
        return next((value.command(unset) for value in self.values.values()), None)


def parse_keys(output: Output, root: str = "HKEY_") -> list[PrintedKey]:
    """Return the printed keys whose names begin with ``root``, in the order of the registry.

    Output with too many keys is marked as cut.
    """
    root = root.casefold()
    keys: list[PrintedKey] = []
    name = ""
    lines: list[str] = []
    after_blank = True
    for line in output.text.split("\r\n"):
        if after_blank and line.casefold().startswith(root):
            _keep(keys, name, lines)
            name, lines = "", []
            if len(keys) == limits.KEYS:
                output.cut = True
                return keys
            keys.append(PrintedKey(line, {}))
        elif keys and (match := _VALUE.fullmatch(line)):
            _keep(keys, name, lines)
            name, lines = match[1], [line]
        elif lines and len(lines) < limits.VALUE_LINES:
            lines.append(line)
        after_blank = not line
    _keep(keys, name, lines)
    return keys


def parse_value(output: Output, name: str) -> StringValue:
    """Return the one value that was queried: the output is a blank line, the key, the value, and a blank line."""
    printed = output.text.removeprefix("\r\n").partition("\r\n")[2].removesuffix("\r\n").removesuffix("\r\n")
    match = _VALUE.fullmatch(printed)
    if match is None or match[1].casefold() != name.casefold():
        return StringValue(ValueState.OTHER_TYPE)
    return StringValue.printed(match[2], match[3] or "")


def _keep(keys: list[PrintedKey], name: str, lines: list[str]) -> None:
    """Keep a value with all its lines; blank lines at the end are not part of its text."""
    if not lines:
        return
    while not lines[-1]:
        lines.pop()
    match = _VALUE.fullmatch("\r\n".join(lines))
    if match is not None:
        keys[-1].values.setdefault(name.casefold(), PrintedValue(match[2], match[3] or ""))
