# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the facts of one machine, from top to bottom: collect, assemble with a diagnosis of every user, result."""

from __future__ import annotations

from ...windows.machine import Machine
from .assemble import build_user_facts
from .collect import FactsOptions, collect
from .result import FactsResult, make_result


def gather(machine: Machine, options: FactsOptions) -> FactsResult:
    """Collect, diagnose and return the facts of a machine."""
    collected = collect(machine, options)
    users = build_user_facts(machine, collected, options)
    return make_result(collected, users, options)
