"""Characters that readers cannot see are escaped."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.report.unprintable import escape_unprintable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ä ß 漢 🙂", "ä ß 漢 🙂"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("\x00", "⟨U+0000⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\u200b", "⟨U+200B⟩"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text, shown):
    assert escape_unprintable(text) == shown
