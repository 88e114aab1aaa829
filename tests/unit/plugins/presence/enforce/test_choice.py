"""Which provider is chosen for a user, and the sentences where none can be."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.availability import Reason
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.choice import (
    FriendlyNameError,
    NotUsableError,
    choose,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.printed_availability import PrintedAvailability
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Provider, Registration
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import HiveFile
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import HiveTree
from ansible_collections.presence.office.plugins.plugin_utils.windows.office import Office
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.windows.reg_query import PrintedKey, PrintedValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

ADA = HiveFile(r"C:\Users\ada\NTUSER.DAT", "S-1-5-21-1-2-3-1104", HiveKind.LOADED, "")
TEMPLATE = HiveFile(r"C:\Users\Default\NTUSER.DAT", None, HiveKind.DEFAULT, "")
X64, X86 = View.X64, View.X86


def available(platform=X64, used=(), **views):
    """Return what is registered (an underscore stands for a blank), and what ada has used."""
    names = {name.replace("_", " "): views_ for name, views_ in views.items()}
    providers = {
        name.casefold(): Provider(name, dict.fromkeys(views_, Registration(f"Friendly {name}")))
        for name, views_ in names.items()
    }
    values = {"upandrunning": PrintedValue("REG_DWORD", "0x0")}
    keys = {name.casefold(): PrintedKey(rf"HKEY_USERS\x\Software\IM Providers\{name}", values) for name in used}
    return PrintedAvailability(providers, Office("16.0", platform), {ADA: HiveTree(keys), TEMPLATE: HiveTree(keys)})


def chosen(names, machine, hive=ADA, *, require_registered=True):
    return choose(names, hive, machine, require_registered=require_registered)


def test_the_first_usable_preference_wins_and_the_earlier_ones_are_listed():
    choice = chosen(["MsTeams", "Lync", "Cisco Jabber"], available(Lync=[X64, X86], Cisco_Jabber=[X64]))

    assert choice.to_dict() == {
        "name": "Lync",
        "reason": "registered",
        "views": ["x64"],
        "passed_over": [{"name": "MsTeams", "reason": "not usable"}],
    }


def test_case_does_not_matter_and_the_machine_s_spelling_is_what_gets_written():
    assert chosen(["cisco JABBER"], available(Cisco_Jabber=[X64])).name == "Cisco Jabber"
    assert chosen(["MSTEAMS"], available(used=["MsTeams"])).name == "MsTeams"


def test_a_provider_that_the_user_has_used_is_usable_without_a_registration():
    choice = chosen(["MsTeams", "Lync"], available(used=["MsTeams"], Lync=[X64]))

    assert (choice.name, choice.provider.reason) == ("MsTeams", Reason.USED_BY_USER)


def test_the_template_has_no_history():
    assert chosen(["MsTeams", "Lync"], available(used=["MsTeams"], Lync=[X64]), TEMPLATE).name == "Lync"


@pytest.mark.parametrize("used", [(), ("MsTeams",)])
def test_registered_in_the_other_view_only_is_not_usable_whatever_the_user_s_key_says(used):
    choice = chosen(["MsTeams", "Lync"], available(X86, used, MsTeams=[X64], Lync=[X86]))

    assert choice.name == "Lync"
    assert choice.to_dict()["passed_over"] == [{"name": "MsTeams", "reason": "registered in the other view only"}]


def test_where_the_bitness_is_not_known_either_view_will_do():
    assert chosen(["MsTeams", "Lync"], available(None, MsTeams=[X64], Lync=[X86])).name == "MsTeams"


def test_an_unusable_provider_is_refused_in_a_sentence_that_lists_what_there_is():
    with pytest.raises(NotUsableError) as refused:
        chosen(["Teams", "Zoom"], available(Lync=[X64, X86], Cisco_Jabber=[X86]))

    assert str(refused.value) == (
        "no provider can be set: Teams (not usable), Zoom (not usable). Registered on this machine, whose Office reads "
        "the view x64: Lync (x64+x86), Cisco Jabber (x86). "
        "Install the client, name another provider, or set require_registered to false"
    )


def test_a_misspelled_name_gets_a_suggestion():
    with pytest.raises(NotUsableError, match=r"did you mean 'Cisco Jabber'\?"):
        chosen(["Cisco Jaber"], available(Cisco_Jabber=[X64]))


def test_a_machine_without_providers_says_none():
    with pytest.raises(NotUsableError, match="the view x64: none"):
        chosen(["Teams"], available())


def test_a_friendly_name_is_refused_with_the_name_that_is_meant():
    with pytest.raises(FriendlyNameError, match=r"people call the provider 'Lync' .*; write 'Lync'"):
        chosen(["friendly LYNC", "Teams"], available(Lync=[X64], Teams=[X64]))


def test_a_name_seen_in_the_field_is_never_taken_for_a_friendly_name():
    providers = {"x": Provider("x", {X64: Registration("Zoom")})}
    machine = PrintedAvailability(providers, Office("16.0", X64), {ADA: HiveTree({})})

    with pytest.raises(NotUsableError):
        chosen(["Zoom"], machine)


def test_without_the_requirement_the_first_name_is_set_as_written():
    choice = chosen(["teams", "Zoom"], available(Lync=[X64]), require_registered=False)

    assert (choice.name, choice.provider.reason, choice.passed_over) == ("teams", Reason.NOT_REQUIRED, ())


def test_without_the_requirement_nobody_is_refused():
    names = ["Friendly Lync", "Zoom"]

    assert chosen(names, available(Lync=[X64]), require_registered=False).name == "Friendly Lync"


def test_without_the_requirement_a_usable_preference_still_goes_first():
    assert chosen(["Teams", "Lync"], available(Lync=[X64]), require_registered=False).name == "Lync"


def test_a_hostile_name_is_listed_in_printable_form():
    machine = PrintedAvailability({"x": Provider("\x1b[2Jevil", {X64: Registration()})}, None, {ADA: HiveTree({})})
    with pytest.raises(NotUsableError) as refused:
        chosen(["Teams"], machine)

    assert "\x1b" not in str(refused.value)
    assert r"\x1b[2Jevil" in str(refused.value)
