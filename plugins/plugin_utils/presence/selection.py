# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which users the options ``users`` and ``exclude_users`` mean, and what to do about entries for nobody."""

from __future__ import annotations

import enum
import functools
import typing as t
from dataclasses import dataclass

from ..text import printable, some
from .user_entry import UserEntry

#: Entries that a sentence quotes.
QUOTED = 5

#: SIDs with the names of their accounts, None where it is not known.
People = t.Mapping[str, str | None]


class MissingUser(enum.Enum):
    """What to do about an entry that means nobody on a machine. The values are those of the option ``missing_user``."""

    IGNORE = "ignore"
    REPORT = "report"
    FAIL = "fail"


@dataclass(frozen=True)
class Unmatched:
    """The entries of one option that mean nobody."""

    option: str
    plain: tuple[str, ...]
    patterns: tuple[str, ...]

    def sentences(self) -> list[str]:
        """Return what to tell people."""
        found = {"belongs to": self.plain, "matches": self.patterns}
        return [
            f"{self.option}: no profile on this machine {verb} {_listed(entries)}"
            for verb, entries in found.items()
            if entries
        ]


@dataclass(frozen=True)
class Selection:
    """Users to include and users to exclude; ``users`` None includes everyone. See ``UserEntry`` for their form."""

    users: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    missing: MissingUser = MissingUser.REPORT

    @property
    def needs_names(self) -> bool:
        """Whether a SID alone cannot decide, since an entry is an account name."""
        return any(entry.is_name for entry in self.entries)

    @property
    def excludes_names(self) -> bool:
        """Whether users are excluded by account name, so that a user whose name is not known must not be selected."""
        return any(entry.is_name for entry in self._excluded)

    @property
    def entries(self) -> tuple[UserEntry, ...]:
        """All entries."""
        return (*(self._included or ()), *self._excluded)

    def takes(self, sid: str, account: str | None, computer: str = "") -> bool:
        """Whether the user is selected; ``computer`` is the machine's name, if an entry needs it."""
        if any(entry.means(sid, account, computer) or entry.may_mean(account) for entry in self._excluded):
            return False
        return self._included is None or any(entry.means(sid, account, computer) for entry in self._included)

    def unmatched(self, people: People, computer: str = "") -> list[Unmatched]:
        """Return the entries that mean nobody here, for each option that has any."""
        options = {"users": self._included or (), "exclude_users": self._excluded}
        found = []
        for option, entries in options.items():
            missing = [one for one in entries if not any(one.means(*person, computer) for person in people.items())]
            plain = tuple(one.text for one in missing if not one.is_pattern)
            patterns = tuple(one.text for one in missing if one.is_pattern)
            found += [Unmatched(option, plain, patterns)] if missing else []
        return found

    def unclear(self, people: People) -> tuple[UserEntry, str] | None:
        """Return an entry that may or may not mean an account here, with the account; None if there is none."""
        accounts = [account for account in people.values() if account]
        for entry in self.entries:
            if not any(entry.has_domain_of(account) for account in accounts):
                for account in accounts:
                    if entry.is_unclear(account):
                        return entry, account
        return None

    def option_of(self, entry: UserEntry) -> str:
        """Return the option that an entry stands in."""
        return "exclude_users" if entry in self._excluded else "users"

    @functools.cached_property
    def _included(self) -> tuple[UserEntry, ...] | None:
        return None if self.users is None else tuple(map(UserEntry, self.users))

    @functools.cached_property
    def _excluded(self) -> tuple[UserEntry, ...]:
        return tuple(map(UserEntry, self.exclude))


def _listed(entries: t.Sequence[str]) -> str:
    return some([printable(entry) for entry in entries], QUOTED)
