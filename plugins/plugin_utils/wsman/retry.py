# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the single budget of tries and time that a task has.

It is created with the session and passed down. Every layer asks it before it sends something again, so retries never
multiply, however many layers may retry: failures never cause a message to be sent more than ``READ_TRIES`` times, nor
anything that writes more than ``WRITE_TRIES`` times, even if the machine never got it or was too busy to act on it.

Windows allows a user 30 remote shells (``MaxShellsPerUser``) and closes an abandoned one only after its idle time-out.
So shells that may have been left open are counted here as well, and after ``SHELLS_LEFT_OPEN`` of them no retry opens
another one.
"""

from __future__ import annotations

import time
import typing as t

from .. import limits
from .errors import ProtocolError


class RetryBudget:
    """Tries and time of one task.

    Args:
        pause: a function that waits for a number of seconds.
        clock: a monotonic clock, in seconds.
    """

    def __init__(self, pause: t.Callable[[float], None], clock: t.Callable[[], float] = time.monotonic) -> None:
        self.pause = pause
        self.clock = clock
        self._retries = 0
        self._shells_left_open = 0
        self._time = limits.TASK_TIME
        self._end = clock() + self._time

    def renew(self, seconds: float) -> None:
        """Count tries and time afresh, for work that lasts longer than a task; shells that may be open still count."""
        self._retries = 0
        self._time = seconds
        self._end = self.clock() + seconds

    def try_again(self, *, writes: bool = False, opens_shell: bool = False) -> bool:
        """Take one retry and wait for its pause; return False immediately if none is left.

        Args:
            writes: what would be sent again changes the machine.
            opens_shell: what would be sent again needs a new remote shell.
        """
        tries = limits.WRITE_TRIES if writes else limits.READ_TRIES
        if self._retries + 1 >= tries or (opens_shell and self._shells_left_open >= limits.SHELLS_LEFT_OPEN):
            return False
        self.pause(limits.BACK_OFF[self._retries])
        self._retries += 1
        return True

    def shell_left_open(self) -> None:
        """Count a shell that may stay open on the machine until its idle time-out."""
        self._shells_left_open += 1

    def check_shells(self) -> None:
        """Raise ProtocolError if too many shells may be open to open another one."""
        if self._shells_left_open >= limits.SHELLS_LEFT_OPEN:
            raise ProtocolError(
                f"command shell: {self._shells_left_open} remote shells of this task may still be open on the machine, "
                "since the answers about them were lost or broken; no other one is opened"
            )

    def check_time(self, subject: str) -> None:
        """Raise ProtocolError if the task has used up its time; ``subject`` is the request that was due next."""
        if self.clock() > self._end:
            raise ProtocolError(f"{subject}: the task took longer than {self._time:.0f} seconds")
