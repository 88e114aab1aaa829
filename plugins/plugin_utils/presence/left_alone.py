# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what sentences say of users who were left alone, so that nothing is said of them that nobody looked at."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import counted, some
from ..windows.profiles import SkipReason

#: Users that a sentence quotes; the result has all.
QUOTED_USERS = 5

_WHY: dict[SkipReason | None, str] = {
    SkipReason.TEMPORARY: "temporary profile",
    SkipReason.MANDATORY: "mandatory profile",
    SkipReason.CORRUPTED: "corrupted profile",
    SkipReason.NO_HIVE_FILE: "no NTUSER.DAT, as of a profile disk that is not attached",
    SkipReason.NAME_UNKNOWN: "account name not found, while exclude_users goes by name (SIDs always work)",
    SkipReason.SIGNED_OUT: "signed out meanwhile",
    SkipReason.NOT_A_PERSON: "an account of Windows itself",
    SkipReason.SHARED_FOLDER: "another user's profile has the same folder",
    None: "not signed in, and nothing is to be mounted",
}

# No people, hives that are looked at as another user's, and users who are not signed in where only those are meant.
_NOT_MEANT = (SkipReason.NOT_A_PERSON, SkipReason.SHARED_FOLDER, SkipReason.SIGNED_OUT, None)


@dataclass(frozen=True)
class LeftAlone:
    """Users whose hives were left alone.

    Args:
        people: how each one is called, and why.
        total: the number of users, these among them.
    """

    people: tuple[tuple[str, SkipReason | None], ...]
    total: int

    @property
    def everybody(self) -> bool:
        """Whether nobody is left who could be looked at."""
        return bool(self.people) and len(self.people) == self.total

    def sentence(self) -> str:
        """Return who was left alone and why, empty if nobody was; users with the same reason are named together."""
        if not self.people:
            return ""
        named = some([f"{some(labels, QUOTED_USERS)}: {why}" for why, labels in self._by_reason().items()], 5, "; ")
        text = f"left alone {len(self.people)} of {counted(self.total, 'user')} ({named})"
        return f"nobody could be looked at: {text}" if self.everybody else text

    @property
    def missed(self) -> LeftAlone:
        """Those who were meant, and of whom nothing is known."""
        return LeftAlone(tuple(one for one in self.people if one[1] not in _NOT_MEANT), self.total)

    def only(self, *reasons: SkipReason | None) -> LeftAlone:
        """Return those who were left alone for one of these reasons."""
        return LeftAlone(tuple(one for one in self.people if one[1] in reasons), self.total)

    def warnings(self) -> list[str]:
        """Return what people should see even though nothing failed.

        That is: nobody could be looked at, or some were left alone who may be those to exclude. Other reasons are
        everyday ones.
        """
        noted = self if self.everybody and self.missed.people else self.only(SkipReason.NAME_UNKNOWN)
        return [noted.sentence()] if noted.people else []

    def _by_reason(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for label, reason in self.people:
            found.setdefault(_WHY[reason], []).append(label)
        return found
