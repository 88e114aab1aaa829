"""Who is meant by account names, SIDs and patterns."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection

SID = "S-1-5-21-1-2-3-1104"
ENTRA = "S-1-12-1-1-2-3-4"


@pytest.mark.parametrize(
    "entry",
    ["CONTOSO\\ada", "contoso\\ADA", "ada", "ADA", "CONTOSO\\*", "a?a", "*", SID, SID.lower(), "S-1-5-21-*", "[ab]da"],
)
def test_entries_that_mean_ada(entry):
    assert Selection((entry,)).takes(SID, "CONTOSO\\ada")


@pytest.mark.parametrize("entry", ["bob", "FABRIKAM\\ada", "ad", "S-1-12-1-*", "CONTOSO", "a", "contoso\\b*"])
def test_entries_that_do_not_mean_ada(entry):
    assert not Selection((entry,)).takes(SID, "CONTOSO\\ada")


def test_no_selection_means_everyone():
    assert Selection().takes(SID, None)


def test_excluding_wins():
    assert not Selection(("ada",), ("CONTOSO\\*",)).takes(SID, "CONTOSO\\ada")
    assert not Selection(None, (SID,)).takes(SID, None)


def test_an_account_without_a_name_can_be_meant_by_its_sid_only():
    assert Selection((SID,)).takes(SID, None)
    assert not Selection(("ada",)).takes(SID, None)


@pytest.mark.parametrize(
    ("users", "exclude", "needed"),
    [
        (None, (), False),
        (("*",), (), False),
        ((SID, "S-1-12-1-*"), (), False),
        (("ada",), (), True),
        (None, ("svc-*",), True),
        (("S-Kim",), (), True),
    ],
)
def test_names_are_needed_only_if_somebody_goes_by_name(users, exclude, needed):
    assert Selection(users, exclude).needs_names is needed


def test_plain_entries_that_are_nobody_are_told_and_patterns_are_not():
    selection = Selection(("ada", "charles", "x*", ENTRA), ("svc-*", "dave"))

    assert selection.unmatched([(SID, "CONTOSO\\ada")]) == ["charles", ENTRA, "dave"]


def test_only_leaving_out_by_name_asks_for_caution():
    assert Selection(None, ("svc-*",)).excludes_names
    assert not Selection(("ada",), (SID, "S-1-12-1-*")).excludes_names
