"""Windows paths as programs resolve them: against a current directory, and with the devices that are no files."""

from __future__ import annotations

import ntpath
import re
import typing as t

from ..machine.errors import Win32Error

if t.TYPE_CHECKING:
    from ..machine import Machine


def is_nul(path: str) -> bool:
    """Return whether the path is the device NUL, which is in every folder."""
    return ntpath.basename(path.replace("/", "\\")).rstrip(": .").lower() == "nul"


def full(path: str, folder: str) -> str:
    """Return `path` relative to the current directory `folder`, without quotes."""
    path = path.replace('"', "").replace("/", "\\")
    drive, rest = ntpath.splitdrive(path)
    if rest.startswith("\\"):
        return ntpath.normpath((drive or folder[:2]) + rest)
    if drive and drive.lower() != folder[:2].lower():
        return ntpath.normpath(f"{drive}\\{rest}")
    return ntpath.normpath(ntpath.join(folder, rest))


def matches(machine: Machine, pattern: str, folder: str) -> list[str]:
    """Return the full paths that a path with `*` or `?` in its last part stands for; a missing folder has none."""
    directory, name_pattern = ntpath.split(full(pattern, folder))
    name_pattern = "*" if name_pattern == "*.*" else name_pattern
    try:
        names = [] if machine.files.is_closed(ntpath.join(directory, "x")) else machine.files.names(directory)
    except Win32Error:
        return []
    expression = re.compile(re.escape(name_pattern).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE | re.DOTALL)
    return [ntpath.join(directory, name) for name in names if expression.fullmatch(name)]
