# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: whether a machine's guard wants another default than the one that was set: it will set its own again."""

from __future__ import annotations

import contextlib
import typing as t

from ...text import printable
from ...windows.machine import Machine
from ...windows.registry import CALL_ERRORS, Root
from ...wsman.errors import UnreachableError
from .task import KEY, TASK, VALUE


def contradiction(machine: Machine, defaults: t.Iterable[str | None]) -> str | None:
    """Return a warning if the guard wants another default than one of these (None: none at all).

    It is one request, for a task that has changed something. Losing the machine meanwhile does not affect its result.
    """
    wanted = {(default or "").casefold() for default in defaults}
    if not wanted:
        return None
    with contextlib.suppress(UnreachableError, *CALL_ERRORS):
        kept = machine.registry.string(Root.HKLM, KEY, VALUE).name
        if kept and wanted != {kept.casefold()}:
            return (
                f"this machine has a guard, the scheduled task {TASK.path}, which keeps {printable(kept)} as "
                "everybody's default and sets it again within its period: change or remove the guard with "
                "presence.office.guard"
            )
    return None
