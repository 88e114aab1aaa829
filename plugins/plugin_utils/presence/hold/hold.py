# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: holds one machine for some time, within one task."""

from __future__ import annotations

from ...windows.machine import Machine
from ...windows.registry import RegistryError
from ...wsman.errors import WSManError
from ..enforce.policy import Policy
from .hold_options import Hold
from .result import HoldResult
from .watcher import Watcher


def hold_machine(machine: Machine, policy: Policy, hold: Hold) -> HoldResult:
    """Enforce the policy, then write again what is overwritten until the time is over.

    Raises:
        Exceptions of ``enforce`` and of the session, before anything is held. Later the result says what went wrong.
    """
    watcher = Watcher(machine, policy, hold.settings)
    clock = machine.clock
    failure: WSManError | RegistryError | None = None
    try:
        watcher.start()
        began = clock()
        while clock() < began + hold.seconds:
            watcher.wait(min(watcher.next_wake(), began + hold.seconds))
            watcher.step()
        try:
            watcher.finish()
        except (WSManError, RegistryError) as error:
            failure = error
    finally:
        watcher.close()
    return HoldResult.of(watcher, hold, clock() - began, failure)
