# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: registers a provider on a machine, or removes its registration: survey, plan, apply."""

from __future__ import annotations

from ...windows.machine import Machine
from .apply import apply, preview
from .desired import Desired
from .plan import make_plan
from .result import Registered
from .survey import take_survey, wanted_views


def register(machine: Machine, desired: Desired, *, check_mode: bool) -> Registered:
    """Bring a registration into the wanted state in every wanted view; in check mode, say what that would change.

    Raises:
        ValueError: see ``wanted_views``.
        RegistryError: which Office the machine has could not be read.
    """
    registry = machine.registry
    surveyed = take_survey(registry, desired, wanted_views(registry, desired))
    planned = [(one, make_plan(desired, one.current) if one.current else None) for one in surveyed]
    applied = preview(planned) if check_mode else apply(registry, planned, removes=desired.values is None)
    return Registered(desired, tuple(applied), check_mode)
