# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which users an option means: account names, SIDs and shell-style patterns."""

from __future__ import annotations

import fnmatch
import re
import typing as t
from dataclasses import dataclass

_SID_LIKE = re.compile(r"S-1-[\d*?-]+", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Selection:
    r"""Users to include and users to exclude; ``users`` None includes everyone.

    An entry is ``CONTOSO\ada``, ``ada`` (of any domain), a SID, or a pattern of one of these with ``*``,
    ``?`` or ``[...]``; case does not matter.
    """

    users: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()

    @property
    def needs_names(self) -> bool:
        """Whether a SID alone cannot decide, since an entry is an account name."""
        return any(_is_name(entry) for entry in (*(self.users or ()), *self.exclude))

    @property
    def excludes_names(self) -> bool:
        """Whether users are excluded by account name, so that a user whose name is not known must not be selected."""
        return any(_is_name(entry) for entry in self.exclude)

    def takes(self, sid: str, account: str | None) -> bool:
        """Whether the user is selected."""
        if any(_matches(entry, sid, account) for entry in self.exclude):
            return False
        return self.users is None or any(_matches(entry, sid, account) for entry in self.users)

    def unmatched(self, people: t.Iterable[tuple[str, str | None]]) -> list[str]:
        """Return the plain names and SIDs that match no one here; a pattern may match no one."""
        everyone = list(people)
        return [
            entry
            for entry in (*(self.users or ()), *self.exclude)
            if not _is_pattern(entry) and not any(_matches(entry, sid, account) for sid, account in everyone)
        ]


def _is_name(entry: str) -> bool:
    return entry != "*" and not _SID_LIKE.fullmatch(entry)


def _matches(entry: str, sid: str, account: str | None) -> bool:
    return any(_same(entry, form) for form in _forms(sid, account))


def _forms(sid: str, account: str | None) -> t.Iterator[str]:
    yield sid
    if account is not None:
        yield account
        yield account.rpartition("\\")[2]


def _same(entry: str, form: str) -> bool:
    entry, form = entry.casefold(), form.casefold()
    return fnmatch.fnmatchcase(form, entry) if _is_pattern(entry) else form == entry


def _is_pattern(entry: str) -> bool:
    return any(sign in entry for sign in "*?[")
