# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which of the preferred providers to set for a user."""

from __future__ import annotations

import difflib
import typing as t
from dataclasses import dataclass

from ...text import printable, some
from ...windows.hive_files import HiveFile
from ..availability import Availability, Candidate, Reason
from ..keys import SEEN_IN_THE_FIELD
from ..refusal import RefusalError

#: Registered providers that a message quotes.
QUOTED = 10


@dataclass(frozen=True)
class Choice:
    """The provider for a user, and the earlier preferences that were passed over."""

    provider: Candidate
    passed_over: tuple[Candidate, ...] = ()

    @property
    def name(self) -> str:
        """The name to write."""
        return self.provider.name

    def to_dict(self) -> dict[str, t.Any]:
        """Return it as a part of results."""
        return {
            "name": self.name,
            "reason": self.provider.reason.value,
            "views": [view.value for view in self.provider.views],
            "passed_over": [{"name": one.name, "reason": one.reason.value} for one in self.passed_over],
        }


class NotUsableError(Exception):
    """None of the preferred providers is usable for a user."""


class FriendlyNameError(RefusalError):
    """A preference is what people call a provider, and not its name."""

    def details(self) -> dict[str, t.Any]:
        """See ``RefusalError``."""
        return {"reason": "friendly_name"}


def is_first(names: t.Sequence[str], name: str) -> bool:
    """Whether a user has the first preference, so that nothing else has to be known."""
    return name.casefold() == names[0].casefold()


def choose(names: t.Sequence[str], hive: HiveFile, available: Availability, *, require_registered: bool) -> Choice:
    """Return the first name that is usable for the user; if none is and none has to be, the first name.

    Raises:
        NotUsableError: none is; the message says what is registered.
        FriendlyNameError: a name that is not usable is the friendly name of one registration; this is not checked if
            none has to be usable.
        NotKnownError: what this user has used could not be looked up.
        SignedOutError: the user signed out while it was looked up.
    """
    passed_over: list[Candidate] = []
    for name in names:
        candidate = available.find(name, hive)
        if candidate.usable:
            return Choice(candidate, tuple(passed_over))
        if require_registered and candidate.reason is Reason.NOT_USABLE:
            _check_friendly_name(name, available)
        passed_over.append(candidate)
    if not require_registered:
        return Choice(Candidate(names[0], Reason.NOT_REQUIRED))
    raise NotUsableError(_not_usable(passed_over, hive, available))


def _check_friendly_name(name: str, available: Availability) -> None:
    """Raise FriendlyNameError for a name like "Skype for Business", which is what reports call the provider Lync."""
    if name.casefold() in SEEN_IN_THE_FIELD:
        return
    meant = [key for key, friendly in available.friendly_names().items() if friendly.casefold() == name.casefold()]
    if len(meant) == 1:
        raise FriendlyNameError(
            f"name: {printable(name)!r} is what people call the provider {printable(meant[0])!r} on this machine; "
            f"write {printable(meant[0])!r}"
        )


def _not_usable(passed_over: t.Sequence[Candidate], hive: HiveFile, available: Availability) -> str:
    registered = available.registered()
    listed = [f"{printable(name)} ({'+'.join(view.value for view in views)})" for name, views in registered.items()]
    office = f", whose Office reads the view {available.platform.value}" if available.platform else ""
    reasons = ", ".join(f"{printable(one.name)} ({one.reason.value})" for one in passed_over)
    own = [printable(name) for name in available.own_names(hive)] if hive.key is not None else []
    close = [
        f"did you mean {printable(match)!r}?"
        for one in passed_over
        for match in difflib.get_close_matches(one.name, list(registered), 1, 0.8)
        if match.casefold() != one.name.casefold()
    ]
    return (
        f"no provider can be set: {reasons}. Registered on this machine{office}: {some(listed, QUOTED) or 'none'}. "
        + (f"This user has keys of: {some(own, QUOTED)}. " if own else "")
        + "".join(f"{question} " for question in close)
        + "Install the client, name another provider, or set require_registered to false"
    )
