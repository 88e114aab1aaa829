"""What people write about the report is what happens, and a good report is not replaced by an emptier one.

The situations are from public reports; their sources are named beside them.
"""

from __future__ import annotations

import json

import jsonschema
import yaml

from tests.conftest import CHECKOUT

from .machines import ADA, machine

REPORT = "presence.office.report"
SCHEMA = json.loads((CHECKOUT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
BOB = {"account": r"CONTOSO\bob", "default": "Lync"}
FLEET = {"desk1": machine(ADA, BOB), "desk2": machine(ADA), "off": {"power": "off"}}


def machines(folder):
    """Return the machines of presence.json, which has to keep to its schema."""
    report = json.loads((folder / "presence.json").read_text(encoding="ascii"))
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    return {machine["name"]: machine for machine in report["machines"]}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def flat(run):
    return " ".join(run.output.split())


def test_a_good_report_is_replaced_by_an_emptier_one_only_if_told_to(start, tmp_path):
    """ansible/ansible#85775, and its kind."""
    ansible = start(FLEET)
    out = tmp_path / "out"
    to = {"presence_report_directory": str(out)}
    assert ansible.playbook(REPORT, "-e", "presence_report_collect=true", **to).code == 0
    before = contents(out)

    run = ansible.playbook(REPORT, "--limit", "off", **to)
    sentence = "this run did not ask 2 machines that had answered then: desk1, desk2"
    assert run.code == 2, run.output
    assert run.results[-1].result["not_asked"] == ["desk1", "desk2"]
    assert sentence in flat(run)

    # Variables, and the sentence at the end. What is wrong for all machines is no answer of theirs.
    stays = f"in {out} stays as it is: "
    cases = [
        ({"collect": "false"}, stays + "this run did not ask 2 machines that had answered then: desk1, desk2", {}),
        ({"gather": "providers", "users": "x"}, stays + "this run did not ask 1 machine", {"check_mode": True}),
        ({"gather": "processes"}, "no report was written: gather: name providers, users or both; processes", {}),
        ({"users": ""}, "no report was written: users: '' is not an account name", {}),
        ({"profiles": "loaded, unloadde"}, "no report was written: value of profiles must be one or more of", {}),
        ({"exclude": "ada"}, "did you mean presence_report_exclude_users?", {}),
    ]
    tasks = [
        {
            "ansible.builtin.include_role": {
                "name": "presence.office.presence_report",
                "apply": {"ignore_errors": True, **keywords},
            },
            "vars": {f"presence_report_{name}": value for name, value in {"directory": str(out), **given}.items()},
        }
        for given, _unused, keywords in cases
    ]
    run = ansible.tasks(tasks, hosts="desk1")
    ends = [one for one in run.results if one.task.endswith("Write the report")]
    for (given, sentence, _unused), end in zip(cases, ends, strict=True):
        assert end.status == "failed", given
        assert sentence in end.result["msg"], given
    assert contents(out) == before

    run = ansible.playbook(REPORT, "--limit", "desk1", "-e", "presence_report_replace=yes", **to)
    assert run.code == 0, run.output
    now = machines(out)
    assert {name: (one["answered"], one["asked"]) for name, one in now.items()} == {
        "desk1": (True, True),
        "desk2": (False, False),
    }
    assert now["desk2"]["trouble"].startswith("was not asked in this run; it had answered in the report of 2")
    assert "1 of 2 machines did not answer (not asked: desk2)" in run.results[-1].result["msg"]


def test_the_variables_of_the_report_as_texts(start, tmp_path):
    ansible = start(FLEET)
    out = tmp_path / "out"
    given = {
        "directory": str(out),
        "title": "Berlin, Hamburg",
        "collect": "yes",
        "gather": "users, accounts",
        "profiles": "loaded, unloaded",
        "users": "ada, bob",
        "exclude_users": "[bob]",
        "mount": "no",
        "replace": "no",
    }
    options = [part for name, value in given.items() for part in ("-e", f"presence_report_{name}='{value}'")]

    run = ansible.playbook(REPORT, *options, "-e", "presence_office_hosts='desk1, off'")

    assert run.code == 0, run.output
    found = machines(out)
    assert [user["account"] for user in found["desk1"]["users"]] == [r"CONTOSO\ada"]
    assert list(found) == ["desk1", "off"]


def test_a_strategy_of_ansible_cfg_and_hosts_by_group_and_pattern(start, tmp_path, monkeypatch):
    """lean-quickstart#174; and `hosts: a group`."""
    ansible = start(FLEET)
    for strategy in ("free", "host_pinned"):
        monkeypatch.setenv("ANSIBLE_STRATEGY", f"ansible.builtin.{strategy}")
        run = ansible.playbook(REPORT, presence_report_directory=str(tmp_path / strategy))
        assert run.code == 0, run.output
        assert set(machines(tmp_path / strategy)) == {"desk1", "desk2", "off"}
    monkeypatch.delenv("ANSIBLE_STRATEGY")

    groups = tmp_path / "groups.yml"
    groups.write_text(yaml.safe_dump({"office": {"hosts": {"desk1": None, "desk2": None}}}), encoding="utf-8")
    # `hosts` of the report, and the machines of it, or the sentence that refuses it.
    patterns = [
        ("office", ["desk1", "desk2"]),
        ("all:!office", ["off"]),
        (["off", "desk*"], ["off", "desk1", "desk2"]),
        (" desk1, off ", ["desk1", "off"]),
        ("offcie", "hosts: not in the inventory: offcie"),
        (["office", "!desk9"], "hosts: not in the inventory: desk9"),
        ("office:!office", "hosts: nobody is left of these patterns"),
        ("", "hosts is empty: name hosts or groups"),
        ([], "hosts is empty: name hosts or groups"),
        (None, "hosts is there, but has no value"),
    ]
    tasks = [
        {
            "name": f"report {number}",
            "presence.office.presence_report": {"directory": str(tmp_path / f"of {number}"), "hosts": pattern},
            "ignore_errors": True,
        }
        for number, (pattern, _unused) in enumerate(patterns)
    ]
    run = ansible.tasks(tasks, "-i", str(groups))
    for number, (pattern, expected) in enumerate(patterns):
        (done,) = [one for one in run.results if one.task == f"report {number}"]
        if isinstance(expected, str):
            assert expected in done.result["msg"], pattern
            assert not (tmp_path / f"of {number}").exists()
        else:
            assert sorted(machines(tmp_path / f"of {number}")) == sorted(expected), pattern
