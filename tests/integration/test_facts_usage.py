"""How facts are gathered and used: options, ad hoc, `gather_facts`, a cache, languages, failures."""

from __future__ import annotations

import json
import os
import subprocess

from .facts_support import MODULE, gather, hold_mounted_hive, users_by_folder
from .machines import ADA, JABBER, machine, our_mounts

BOB = {"account": r"CONTOSO\bob", "default": "Lync"}


def test_subsets(start):
    ansible = start({"desk1": machine(ADA, BOB)})

    only = gather(ansible, gather=["providers"])["desk1"]
    assert (only["users"], only["summary"]["users"], len(only["providers"])) == (None, 0, 2)
    few = gather(ansible, gather=["users"])["desk1"]
    assert few["providers"] is None
    users = users_by_folder(few)
    assert [users[name]["verdict"] for name in ("ada", "bob")] == ["shadowed", "ready"]
    assert "processes were not checked" in users["ada"]["evidence"]["found"]
    assert {one["process"] for user in few["users"] for one in user["providers"]} == {None}
    assert {user["account"] for user in few["users"]} == {None}


def test_users_and_profiles(start):
    ansible = start({"desk1": machine(ADA, BOB, default_profile={"default": "Zoom"})})

    facts = gather(ansible, users=["bob", "eve"], profiles=["loaded", "unloaded", "default"])["desk1"]
    assert [user["account"] for user in facts["users"]] == [r"CONTOSO\bob", None]
    template = facts["users"][1]
    shown = [template[name] for name in ("hive", "sid", "default", "verdict")]
    assert shown == ["default", None, "Zoom", None]
    assert template["evidence"] == {"link": None, "key": None, "view": None, "found": None, "running": []}
    assert facts["summary"] == {"users": 1, "defaults": {"Lync": 1}, "verdicts": {"ready": 1}}


def test_without_mounting_unloaded_hives_are_listed_and_nothing_is_touched(start):
    mounts = {r"HKU\presence.office.0a1b2c3d.7": r"CONTOSO\bob"}
    ansible = start({"desk1": machine(ADA, BOB, mounts=mounts)})
    member = ansible.fleet["desk1"]
    before = member.machine.dump()

    users = users_by_folder(gather(ansible, mount=False)["desk1"])

    assert (users["ada"]["verdict"], users["bob"]["verdict"]) == ("shadowed", None)
    assert (users["bob"]["hive"], users["bob"]["default"], users["bob"]["error"]) == ("unloaded", None, None)
    assert member.machine.dump() == before
    assert not [line for line in member.log.programs if "load" in line.split()]
    gather(ansible)
    assert our_mounts(member) == []


WRONG = [
    ({"gather": []}, "gather: name providers, users or both"),
    ({"gather": ["processes"]}, "gather: name providers, users or both"),
    (
        {"gather": ["providers", "accounts"]},
        "gather: processes, accounts and notes are details of users, so name users",
    ),
    ({"gather": ["user"]}, "value of gather must be one or more of: providers, users, processes, accounts"),
    ({"mount": "perhaps"}, "mount"),
    ({"users": []}, "users is empty"),
]


def test_every_wrong_option_gets_one_clear_message_and_nothing_is_sent(start):
    ansible = start({"desk1": machine(ADA)})
    run = ansible.tasks(
        [{"name": str(n), MODULE: given, "ignore_errors": True} for n, (given, _unused) in enumerate(WRONG)]
    )

    for number, (given, sentence) in enumerate(WRONG):
        done = run.of("desk1", str(number))
        assert done.status == "failed", given
        assert sentence in done.result["msg"], given
    assert ansible.fleet["desk1"].log.count() == 0


def test_a_german_machine_says_the_same(start):
    unset = {"HKLM\\SOFTWARE\\Classes\\CLSID\\{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}\\LocalServer32": {"x": "y"}}
    acme = {"name": "Acme", "guid": "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}", "com_server": None}
    described = machine(ADA, BOB, {"account": "eve", "default": "Acme"}, registry=unset)
    described["providers"] = [*described["providers"], acme]
    ansible = start({"english": described, "german": described | {"language": "de"}})

    facts = gather(ansible)

    verdicts = {host: [user["verdict"] for user in one["users"]] for host, one in facts.items()}
    assert verdicts["english"] == verdicts["german"] == ["shadowed", "ready", "ready"]
    assert facts["english"]["providers"] == facts["german"]["providers"]


def test_a_failure_of_one_hive_does_not_affect_others(start):
    users = [
        ADA,
        BOB | {"denied": ["read"]},
        {"account": r"CONTOSO\held", "default": "Lync"},
        {"account": r"CONTOSO\man", "default": JABBER, "profile": "mandatory"},
        {"account": r"CONTOSO\disk", "profile": "no_hive"},
        {"account": r"CONTOSO\gone", "default": JABBER, "profile": "deleted_account"},
    ]
    ansible = start({"desk1": machine(*users)})
    ansible.fleet["desk1"].machine.hold_hive(r"CONTOSO\held")

    done = ansible.tasks([{"name": "facts", MODULE: None}]).of("desk1", "facts")

    assert done.status == "ok"
    assert done.result["msg"].startswith(
        r"6 users: 1 shadowed, 1 ready; 2 users with errors; CONTOSO\bob: the hive cannot be read; CONTOSO\held: "
    )
    facts = users_by_folder(done.result["ansible_facts"]["im_presence"])
    assert {name: (user["verdict"], user["reason"]) for name, user in facts.items()} == {
        "ada": ("shadowed", None),
        "bob": (None, None),
        "held": (None, None),
        "man": (None, "mandatory"),
        "disk": (None, "no_hive_file"),
        "gone": ("ready", None),
    }
    assert facts["bob"]["error"] == "the hive cannot be read"
    assert "could not be mounted: it is in use" in facts["held"]["error"]
    assert facts["gone"]["account"] is None


def test_a_hive_that_stays_mounted_fails_the_task_and_the_facts_are_in_its_result(start):
    ansible = start({"desk1": machine(ADA, BOB)})
    held = hold_mounted_hive(ansible.fleet["desk1"])

    run = ansible.tasks(
        [
            {"name": "facts", MODULE: None, "register": "facts", "ignore_errors": True},
            {"name": "kept", "ansible.builtin.debug": {"msg": "{{ ansible_facts.im_presence is defined }}"}},
            {
                "name": "verdicts",
                "ansible.builtin.debug": {
                    "msg": "{{ facts.ansible_facts.im_presence.users | map(attribute='verdict') | list }}"
                },
            },
        ]
    )

    assert held
    done = run.of("desk1", "facts")
    assert (done.status, done.result["changed"]) == ("failed", False)
    assert r"CONTOSO\bob: C:\Users\bob\NTUSER.DAT stayed mounted at HKU\presence.office." in done.result["msg"]
    # As with every module: Ansible only sets the facts of tasks that do not fail.
    assert run.of("desk1", "kept").result["msg"] is False
    assert run.of("desk1", "verdicts").result["msg"] == ["shadowed", "ready"]


def test_a_user_who_signs_in_meanwhile_is_diagnosed_as_signed_in(start):
    ansible = start({"desk1": machine(ADA, BOB)})
    member = ansible.fleet["desk1"]
    seen: list[str] = []

    def observe(line):
        if "reg load" in line and not seen:
            seen.append(line)
            member.machine.sign_in(r"CONTOSO\bob")

    member.server.observers.append(observe)
    user = users_by_folder(gather(ansible)["desk1"])["bob"]

    assert seen
    assert (user["hive"], user["verdict"]) == ("loaded", "not_running")
    assert member.machine.damage == []


def test_ad_hoc(start):
    ansible = start({"desk1": machine(ADA, BOB)})

    done = subprocess.run(
        ["ansible", "-i", str(ansible.inventory), "desk1", "-m", MODULE],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip

    head, _unused, facts = done.stdout.partition(" => ")
    assert head == "desk1 | SUCCESS"
    result = json.loads(facts)
    assert result["ansible_facts"]["im_presence"]["summary"]["verdicts"] == {"shadowed": 1, "ready": 1}
    assert result["msg"] == (
        r"2 users: 1 shadowed, 1 ready; CONTOSO\ada is shadowed: Cisco Jabber does not run (UpAndRunning is 0), and "
        "Lync does; Office connects to Cisco Jabber only"
    )


def test_gather_facts_only_runs_modules_so_it_cannot_run_this_one(start):
    """What the module's notes say about `gather_facts`, and the way that works: a task first, and a cache."""
    ansible = start({"desk1": machine(ADA)})
    play = {"hosts": "all", "gather_facts": True, "vars": {"ansible_facts_modules": [MODULE]}, "tasks": []}
    path = ansible.inventory.with_name("gather.yml")
    path.write_text(json.dumps([play]), encoding="utf-8")

    run = ansible.playbook(str(path))

    assert run.code == 2
    assert f"module ({MODULE}) is missing interpreter line" in run.output
    assert ansible.fleet["desk1"].log.count() == 0


def test_a_later_run_reads_the_facts_from_a_cache(start, monkeypatch, tmp_path):
    monkeypatch.setenv("ANSIBLE_CACHE_PLUGIN", "ansible.builtin.jsonfile")
    monkeypatch.setenv("ANSIBLE_CACHE_PLUGIN_CONNECTION", str(tmp_path / "cache"))
    ansible = start({"desk1": machine(ADA)})
    gather(ansible)
    ansible.fleet["desk1"].log.clear()
    show = {"ansible.builtin.debug": {"msg": "{{ ansible_facts.im_presence.users[0].verdict }}"}}

    run = ansible.tasks([show])

    assert run.of("desk1").result["msg"] == "shadowed"
    assert ansible.fleet["desk1"].log.count() == 0
