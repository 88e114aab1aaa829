# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: escape characters that readers cannot see, or that reorder the text around them."""

from __future__ import annotations


def escape_unprintable(text: str) -> str:
    """Replace every unprintable character by its code point, like ``⟨U+202E⟩``.

    These are control characters, line breaks, bidi overrides, zero-width and unusual spaces, and lone surrogates.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in text)
