"""The notes on a user: each known cause, and its neighbours that are none."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.notes import (
    Note,
    notes_on,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.office_settings import (
    OfficeSetting,
    OfficeSettings,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.user import User
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Registration
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState

from ..support import CLSID
from .support import BARE, ICON, NOBODY_S, SID, WHOLE, X64, X86, codes, machine, user


def test_there_is_nothing_to_note_where_everything_is_in_order():
    assert notes_on(user(running=["Zoom"], com_servers={}), machine(type_library=True)) == []


# --- type_library_missing ---


@pytest.mark.parametrize(
    ("everyone", "own", "missing"),
    [
        (False, False, True),
        (False, True, False),
        (True, False, False),
        (None, False, False),
        (False, None, False),
        (None, None, False),
    ],
)
def test_the_type_library_is_missing_if_neither_has_it(everyone, own, missing):
    who = user(settings=OfficeSettings(own_type_library=own))
    notes = notes_on(who, machine(type_library=everyone))

    assert [note.code for note in notes] == (["type_library_missing"] if missing else [])
    for note in notes:
        assert note.key == r"HKLM\SOFTWARE\Classes\TypeLib\{B9AA1F11-F480-4054-A84E-B5D9277E40A8}\1.0"
        assert note.view is None


def test_without_a_default_no_type_library_is_needed():
    who = user("", settings=OfficeSettings(own_type_library=False))

    assert codes(who, machine(type_library=False)) == []


# --- icons_off_in_mail ---


def test_icons_are_off_in_messages():
    (note,) = notes_on(user(settings=OfficeSettings(icons_off_in_mail=ICON)), machine())

    assert note == Note(
        "icons_off_in_mail",
        "TurnOffPresenceIcon is 1 (a policy sets it, and only the policy can take it away): no presence icons in "
        "messages",
        rf"HKU\{SID}\Software\Policies\X\Common\IM",
    )


def test_where_all_presence_is_off_the_icons_are_no_note():
    off = OfficeSetting("TurnOffPresenceIntegration", 1, r"Software\X\Common\IM", policy=False)

    assert codes(user(settings=OfficeSettings(off, ICON))) == []


# --- previous_default_... ---


OWN_KEY = rf"HKU\{SID}\Software\IM Providers\Lync"


@pytest.mark.parametrize("previous", ["Lync", "LYNC"])
def test_the_previous_default_is_the_provider_itself(previous):
    assert notes_on(user(previous=previous), machine()) == [
        Note("previous_default_is_itself", "PreviousDefaultIMApp names the provider itself", OWN_KEY)
    ]


def test_the_previous_default_is_gone():
    assert notes_on(user(previous="Old\x1bchat"), machine()) == [
        Note("previous_default_gone", r"PreviousDefaultIMApp is Old\x1bchat, which is gone from this machine", OWN_KEY)
    ]


@pytest.mark.parametrize("previous", [None, "", "acme", "ZOOM"])
def test_a_previous_default_that_is_still_there_is_no_note(previous):
    """Acme is registered, in whichever view; the user has a key of Zoom."""
    assert codes(user(previous=previous, own=["Zoom"]), machine(Acme={X86: WHOLE})) == []


def test_without_a_default_there_is_no_previous_one():
    assert codes(user("", previous="Gone")) == []


# --- other_view_only ---


OTHER_VIEW = {"Acme": {X86: WHOLE}}


def test_the_default_is_registered_in_the_other_view_only():
    (note,) = notes_on(user("acme"), machine(**OTHER_VIEW))

    assert note == Note(
        "other_view_only",
        "acme is registered in the view x86 only, which this Office does not read",
        r"HKLM\SOFTWARE\WOW6432Node\IM Providers\acme",
        X86,
    )


def test_a_registration_in_click_to_run_s_own_registry_is_named_there():
    own = Registration("A", CLSID, "a.exe", click_to_run=True)
    (note,) = notes_on(user("Acme"), machine(X86, Acme={X64: own}))

    assert note.key == (r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\REGISTRY\MACHINE\SOFTWARE\IM Providers\Acme")
    assert note.view is X64


def test_a_provider_that_runs_is_noted_as_well():
    who = user("Lync", running=["Acme"])

    assert codes(who, machine(**OTHER_VIEW)) == ["other_view_only"]
    assert codes(user("acme", running=["Acme"]), machine(**OTHER_VIEW)) == ["other_view_only"]


@pytest.mark.parametrize(
    ("who", "of"),
    [
        (user("Acme"), machine(Acme={X64: WHOLE, X86: WHOLE})),
        (user("Acme"), machine(None, **OTHER_VIEW)),
        (user("Acme"), machine(X86, **OTHER_VIEW)),
        (user("Zoom"), machine(**OTHER_VIEW)),
        (user("Lync", own=["Acme"]), machine(**OTHER_VIEW)),
        (user("Lync", running=["Acme"], signed_in=False), machine(**OTHER_VIEW)),
        (user("", running=["Lync"]), machine(**OTHER_VIEW)),
    ],
)
def test_one_that_office_reads_or_that_does_not_run_is_no_note(who, of):
    assert codes(who, of) == []


# --- All together ---


def test_notes_stand_beside_each_other_in_the_order_of_the_documentation():
    who = user(
        "Acme",
        running=["Own"],
        previous="Gone",
        com_servers=NOBODY_S,
        settings=OfficeSettings(icons_off_in_mail=ICON, own_type_library=False),
    )

    assert codes(who, machine(type_library=False, Acme={X64: BARE}, Own={X86: WHOLE})) == [
        "com_server_missing", "type_library_missing", "icons_off_in_mail", "previous_default_gone", "other_view_only",
    ]  # fmt: skip


@pytest.mark.parametrize("default", [StringValue.missing(), StringValue(ValueState.OTHER_TYPE)])
def test_a_user_without_a_default_has_notes_on_the_rest(default):
    who = User(SID, True, default, settings=OfficeSettings(icons_off_in_mail=ICON), com_servers={}, previous="Gone")

    assert codes(who, machine(type_library=False)) == ["icons_off_in_mail"]


def test_what_a_machine_has_written_is_printable_in_a_note():
    name = "\x1b[2J" + "x" * 400
    who = user(name, previous=name + "y", running=[f"{name}z"])
    notes = notes_on(who, machine(**{name: {X86: WHOLE}, f"{name}z": {X86: WHOLE}}))

    assert [note.code for note in notes] == ["previous_default_gone", "other_view_only", "other_view_only"]
    assert all(note.found.isprintable() and note.key.isprintable() for note in notes)
