# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Text of a machine, made fit for people's eyes: what cannot be seen, or turns the text around it, is spelt out."""

from __future__ import annotations


def visible(text: str) -> str:
    """Return ``text`` with every character that is no plain printable one as its code point, like ``⟨U+202E⟩``.

    Those are control characters, line breaks, bidi overrides, zero-width and odd spaces, lone surrogates.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in text)
