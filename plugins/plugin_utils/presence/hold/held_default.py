# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one user's default while it is held: when to write it again, and who overwrites it. Pure: no clock, no I/O.

It is written again at once, unless what overwrites it is back within ``FAST`` seconds of being overwritten itself, or
what was written lasted no longer ``IN_A_ROW`` times running. Something is faster then than anybody can be, and somebody
has to be the wiser one: there is a pause of ``FIRST_PAUSE``, which doubles each time, up to the interval, and begins
afresh after ``QUIET`` seconds of peace.
"""

from __future__ import annotations

from .contender import Contender

FAST = 0.5
IN_A_ROW = 4
FIRST_PAUSE = 0.5
QUIET = 60.0

#: Contenders of one user that are kept apart; further ones count as the last.
_MOST_CONTENDERS = 16


class HeldDefault:
    """The history of one default, as far as it was seen; all times are seconds of one clock.

    Args:
        now: when it was last seen to be right.
        interval: the longest pause.
        written: whether it was written just then.

    Attributes:
        contenders: what overwrote it, in the order in which they came.
        restored: how often it was written again.
        restore_at: when to write it; None while there is nothing to write.
    """

    def __init__(self, now: float, interval: float, *, written: bool) -> None:
        self.contenders: list[Contender] = []
        self.restored = 0
        self.restore_at: float | None = None
        self._interval = interval
        self._right_at: float | None = now
        self._written_at = self._first_written_at = now if written else None
        self._pauses = 0
        self._short = 0
        self._present: Contender | None = None
        self._since = now
        self._came: list[Contender] = []

    @property
    def seconds_lost(self) -> float:
        """For how long something else stood there, at most."""
        return sum(one.seconds_lost for one in self.contenders)

    @property
    def contested(self) -> bool:
        """Whether something came back after the default was written."""
        return any(one.fights for one in self.contenders)

    def saw_right(self, now: float) -> None:
        """Note that it is right."""
        self._settle(now)
        self._right_at = now
        self.restore_at = None

    def saw_wrong(self, now: float, provider: str | None, *, since: float | None = None) -> None:
        """Note that something else stands there.

        Args:
            provider: the name; None for no text.
            since: when it happened, if that is known; otherwise it may have been any time since the last look.
        """
        contender = self._contender(provider)
        if contender is self._present:
            return
        if self._present is None:
            self.restore_at = now + self._pause(now, contender)
        begun = since if since is not None else self._right_at
        self._settle(now)
        self._present = contender
        self._since = now if begun is None else begun
        if contender not in self._came:
            self._came.append(contender)
            contender.times += 1
            replaced = contender.replaced_at if contender.replaced_at is not None else self._first_written_at
            if replaced is not None:
                contender.returns.append(now - replaced)

    def wrote(self, now: float) -> None:
        """Note that it was written."""
        self.saw_right(now)
        self._written_at = now
        if self._first_written_at is None:
            self._first_written_at = now
        for contender in self._came:
            contender.replaced_at = now
        self._came.clear()
        self.restored += 1

    def could_not_write(self, now: float) -> None:
        """Note that writing failed: once more after the interval."""
        self.restore_at = now + self._interval

    def out_of_sight(self, now: float) -> None:
        """Note that nobody sees it any more: what happens from now on is not known."""
        self._settle(now)
        self._right_at = self._written_at = self._first_written_at = None
        for contender in self.contenders:
            contender.replaced_at = None
        self._came.clear()
        self.restore_at = None

    def _pause(self, now: float, contender: Contender) -> float:
        """Return how long to wait before what stands there is overwritten."""
        if self._written_at is None:
            return 0.0
        lasted = now - self._written_at
        if lasted >= QUIET:
            self._pauses = 0
        self._short = self._short + 1 if lasted < FAST else 0
        is_fast = contender.replaced_at is not None and now - contender.replaced_at < FAST
        if not is_fast and self._short <= IN_A_ROW:
            return 0.0
        pause = min(FIRST_PAUSE * 2.0**self._pauses, self._interval)
        self._pauses = min(self._pauses + 1, 16)
        return pause

    def _settle(self, now: float) -> None:
        """Charge the time until now to whoever stands there."""
        if self._present is not None:
            self._present.seconds_lost += now - self._since
            self._right_at = now
            self._present = None

    def _contender(self, provider: str | None) -> Contender:
        folded = provider.casefold() if provider is not None else None
        for one in self.contenders:
            if (one.provider.casefold() if one.provider is not None else None) == folded:
                return one
        if len(self.contenders) >= _MOST_CONTENDERS:
            return self.contenders[-1]
        self.contenders.append(Contender(provider))
        return self.contenders[-1]
