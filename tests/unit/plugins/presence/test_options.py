"""Bad options that an argument spec cannot see get one clear sentence."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence import options


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["  "], "name: '  ' is not a provider's name: it is empty or contains control characters"),
        (["Lync", ""], "name: '' is not a provider's name: it is empty or contains control characters"),
        (["a\nb"], "name: 'a\\\\nb' is not a provider's name: it is empty or contains control characters"),
        (
            ["HKLM\\Lync"],
            (
                "name: 'HKLM\\\\Lync' cannot be a provider's name: it is the name of a registry key, "
                "without a backslash and at most 255 characters long"
            ),
        ),
    ],
)
def test_impossible_provider_names(names, sentence):
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (the text is compared whole)
        options.provider_names(names)

    assert str(refused.value) == sentence


def test_a_name_too_long_for_a_key_is_refused():
    with pytest.raises(ValueError, match="at most 255 characters"):
        options.provider_names(["x" * 256])


@pytest.mark.parametrize("name", ["Cisco Jabber", 'a"b%c^d!e&f', "Übertragung", "日本"])
def test_names_that_only_look_strange_are_fine(name):
    assert options.provider_names([name]) == (name,)


def test_an_empty_list_of_users_is_not_everyone():
    with pytest.raises(ValueError, match="users is empty: name at least one user, or omit"):
        options.selection({"users": [], "exclude_users": [], "missing_user": "report"})


@pytest.mark.parametrize("option", ["users", "exclude_users"])
def test_an_empty_entry_names_its_option(option):
    given = {"users": None, "exclude_users": [], "missing_user": "report", option: [""]}

    with pytest.raises(ValueError, match=f"^{option}: '' is not an account name, a SID or a pattern"):
        options.selection(given)


def test_an_empty_list_of_profiles_is_refused():
    with pytest.raises(ValueError, match="profiles is empty"):
        options.kinds({"profiles": []})
