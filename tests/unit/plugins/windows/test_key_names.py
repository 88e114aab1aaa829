"""Names of keys, compared as the registry does."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.key_names import spelled


@pytest.mark.parametrize("name", ["msteams", "MSTEAMS", "MsTeams"])
def test_case_does_not_matter_and_the_spelling_of_the_machine_is_kept(name):
    assert spelled(name, ["Lync", "MsTeams"]) == "MsTeams"


@pytest.mark.parametrize(("name", "other"), [("straße", "strasse"), ("straße", "STRASSE"), ("MsTeams", "MsTeams2")])
def test_other_keys(name, other):
    assert spelled(name, [other]) is None


def test_no_key_above_no_name():
    assert spelled("MsTeams", None) is None
