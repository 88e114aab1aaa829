"""Who is meant by account names, SIDs and patterns."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import (
    Selection,
    Unmatched,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.user_entry import UserEntry

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


def test_entries_that_are_nobody_are_told_by_option_and_patterns_apart():
    selection = Selection(("ada", "charles", "x*", ENTRA), ("svc-*", "dave"))

    assert selection.unmatched({SID: "CONTOSO\\ada"}) == [
        Unmatched("users", ("charles", ENTRA), ("x*",)),
        Unmatched("exclude_users", ("dave",), ("svc-*",)),
    ]


def test_only_leaving_out_by_name_asks_for_caution():
    assert Selection(None, ("svc-*",)).excludes_names
    assert not Selection(("ada",), (SID, "S-1-12-1-*")).excludes_names


def test_who_may_be_excluded_is_and_who_may_be_selected_is_not():
    """Windows told no domain, so that one of CONTOSO may be meant."""
    assert not Selection(None, ("CONTOSO\\ada",)).takes(SID, "ada")
    assert not Selection(("CONTOSO\\ada",)).takes(SID, "ada")


@pytest.mark.parametrize(
    ("users", "exclude", "sentences"),
    [
        (("charles",), (), ["users: no profile on this machine belongs to charles"]),
        (None, ("dave", ENTRA), [f"exclude_users: no profile on this machine belongs to dave, {ENTRA}"]),
        (
            ("x*",),
            ("dave", "svc-*"),
            [
                "users: no profile on this machine matches x*",
                "exclude_users: no profile on this machine belongs to dave",
                "exclude_users: no profile on this machine matches svc-*",
            ],
        ),
        (("ada",), ("CONTOSO\\*",), []),
    ],
)
def test_sentences_about_entries_that_are_nobody(users, exclude, sentences):
    found = Selection(users, exclude).unmatched({SID: "CONTOSO\\ada"})

    assert [sentence for one in found for sentence in one.sentences()] == sentences


def test_a_domain_that_an_account_has_is_clear_whatever_it_looks_like():
    people = {SID: "FOO.BAR\\ada", ENTRA: "CONTOSO\\carol"}

    assert Selection(None, ("foo.bar\\carol",)).unclear(people) is None
    assert Selection(("ada",), ("contoso.com\\carol",)).unclear(people) == (
        UserEntry("contoso.com\\carol"),
        "CONTOSO\\carol",
    )
