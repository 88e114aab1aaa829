"""The COM servers and the type library that the machine has for everyone, from what the command prints."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.com_servers import (
    QUESTIONS,
    ComAnswers,
    add_com_servers,
    parse_com_answers,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.keys import TYPE_LIBRARY
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import (
    Provider,
    Registration,
    Registrations,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from ..support import CLSID, printed

OTHER = CLSID.replace("5F3C", "6F3C")
CLASSES = r"HKEY_LOCAL_MACHINE\SOFTWARE\Classes"
UNSET = "(Wert nicht festgelegt)"
PACKAGE = rf"{CLASSES}\PackagedCom\ClassIndex\{CLSID}"


def server(command="app.exe", clsid=CLSID, *, name="LocalServer32", below="CLSID", kind="REG_SZ", cut=False):
    """Return the output for one CLSID that has this server."""
    return printed("", rf"{CLASSES}\{below}\{clsid}\{name}", f"    (Default)    {kind}    {command}", "", cut=cut)


def packaged(clsid=CLSID):
    return printed("", rf"{CLASSES}\PackagedCom\ClassIndex\{clsid}", f"    (Standard)    REG_SZ    {UNSET}", "")


def together(*outputs):
    """Return the outputs of several questions about one CLSID."""
    return printed(*"".join(one.text for one in outputs).split("\r\n"))


def found(*outputs, guid=CLSID, view=View.X64, unset=UNSET, **more):
    """Return the COM server of a provider with this GUID, and whether it is known."""
    before = Registrations({"lync": Provider("Lync", {view: Registration("Lync", guid, "lync.exe", **more)})}, cut=True)
    answers = {f"servers.{view.value}": list(outputs)} if outputs else {}
    after = add_com_servers(before, answers, ComAnswers(unset))

    assert after.cut
    one = after.providers["lync"].registrations[view]
    assert (one.friendly_name, one.guid, one.process_name) == ("Lync", guid, "lync.exe")
    return one.com_server, one.com_server_known


# --- What counts as a server ---


@pytest.mark.parametrize(
    ("output", "command"),
    [
        (server(), "app.exe"),
        (server(r"%ProgramFiles%\app.exe", kind="REG_EXPAND_SZ"), r"%ProgramFiles%\app.exe"),
        (server(name="LocalServer"), "app.exe"),
        (server(clsid=CLSID.lower()), "app.exe"),
        (packaged(), PACKAGE),
        (server(UNSET), None),
        (server(""), None),
        (server("0x1", kind="REG_DWORD"), None),
        (printed("", rf"{CLASSES}\CLSID\{CLSID}\LocalServer32", ""), None),
        (printed(), None),
    ],
)
def test_a_server_is_a_command_or_a_package(output, command):
    assert found(output) == (command, True)


def test_the_first_of_several_that_is_one_counts():
    nothing, old, package = server(UNSET), server("old.exe", name="LocalServer"), packaged()

    assert found(together(server(), old, package)) == ("app.exe", True)
    assert found(together(nothing, old, package)) == ("old.exe", True)
    assert found(together(nothing, package)) == (PACKAGE, True)


@pytest.mark.parametrize("unset", ["(value not set)", "(valeur non définie)", UNSET])
def test_what_the_machine_prints_for_a_default_value_that_is_not_set_is_no_server(unset):
    answers = {"unset": [printed("", r"HKEY_LOCAL_MACHINE\SYSTEM", f"    (Par défaut)    REG_SZ    {unset}", "")]}
    com = parse_com_answers(answers)

    assert com.unset == unset
    assert found(server(unset), unset=com.unset) == (None, True)
    assert found(server("app.exe"), unset=com.unset) == ("app.exe", True)


def test_each_view_has_its_own_server():
    registrations = {View.X64: Registration(guid=CLSID), View.X86: Registration(guid=OTHER)}
    answers = {
        "servers.x64": [server("a.exe")],
        "servers.x86": [server("b.exe", OTHER.lower(), below=r"WOW6432Node\CLSID")],
    }
    after = add_com_servers(Registrations({"lync": Provider("Lync", registrations)}), answers, ComAnswers())

    assert [one.com_server for one in after.providers["lync"].registrations.values()] == ["a.exe", "b.exe"]


def test_the_server_of_one_class_is_not_that_of_another():
    assert found(server(clsid=OTHER)) == (None, True)
    assert found(server("first.exe", OTHER), server("second.exe")) == ("second.exe", True)
    assert found(server("first.exe"), server("second.exe")) == ("first.exe", True)


@pytest.mark.parametrize("guid", [None, "", "garbage", CLSID.strip("{}")])
def test_a_provider_without_a_class_has_no_server(guid):
    assert found(server(), guid=guid) == (None, True)


def test_a_text_in_one_server_s_output_cannot_stand_for_another_one():
    forged = f"x\r\n\r\n{CLASSES}\\CLSID\\{OTHER}\\LocalServer32\r\n    a    REG_SZ    evil.exe"

    assert found(server(forged), guid=OTHER) == (None, True)
    assert found(server(forged), server(clsid=OTHER), guid=OTHER) == ("app.exe", True)
    assert found(together(server(forged), packaged(OTHER)), guid=OTHER) == (None, True)


# --- What is not known ---


def test_without_answers_nothing_is_known():
    assert found() == (None, False)


def test_a_registration_in_click_to_run_s_own_registry_was_not_looked_up():
    """The questions follow the GUIDs in the machine's own registry."""
    assert found(server(clsid=OTHER), click_to_run=True) == (None, False)


@pytest.mark.parametrize("cut", [True, False])
def test_beyond_the_last_answer_servers_are_not_known(monkeypatch, cut):
    monkeypatch.setattr(limits, "COM_SERVERS", 2 if cut else 1)
    last = server(cut=cut)

    assert found(last) == ("app.exe", True)
    assert found(last, guid=OTHER) == (None, False)


def test_more_answers_than_were_asked_for_are_not_believed(monkeypatch):
    monkeypatch.setattr(limits, "COM_SERVERS", 2)

    assert found(server(clsid=OTHER), printed(), server()) == (None, False)


# --- The type library ---


LIBRARY = rf"{CLASSES}\{TYPE_LIBRARY}"


@pytest.mark.parametrize(
    ("answers", "library"),
    [
        ({}, None),
        ({"type_library": [printed()]}, False),
        ({"type_library": [printed("", LIBRARY, f"    (Standard)    REG_SZ    {UNSET}", "")]}, True),
        ({"type_library": [printed("", LIBRARY, ""), printed()]}, True),
        ({"type_library": [printed(), printed("", LIBRARY, "")]}, False),
    ],
)
def test_the_type_library_is_there_if_its_key_is(answers, library):
    assert parse_com_answers(answers) == ComAnswers(None, library)


# --- The questions ---


def test_the_questions_name_every_place_where_a_server_can_be():
    for view in View:
        (of_view,) = (part for part in QUESTIONS.split("(set asked=0)") if f"answer servers.{view.value}&" in part)
        for place in (
            rf"{view.clsid_key}\%c\LocalServer32",
            rf"{view.clsid_key}\%c\LocalServer",
            r"PackagedCom\ClassIndex\%c",
        ):
            assert rf'(reg query "HKLM\SOFTWARE\Classes\{place}" /ve 2>nul)' in of_view
        assert f"LSS {limits.COM_SERVERS} " in of_view
        assert rf'reg query "HKLM\{view.software("IM Providers")}" /s /v GUID' in of_view
    assert rf'"HKLM\SOFTWARE\Classes\{TYPE_LIBRARY}" /ve' in QUESTIONS
