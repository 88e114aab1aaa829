# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Text that came from a managed machine, made fit to be shown to a person.

What a machine sends is untrusted: it may hold terminal escapes, line breaks or a megabyte of anything.
Results carry it as data; sentences (errors, the diff) carry what these functions make of it.
"""

from __future__ import annotations

#: Characters of a foreign text that a sentence quotes at most.
QUOTED_LENGTH = 200


def printable(text: str, limit: int = QUOTED_LENGTH) -> str:
    r"""Return ``text`` on one line: unprintable characters as ``\x1b`` escapes, cut after ``limit`` characters."""
    cut = text[:limit]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)
    return shown + ("…" if len(text) > limit else "")
