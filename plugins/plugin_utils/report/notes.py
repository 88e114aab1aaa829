# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what the notes on a user mean, for readers who have never heard of the registry."""

from __future__ import annotations

import typing as t

#: By code; ``presence/facts/notes.py`` makes them, and docs/domain.md says when.
MEANINGS: t.Final[dict[str, str]] = {
    "com_server_missing": "No COM server of the default app is registered",
    "type_library_missing": "The type library of Office's interfaces is not registered",
    "icons_off_in_mail": "Outlook shows no presence icons in messages",
    "previous_default_is_itself": "The default app names itself as the previous default app",
    "previous_default_gone": "The previous default app is no longer on this machine",
    "other_view_only": "An app is registered only for the other edition of Office (32-bit or 64-bit)",
}


def meaning(code: str) -> str:
    """Return what a note means, or its code if only a newer version knows it."""
    return MEANINGS.get(code, code or "Note")
