# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options that several modules take, checked where Ansible's argument spec cannot."""

from __future__ import annotations

import typing as t

from ..text import printable
from ..windows.profiles import Kind
from .providers import LONGEST_NAME
from .selection import Selection

#: Argument spec of the doc fragment ``users``.
USER_OPTIONS: dict[str, t.Any] = {
    "profiles": {
        "type": "list",
        "elements": "str",
        "choices": [kind.value for kind in Kind],
        "default": [Kind.LOADED.value, Kind.UNLOADED.value],
    },
    "users": {"type": "list", "elements": "str"},
    "exclude_users": {"type": "list", "elements": "str", "default": []},
}


def kinds(options: t.Mapping[str, t.Any]) -> frozenset[Kind]:
    """Return the hives meant by ``profiles``."""
    if not options["profiles"]:
        raise ValueError("profiles is empty: name at least one of loaded, unloaded and default")
    return frozenset(Kind(kind) for kind in options["profiles"])


def selection(options: t.Mapping[str, t.Any]) -> Selection:
    """Return the users meant by ``users`` and ``exclude_users``."""
    if options["users"] == []:
        raise ValueError("users is empty: name somebody, or leave the option out to mean everyone")
    for option in ("users", "exclude_users"):
        for entry in options[option] or ():
            _check_text(option, entry, "an account name, a SID or a pattern")
    users = options["users"]
    return Selection(None if users is None else tuple(users), tuple(options["exclude_users"] or ()))


def provider_names(names: t.Sequence[str] | None) -> tuple[str, ...]:
    """Return provider names; each must be able to be the name of a registry key."""
    for name in names or ():
        _check_text("name", name, "a provider's name")
        if "\\" in name or len(name) > LONGEST_NAME:
            raise ValueError(
                f"name: {printable(name)!r} cannot be a provider's name: it is the name of a registry key, "
                f"without a backslash and at most {LONGEST_NAME} characters long"
            )
    return tuple(names or ())


def _check_text(option: str, text: str, what: str) -> None:
    if not text.strip() or not text.isprintable():
        raise ValueError(f"{option}: {printable(text)!r} is not {what}: it is empty or holds control characters")
