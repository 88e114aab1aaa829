# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: where Windows has mounted a hive file, and who else would have to release it.

Windows lists all mounted hives in ``HKLM\SYSTEM\CurrentControlSet\Control\hivelist``: a value's name is the key, like
``\REGISTRY\USER\xyz``, and its data the file, like ``\Device\HarddiskVolume3\Users\bob\NTUSER.DAT``.
"""

from __future__ import annotations

import re

from ..text import printable
from .command_output import Output

_LISTED = re.compile(r"    \\REGISTRY\\(USER|MACHINE)\\(.+?)    REG_SZ    \\Device\\[^\\]+(\\.+)", re.IGNORECASE)
_ROOTS = {"USER": "HKU", "MACHINE": "HKLM"}


def mount_of(path: str, hivelist: Output) -> str | None:
    r"""Return the key at which a hive file is mounted, like ``HKU\xyz``, safe to show; None if that is not known.

    Args:
        path: the file. The list has no drive letters, so it does not distinguish files of the same path on two drives;
            if there are two of them, nothing is known.
        hivelist: what ``reg query`` printed of the list.
    """
    below_the_drive = path.partition(":")[2].casefold()
    listed = filter(None, map(_LISTED.fullmatch, hivelist.text.split("\r\n")))
    keys = [rf"{_ROOTS[one[1].upper()]}\{one[2]}" for one in listed if one[3].casefold() == below_the_drive]
    return printable(keys[0]) if len(keys) == 1 else None


def release_command(key: str) -> str:
    """Return the command by which somebody releases a mount by hand."""
    return f"reg unload {key}" if re.fullmatch(r"[\w.\\{}-]+", key) else f'reg unload "{key}"'
