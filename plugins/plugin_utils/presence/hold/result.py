# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the result of a hold: that of enforcing, with what happened to each user since, and who comes back."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ...text import counted, printable, some
from ...wsman.errors import UnreachableError
from ..enforce.result import Comparison
from ..left_alone import QUOTED_USERS
from .held_user import HeldUser

if t.TYPE_CHECKING:
    from .hold_options import Hold
    from .watcher import Watcher


@dataclass(frozen=True)
class HoldResult:
    """One machine after a hold.

    Args:
        comparison: all users, as they are at the end.
        held: those whose default was held, by SID.
        hold: what was asked for.
        seconds: how long it was held.
        unwatched: for how long of that the machine could not be asked.
        refusal: why it was polled although its events were asked for; None if it was not.
        failure: why nothing is known of its end; None if it is.
    """

    comparison: Comparison
    held: t.Mapping[str, HeldUser]
    hold: Hold
    seconds: float
    unwatched: float = 0.0
    refusal: str | None = None
    failure: Exception | None = None

    @classmethod
    def of(cls, watcher: Watcher, hold: Hold, seconds: float, failure: Exception | None) -> HoldResult:
        """Return the result of a watcher that was closed."""
        refusal = watcher.refusal if hold.settings.events else None
        return cls(watcher.comparison(), watcher.held, hold, seconds, watcher.unwatched, refusal, failure)

    @property
    def lost(self) -> bool:
        """Whether the machine was out of reach at the end."""
        return self.comparison.lost or isinstance(self.failure, UnreachableError)

    @property
    def failed(self) -> bool:
        """Whether something failed, or is contested and that was to fail."""
        return self.comparison.failed or self.failure is not None or self._contested

    @property
    def new_defaults(self) -> list[str | None]:
        """What was set at the beginning, or written again; None where a default was removed."""
        restored = [one.wanted for one in self.held.values() if one.default.restored]
        return [*self.comparison.new_defaults, *restored]

    def with_notice(self, sentence: str) -> HoldResult:
        """Return the same with one more sentence for people to see."""
        return replace(self, comparison=self.comparison.with_notice(sentence))

    @property
    def only_not_usable(self) -> bool:
        """Whether all that failed is that no provider can be set for some users."""
        return self.comparison.only_not_usable and not self._contested and self.failure is None

    @property
    def _contested(self) -> bool:
        """Whether what came back is a failure."""
        return self.hold.fail_contested and bool(self._fights())

    def diff(self) -> str:
        """Return a line for each user whom enforcing changed."""
        return self.comparison.diff()

    def to_dict(self) -> dict[str, t.Any]:
        """Return the task's result; ``failed`` and ``unreachable`` are the action's to add."""
        result = self.comparison.to_dict()
        restored = {sid for sid, one in self.held.items() if one.default.restored}
        for user in result["users"]:
            user.update(self._of_user(user["sid"] or ""))
            if user["sid"] in restored and not user["changed"]:
                user["changed"] = True
                result["summary"]["changed"] += 1
                if user["error"] is None:
                    result["summary"]["unchanged"] -= 1
        warnings = [*result.get("warnings", ()), *self._warnings()]
        if not self.only_not_usable:
            result.pop("reason", None)
        only_contested = self._contested and not self.comparison.failed and self.failure is None
        return {
            **result,
            "changed": result["changed"] or bool(restored),
            "hold": self._hold(),
            "msg": "; ".join(part for part in (self._what_went_wrong(), result["msg"], self._story()) if part),
            **({"warnings": warnings} if warnings else {}),
            **({"reason": "contested"} if only_contested else {}),
        }

    def _of_user(self, sid: str) -> dict[str, t.Any]:
        default = self.held[sid].default if sid in self.held else None
        return {
            "restored": default.restored if default else 0,
            "seconds_lost": round(default.seconds_lost, 1) if default else 0.0,
            "contested": [one.to_dict() for one in default.contenders] if default else [],
        }

    def _hold(self) -> dict[str, t.Any]:
        defaults = [one.default for one in self.held.values()]
        return {
            "seconds": round(self.seconds, 1),
            "users": len(defaults),
            "restored": sum(one.restored for one in defaults),
            "seconds_lost": round(sum(one.seconds_lost for one in defaults), 1),
            "seconds_unwatched": round(self.unwatched, 1),
            "watch": "events" if self.hold.settings.events and self.refusal is None else "poll",
            "watch_refused": self.refusal,
        }

    def _fights(self) -> list[str]:
        """Return a sentence for each user whose default is contested."""
        labels = {user.applied.entry.profile.sid: user.label for user in self.comparison.users}
        return [
            f"{labels.get(one.sid, printable(one.sid))}: {contender.sentence()}"
            for one in self.held.values()
            for contender in one.default.contenders
            if contender.fights
        ]

    def _warnings(self) -> t.Iterator[str]:
        if not self.hold.fail_contested:
            yield from self._fights()
        if self.refusal is not None:
            yield f"watch: this machine was polled, since it does not tell of changes ({self.refusal})"

    def _what_went_wrong(self) -> str:
        if self.failure is not None:
            return f"held until the machine could no longer be asked, so how it ended is not known: {self.failure}"
        if self.hold.fail_contested and (fights := self._fights()):
            return f"contested: {some(fights, QUOTED_USERS, '; ')}"
        return ""

    def _story(self) -> str:
        restored = sum(one.default.restored for one in self.held.values())
        times = f"restored {counted(restored, 'time')}" if restored else "nothing had to be restored"
        away = f", out of sight for {self.unwatched:.0f} s" if self.unwatched else ""
        return f"held for {self.seconds:.0f} s for {counted(len(self.held), 'user')}: {times}{away}"
