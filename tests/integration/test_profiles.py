"""Profiles that are not one person's: listed twice, of Windows itself, in one folder; a template that is not there."""

from __future__ import annotations

from tests.virtual_windows.machine.profile_list import PROFILE_LIST

from .machines import ADA, JABBER, machine, our_mounts

BOB = {"account": r"CONTOSO\bob", "default": JABBER, "set_aside": r"C:\Users\bob.old"}
OLD_CYD = {"account": r"OLD\cyd", "default": JABBER, "path": r"C:\Users\cyd"}
NEW_CYD = {"account": r"CONTOSO\cyd", "sid": "S-1-5-21-7-7-7-1201", "default": JABBER, "path": r"C:\Users\cyd"}
SETUP = {"account": r".\defaultuser0", "default": JABBER}
SANDBOX = {"account": r".\WDAGUtilityAccount", "sid": "S-1-5-21-8-8-8-504", "default": JABBER}
EVERYONE = ["loaded", "unloaded", "default"]


def entries(done):
    """Return folder, reason and what is the default of each user."""
    return [(user["profile"].rpartition("\\")[2], user["reason"], user["after"]) for user in done.result["users"]]


def test_each_person_is_changed_once_and_nobody_else(start):
    users = [ADA | {"set_aside": r"C:\Users\ada.old"}, BOB, OLD_CYD, NEW_CYD, SETUP, SANDBOX]
    ansible = start({"desk1": machine(*users)})
    member = ansible.fleet["desk1"]
    programs: list[str] = []
    member.server.observers.append(programs.append)

    done = ansible.module("desk1", name="Lync")

    assert done.status == "ok", done.result["msg"]
    assert entries(done) == [
        ("ada", "other_provider", "Lync"),
        ("bob", "other_provider", "Lync"),
        ("cyd", "other_provider", "Lync"),
        ("cyd", "shared_folder", None),
        ("defaultuser0", "not_a_person", None),
        ("WDAGUtilityAccount", "not_a_person", None),
    ]
    assert (done.result["summary"]["changed"], done.result["summary"]["skipped"]) == (3, 3)
    assert not [line for line in programs if "defaultuser0" in line or "WDAG" in line or ".old" in line]
    assert member.machine.damage == []


def test_a_template_that_cannot_be_found_costs_the_template_alone(start):
    ansible = start({"desk1": machine(BOB, ADA)})
    member = ansible.fleet["desk1"]
    with member.machine.lock:
        member.machine.registry.delete_value(PROFILE_LIST, "Default")

    tasks = [
        {"name": "facts", "presence.office.im_provider_facts": {"profiles": EVERYONE}},
        {
            "name": "audit",
            "presence.office.presence_audit": {"name": "Lync", "profiles": EVERYONE, "verdicts": ["shadowed"]},
        },
        {"name": "it", "presence.office.default_im_app": {"name": "Lync", "profiles": EVERYONE}},
    ]
    run = ansible.tasks([task | {"ignore_errors": True} for task in tasks])

    facts, audit, done = (run.of("desk1", task["name"]) for task in tasks)
    assert facts.status == "ok", facts.result["msg"]
    users = facts.result["ansible_facts"]["im_presence"]["users"]
    assert [user["verdict"] for user in users] == ["ready", "shadowed", None]
    assert users[2]["error"].startswith(r"it cannot be found: reading SOFTWARE\Microsoft\Windows NT\CurrentVersion")
    assert "the template for new users is unknown: it cannot be found" in audit.result["msg"]
    assert "ada: Cisco Jabber -> Lync" in audit.result["msg"]
    assert done.status == "failed"
    assert done.result["msg"].startswith("failed for 1 of 3 users (the template for new users: it cannot be found")
    assert [user["changed"] for user in done.result["users"]] == [True, True, False]
    assert our_mounts(member) == []
