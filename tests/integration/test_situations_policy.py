"""What people write into playbooks and inventories about the policy is what happens.

The situations are from public reports; their sources are named beside them.
"""

from __future__ import annotations

import subprocess
import typing as t

import pytest
import yaml

from tests.conftest import CHECKOUT

from .machines import ADA, JABBER, machine

ROLE = "presence.office.default_im_app"
BOB = {"account": r"CONTOSO\bob", "default": JABBER}
LYNC = {"default_im_app_name": "Lync"}


def role(case, apply=None, tasks_from="main", **variables):
    """Return a task that includes the role, with variables and keywords for all its tasks."""
    include = {"name": ROLE, "apply": apply or {}, "tasks_from": tasks_from}
    return {"name": case, "ansible.builtin.include_role": include, "vars": LYNC | variables}


def write(folder, *plays):
    path = folder / "site.yml"
    path.write_text(yaml.safe_dump([{"gather_facts": False, **play} for play in plays]), encoding="utf-8")
    return str(path)


def test_the_role_obeys_check_mode_and_diff_wherever_they_are_written(start, tmp_path):
    """ansible/ansible#61689: ansible_check_mode knows --check only."""
    names = ["of_play", "of_block", "of_include", "of_task", "audited", "without", "diff_of_play", "diff_of_block"]
    ansible = start({name: machine(ADA, BOB) for name in names})
    by_role = {"roles": [{"role": ROLE, "vars": LYNC}]}
    site = write(
        tmp_path,
        {"hosts": "of_play", "check_mode": True, **by_role},
        {"hosts": "of_block", "tasks": [{"check_mode": True, "block": [role("it")]}]},
        {"hosts": "of_include", "tasks": [role("it", {"check_mode": True})]},
        {"hosts": "of_task", "roles": [{"role": ROLE, "vars": LYNC, "check_mode": True}]},
        {"hosts": "audited", "check_mode": True, "ignore_errors": True, "tasks": [role("it", tasks_from="audit")]},
        {"hosts": "diff_of_play", "diff": True, **by_role},
        {"hosts": "diff_of_block", "tasks": [{"diff": True, "check_mode": True, "block": [role("it")]}]},
        {"hosts": "without", **by_role},
    )

    run = ansible.playbook(site)

    assert run.code == 0, run.output
    for name in ("of_play", "of_block", "of_include", "of_task", "diff_of_block"):
        assert ansible.fleet[name].log.writes() == [], name
        done = run.of(name, "presence.office.default_im_app : Default IM provider of every user").result
        assert done["msg"].startswith("would change 2 of 2 users"), name
        assert run.of(name).status == "skipped", name  # there was nothing to read again
    assert ansible.fleet["audited"].log.writes() == []
    for name in ("without", "diff_of_play"):
        assert ansible.fleet[name].machine.default_of("bob") == "Lync"
        assert run.of(name, "presence.office.default_im_app : Read again, if anything was changed").status == "ok"
    plays = run.output.split("PLAY [")
    shown = {play.partition("]")[0] for play in plays if r"CONTOSO\ada: Cisco Jabber -> Lync" in play.splitlines()}
    assert shown == {"audited", "diff_of_play", "diff_of_block"}

    kept = write(tmp_path, {"hosts": "of_play", "check_mode": False, **by_role}, {"hosts": "of_block", **by_role})
    run = ansible.playbook(kept, "--check")
    assert run.code == 0, run.output
    assert ansible.fleet["of_play"].machine.default_of("bob") == "Lync"  # as Ansible has it
    assert ansible.fleet["of_block"].log.writes() == []


# Variables as `-e key=value` or YAML gives them: who would change, or a part of the sentence that refuses them.
BOTH = [r"CONTOSO\ada", r"CONTOSO\bob"]
WRITTEN: list[tuple[dict[str, t.Any], list[str] | str]] = [
    ({"exclude_users": r"CONTOSO\ada, CONTOSO\bob"}, []),  # ansible/ansible#6541
    ({"exclude_users": r"[CONTOSO\ada, CONTOSO\nobody]"}, [r"CONTOSO\bob"]),
    ({"exclude_users": '["CONTOSO\\\\ada"]'}, [r"CONTOSO\bob"]),
    ({"users": " bob , x* "}, [r"CONTOSO\bob"]),
    ({"users": ["bob ", " ada"]}, BOTH),
    ({"name": "MsTeams, Lync"}, BOTH),
    ({"name": '["MsTeams", "Lync"]'}, BOTH),
    ({"name": ["Chat, Inc", "Lync"]}, BOTH),  # a name with a comma, in a list
    ({"profiles": "loaded, unloaded"}, BOTH),
    ({"profiles": "['unloaded']"}, [r"CONTOSO\bob"]),
    ({"name": "Zoom", "require_registered": "no"}, BOTH),
    ({"record_previous": "yes", "exclude_users": []}, BOTH),
    # Empty.
    ({"users": ""}, "users: '' is not an account name, a SID or a pattern"),
    ({"users": "  "}, "users: "),
    ({"users": []}, "users is empty: name at least one user, or omit the option to select everyone"),
    ({"users": None}, "users"),  # ansible-core 2.17 makes an empty text of it
    ({"users": [None]}, "users has an empty entry"),
    ({"users": "bob,"}, "users: '' is not an account name"),
    ({"exclude_users": None}, "exclude_users"),
    ({"exclude_users": ""}, "exclude_users: '' is not an account name"),
    ({"exclude_users": ["ada", " "]}, "exclude_users: ' ' is not an account name"),
    ({"profiles": ""}, "profiles is empty: name at least one of loaded, unloaded and default"),
    ({"profiles": ["loaded", ""]}, "profiles has an empty entry"),
    ({"state": None}, "state"),  # absent, once
    ({"require_registered": None}, "require_registered"),
    ({"name": ""}, "name: '' is not a provider's name"),
    # Taken for something else by YAML.
    (
        {"name": False},
        "name: YAML took a text for the boolean false (so it does with yes, no, on, off, true and false)",
    ),
    ({"users": ["bob", 1001]}, "users: YAML took a text for the number 1001: quote it, like 'this'"),
    ({"exclude_users": [True]}, "exclude_users: YAML took a text for the boolean true"),
    ({"users": "[bob, no]"}, "users: YAML took a text for the boolean false"),
    ({"users": "[bob"}, []),
    ({"users": "[b, {]"}, "users: it begins and ends with a bracket and is no list"),
    # Misspelt.
    ({"user": "bob"}, "there is no variable default_im_app_user: did you mean default_im_app_users? Nothing was done"),
    ({"exclude": "bob"}, "there is no variable default_im_app_exclude: did you mean default_im_app_exclude_users?"),
    ({"result": {"changed": False}}, BOTH),  # registered under such a name
]
MISSPELT = {
    "presence_office_host": "presence_office_hosts",
    "default_imapp_users": "default_im_app_users",
    "Default_Im_App_Users": "default_im_app_users",
}


def test_variables_as_people_write_them(start):
    ansible = start({"desk1": machine(ADA, BOB)})
    cases = [{f"default_im_app_{name}": value for name, value in given.items()} for given, _unused in WRITTEN]
    keywords = {"check_mode": True, "ignore_errors": True}
    tasks = [role(f"case {number}", keywords, **given) for number, given in enumerate(cases)]
    tasks += [role(f"case {name}", keywords, **{name: "x"}) for name in MISSPELT]

    run = ansible.tasks(tasks)

    done = [one for one in run.results if one.task.endswith("Default IM provider of every user")]
    refused = [one for one in run.results if one.task.partition(" : ")[2].startswith("Validating arguments")]
    assert len(done) == len(tasks), f"{[one.result for one in refused if one.status == 'failed']}\n{run.output}"
    for (given, expected), one in zip(WRITTEN, done, strict=False):
        if isinstance(expected, str):
            assert one.status == "failed", given
            assert expected in one.result["msg"], (given, one.result["msg"])
            assert one.result["reason"] == "bad_options", given
        else:
            assert one.status == "ok", (given, one.result["msg"])
            assert [user["account"] for user in one.result["users"] if user["changed"]] == expected, given
    for (name, meant), one in zip(MISSPELT.items(), done[len(WRITTEN) :], strict=True):
        assert f"there is no variable {name}: did you mean {meant}?" in one.result["msg"]


def test_every_variable_works_as_a_text_on_the_command_line(start):
    ansible = start({"desk1": machine(ADA, BOB)})
    given = {
        "name": "MsTeams, Lync",
        "state": "present",
        "profiles": "loaded, unloaded",
        "users": "ada, bob",
        "exclude_users": "[nobody, ada]",
        "missing_user": "report",
        "require_registered": "yes",
        "record_previous": "no",
        "unregistered": "fail",
        "hold": "0",
        "hold_interval": "2",
        "watch": "poll",
        "contested": "warn",
    }
    spec = yaml.safe_load((CHECKOUT / "roles/default_im_app/meta/argument_specs.yml").read_text(encoding="utf-8"))
    assert {f"default_im_app_{name}" for name in given} == set(spec["argument_specs"]["main"]["options"])
    options = [part for name, value in given.items() for part in ("-e", f"default_im_app_{name}='{value}'")]

    audit = ansible.playbook("presence.office.audit", *options, "-e", "default_im_app_audit_verdicts='stale, silent'")
    enforced = ansible.playbook("presence.office.enforce", *options, "-e", "presence_office_hosts='desk1, all'")

    assert (audit.code, enforced.code) == (2, 0), audit.output + enforced.output
    assert r"CONTOSO\bob: Cisco Jabber -> Lync" in audit.output
    assert [ansible.fleet["desk1"].machine.default_of(name) for name in ("ada", "bob")] == [JABBER, "Lync"]


def test_the_options_of_modules_that_share_them_are_set_by_group(start, tmp_path):
    ansible = start({"desk1": machine(ADA, BOB)})
    defaults = [
        {"group/presence.office.users": {"exclude_users": [r"CONTOSO\ada"], "profiles": "unloaded, loaded"}},
        {"group/presence.office.policy": {"name": ["MsTeams", "Lync"]}},
    ]
    registration = {"friendly_name": "x", "guid": "{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}", "process_name": "x.exe"}
    tasks = [
        {"name": "audit", "presence.office.presence_audit": {}},
        {"name": "facts", "presence.office.im_provider_facts": {}},
        {"name": "enforce", "presence.office.default_im_app": {}},
        {"name": "register", "presence.office.im_provider": {"name": "MsTeams", **registration}},
        {"name": "empty", "presence.office.default_im_app": {"exclude_users": ""}, "ignore_errors": True},
    ]

    run = ansible.playbook(write(tmp_path, {"hosts": "all", "module_defaults": defaults, "tasks": tasks}), "--check")

    assert run.code == 0, run.output
    facts = run.of("desk1", "facts").result["ansible_facts"]["im_presence"]
    for users in (facts["users"], *(run.of("desk1", name).result["users"] for name in ("audit", "enforce"))):
        assert [user["account"] for user in users] == [r"CONTOSO\bob"]
    assert run.of("desk1", "empty").status == "failed"


def test_the_terminal_shows_the_sentence_of_the_module_and_not_only_that_a_condition_held(start, tmp_path):
    """On every ansible-core: 2.20 says first that `failed_when` was true, so the role has none."""
    ansible = start({"desk1": machine(ADA)})
    result = {"register": "it", "ignore_errors": True}
    module = {"presence.office.default_im_app": {"name": "Zoom"}}
    tasks = [
        {"name": "module", **module, **result, "failed_when": "it.failed"},
        role("role", {"ignore_errors": True}, default_im_app_name="Zoom"),
        role("audit", {"ignore_errors": True}, tasks_from="audit"),
    ]

    run = ansible.playbook(write(tmp_path, {"hosts": "all", "tasks": tasks}))

    parts = [part for part in run.output.split("TASK [") if "fatal: " in part]
    assert len(parts) == 3, run.output
    flat = [" ".join(part.split()) for part in parts]
    for part in flat[:2]:
        assert "no provider can be set: Zoom (not usable)" in part
    assert "failed_when" not in flat[1]
    assert "Users drift: enforcing would change 1 of 1 user" in flat[2]


# The gate over nobody: options, and what has to be on the terminal.
NOBODY = [
    ("audit", ["-e", "presence_office_hosts=ofice"], "no host to work on: not in the inventory: ofice"),
    (
        "enforce",
        ["-e", "presence_office_host=desk1"],
        "no variable presence_office_host: did you mean presence_office_hosts?",
    ),
    ("audit", ["-e", "presence_office_hosts=desk1", "--limit", "desk2"], "--limit desk2 leaves none of 'desk1'"),
    ("audit", ["--limit", "desk3"], "leaves us with no hosts to target"),
    ("report", ["-i", "EMPTY"], "the inventory is empty"),
]
#: What else `presence_office_hosts` may be.
PATTERNS = [
    ("", "presence_office_hosts is empty"),
    (None, "presence_office_hosts is"),
    (["desk1", ""], "presence_office_hosts is empty, or has an empty entry"),
    ("desk1,!desk3", "not in the inventory: desk3"),
    ("desk1:!all", "the inventory has no host of 'desk1:!all'"),
    (1, "presence_office_hosts: YAML took a text for the number 1"),
    ("[desk1, all]", "desk1,all"),
    ("all:!desk2", "all:!desk2"),
]


@pytest.mark.parametrize(("playbook", "options", "sentence"), NOBODY)
def test_a_gate_over_nobody_is_not_green(tmp_path, playbook, options, sentence):
    """ansible/ansible#14693, #65911: Ansible skips a play that matches nobody, and ends with 0."""
    empty = tmp_path / "empty.ini"
    empty.write_text("", encoding="utf-8")
    given = [str(empty) if option == "EMPTY" else option for option in options]
    inventory = [] if "-i" in options else ["-i", "desk1,desk2,"]
    run = terminal(*inventory, f"presence.office.{playbook}", *given, "-e", "default_im_app_name=Lync")

    assert run.returncode in (1, 4), run.stdout
    assert sentence in " ".join((run.stdout + run.stderr).split())
    assert "Traceback" not in run.stdout + run.stderr


def test_the_patterns_of_the_gate(start):
    ansible = start({"desk1": machine(), "desk2": machine()})
    message = "{{ lookup('presence.office.hosts', pattern) }}"
    tasks = [
        {
            "name": str(number),
            "ansible.builtin.debug": {"msg": message},
            "vars": {"pattern": pattern},
            "ignore_errors": True,
        }
        for number, (pattern, _unused) in enumerate(PATTERNS)
    ]

    run = ansible.tasks(tasks, hosts="desk1")

    for number, (pattern, expected) in enumerate(PATTERNS):
        assert expected in run.of("desk1", str(number)).result["msg"], pattern


def terminal(*arguments):
    """Run ansible-playbook without any machine."""
    return subprocess.run(["ansible-playbook", *arguments], capture_output=True, text=True, check=False)


def test_a_syntax_check_needs_no_inventory():
    """As by ansible-lint, of playbooks that import these."""
    run = terminal(
        "--syntax-check", *(f"presence.office.{path.stem}" for path in sorted((CHECKOUT / "playbooks").glob("*.yml")))
    )
    assert run.returncode == 0, run.stderr


def test_nobody_can_be_allowed_where_it_is_no_mistake(start):
    ansible = start({"desk1": machine(ADA), "desk2": machine(ADA)})
    limit = ["--limit", "desk2", "-e", "presence_office_hosts=desk1", "-e", "default_im_app_name=Lync"]

    assert ansible.playbook("presence.office.enforce", *limit).code == 0
    assert ansible.playbook("presence.office.audit", *limit, "-e", "presence_office_allow_no_hosts=yes").code == 0
    nobody = ["-e", "presence_office_hosts=im_verdict_shadowed", "-e", "presence_office_allow_no_hosts=yes"]
    for playbook in ("enforce", "hold"):
        assert ansible.playbook(f"presence.office.{playbook}", *nobody).code == 0
    assert [member.log.count() for member in ansible.fleet] == [0, 0]
