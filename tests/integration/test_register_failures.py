"""What goes wrong with `im_provider`: bad options, a view that fails, a machine that is switched off."""

from __future__ import annotations

import typing as t

import pytest

from .machines import ADA, machine
from .register_support import MODULE, NOTHING, REGISTERED, SOFTWARE, TEAMS, WRITTEN, registered, run_module


@pytest.mark.parametrize("denied", ["read", "write"])
def test_a_view_that_fails_does_not_stop_the_other(start, denied):
    ansible = start({"desk1": machine(ADA)})
    member = ansible.fleet["desk1"]
    member.machine.registry.deny(SOFTWARE["x64"].replace("HKLM", "HKEY_LOCAL_MACHINE"), denied)

    done, _requests, _unused = run_module(ansible, **TEAMS, views=["x64", "x86"])

    assert done.status == "failed"
    assert done.result["changed"] is True
    assert done.result["msg"].startswith("MsTeams: failed in x64: ")
    assert done.result["msg"].endswith(": access denied (code 5); registered in x86")
    x64, x86 = done.result["views"]
    assert (x64["changed"], x64["before"]) == (False, None if denied == "read" else NOTHING)
    assert (x64["after"], x86["after"]) == (x64["before"], REGISTERED)
    assert "access denied" in x64["error"]
    assert registered(ansible, "x86") == WRITTEN


def test_a_process_name_without_exe_is_allowed_with_a_warning(start):
    ansible = start({"desk1": machine(ADA)})

    done, _requests, output = run_module(ansible, **{**TEAMS, "process_name": "ms-teams"})

    assert (done.status, registered(ansible)["ProcessName"]) == ("ok", "ms-teams")
    assert "process_name: 'ms-teams' does not end with .exe" in output


# Every option, wrong in common ways: what differs from a good task, and the whole message.
WRONG: list[tuple[dict[str, t.Any], str]] = [
    ({"name": ""}, "name: '' is not a provider's name: it is empty or contains control characters"),
    (
        {"name": r"IM Providers\MsTeams"},
        r"name: 'IM Providers\\MsTeams' cannot be a provider's name: it is the name of a registry key, without",
    ),
    ({"name": "x" * 256}, "at most 255 characters long"),
    ({"state": "presnt"}, "value of state must be one of: present, absent, got: presnt"),
    ({"guid": None}, "guid is there, but has no value: give it one, or leave the option out"),
    (
        {"guid": "88435F68-FFC1-445F-8EDF-EF78B84BA1C7"},
        (
            "guid: '88435F68-FFC1-445F-8EDF-EF78B84BA1C7' is not a GUID as Office reads it: it has to look like "
            "'{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}', with braces, and so in quotes"
        ),
    ),
    ({"guid": "Teams"}, "has to look like '{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}', with braces, and so in quotes"),
    ({"guid": {"88435F68-FFC1-445F-8EDF-EF78B84BA1C7": None}}, "guid"),
    (
        {"process_name": r"C:\Program Files\WindowsApps\ms-teams.exe"},
        (
            r"process_name: 'C:\\Program Files\\WindowsApps\\ms-teams.exe' is a path, and Office looks for a program "
            "by its name alone: name it without a folder, like 'ms-teams.exe'"
        ),
    ),
    ({"process_name": "Teams/current/Teams.exe"}, "name it without a folder, like 'Teams.exe'"),
    ({"process_name": "C:"}, "name it without a folder, like 'ms-teams.exe'"),
    (
        {"process_name": "a\tb.exe"},
        r"process_name: 'a\\tb.exe' is not the name of a program: it is empty or contains control characters",
    ),
    ({"process_name": "x" * 256}, "is too long: it may have 255 characters"),
    (
        {"friendly_name": " "},
        "friendly_name: ' ' is not a name for people: it is empty or contains control characters",
    ),
    ({"friendly_name": "x" * 256}, f"friendly_name: '{'x' * 40}…' is too long: it may have 255 characters"),
    ({"views": []}, "views is empty: name office, x64 or x86"),
    ({"views": ""}, "views is empty: name office, x64 or x86"),
    (
        {"views": ["x64", "x32"]},
        "value of views must be one or more of: office, x64, x86. Got no match for: x32",
    ),
    ({"view": "x64"}, "Unsupported parameters for (presence.office.im_provider) module: view"),
]
MISSING: list[tuple[dict[str, t.Any], str]] = [
    ({}, "missing required arguments: name"),
    ({"name": "MsTeams"}, "state is present but all of the following are missing: friendly_name, guid, process_name"),
    ({"name": "MsTeams", "state": "absent", "views": []}, "views is empty"),
]


def test_every_wrong_option_gets_one_clear_message_in_check_mode_too_and_nothing_is_sent(start):
    ansible = start({"desk1": machine(ADA)})
    cases = [({**TEAMS, **wrong}, message) for wrong, message in WRONG] + MISSING
    tasks = [
        {"name": str(number), MODULE: given, "ignore_errors": True} for number, (given, _unused) in enumerate(cases)
    ]

    for options in ([], ["--check"]):
        run = ansible.tasks(tasks, *options)
        for number, (given, message) in enumerate(cases):
            done = run.of("desk1", str(number))
            assert done.status == "failed", given
            assert message in done.result["msg"], given
            assert "Traceback" not in done.result["msg"]
    assert ansible.fleet["desk1"].log.count() == 0


def test_a_machine_that_is_switched_off_is_unreachable(start):
    ansible = start({"desk1": machine(ADA)})
    ansible.fleet["desk1"].power_off()

    done, _requests, _unused = run_module(ansible, **TEAMS)

    assert done.status == "unreachable"
