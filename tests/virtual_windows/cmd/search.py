"""Find the program for a name: in the current directory, then on the PATH, each with every PATHEXT.

A file in the current directory takes precedence over a program of the system, unless
NoDefaultCurrentDirectoryInExePath is set (NeedCurrentDirectoryForExePath, Microsoft Learn).
"""

from __future__ import annotations

import ntpath
import typing as t

from . import paths
from .programs import catalogue

if t.TYPE_CHECKING:
    from ..machine import Machine

_EXTENSIONS = ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"


def is_system_program(machine: Machine, path: str) -> bool:
    """Return whether a full path is one of the programs that every machine has in System32."""
    folder, name = ntpath.split(path)
    root = machine.environment.get("SystemRoot", r"C:\Windows")
    return folder.lower() == rf"{root}\System32".lower() and name.lower() in catalogue.NAMES


def find(machine: Machine, name: str, environment: t.Mapping[str, str], cwd: str) -> str | None:
    """Return the full path of the program called `name`, or None."""
    name = name.replace('"', "")
    if not name or "*" in name or "?" in name:
        return None
    if "\\" in name or "/" in name or ":" in name:
        folders = [cwd]
    else:
        folders = [] if "NoDefaultCurrentDirectoryInExePath" in environment else [cwd]
        folders += [folder.strip('"') for folder in environment.get("PATH", "").split(";") if folder.strip('"')]
    extensions = [one for one in environment.get("PATHEXT", _EXTENSIONS).split(";") if one]
    endings = ["", *extensions] if ntpath.splitext(name)[1] else extensions
    for folder in folders:
        for ending in endings:
            path = paths.full(name + ending, paths.full(folder, cwd))
            if is_system_program(machine, path) or _is_file(machine, path):
                return path
    return None


def _is_file(machine: Machine, path: str) -> bool:
    return machine.files.exists(path) and not machine.files.is_directory(path)
