# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: options about holding a fleet: their argument spec, and the checks that a spec cannot express.

Their documentation is in ``plugins/modules/hold.py``.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from pathlib import Path

from ..presence.enforce.policy import Policy
from ..presence.hold.hold_options import LONGEST_INTERVAL, Hold
from ..presence.hold.settings import HoldSettings
from ..windows.profiles import HiveKind

#: Seconds that a task may take besides its hold: a time-out that leaves less could end it without a result.
BESIDES = 120

#: Bytes that one machine may send in a minute, once it is held: what all machines send goes through one process.
WINDOW_BYTES = 4 << 20

#: Argument spec of the options.
FLEET_OPTIONS: dict[str, t.Any] = {
    "seconds": {"type": "int", "default": 0},
    "interval": {"type": "int", "default": 2},
    "watch": {"type": "str", "choices": ["poll", "events"], "default": "poll"},
    "contested": {"type": "str", "choices": ["warn", "fail"], "default": "warn"},
    "stop_file": {"type": "path"},
    "state_file": {"type": "path"},
    "event_socket": {"type": "path"},
}


@dataclass(frozen=True)
class FleetHold:
    """A hold of a fleet.

    Args:
        policy: what is held.
        hold: how; its seconds are 0 for until something ends it.
        stop_file: its appearance ends the hold.
        state_file: where to write what happens.
        event_socket: where a program listens to the same; the hold ends with it.
    """

    policy: Policy
    hold: Hold
    stop_file: Path | None
    state_file: Path | None
    event_socket: Path | None


def fleet_hold(options: t.Mapping[str, t.Any], policy: Policy) -> FleetHold:
    """Return the hold that the options of ``FLEET_OPTIONS`` describe."""
    seconds, interval = options["seconds"], options["interval"]
    if seconds < 0:
        raise ValueError(f"seconds: {seconds} is negative; 0 holds until something ends it")
    if not 1 <= interval <= LONGEST_INTERVAL:
        raise ValueError(f"interval: {interval} is not a number of seconds from 1 to {LONGEST_INTERVAL}")
    if seconds and interval > seconds:
        raise ValueError(f"interval: {interval} seconds are longer than the hold of {seconds} seconds")
    if HiveKind.LOADED not in policy.kinds:
        raise ValueError("only users who are signed in can be held: add loaded to profiles")
    settings = HoldSettings(interval=interval, events=options["watch"] == "events", window_bytes=WINDOW_BYTES)
    return FleetHold(
        policy,
        Hold(seconds, settings, options["contested"] == "fail"),
        _path(options, "stop_file"),
        _path(options, "state_file"),
        _path(options, "event_socket"),
    )


def check_task(seconds: int, timeout: float | None, *, loops: bool) -> None:
    """Raise ValueError, with a sentence, for a task that cannot hold.

    Args:
        timeout: after which Ansible ends the task, in seconds; 0 or None for never.
        loops: whether it has ``loop`` or ``until``.
    """
    if loops:
        raise ValueError("a hold cannot be repeated: remove loop and until, and name all providers in name")
    if timeout and (not seconds or seconds + BESIDES > timeout):
        wanted = f"{seconds} seconds" if seconds else "a hold without end"
        raise ValueError(
            f"seconds: {wanted} does not fit into this task's timeout of {timeout:g} seconds, which would end it "
            f"without a result: hold for at most {max(0, int(timeout) - BESIDES)} seconds, or raise timeout (task, "
            "block, play, or task_timeout in ansible.cfg)"
            + (f" to at least {seconds + BESIDES}" if seconds else ", or set it to 0")
        )


def check_batches(play_hosts: t.Sequence[str], batch: t.Sequence[str]) -> None:
    """Raise ValueError, with a sentence, for a play that works on some hosts at a time."""
    if set(play_hosts) - set(batch):
        raise ValueError("a fleet is held as a whole, but this play has batches: remove serial from it")


def _path(options: t.Mapping[str, t.Any], name: str) -> Path | None:
    if options[name] is None:
        return None
    if not options[name].strip():
        raise ValueError(f"{name} is empty: set it to a path, or leave it out")
    return Path(options[name]).absolute()
