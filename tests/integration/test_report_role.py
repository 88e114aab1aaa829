"""The role and the playbook, from virtual machines to the files: the report shows what is wrong on the machines."""

from __future__ import annotations

import csv
import io
import json
import subprocess

import jsonschema

from tests.conftest import CHECKOUT

from .facts_support import hold_mounted_hive
from .machines import ADA, JABBER, machine

REPORT = "presence.office.report"
SCHEMA = json.loads((CHECKOUT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
BOB = {"account": r"CONTOSO\bob", "default": "Lync"}
EVIL = "<script>{{ 7 * 7 }}</script>"


def document(folder):
    """Return presence.json, validated against its schema."""
    report = json.loads((folder / "presence.json").read_text(encoding="ascii"))
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    return report


def test_the_facts_of_real_runs_make_the_groups(start, tmp_path, monkeypatch):
    ansible = start(
        {
            "desk1": machine(ADA),
            "desk2": machine({"account": r"CONTOSO\eve", "signed_in": True}),
        }
    )
    monkeypatch.setenv("ANSIBLE_CACHE_PLUGIN", "jsonfile")
    monkeypatch.setenv("ANSIBLE_CACHE_PLUGIN_CONNECTION", str(tmp_path / "cache"))
    run = ansible.playbook(REPORT, presence_report_directory=str(tmp_path / "out"))
    assert run.code == 0, run.output
    inventory = CHECKOUT / "docs" / "inventory" / "presence_groups.yml"
    listed = subprocess.run(
        ["ansible-inventory", "-i", str(ansible.inventory), "-i", str(inventory), "--list"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    groups = {name: group.get("hosts") for name, group in json.loads(listed.stdout).items() if name.startswith("im_")}
    assert groups == {
        "im_default_cisco_jabber": ["desk1"],
        "im_default_none": ["desk2"],
        "im_verdict_shadowed": ["desk1"],
        "im_verdict_no_default": ["desk2"],
        "im_has_lync": ["desk1", "desk2"],
        "im_has_cisco_jabber": ["desk1", "desk2"],
    }


def test_from_machines_to_the_report(start, tmp_path):
    ansible = start(
        {
            "desk1": machine(ADA, BOB),
            "desk2": machine({"account": r"CONTOSO\eve", "signed_in": True, "default": EVIL}),
            "off": {"power": "off"},
        }
    )
    out = tmp_path / "out"

    run = ansible.playbook(REPORT, presence_report_directory=str(out), presence_report_title="Contoso")

    assert run.code == 0, run.output
    report = document(out)
    machines = {machine["name"]: machine for machine in report["machines"]}
    assert {name: machine["trouble"] for name, machine in machines.items() if name != "off"} == {
        "desk1": None,
        "desk2": None,
    }
    verdicts = {
        user["profile"].rpartition("\\")[2]: user["verdict"]
        for name in ("desk1", "desk2")
        for user in machines[name]["users"]
    }
    assert verdicts == {"ada": "shadowed", "bob": "ready", "eve": "not_registered"}
    assert machines["off"]["answered"] is False
    assert machines["off"]["trouble"].startswith("could not be reached: ")
    assert report["title"] == "Contoso"
    shadowed = next(advice for advice in report["first"] if advice["verdict"] == "shadowed")
    assert (shadowed["provider"], shadowed["hosts"]) == (JABBER, ["desk1"])
    assert 'name: "Lync"' in shadowed["task"]
    assert machines["desk2"]["users"][0]["default"] == EVIL
    page = (out / "presence.html").read_text(encoding="utf-8")
    assert EVIL not in page
    assert "\\u003cscript\\u003e{{ 7 * 7 }}" in page
    lines = csv.DictReader(io.StringIO((out / "presence.csv").read_text(encoding="utf-8-sig"), newline=""))
    assert [line["verdict"] for line in lines if line["machine"] == "off"] == ["no_answer"]
    assert not any(member.log.writes() for member in ansible.fleet)


def test_a_machine_with_a_hive_that_stays_mounted_is_reported_with_its_facts(start, tmp_path):
    ansible = start({"desk1": machine(ADA, BOB)})
    held = hold_mounted_hive(ansible.fleet["desk1"])
    out = tmp_path / "out"

    run = ansible.playbook(REPORT, presence_report_directory=str(out))

    assert held
    assert run.code == 0, run.output
    (desk1,) = document(out)["machines"]
    assert desk1["answered"] is True
    assert [user["verdict"] for user in desk1["users"]] == ["shadowed", "ready"]
    assert "stayed mounted at" in desk1["users"][1]["error"]
    lines = csv.DictReader(io.StringIO((out / "presence.csv").read_text(encoding="utf-8-sig"), newline=""))
    assert ["stayed mounted at" in line["error"] for line in lines] == [False, True]


def test_the_plays_of_the_report_fix_what_they_are_for_and_nothing_else(start, tmp_path):
    content = {"account": r"CONTOSO\zoe", "default": JABBER}  # not signed in, and fine with Jabber
    ansible = start({"desk1": machine(ADA, content)})
    assert ansible.playbook(REPORT, presence_report_directory=str(tmp_path / "out")).code == 0
    (advice,) = document(tmp_path / "out")["first"]
    play = tmp_path / "mend.yml"
    play.write_text(advice["task"], encoding="utf-8")

    for _again in range(2):  # the second time there is nobody left
        run = ansible.playbook(str(play))
        assert run.code == 0, run.output

    assert ansible.playbook(REPORT, presence_report_directory=str(tmp_path / "out")).code == 0
    after = document(tmp_path / "out")
    users = {user["account"]: (user["default"], user["verdict"]) for user in after["machines"][0]["users"]}
    assert users == {r"CONTOSO\ada": ("Lync", "present"), r"CONTOSO\zoe": (JABBER, "ready")}
    assert after["first"] == []
