"""The report through real ansible-playbook: machines that are off, batches, hostile facts, failed writes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import typing as t

import jsonschema
import pytest
import yaml

from tests.browser.fleets import HOSTILE, fleet, hostile_fleet
from tests.conftest import CHECKOUT

SCHEMA = json.loads((CHECKOUT / "docs" / "report.schema.json").read_text(encoding="utf-8"))

#: Nothing listens there.
OFF = {
    "ansible_connection": "winrm",
    "ansible_host": "127.0.0.1",
    "ansible_port": 9,
    "ansible_winrm_scheme": "http",
    "ansible_user": "a",
    "ansible_password": "b",
}

GATHER: dict[str, t.Any] = {
    "name": "ask",
    "ansible.builtin.raw": "hostname",
    "register": "facts",
    "ignore_unreachable": True,
    "ignore_errors": True,
}


class Controller:
    """A folder with hosts whose facts come from files, and hosts that are off."""

    def __init__(self, folder):
        self.folder = folder
        self.out = folder / "out"
        self.hosts = {}

    def add(self, name, facts=None):
        if facts is None:
            self.hosts[name] = OFF
            return
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(facts), encoding="ascii")
        self.hosts[name] = {"ansible_connection": "local", "facts_file": str(path)}

    def play(self, *options, report=None, play=None, facts=True, gather=True):
        tasks: list[dict[str, t.Any]] = [
            {
                "name": "facts",
                "ansible.builtin.set_fact": {
                    "cacheable": True,
                    "im_presence": "{{ lookup('ansible.builtin.file', facts_file) | from_json }}",
                },
                "when": "facts_file is defined",
            }
        ] * facts
        tasks += [GATHER] * gather
        report = {"directory": str(self.out), **({"registered": "facts"} if gather else {}), **(report or {})}
        tasks.append({"name": "report", "presence.office.presence_report": report})
        (self.folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": self.hosts}}), encoding="utf-8")
        (self.folder / "play.yml").write_text(
            yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": tasks, **(play or {})}]), encoding="utf-8"
        )
        environment = os.environ | {
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.folder / "cache"),
        }
        command = ["ansible-playbook", "-i", "hosts.yml", "play.yml", *options]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def document(self):
        document = json.loads((self.out / "presence.json").read_text(encoding="ascii"))
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        return document

    def answered(self):
        return {machine["name"]: machine["answered"] for machine in self.document()["machines"]}


@pytest.fixture
def controller(tmp_path):
    return Controller(tmp_path)


@pytest.fixture
def mixed(controller):
    """Add three machines that answer, and two that are off: the second and the last."""
    one, two, three = fleet(3, 9).values()
    for name, facts in {"one": one, "off1": None, "two": two, "three": three, "off2": None}.items():
        controller.add(name, facts)
    return controller


MIXED = {"one": True, "off1": False, "two": True, "three": True, "off2": False}


def test_a_fleet_with_machines_that_are_off(mixed):
    run = mixed.play()
    assert run.returncode == 0, run.stdout
    assert mixed.answered() == MIXED
    messages = {machine["name"]: machine["trouble"] for machine in mixed.document()["machines"]}
    assert messages["off1"].startswith("could not be reached: ")
    assert "Connection refused" in messages["off1"]
    assert (mixed.out / "presence.html").read_bytes().startswith(b"<!DOCTYPE html>")
    rows = list(csv.DictReader(io.StringIO((mixed.out / "presence.csv").read_text(encoding="utf-8-sig"), newline="")))
    assert sum(row["verdict"] == "no_answer" for row in rows) == 2
    assert len(rows) == 9 + 2
    assert sorted(path.name for path in mixed.out.iterdir()) == ["presence.csv", "presence.html", "presence.json"]


@pytest.mark.parametrize("serial", [2, [1, "50%"]])
def test_in_batches_the_last_one_writes_the_report_of_all(mixed, serial):
    run = mixed.play(play={"serial": serial})
    assert run.returncode == 0, run.stdout
    assert mixed.answered() == MIXED
    assert run.stdout.count("changed: ") - run.stdout.count("TASK [ask]") <= 4  # the report's, and the answers


def test_all_are_off(controller):
    for n in range(3):
        controller.add(f"off{n}")
    run = controller.play()
    assert run.returncode == 0, run.stdout
    assert controller.answered() == {"off0": False, "off1": False, "off2": False}


def test_hosts_lost_before_the_task_are_listed(mixed):
    run = mixed.play(gather=False, play={"tasks": [{"ansible.builtin.raw": "hostname"}, *mixed_tasks(mixed)]})
    assert run.returncode == 4, run.stdout
    assert mixed.answered() == MIXED


def mixed_tasks(controller):
    return [
        {
            "ansible.builtin.set_fact": {"im_presence": "{{ lookup('ansible.builtin.file', facts_file) | from_json }}"},
        },
        {"presence.office.presence_report": {"directory": str(controller.out)}},
    ]


def test_a_limit_is_a_smaller_fleet(mixed):
    assert mixed.play("--limit", "one,off1").returncode == 0
    assert mixed.answered() == {"one": True, "off1": False}


def test_from_cached_facts_without_requests(mixed):
    assert mixed.play().returncode == 0
    for path in mixed.out.iterdir():
        path.unlink()
    run = mixed.play(facts=False, gather=False)
    assert run.returncode == 0, run.stdout
    assert mixed.answered() == MIXED
    assert mixed.document()["totals"]["users"] == 9


def test_cached_facts_of_a_machine_that_is_off_now_are_not_reported_as_current(mixed):
    assert mixed.play().returncode == 0
    mixed.hosts["one"] = OFF
    assert mixed.play(facts=False).returncode == 0
    assert mixed.answered() == MIXED | {"one": False}


def test_check_mode_writes_nothing(mixed):
    run = mixed.play("--check")
    assert run.returncode == 0, run.stdout
    assert not mixed.out.exists()


def test_a_failed_run_leaves_the_last_report(mixed):
    assert mixed.play().returncode == 0
    before = {path: path.read_bytes() for path in mixed.out.iterdir()}
    (mixed.folder / "file").write_text("", encoding="utf-8")
    run = mixed.play(report={"directory": str(mixed.folder / "file" / "out")})
    assert run.returncode == 2
    assert "the report could not be written to" in run.stdout + run.stderr
    run = mixed.play(report={"hosts": ["one", "stranger"]})
    assert run.returncode == 2
    assert "hosts: not in the inventory: stranger" in run.stdout + run.stderr
    assert {path: path.read_bytes() for path in mixed.out.iterdir()} == before


def test_hostile_facts_are_data(controller, tmp_path):
    marker = tmp_path / "owned"
    hosts = hostile_fleet()
    del hosts["evil-surrogate"]  # set_fact, which stands in for the module here, refuses it
    text = "{{ lookup('pipe', 'touch " + str(marker) + "') }}"
    hosts["evil-jinja"]["users"][0] |= {"account": text, "default": text}
    for name, facts in hosts.items():
        if isinstance(facts, dict):
            controller.add(name, facts)
    for facts in (True, False):  # as sent, then as a cache gives them back
        run = controller.play(gather=False, facts=facts)
        assert run.returncode == 0, run.stdout
        machines = {machine["name"]: machine for machine in controller.document()["machines"]}
        assert machines["evil-jinja"]["users"][0]["account"] == text
        assert machines["evil-script"]["users"][0]["account"] == HOSTILE["script"]
        assert len(machines["evil-long"]["users"][0]["account"]) == 1025
    assert not marker.exists()


def test_wrong_options_get_one_clear_message(mixed):
    for nothing in (None, ""):
        run = mixed.play(report={"directory": nothing})
        assert run.returncode == 2
        assert ("directory is empty" if nothing == "" else "directory") in run.stdout + run.stderr
