# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: how to hold, and how long a machine may keep us busy meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from ... import limits


@dataclass(frozen=True)
class HoldSettings:
    """How to hold one machine.

    Args:
        interval: seconds between two reads by polling, and the longest pause before a default is written again.
        events: whether to listen to events.
        window: seconds after which the budget of tries, time and bytes begins afresh.
        window_time: seconds that what was begun in such a window may take.
        window_bytes: that the machine may send in such a window.
    """

    interval: float = 2.0
    events: bool = False
    window: float = limits.HOLD_WINDOW
    window_time: float = limits.TASK_TIME
    window_bytes: int = limits.TASK_BYTES
