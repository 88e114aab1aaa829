"""A machine that allows no remote shells (CIS level 2): typed calls do what they can, and the rest is named."""

from __future__ import annotations

import yaml

from .machines import ADA, JABBER, crowd, machine
from .runner import HERE

#: What the policy "Allow Remote Shell Access" writes where it is disabled.
NO_SHELL = {r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WinRM\Service\WinRS": {"AllowRemoteShellAccess": 0}}
BOB = {"account": r"CONTOSO\bob", "default": JABBER}
CYD = {"account": r"CONTOSO\cyd", "signed_in": True, "default": "Lync", "clients": {"Teams": "running"}}
EVERYONE = ["loaded", "unloaded", "default"]
SIGNED_IN = ["loaded"]

SAID = 'this machine allows no remote shells (its policy "Allow Remote Shell Access" is disabled, '


def without_shell(described):
    """Return the description of the same machine with that policy."""
    return described | {"registry": described.get("registry", {}) | NO_SHELL}


def facts_of(done):
    """Return the machine's facts without what a shell alone can tell."""
    facts = done.result["ansible_facts"]["im_presence"]
    assert facts["truncated"] == []
    return facts


def settings(name="Lync"):
    """Return tasks that ask for facts, audit, enforce, and register."""
    return [
        {"name": "facts", "presence.office.im_provider_facts": {"profiles": EVERYONE}},
        {"name": "loaded facts", "presence.office.im_provider_facts": {"profiles": SIGNED_IN}},
        {"name": "unmounted facts", "presence.office.im_provider_facts": {"mount": False}},
        {
            "name": "audit",
            "presence.office.presence_audit": {"name": name, "profiles": SIGNED_IN, "verdicts": ["shadowed"]},
        },
        {"name": "drift", "presence.office.presence_audit": {"name": name, "profiles": EVERYONE}},
        {"name": "it", "presence.office.default_im_app": {"name": name, "profiles": EVERYONE}},
        {"name": "again", "presence.office.default_im_app": {"name": name, "profiles": SIGNED_IN}},
        {
            "name": "register",
            "presence.office.im_provider": {
                "name": "Acme",
                "friendly_name": "Acme",
                "guid": "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}",
                "process_name": "acme.exe",
                "views": ["x64"],
            },
        },
        {"name": "guard", "presence.office.guard": {"name": name}},
    ]


def test_signed_in_users_are_served_and_the_others_are_named(start):
    described = machine(ADA, BOB, CYD)
    ansible = start({"desk1": without_shell(described), "desk2": described})
    forbidding = ansible.fleet["desk1"]

    run = ansible.tasks([task | {"ignore_errors": True} for task in settings()])

    def both(task):
        return run.of("desk1", task), run.of("desk2", task)

    # What is read of users who are signed in is what a command reads.
    one, other = both("loaded facts")
    assert facts_of(one) == facts_of(other)
    assert [user["verdict"] for user in facts_of(one)["users"]] == ["shadowed", "shadowed"]

    one, other = both("facts")
    users, others = (facts_of(done)["users"] for done in (one, other))
    assert one.status == "ok"
    assert [user for user in users if user["hive"] == "loaded"] == [user for user in others if user["hive"] == "loaded"]
    assert facts_of(one)["providers"] == facts_of(other)["providers"]
    assert [user["error"].startswith(SAID) for user in users if user["hive"] != "loaded"] == [True, True]
    assert "run again while this user is signed in" in users[1]["error"]
    assert users[3]["error"].endswith("or leave it out: profiles without default")

    one, other = both("unmounted facts")
    assert facts_of(one)["users"] == facts_of(other)["users"]

    one, other = both("audit")
    assert one.result["problems"] == other.result["problems"]
    one, _other = both("drift")
    assert one.result["passed"] is False
    assert one.result["problems"][0].startswith(r"Users drift: enforcing would change 1 of 4 users (CONTOSO\ada: ")
    assert [SAID in problem for problem in one.result["problems"]] == [False, True, True]

    one, _other = both("it")
    assert one.status == "failed"
    assert one.result["summary"] == {"users": 4, "changed": 1, "unchanged": 1, "skipped": 0, "failed": 2}
    assert SAID in one.result["msg"]
    assert forbidding.machine.default_of(r"CONTOSO\ada") == "Lync"
    assert forbidding.machine.default_of(r"CONTOSO\bob") == JABBER
    assert both("again")[0].result["msg"] == "nothing to change for 2 users"
    for task in ("register", "guard"):
        assert both(task)[0].result["changed"] is True, task
    assert forbidding.server.shells == []


def test_typed_calls_read_of_every_machine_of_the_field_what_a_command_reads(start):
    described = yaml.safe_load((HERE / "field.yml").read_text(encoding="utf-8"))["machines"]
    ansible = start(described | {f"{name}-no-shell": without_shell(one) for name, one in described.items()})

    run = ansible.tasks([{"name": "facts", "presence.office.im_provider_facts": {"profiles": SIGNED_IN}}])

    for name in described:
        by_command, by_calls = (facts_of(run.of(host, "facts")) for host in (name, f"{name}-no-shell"))
        assert by_calls == by_command, name


def test_typed_calls_take_over_where_a_command_would_be_cheaper(start):
    ansible = start({"desk1": without_shell(crowd(12, 0, JABBER))})
    log = ansible.fleet["desk1"].log

    done = ansible.module("desk1", name="Lync", record_previous=True)

    assert done.status == "ok", done.result["msg"]
    assert done.result["summary"]["changed"] == 12
    # It is asked for a shell once: no policy changes in the middle of a task.
    assert len([entry for entry in log.entries if entry.kind == "Create"]) == 1


def test_a_user_who_signs_out_meanwhile_is_named(start):
    ansible = start({"desk1": without_shell(machine(ADA, CYD))})
    member = ansible.fleet["desk1"]

    def sign_out(request, stage):
        if stage == "acted" and request.method == "GetStringValue" and len(member.machine.sessions) == 2:
            member.machine.sign_out(r"CONTOSO\ada")

    member.server.interceptors.append(sign_out)
    done = ansible.module("desk1", name="Teams", require_registered=False)

    assert done.status == "failed"
    assert [bool(user["error"]) for user in done.result["users"]] == [True, False]
    assert SAID in done.result["users"][0]["error"]
    assert member.machine.default_of(r"CONTOSO\cyd") == "Teams"
