# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what overwrites a user's default again and again: which provider, how soon, for how long. Pure."""

from __future__ import annotations

import statistics
import typing as t
from collections import deque
from dataclasses import dataclass, field

from ...text import bounded, counted, printable, seconds

#: Returns whose times are kept.
_KEPT = 1_000


@dataclass
class Contender:
    """What stood in one user's default in place of what is wanted.

    Args:
        provider: its name; None if the value was removed, or is no text.
        times: how often it came, at most once after each time that the default was written.
        returns: seconds from overwriting it (at first, from writing the default) until it was seen to be back.
        replaced_at: when it was overwritten last.
        seconds_lost: for how long it stood there, at most.
        program: the program that its registration names; None if that is not known.
        running: whether that program runs in the user's session; None if that is not known.
        looked_up: whether ``program`` and ``running`` were looked up.
    """

    provider: str | None
    times: int = 0
    returns: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    replaced_at: float | None = None
    seconds_lost: float = 0.0
    program: str | None = None
    running: bool | None = None
    looked_up: bool = False

    @property
    def fights(self) -> bool:
        """Whether it came back after the default was written."""
        return bool(self.returns)

    def to_dict(self) -> dict[str, t.Any]:
        """Return the entry of ``contested``."""
        returns = sorted(self.returns)
        return {
            "provider": bounded(self.provider),
            "program": bounded(self.program),
            "running": self.running,
            "times": self.times,
            "median": round(statistics.median(returns), 2) if returns else None,
            "shortest": round(returns[0], 2) if returns else None,
            "longest": round(returns[-1], 2) if returns else None,
            "seconds_lost": round(self.seconds_lost, 1),
        }

    def sentence(self) -> str:
        """Return what it did, for people."""
        who = printable(self.provider) if self.provider else "something that leaves no provider there"
        program = printable(self.program) if self.program else "its program"
        origin = {
            True: f" ({program} runs in the user's session)",
            False: (
                f" ({program} does not run in the user's session, so something else writes it: a logon script, Group "
                "Policy, another controller)"
            ),
            None: "",
        }[self.running]
        returns = sorted(self.returns)
        spread = (
            f", {statistics.median(returns):.1f} s after it was overwritten ({returns[0]:.1f} to {returns[-1]:.1f} s)"
        )
        return (
            f"{who}{origin} came back {counted(self.times, 'time')}{spread if returns else ''}; "
            f"{seconds(self.seconds_lost)} lost"
        )
