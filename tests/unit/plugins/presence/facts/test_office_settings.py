"""The settings that switch presence off in Office: which keys and values count, and which do not."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.office_settings import (
    QUESTIONS,
    OfficeSetting,
    OfficeSettings,
    parse_settings,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.keys import TYPE_LIBRARY
from ansible_collections.presence.office.plugins.plugin_utils.windows.reg_query import PrintedKey, PrintedValue

from ..support import key, setting, tree

IM, PERSONA = r"Common\IM", r"Common\PersonaMenu"
INTEGRATION, ICON = "TurnOffPresenceIntegration", "TurnOffPresenceIcon"
OWN, POLICY = (rf"Software{part}\Microsoft\Office\16.0\Common\IM" for part in ("", r"\Policies"))


def settings(*more, version="16.0", signed_in=False):
    return parse_settings(tree(more=more), version, signed_in)


def broken(name, kind, data):
    """Return the user's own key with a value of this type."""
    return PrintedKey(OWN, {name.casefold(): PrintedValue(kind, data)})


def shown(one):
    return (one.name, one.number, one.policy) if one else None


def test_nothing_is_switched_off_where_nothing_is_set():
    assert settings() == OfficeSettings(None, None, None)


@pytest.mark.parametrize(
    ("name", "number", "below", "off", "in_mail"),
    [
        (INTEGRATION, 1, IM, True, False),
        (INTEGRATION, 0, IM, False, False),
        (INTEGRATION, 2, IM, False, False),
        (ICON, 0, IM, False, False),
        (ICON, 1, IM, False, True),
        (ICON, 2, IM, True, False),
        (ICON, 3, IM, False, False),
        ("Enabled", 0, PERSONA, False, True),
        ("Enabled", 1, PERSONA, False, False),
        # In the other key they mean nothing.
        ("Enabled", 0, IM, False, False),
        (INTEGRATION, 1, PERSONA, False, False),
        (ICON, 2, PERSONA, False, False),
    ],
)
@pytest.mark.parametrize("policy", [True, False])
def test_what_a_value_switches_off(name, number, below, off, in_mail, policy):
    one = settings(setting(name, number, below=below, policy=policy))

    expected = (name, number, policy)
    assert shown(one.presence_off) == (expected if off else None)
    assert shown(one.icons_off_in_mail) == (expected if in_mail else None)


def test_a_setting_names_its_key_as_the_documentation_writes_it_and_who_set_it():
    own, policy = settings(setting(ICON, 2)), settings(setting(ICON, 2, policy=True))

    assert own.presence_off == OfficeSetting(ICON, 2, OWN, policy=False)
    assert policy.presence_off == OfficeSetting(ICON, 2, POLICY, policy=True)
    assert own.presence_off.label == "TurnOffPresenceIcon is 2 (the user's own setting)"
    assert policy.presence_off.label == (
        "TurnOffPresenceIcon is 2 (a policy sets it, and only the policy can take it away)"
    )


@pytest.mark.parametrize(("policy", "own", "off"), [(1, 0, True), (0, 1, False), (1, 1, True), (0, 0, False)])
def test_the_policy_comes_before_the_user_s_own_value(policy, own, off):
    one = settings(setting(INTEGRATION, own), setting(INTEGRATION, policy, policy=True))

    assert shown(one.presence_off) == ((INTEGRATION, 1, True) if off else None)


def test_a_policy_about_another_value_leaves_the_user_s_own_value_in_force():
    one = settings(setting(INTEGRATION, 1), setting(ICON, 0, policy=True))

    assert shown(one.presence_off) == (INTEGRATION, 1, False)


def test_the_icon_s_policy_decides_between_all_icons_and_those_in_messages():
    one = settings(setting(ICON, 2), setting(ICON, 1, policy=True))

    assert (one.presence_off, shown(one.icons_off_in_mail)) == (None, (ICON, 1, True))


def test_each_value_switches_off_by_itself():
    both = PrintedKey(OWN, {**setting(INTEGRATION, 0).values, **setting(ICON, 2).values})
    all_off = PrintedKey(OWN, {**setting(INTEGRATION, 1).values, **setting(ICON, 1).values})
    persona = setting("Enabled", 0, below=PERSONA)

    assert shown(settings(both).presence_off) == (ICON, 2, False)
    assert shown(settings(all_off).presence_off) == (INTEGRATION, 1, False)
    assert shown(settings(all_off, persona).icons_off_in_mail) == (ICON, 1, False)
    assert shown(settings(both, persona).icons_off_in_mail) == ("Enabled", 0, False)


# --- What does not count ---


@pytest.mark.parametrize("version", ["15.0", "14.0", "none", None, ""])
def test_keys_of_another_version_of_office_do_not_count(version):
    more = (setting(INTEGRATION, 1), setting(ICON, 1, policy=True), setting("Enabled", 0, below=PERSONA))

    assert settings(*more, version=version) == OfficeSettings()
    assert settings(*more).presence_off is not None


def test_the_installed_version_s_keys_count_whichever_it_is():
    assert shown(settings(setting(ICON, 2, version="15.0"), version="15.0").presence_off) == (ICON, 2, False)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("REG_SZ", "1"),
        ("REG_SZ", "0x1"),
        ("REG_QWORD", "0x1"),
        ("REG_BINARY", "01000000"),
        ("REG_DWORD", "one"),
        ("REG_DWORD", ""),
        ("REG_DWORD", "0x1\r\n"),
    ],
)
def test_a_value_of_another_type_switches_nothing_off(kind, data):
    assert settings(broken(INTEGRATION, kind, data)) == OfficeSettings()


def test_a_policy_of_another_type_does_not_hide_the_user_s_own_value():
    policy = key(POLICY, **{INTEGRATION: "1"})

    assert shown(settings(policy, setting(INTEGRATION, 1)).presence_off) == (INTEGRATION, 1, False)


def test_names_of_keys_and_values_know_no_case():
    one = PrintedKey(POLICY.upper(), setting(ICON.upper(), 2).values)

    assert shown(settings(one).presence_off) == (ICON, 2, True)


# --- The user's own type library ---


def test_a_user_s_own_type_library_is_known_of_users_who_are_signed_in():
    own = key(rf"_Classes\{TYPE_LIBRARY}")

    assert settings(own, signed_in=True).own_type_library is True
    assert settings(signed_in=True).own_type_library is False
    assert settings(own).own_type_library is None
    assert settings(key(TYPE_LIBRARY), signed_in=True).own_type_library is False


# --- The questions ---


def test_the_settings_are_asked_of_all_users_and_notes_of_those_who_are_signed_in():
    everyone, _if, signed_in = QUESTIONS.partition("& (if !root!==!sid%i! ")
    office = r"Microsoft\Office\!office!"
    roots = (r"HKU\!root!\Software\Policies", r"HKU\!root!\Software")

    assert everyone == "& ".join(rf'(reg query "{root}\{office}\{IM}" 2>nul)' for root in roots)
    persona = "& ".join(rf'(reg query "{root}\{office}\{PERSONA}" /v Enabled 2>nul)' for root in roots)
    assert signed_in == rf'({persona}& (reg query "HKU\!root!_Classes\{TYPE_LIBRARY}" /ve 2>nul)))'


def test_the_questions_only_read_and_print_no_message_of_the_machine():
    starts = QUESTIONS.split("(reg ")[1:]

    assert len(starts) == QUESTIONS.count("reg ") == 5
    assert all(start.startswith('query "HKU\\!root!') and "2>nul" in start.partition(")")[0] for start in starts)
