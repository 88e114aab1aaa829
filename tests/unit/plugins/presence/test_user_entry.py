"""Ways to write an account: whom each one means, and what is refused by name."""

from __future__ import annotations

import unicodedata

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.user_entry import UserEntry, check_form

SID = "S-1-5-21-1-2-3-1104"
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, r"CONTOSO\jörg") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(
    ("entry", "account"),
    [
        (r".\ada", r"DESK1\ada"),
        (r".\ADA", r"desk1\Ada"),
        (r".\a*", r"DESK1\ada"),
        (r"DESK1\ada", r"DESK1\ada"),
        (COMPOSED, DECOMPOSED),
        (DECOMPOSED, COMPOSED),
        (DECOMPOSED.upper(), COMPOSED),
        (unicodedata.normalize("NFD", "jör*"), COMPOSED),
        (r"contoso.com\carol", r"CONTOSO.COM\carol"),
        (SID.lower(), r"CONTOSO\ada"),
        ("s-1-5-21-*", None),
    ],
)
def test_who_is_meant(entry, account):
    assert UserEntry(entry).means(SID, account, "DESK1")


@pytest.mark.parametrize(
    ("entry", "account"),
    [
        # A local account, and no other of that name.
        (r".\ada", r"CONTOSO\ada"),
        (r".\*", r"CONTOSO\ada"),
        (r".\ada", None),
        (r".\ada", "ada"),
        # No DNS name is taken for a NetBIOS name.
        (r"contoso.com\carol", r"CONTOSO\carol"),
        ("jorg", COMPOSED),
    ],
)
def test_who_is_not(entry, account):
    assert not UserEntry(entry).means(SID, account, "DESK1")


def test_a_computer_whose_name_is_longer_than_netbios_names_has_the_first_15_characters_as_domain():
    assert UserEntry(r".\ada").means(SID, r"ACCOUNTING-NOTE\ada", "accounting-notebook-17")


@pytest.mark.parametrize(
    ("entry", "account", "may"), [(r"CONTOSO\ada", "ada", True), (r"CONTOSO\ada", r"DESK1\ada", False)]
)
def test_an_account_without_a_domain_may_be_one_of_any_domain(entry, account, may):
    assert UserEntry(entry).may_mean(account) is may


@pytest.mark.parametrize(
    ("entry", "account", "unclear"),
    [
        (r"contoso.com\carol", r"CONTOSO\carol", True),
        (r"contoso.com\*", r"CONTOSO\carol", True),
        (r"desk1.contoso.com\carol", r"DESK1\carol", True),
        (r"contoso.com\carol", r"CONTOSO\dave", False),
        (r"CONTOSO\carol", r"FABRIKAM\carol", False),
        (r"contoso.*\carol", r"CONTOSO\carol", False),
        (r".\carol", r"CONTOSO\carol", False),
    ],
)
def test_a_dns_name_is_unclear_where_it_may_mean_somebody(entry, account, unclear):
    assert UserEntry(entry).is_unclear(account) is unclear


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("bob@contoso.com", "is a user principal name, and Windows does not tell those of a machine's users"),
        ("*@contoso.com", "is a user principal name"),
        (r"AzureAD\bob@contoso.com", "is a user principal name"),
        ("CONTOSO/ada", "contains a slash"),
        (r"CONTOSO\\ada", "contains more than one backslash (in YAML, one is enough in single quotes"),
        (r"\ada", "is a domain without a name, or a name without its domain"),
        ("CONTOSO\\", "is a domain without a name, or a name without its domain"),
    ],
)
def test_what_cannot_mean_an_account_is_refused_by_name(entry, why):
    with pytest.raises(ValueError, match="exclude_users: ") as refused:
        check_form("exclude_users", entry)

    sentence = str(refused.value)
    assert sentence.startswith(f"exclude_users: '{entry}' {why}")
    assert sentence.endswith(r": write DOMAIN\name as whoami shows it, the name alone, or the SID")


@pytest.mark.parametrize("entry", ["ada", r"CONTOSO\ada", r".\ada", r"CONTOSO\*", "svc-*", SID, "*", r"FOO.BAR\ada"])
def test_every_other_form_is_understood(entry):
    check_form("users", entry)
