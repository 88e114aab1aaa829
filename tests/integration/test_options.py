"""What each option does, and the message when it is wrong."""

from __future__ import annotations

import pytest

from tests.virtual_windows.protocol import Fault, fault_codes

from .machines import ADA, JABBER, machine

BOB = {"account": r"CONTOSO\bob", "signed_in": True, "default": JABBER}
SVC = {"account": r"FABRIKAM\svc-scan", "signed_in": True, "default": JABBER, "sid": "S-1-5-21-9-9-9-1001"}


def changed(done):
    """Return the accounts of the changed users."""
    return sorted(user["account"] for user in done.result["users"] if user["changed"])


def test_users_are_selected_by_name_sid_and_pattern(start):
    ansible = start({"desk1": machine(ADA, BOB, SVC)})

    done = ansible.module("desk1", "--check", name="Lync", users=["ada", SVC["sid"], r"CONTOSO\charles", "x*"])
    assert changed(done) == [r"CONTOSO\ada", r"FABRIKAM\svc-scan"]
    assert done.result["unmatched_users"] == [r"CONTOSO\charles"]

    done = ansible.module("desk1", "--check", name="Lync", users=[r"contoso\*"], exclude_users=["BOB"])
    assert changed(done) == [r"CONTOSO\ada"]


def test_a_missing_user_can_be_an_error_and_then_nothing_is_changed(start):
    ansible = start({"desk1": machine(ADA)})
    member = ansible.fleet["desk1"]

    done = ansible.module("desk1", name="Lync", users=["ada", "charles"], missing_user="fail")

    assert done.status == "failed"
    assert done.result["msg"] == "users: no profile on this machine belongs to charles; nothing was read or changed"
    assert done.result["unmatched_users"] == ["charles"]
    assert member.log.writes() == []


def test_an_account_whose_name_is_unknown_is_not_changed_when_names_are_excluded(start):
    """Excluding by name must not fail open: an excluded account would be written to."""
    gone = {"account": r"CONTOSO\gone", "default": JABBER, "profile": "deleted_account"}
    ansible = start({"desk1": machine(ADA, SVC, gone)})
    member = ansible.fleet["desk1"]

    def unknown(request, stage):
        if stage == "received" and request.kind == "Get" and SVC["sid"] in request.detail:
            raise Fault(fault_codes.OPERATION_TIMED_OUT)

    member.server.interceptors.append(unknown)
    done = ansible.module("desk1", name="Lync", exclude_users=["svc-*", "nobody"])

    reasons = {user["profile"].rpartition("\\")[2]: user["reason"] for user in done.result["users"]}
    assert reasons["svc-scan"] == "name_unknown"
    assert member.machine.default_of(SVC["sid"]) == JABBER
    assert done.result["unmatched_users"] == ["nobody"]


def test_selecting_by_sid_needs_no_names(start):
    ansible = start({"desk1": machine(BOB, SVC)})
    ansible.module("desk1", name=JABBER, users=[SVC["sid"]])

    assert ansible.fleet["desk1"].log.count("Get") == 0


@pytest.mark.parametrize("profiles", [["loaded"], ["unloaded"]])
def test_absent_removes_the_value(start, profiles):
    user = {"account": "bob", "default": JABBER, "signed_in": profiles == ["loaded"]}
    ansible = start({"desk1": machine(user)})
    member = ansible.fleet["desk1"]

    kept = ansible.module("desk1", state="absent", name="Lync")
    assert kept.result["changed"] is False
    gone = ansible.module("desk1", state="absent", name=["zoom", "cisco jabber"], profiles=profiles)
    assert (gone.status, gone.result["changed"], gone.result["provider"]) == ("ok", True, None)
    assert member.machine.default_of("bob") is None

    again = ansible.module("desk1", state="absent")
    assert again.result["changed"] is False


def test_a_provider_that_is_not_usable_is_refused_and_nothing_is_written(start):
    ansible = start({"desk1": machine(ADA)})
    member = ansible.fleet["desk1"]

    done = ansible.module("desk1", name=["Teams", "Zoom"])
    assert done.status == "failed"
    assert done.result["msg"].startswith(
        r"failed for 1 of 1 user (CONTOSO\ada: no provider can be set: Teams (not usable), Zoom (not usable). "
        "Registered on this machine, whose Office reads the view x64: Cisco Jabber (x64+x86), Lync (x64+x86). "
        "This user has keys of: "
    )
    assert done.result["reason"] == "not_usable"
    assert member.log.writes() == []

    forced = ansible.module("desk1", name=["Teams", "Zoom"], require_registered=False)
    assert forced.result["users"][0]["after"] == "Teams"


def test_the_previous_default_is_recorded_where_the_new_client_looks_for_it(start):
    ansible = start({"desk1": machine(ADA, {"account": "bob", "default": JABBER})})
    member = ansible.fleet["desk1"]

    ansible.module("desk1", name="Lync", profiles=["loaded"], record_previous=True)
    ansible.module("desk1", name="Lync", profiles=["unloaded"], record_previous=True)

    hives = member.machine.dump()["hives"]
    for folder in ("ada", "bob"):
        key = hives[rf"C:\Users\{folder}\NTUSER.DAT"][r"Software\IM Providers\Lync"]
        assert key["PreviousDefaultIMApp"] == ["REG_SZ", JABBER]


def test_check_mode_reports_everything_and_writes_nothing_and_the_diff_has_a_line_per_user(start):
    users = [ADA, {"account": r"CONTOSO\bob"}, {"account": r"CONTOSO\eve", "default": "Lync"}]
    ansible = start({"desk1": machine(*users)})
    member = ansible.fleet["desk1"]
    before = member.machine.dump()["hives"]

    run = ansible.tasks([{"presence.office.default_im_app": {"name": "Lync"}}], "--check", "--diff")

    done = run.of("desk1")
    assert done.result["summary"] == {"users": 3, "changed": 2, "unchanged": 1, "skipped": 0, "failed": 0}
    assert [user["after"] for user in done.result["users"]] == ["Lync"] * 3
    assert done.result["msg"] == (
        r"would change 2 of 3 users (CONTOSO\ada: Cisco Jabber -> Lync, CONTOSO\bob: (none) -> Lync)"
    )
    lines = run.output.splitlines()
    assert r"CONTOSO\ada: Cisco Jabber -> Lync" in lines
    assert r"CONTOSO\bob: (none) -> Lync" in lines
    assert member.log.writes() == []
    assert member.machine.dump()["hives"] == before


# Every option, wrong in common ways: the arguments, and the whole message.
WRONG = [
    ({}, "state is present but all of the following are missing: name"),
    ({"name": []}, "name is empty: name the provider to set, or several in order of preference"),
    ({"name": ""}, "name: '' is not a provider's name: it is empty or contains control characters"),
    ({"name": ["Lync", " "]}, "name: ' ' is not a provider's name: it is empty or contains control characters"),
    (
        {"name": r"Software\Lync"},
        r"name: 'Software\\Lync' cannot be a provider's name: it is the name of a registry key, without a backslash",
    ),
    ({"name": {"a": 1}}, "we were unable to convert to list"),
    ({"name": "Lync", "state": "presnt"}, "value of state must be one of: present, absent, got: presnt"),
    (
        {"name": "Lync", "profiles": ["loadde"]},
        "value of profiles must be one or more of: loaded, unloaded, default. Got no match for: loadde",
    ),
    ({"name": "Lync", "profiles": []}, "profiles is empty: name at least one of loaded, unloaded and default"),
    ({"name": "Lync", "users": []}, "users is empty: name at least one user, or omit the option to select everyone"),
    (
        {"name": "Lync", "users": [""]},
        "users: '' is not an account name, a SID or a pattern: it is empty or contains control characters",
    ),
    (
        {"name": "Lync", "exclude_users": ["a\tb"]},
        (
            r"exclude_users: 'a\\tb' is not an account name, a SID or a pattern: "
            "it is empty or contains control characters"
        ),
    ),
    ({"name": "Lync", "missing_user": "warn"}, "value of missing_user must be one of: ignore, report, fail, got: warn"),
    ({"name": "Lync", "require_registered": "perhaps"}, "require_registered"),
    ({"name": "Lync", "record_previous": "sometimes"}, "record_previous"),
    (
        {"state": "absent", "record_previous": True},
        "record_previous needs state present: with state absent no provider takes over",
    ),
    ({"name": "Lync", "nmae": "x"}, "Unsupported parameters for (presence.office.default_im_app) module: nmae"),
]


def test_every_wrong_option_gets_one_clear_message_in_check_mode_too_and_nothing_is_sent(start):
    ansible = start({"desk1": machine(ADA)})
    tasks = [
        {"name": str(number), "presence.office.default_im_app": given, "ignore_errors": True}
        for number, (given, _unused) in enumerate(WRONG)
    ]

    for options in ([], ["--check"]):
        run = ansible.tasks(tasks, *options)
        for number, (given, message) in enumerate(WRONG):
            done = run.of("desk1", str(number))
            assert done.status == "failed", given
            assert message in done.result["msg"], given
            assert "Traceback" not in done.result["msg"]
    assert ansible.fleet["desk1"].log.count() == 0
