# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: options that several modules share: their argument specs, and the checks that a spec cannot express.

Their documentation is in ``plugins/doc_fragments``.
"""

from __future__ import annotations

import typing as t

from ..text import printable
from ..windows.profiles import HiveKind
from .keys import LONGEST_NAME
from .selection import MissingUser, Selection
from .user_entry import check_form

#: Argument spec of the doc fragment ``users``.
USER_OPTIONS: dict[str, t.Any] = {
    "profiles": {
        "type": "list",
        "elements": "str",
        "choices": [kind.value for kind in HiveKind],
        "default": [HiveKind.LOADED.value, HiveKind.UNLOADED.value],
    },
    "users": {"type": "list", "elements": "str"},
    "exclude_users": {"type": "list", "elements": "str", "default": []},
    "missing_user": {
        "type": "str",
        "choices": [one.value for one in MissingUser],
        "default": MissingUser.REPORT.value,
    },
}


def kinds(options: t.Mapping[str, t.Any]) -> frozenset[HiveKind]:
    """Return the hives that ``profiles`` selects."""
    if not options["profiles"]:
        raise ValueError("profiles is empty: name at least one of loaded, unloaded and default")
    return frozenset(HiveKind(kind) for kind in options["profiles"])


def selection(options: t.Mapping[str, t.Any]) -> Selection:
    """Return the users that ``users`` and ``exclude_users`` select."""
    if options["users"] == []:
        raise ValueError("users is empty: name at least one user, or omit the option to select everyone")
    for option in ("users", "exclude_users"):
        for entry in options[option] or ():
            check_text(option, entry, "an account name, a SID or a pattern")
            check_form(option, entry)
    users, excluded = options["users"], options["exclude_users"] or ()
    return Selection(None if users is None else tuple(users), tuple(excluded), MissingUser(options["missing_user"]))


def provider_names(names: t.Sequence[str] | None) -> tuple[str, ...]:
    """Return provider names; each must be able to be the name of a registry key."""
    for name in names or ():
        check_text("name", name, "a provider's name")
        if "\\" in name or len(name) > LONGEST_NAME:
            raise ValueError(
                f"name: {printable(name)!r} cannot be a provider's name: it is the name of a registry key, "
                f"without a backslash and at most {LONGEST_NAME} characters long"
            )
    return tuple(names or ())


def check_text(option: str, text: str, what: str) -> None:
    """Raise ValueError, with a sentence, for text that is empty or not printable."""
    if not text.strip() or not text.isprintable():
        raise ValueError(f"{option}: {printable(text)!r} is not {what}: it is empty or contains control characters")
