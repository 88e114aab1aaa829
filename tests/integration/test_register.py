"""`im_provider`: a registration on the machine, present or absent, over real connections; and what it costs."""

from __future__ import annotations

import pytest

from .machines import ADA, machine
from .register_support import MODULE, NOTHING, REGISTERED, SOFTWARE, TEAMS, WRITTEN, registered, run_module

PLATFORM = 1
NAMES = 1
VALUES = 3
REST = 3
CREATE = 1


def test_the_published_repair_in_check_mode_for_real_again_and_undone(start):
    ansible = start({"desk1": machine(ADA)})
    member = ansible.fleet["desk1"]
    before = member.machine.dump()["hives"]

    checked, requests, output = run_module(ansible, "--check", "--diff", **TEAMS)
    assert (checked.status, checked.result["changed"]) == ("ok", True)
    assert checked.result["msg"] == "MsTeams: would be registered in x64"
    assert "+FriendlyName: Microsoft Teams" in output
    assert r"+++ after: HKLM\SOFTWARE\IM Providers\MsTeams" in output
    assert requests == PLATFORM + NAMES
    assert member.log.writes() == []
    assert member.machine.dump()["hives"] == before

    done, requests, _unused = run_module(ansible, **TEAMS)
    assert done.result["msg"] == "MsTeams: registered in x64"
    assert done.result["views"] == checked.result["views"]
    assert done.result["views"] == [
        {
            "view": "x64",
            "key": rf"{SOFTWARE['x64']}\MsTeams",
            "before": NOTHING,
            "after": REGISTERED,
            "changed": True,
            "left": None,
            "error": None,
        }
    ]
    assert requests == PLATFORM + NAMES + CREATE + VALUES
    assert registered(ansible) == WRITTEN
    assert registered(ansible, "x86") is None

    again, requests, output = run_module(ansible, "--diff", **TEAMS)
    assert (again.result["changed"], again.result["msg"]) == (False, "MsTeams: nothing to change in x64")
    assert "+++" not in output
    assert requests == PLATFORM + NAMES + VALUES
    assert member.log.writes() == []

    undo = {
        "name": "undo",
        "loop": done.result["views"],
        "when": "item.changed",
        MODULE: {
            "name": "MsTeams",
            "state": "{{ item.before.exists | ternary('present', 'absent') }}",
            "friendly_name": "{{ item.before.friendly_name | default(omit, true) }}",
            "guid": "{{ item.before.guid | default(omit, true) }}",
            "process_name": "{{ item.before.process_name | default(omit, true) }}",
            "views": "{{ [item.view] }}",
        },
    }
    member.log.clear()
    assert ansible.tasks([undo]).of("desk1").status == "ok"
    assert member.log.count() == NAMES + VALUES + REST + 1
    assert member.machine.dump()["hives"] == before


def test_the_default_can_be_set_once_the_provider_is_registered(start):
    ansible = start({"desk1": machine(ADA)})
    refused = ansible.module("desk1", name="MsTeams")
    assert refused.result["reason"] == "not_usable"

    run_module(ansible, **TEAMS)

    assert ansible.module("desk1", name="MsTeams").result["provider"] == {
        "name": "MsTeams",
        "reason": "registered",
        "views": ["x64"],
        "passed_over": [],
    }


OFFICES = {
    "Click-to-Run, 32-bit": ({"platform": "x86"}, ["x86"], 1),
    "MSI, 64-bit": ({"platform": "x64", "installation": "msi"}, ["x64"], 2),
    "MSI, 32-bit, 2013": (
        {"platform": "x86", "installation": "msi", "version": "15.0", "bitness_at": "wow6432node"},
        ["x86"],
        5,
    ),
}


@pytest.mark.parametrize("case", OFFICES)
def test_the_view_that_the_machine_s_office_reads(start, case):
    office, views, platform_requests = OFFICES[case]
    ansible = start({"desk1": machine(ADA, office=office)})

    done, requests, _unused = run_module(ansible, **TEAMS)

    assert [one["view"] for one in done.result["views"]] == views
    assert {view for view in SOFTWARE if registered(ansible, view)} == set(views)
    assert requests == platform_requests + NAMES + CREATE + VALUES


def test_without_office_the_views_have_to_be_named_and_the_first_registrations_get_their_keys(start):
    ansible = start({"desk1": {"users": [ADA | {"clients": {}}]}})

    done, requests, _unused = run_module(ansible, **TEAMS, views=["x86", "office"])
    assert done.status == "failed"
    assert done.result["msg"] == (
        "views: which view the Office of this machine reads is not known, since neither Click-to-Run's Platform nor "
        "Outlook's Bitness says x64 or x86 here. Nothing was changed. Name x64, x86 or both"
    )
    assert requests == 7
    assert ansible.fleet["desk1"].log.writes() == []

    done, requests, _unused = run_module(ansible, **TEAMS, views="office, x86, x64")
    assert done.result["msg"] == "MsTeams: registered in x64; registered in x86"
    assert registered(ansible, "x64") == registered(ansible, "x86") == WRITTEN
    # One more looks whether this Windows has a second view.
    assert requests == 2 * (NAMES + CREATE + VALUES) + 1

    done, requests, _unused = run_module(ansible, **TEAMS, views=["x64", "x86"])
    assert done.result["msg"] == "MsTeams: nothing to change in x64; nothing to change in x86"
    assert requests == 2 * (NAMES + VALUES)

    done, requests, _unused = run_module(ansible, name="msteams", state="absent", views=["x64", "x86"])
    assert done.result["msg"] == "msteams: removed from x64; removed from x86"
    assert requests == 2 * (NAMES + VALUES + REST + 1)
    assert registered(ansible, "x64") is registered(ansible, "x86") is None

    done, requests, _unused = run_module(ansible, name="msteams", state="absent", views=["x64", "x86"])
    assert (done.result["changed"], requests) == (False, 2 * NAMES)


def test_only_what_differs_is_written_and_the_spelling_of_the_machine_stays(start):
    odd = {
        "GUID": TEAMS["guid"].lower(),
        "ProcessName": {"type": "REG_EXPAND_SZ", "data": "%x%"},
        "Icon": "x.ico",
        "FriendlyName": "Teams\tx",
    }
    ansible = start({"desk1": machine(ADA, registry={rf"{SOFTWARE['x64']}\MSTEAMS": odd})})
    member = ansible.fleet["desk1"]

    done, requests, output = run_module(ansible, "--diff", **TEAMS)

    assert done.result["msg"] == "MsTeams: changed in x64 (FriendlyName, ProcessName)"
    (view,) = done.result["views"]
    assert view["key"] == rf"{SOFTWARE['x64']}\MSTEAMS"
    assert view["before"] == {
        "exists": True,
        "friendly_name": odd["FriendlyName"],
        "guid": odd["GUID"],
        "process_name": None,
        "other_types": ["ProcessName"],
    }
    assert [one.parameters["sValueName"] for one in member.log.writes()] == ["FriendlyName", "ProcessName"]
    assert requests == PLATFORM + NAMES + VALUES + 2
    assert registered(ansible) == {**WRITTEN, "GUID": odd["GUID"], "Icon": "x.ico"}
    assert r"-FriendlyName: Teams\tx" in output
    assert "-ProcessName: (not a REG_SZ value)" in output
    assert " GUID: " in output


def test_a_key_with_something_else_in_it_stays(start):
    key = rf"{SOFTWARE['x64']}\MsTeams"
    more = {key: {**WRITTEN, "Icon": "x.ico", "(default)": "x"}, rf"{key}\Below": {"a": "b"}}
    ansible = start({"desk1": machine(ADA, registry=more)})

    done, requests, _unused = run_module(ansible, name="MsTeams", state="absent")

    assert done.result["msg"] == (
        "MsTeams: removed from x64 (the key stays with what else it holds: Icon, the default value, Below\\)"
    )
    (view,) = done.result["views"]
    assert view["left"] == {"values": ["Icon", ""], "subkeys": ["Below"]}
    assert (view["before"], view["after"]) == (REGISTERED, {**NOTHING, "exists": True})
    assert registered(ansible) == {"Icon": "x.ico", "": "x"}
    assert requests == PLATFORM + NAMES + VALUES + REST + 3

    again, _requests, _unused = run_module(ansible, name="MsTeams", state="absent")
    assert again.result["changed"] is False
    assert again.result["msg"].startswith("MsTeams: nothing to change in x64 (the key stays with what else it holds: ")
