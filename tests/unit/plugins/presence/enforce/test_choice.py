"""Which provider is chosen, and what is said when none can be."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.choice import (
    NotRegisteredError,
    PassedOver,
    choose,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Provider, Registration
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View


def registered(**views):
    """Providers by their folded names; an underscore stands for a blank."""
    names = {name.replace("_", " "): views_ for name, views_ in views.items()}
    return {name.casefold(): Provider(name, dict.fromkeys(views_, Registration())) for name, views_ in names.items()}


LYNC = registered(Lync=[View.X64, View.X86])
JABBER = registered(Cisco_Jabber=[View.X86])


def test_the_first_registered_preference_wins_and_the_earlier_ones_are_listed():
    choice = choose(["MsTeams", "Lync", "Cisco Jabber"], JABBER | LYNC, require_registered=True)

    assert choice.name == "Lync"
    assert choice.views == ("x64", "x86")
    assert choice.passed_over == (PassedOver("MsTeams", "not registered on this machine"),)


def test_case_does_not_matter_and_the_machine_s_spelling_is_what_gets_written():
    assert choose(["cisco JABBER"], JABBER, require_registered=True).name == "Cisco Jabber"


def test_an_unregistered_provider_is_refused_in_a_sentence_that_lists_what_there_is():
    with pytest.raises(NotRegisteredError) as refused:
        choose(["Teams", "Zoom"], LYNC | JABBER, require_registered=True)

    assert str(refused.value) == (
        "Teams, Zoom: not registered with Office on this machine, so setting it would leave users without presence. "
        "Registered here: Lync (x64+x86), Cisco Jabber (x86). "
        "Install the client, name another provider, or set require_registered to false"
    )


def test_a_machine_without_providers_says_none():
    with pytest.raises(NotRegisteredError, match="Registered here: none"):
        choose(["Teams"], {}, require_registered=True)


def test_without_the_requirement_the_first_name_is_set_as_written():
    choice = choose(["teams", "Zoom"], LYNC, require_registered=False)

    assert (choice.name, choice.views, choice.passed_over) == ("teams", (), ())


def test_without_the_requirement_a_registered_preference_still_goes_first():
    assert choose(["Teams", "Lync"], LYNC, require_registered=False).name == "Lync"


def test_a_hostile_name_is_listed_in_printable_form():
    with pytest.raises(NotRegisteredError) as refused:
        choose(["Teams"], {"x": Provider("\x1b[2Jevil", {View.X64: Registration()})}, require_registered=True)

    assert "\x1b" not in str(refused.value)
    assert r"\x1b[2Jevil" in str(refused.value)
