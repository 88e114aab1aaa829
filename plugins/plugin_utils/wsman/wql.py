# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: texts in WQL queries."""

from __future__ import annotations


def quoted(text: str) -> str:
    """Return the text as a literal of WQL, with quotes around it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
