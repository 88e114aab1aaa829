"""Texts of machines, made fit to be shown or kept."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.text import bounded, counted, seconds, some


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (None, None),
        ("", ""),
        ("Ly\x1bnc", "Ly\x1bnc"),
        ("Ly\0nc", "Ly\ufffdnc"),
        ("Ly\ud800nc", "Ly\ufffdnc"),
        ("12345", "12345"),
        ("123456", "12345…"),
    ],
)
def test_a_text_that_is_kept_is_bounded_and_can_be_stored(text, kept):
    assert bounded(text, 5) == kept


def test_some_of_many():
    assert some([], 2) == ""
    assert some(["a", "b"], 2) == "a, b"
    assert some(["a", "b", "c", "d"], 2, "; ") == "a; b; and 2 more"


def test_counted():
    assert [counted(n, "user") for n in (0, 1, 2)] == ["0 users", "1 user", "2 users"]
    assert [counted(n, "person", "people") for n in (1, 2)] == ["1 person", "2 people"]


@pytest.mark.parametrize(("value", "shown"), [(0.04, "0.0 s"), (0.3, "0.3 s"), (9.9, "9.9 s"), (42.4, "42 s")])
def test_a_time_has_tenths_where_it_is_short(value, shown):
    assert seconds(value) == shown
