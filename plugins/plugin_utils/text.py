# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: text for people, which makes anything that a managed machine sent safe to show.

It is untrusted: it may hold terminal escapes, line breaks or a megabyte of anything. Results carry it as data;
sentences (errors, the diff) carry what these functions return.
"""

from __future__ import annotations

import re
import typing as t

#: The most characters of such a text that a sentence quotes, and that a result contains.
QUOTED_LENGTH = 200
LONGEST_TEXT = 1_024

_REFUSED = re.compile("[\0\ud800-\udfff]")


def printable(text: str, limit: int = QUOTED_LENGTH) -> str:
    r"""Return ``text`` on one line: unprintable characters as ``\x1b`` escapes, cut after ``limit`` characters."""
    cut = text[:limit]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)
    return shown + ("…" if len(text) > limit else "")


def bounded(text: str | None, limit: int = LONGEST_TEXT) -> str | None:
    """Return the text, cut if it is long; NUL and lone surrogates, which many databases refuse, as U+FFFD."""
    if text is None:
        return None
    return _REFUSED.sub("\ufffd", text[:limit]) + ("…" if len(text) > limit else "")


def some(parts: t.Sequence[str], most: int, separator: str = ", ") -> str:
    """Return the first of many parts of a sentence, and how many more there are."""
    rest = len(parts) - most
    return separator.join([*parts[:most], *([f"and {rest} more"] if rest > 0 else [])])


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun, like "1 user" and "2 users"."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def seconds(value: float) -> str:
    """Return a time like "0.3 s" and "42 s": tenths count only where it is short."""
    return f"{value:.{1 if value < 10 else 0}f} s"
