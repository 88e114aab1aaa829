# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: names of registry keys and values, compared as the registry does."""

from __future__ import annotations

import typing as t


def folded(name: str) -> str:
    """Return a name for comparisons: the registry compares character by character, in upper case.

    So a sharp s is no "ss", as it is to ``str.casefold``: these are two keys.
    """
    return "".join(upper if len(upper := one.upper()) == 1 else one for one in name)


def spelled(name: str, names: t.Iterable[str] | None) -> str | None:
    """Return a name as it is spelled among these; None if it is not there."""
    return next((one for one in names or () if folded(one) == folded(name)), None)
