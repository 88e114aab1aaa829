# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: options about holding one machine: their argument spec, and the checks that a spec cannot express.

Their documentation is in ``plugins/modules/default_im_app.py``.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...windows.profiles import HiveKind
from ..enforce.policy import Policy
from .settings import HoldSettings

#: The longest hold of a task, and the longest interval, in seconds.
LONGEST_HOLD = 900
LONGEST_INTERVAL = 60

#: Seconds that a task may take besides its hold: a time-out that leaves less could end it without a result.
BESIDES = 30

#: Argument spec of the options.
HOLD_OPTIONS: dict[str, t.Any] = {
    "hold": {"type": "int", "default": 0},
    "hold_interval": {"type": "int", "default": 2},
    "watch": {"type": "str", "choices": ["poll", "events"], "default": "poll"},
    "contested": {"type": "str", "choices": ["warn", "fail"], "default": "warn"},
}


@dataclass(frozen=True)
class Hold:
    """A hold of one machine by a task.

    Args:
        seconds: how long; 0 for none.
        fail_contested: whether clients that come back fail the task.
    """

    seconds: int
    settings: HoldSettings
    fail_contested: bool


def hold(options: t.Mapping[str, t.Any], policy: Policy, timeout: float | None) -> Hold:
    """Return the hold that the options of ``HOLD_OPTIONS`` describe.

    Args:
        timeout: after which Ansible ends the task, in seconds; 0 or None for never.
    """
    seconds, interval = options["hold"], options["hold_interval"]
    if not 0 <= seconds <= LONGEST_HOLD:
        raise ValueError(f"hold: {seconds} is not a number of seconds from 0 to {LONGEST_HOLD}")
    if not 1 <= interval <= LONGEST_INTERVAL:
        raise ValueError(f"hold_interval: {interval} is not a number of seconds from 1 to {LONGEST_INTERVAL}")
    if seconds:
        _check(seconds, interval, policy, timeout)
    settings = HoldSettings(interval=interval, events=options["watch"] == "events")
    return Hold(seconds, settings, options["contested"] == "fail")


def _check(seconds: int, interval: int, policy: Policy, timeout: float | None) -> None:
    if interval > seconds:
        raise ValueError(f"hold_interval: {interval} seconds are longer than the hold of {seconds} seconds")
    if HiveKind.LOADED not in policy.kinds:
        raise ValueError("hold is for users who are signed in: add loaded to profiles, or leave hold out")
    if timeout and seconds + BESIDES > timeout:
        raise ValueError(
            f"hold: {seconds} seconds do not fit into this task's timeout of {timeout:g} seconds, which would end it "
            f"without a result: hold for at most {max(0, int(timeout) - BESIDES)} seconds, or raise timeout (task, "
            f"block, play, or task_timeout in ansible.cfg) to at least {seconds + BESIDES}"
        )
