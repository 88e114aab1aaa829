"""The note on a missing COM server, and whose classes are searched for it."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.notes import (
    Note,
    notes_on,
    wanted_clsids,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.provider_states import (
    UpAndRunning,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Registration
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from ..support import CLSID
from .support import BARE, NOBODY_S, NOT_LOOKED_UP, OTHER, WHOLE, X64, X86, codes, machine, user

ACME = {"Acme": {X64: BARE}}


def test_no_com_server_for_all_users_nor_for_this_one():
    (note,) = notes_on(user("ACME", com_servers=NOBODY_S), machine(**ACME))

    assert note == Note(
        "com_server_missing",
        f"no COM server is registered for {CLSID}, neither for all users nor for this one",
        rf"HKLM\SOFTWARE\Classes\CLSID\{CLSID}",
        X64,
    )


def test_where_the_platform_is_not_known_each_view_has_its_note():
    both = {X64: BARE, X86: Registration("A name", OTHER, "app.exe", com_server_known=True)}
    notes = notes_on(user("Acme", com_servers=NOBODY_S), machine(None, Acme=both))

    assert [(note.code, note.view, note.key) for note in notes] == [
        ("com_server_missing", X64, rf"HKLM\SOFTWARE\Classes\CLSID\{CLSID}"),
        ("com_server_missing", X86, rf"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID\{OTHER}"),
    ]


@pytest.mark.parametrize(
    ("who", "of"),
    [
        (user("Lync", com_servers=NOBODY_S), machine()),
        (user("Acme", com_servers={X64: "own.exe"}), machine(**ACME)),
        (user("Acme", com_servers=None), machine(**ACME)),
        (user("Acme", com_servers=NOBODY_S, signed_in=False), machine(**ACME)),
        # It runs, so that its class is registered with COM itself.
        (user("Acme", com_servers=NOBODY_S, default_up=UpAndRunning.RUNNING), machine(**ACME)),
        (user("Acme", com_servers=NOBODY_S, default_up=UpAndRunning.RUNNING, process=True), machine(**ACME)),
        (user("Acme", com_servers=NOBODY_S), machine(Acme={X64: NOT_LOOKED_UP})),
        (user("Acme", com_servers=NOBODY_S), machine(None, Acme={X64: BARE, X86: NOT_LOOKED_UP})),
        (user("Acme", com_servers=NOBODY_S), machine(None, Acme={X64: BARE, X86: WHOLE})),
        (user("Acme", com_servers=NOBODY_S), machine(Acme={X64: Registration(guid="x", com_server_known=True)})),
        (user("Zoom", com_servers=NOBODY_S), machine(**ACME)),
        (user("", com_servers=NOBODY_S), machine(**ACME)),
    ],
)
def test_a_com_server_that_is_there_or_not_known_or_not_needed_is_no_note(who, of):
    assert "com_server_missing" not in codes(who, of)


def test_a_server_in_the_view_that_office_does_not_read_does_not_help():
    assert codes(user("Acme", com_servers=NOBODY_S), machine(Acme={X64: BARE, X86: WHOLE})) == ["com_server_missing"]


@pytest.mark.parametrize(
    ("up", "process"),
    [(UpAndRunning.NOT_RUNNING, True), (UpAndRunning.STARTING, True), (UpAndRunning.RUNNING, False)],
)
def test_a_client_that_has_crashed_or_does_not_say_that_it_runs_needs_its_server(up, process):
    who = user("Acme", com_servers=NOBODY_S, default_up=up, process=process)

    assert codes(who, machine(**ACME)) == ["com_server_missing"]


@pytest.mark.parametrize(
    ("who", "of", "clsids"),
    [
        (user("Acme"), machine(**ACME), {X64: CLSID}),
        (user("Acme"), machine(None, Acme=dict.fromkeys(View, BARE)), {X64: CLSID, X86: CLSID}),
        (user("Acme"), machine(X86, Acme=dict.fromkeys(View, BARE)), {X86: CLSID}),
        (user("Acme", signed_in=False), machine(**ACME), {}),
        (user("Acme", default_up=UpAndRunning.RUNNING), machine(**ACME), {}),
        (user("Acme"), machine(X86, **ACME), {}),
        (user("Lync"), machine(), {}),
        (user(""), machine(), {}),
    ],
)
def test_a_user_s_own_classes_are_searched_only_where_the_note_depends_on_them(who, of, clsids):
    assert wanted_clsids(who, of) == clsids
