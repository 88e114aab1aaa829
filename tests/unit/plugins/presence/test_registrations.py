"""The providers that a machine registers, from the command's output."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Provider, Registration
from ansible_collections.presence.office.plugins.plugin_utils.presence.registrations import (
    QUESTIONS,
    parse_registrations,
    registration_keys,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.command_output import CommandOutput
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from .support import CLSID, printed, registered

MARK = "0123456789abcdef"
X64 = r"HKEY_LOCAL_MACHINE\SOFTWARE\IM Providers"
X86 = r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\IM Providers"
CLICK_TO_RUN = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office\ClickToRun\REGISTRY\MACHINE"
OWN_X64, OWN_X86 = (rf"{CLICK_TO_RUN}\{root.partition('MACHINE')[2][1:]}" for root in (X64, X86))
OTHER = CLSID.replace("5F3C", "6F3C")


def guid(name, clsid=CLSID, root=X64):
    return ["", rf"{root}\{name}", f"    GUID    REG_SZ    {clsid}"]


def test_a_whole_registration():
    (provider,) = parse_registrations(registered("Lync")).providers.values()

    assert provider == Provider("Lync", {View.X64: Registration("Lync", CLSID, "Lync.exe")})
    assert provider.registrations[View.X64].complete


def test_a_registration_with_a_part_missing_is_there_and_not_complete():
    lines = [*guid("Lync"), *guid("Zoom", "no CLSID"), "    ProcessName    REG_SZ    zoom.exe"]
    lines += [*guid("Odd"), "    ProcessName    REG_EXPAND_SZ    odd.exe", "", rf"{X64}\Bare"]
    providers = parse_registrations({"x64": [printed(*lines)]}).providers

    assert {name: one.registrations[View.X64] for name, one in providers.items()} == {
        "lync": Registration(guid=CLSID),
        "zoom": Registration(guid="no CLSID", process_name="zoom.exe"),
        "odd": Registration(guid=CLSID),
        "bare": Registration(),
    }
    assert not any(one.registrations[View.X64].complete for one in providers.values())


def test_each_view_has_its_own_registration():
    answers = {"x64": [printed(*guid("Lync"))], "x86": [printed(*guid("lync", OTHER, X86))]}
    (provider,) = parse_registrations(answers).providers.values()

    assert (provider.name, provider.views) == ("Lync", ["x64", "x86"])
    assert [(view, one.guid) for view, one in provider.registrations.items()] == [(View.X64, CLSID), (View.X86, OTHER)]


# --- Click-to-Run's own registry ---


def test_a_registration_in_click_to_run_s_own_registry_counts_and_is_marked():
    answers = {
        "x64": [printed(*guid("Lync"))],
        "click_to_run.x64": [printed("", OWN_X64, *guid("MsTeams", root=OWN_X64))],
        "click_to_run.x86": [printed(*guid("lync", OTHER, OWN_X86))],
    }
    providers = parse_registrations(answers).providers

    assert {name: one.registrations for name, one in providers.items()} == {
        "lync": {View.X64: Registration(guid=CLSID), View.X86: Registration(guid=OTHER, click_to_run=True)},
        "msteams": {View.X64: Registration(guid=CLSID, click_to_run=True)},
    }


def test_where_both_registries_have_it_the_machine_s_own_counts():
    answers = {
        "click_to_run.x64": [printed(*guid("LYNC", OTHER, OWN_X64))],
        "x64": [printed(*guid("Lync"))],
    }
    (provider,) = parse_registrations(answers).providers.values()

    assert provider == Provider("Lync", {View.X64: Registration(guid=CLSID)})


def test_of_a_key_in_both_registries_each_value_counts_once():
    """Click-to-Run Office sees both as one: an empty key of the machine's hides nothing."""
    answers = {
        "x64": [printed("", rf"{X64}\Teams", "    FriendlyName    REG_SZ    Mine")],
        "click_to_run.x64": [printed(*guid("Teams", root=OWN_X64), "    FriendlyName    REG_SZ    Other")],
    }
    (provider,) = parse_registrations(answers).providers.values()

    assert provider.registrations == {View.X64: Registration("Mine", CLSID, None, click_to_run=True)}


def test_an_answer_about_one_registry_cannot_speak_for_another():
    answers = {
        "x64": [printed(*guid("A", root=OWN_X64))],
        "x86": [printed(*guid("B"))],
        "click_to_run.x64": [printed(*guid("C"), *guid("D", root=OWN_X86))],
    }

    assert parse_registrations(answers).providers == {}


def test_the_keys_of_a_view_begin_with_the_machine_s_own():
    keys = {view: registration_keys(view) for view in View}

    assert [rf"HKEY_LOCAL_MACHINE\{key}" for view in View for key, _own in keys[view]] == [X64, OWN_X64, X86, OWN_X86]
    assert [own for view in View for _key, own in keys[view]] == [False, True] * 2


# --- What is printed otherwise ---


def test_only_keys_right_below_im_providers_are_providers():
    lines = ["", X64, *guid("Lync"), *guid(r"Lync\Below"), *guid("x" * 256), *guid("Office", root=X86)]

    assert list(parse_registrations({"x64": [printed(*lines)]}).providers) == ["lync"]


def test_a_provider_that_is_printed_twice_counts_as_it_was_printed_first():
    (provider,) = parse_registrations({"x64": [printed(*guid("Lync"), *guid("LYNC", OTHER))]}).providers.values()

    assert (provider.name, provider.registrations[View.X64].guid) == ("Lync", CLSID)


def test_an_answer_that_is_given_twice_counts_as_it_was_given_first():
    answers = {"x64": [printed(*guid("Lync")), printed(*guid("Zoom"))]}

    assert list(parse_registrations(answers).providers) == ["lync"]


def test_more_registrations_than_are_kept_are_known_to_be_cut():
    for label, root in {"x64": X64, "x86": X86, "click_to_run.x64": OWN_X64, "click_to_run.x86": OWN_X86}.items():
        assert parse_registrations({label: [printed(*guid("Lync", root=root), cut=True)]}).cut
    assert not parse_registrations(registered("Lync")).cut


def test_the_questions_name_both_registries_and_both_views():
    for view in View:
        for key, click_to_run in registration_keys(view):
            label = f"click_to_run.{view.value}" if click_to_run else view.value
            assert rf'echo !mark! answer {label}& (reg query "HKLM\{key}" /s 2>nul)' in QUESTIONS
    assert QUESTIONS.count("reg query") == 4


@given(st.binary(max_size=400))
def test_nothing_that_is_printed_breaks_the_reading(noise):
    output = CommandOutput(MARK, 1)
    output.feed(f"{MARK} answer x64\r\n".encode() + noise + f"\r\n{MARK} root r 1\r\n".encode() + noise)
    output.feed(f"\r\n{MARK} done\r\n".encode())

    assert output.done
    assert all(0 < len(name) <= 255 for name in parse_registrations(output.answers).providers)
