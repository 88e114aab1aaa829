# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the program behind a provider that comes back, and whether it runs in the user's session."""

from __future__ import annotations

from ...windows.machine import Machine
from ...windows.registry import CALL_ERRORS, Root
from ...windows.registry_view import View
from ..keys import LONGEST_NAME, PROCESS_NAME
from ..registrations import registration_keys
from .contender import Contender


def look_up(machine: Machine, sid: str, contender: Contender) -> None:
    """Look it up, once: up to four requests for the name, one for the processes, one for each session that has it.

    Raises:
        UnreachableError: the machine was lost.
    """
    contender.looked_up = True
    try:
        contender.program = _program(machine, contender.provider)
        if contender.program:
            contender.running = machine.find_running([contender.program]).is_running(sid, contender.program)
    except CALL_ERRORS:
        # It stays unknown: what is held does not depend on it.
        return


def _program(machine: Machine, provider: str | None) -> str | None:
    if not provider or not provider.isprintable() or "\\" in provider or len(provider) > LONGEST_NAME:
        return None
    for view in View:
        for key, _click_to_run in registration_keys(view):
            value = machine.registry.string(Root.HKLM, rf"{key}\{provider}", PROCESS_NAME)
            if value.name:
                return value.name
    return None
