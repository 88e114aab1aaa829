"""Windows file paths: one spelling for each, without a look at any file."""

from __future__ import annotations

import re

from . import errors
from .errors import Win32Error

_FORBIDDEN = re.compile(r'[<>"|?*\x00-\x1f]')


def normalize(path: str) -> str:
    """Return `path` without doubled separators, dots and trailing separators; Win32Error 161 if it has no drive."""
    drive, colon, rest = path.replace("/", "\\").partition(":")
    if not colon or len(drive) != 1 or not drive.isalpha() or not rest.startswith("\\"):
        raise Win32Error(errors.BAD_PATHNAME, path)
    names: list[str] = []
    for name in rest.split("\\"):
        if name == "..":
            names = names[:-1]
        elif name not in ("", "."):
            # Win32 drops trailing dots and spaces of every name ("Naming Files, Paths, and Namespaces").
            names.append(name.rstrip(". "))
    joined = "\\".join(names)
    if ":" in joined or _FORBIDDEN.search(joined):
        raise Win32Error(errors.INVALID_NAME, path)
    return f"{drive.upper()}:\\{joined}"


def parent(path: str) -> str:
    """Return the folder a normalized path is in."""
    head = path.rpartition("\\")[0]
    return f"{head}\\" if head.endswith(":") else head
