"""What a machine does not have, or does not say, costs that thing, and is named."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.virtual_windows.protocol import Fault, fault_codes

from .machines import ADA, JABBER, machine

BOB = {"account": r"CONTOSO\bob", "default": JABBER}
EVERYONE = ["loaded", "unloaded", "default"]
TASKS: dict[str, dict[str, t.Any]] = {
    "facts": {"presence.office.im_provider_facts": {"profiles": EVERYONE}},
    "audit": {"presence.office.presence_audit": {"name": "Lync", "profiles": EVERYONE, "verdicts": ["shadowed"]}},
    "drift": {"presence.office.presence_audit": {"name": "Lync", "profiles": EVERYONE}},
    "typed": {"presence.office.default_im_app": {"name": "Lync", "profiles": ["loaded"]}, "check_mode": True},
    "enforce": {"presence.office.default_im_app": {"name": "Lync", "profiles": EVERYONE}},
    "guard": {"presence.office.guard": {"name": "Lync"}, "check_mode": True},
    "register": {"presence.office.im_provider": {"name": "Lync", "state": "absent"}, "check_mode": True},
}

#: The fault for a query that names a class which is not there, as the virtual machine's WMI has it, and one that passes
#: no judgement on what was asked.
UNKNOWN, FAILED = fault_codes.CANNOT_PROCESS_FILTER, 0x80041001


def breaks(member, part, code):
    """Let a machine answer each request with ``part`` in its detail with a fault."""

    def interceptor(request, stage):
        if stage == "received" and part in f"{request.resource} {request.detail}":
            raise Fault(code)

    member.server.interceptors.append(interceptor)


class Ran:
    """What became of the tasks on one machine."""

    def __init__(self, run, host, reported):
        self.reported = reported
        self._results = {name: run.of(host, name) for name in TASKS}

    def __getitem__(self, task):
        return self._results[task].result

    def status(self, task):
        """Return ok or failed."""
        return self._results[task].status

    @property
    def facts(self):
        """The facts."""
        assert self.status("facts") == "ok", self["facts"]["msg"]
        return self["facts"]["ansible_facts"]["im_presence"]

    @property
    def changed(self):
        """Who was changed, by folder."""
        return [user["profile"].rpartition("\\")[2] for user in self["enforce"]["users"] if user["changed"]]


@pytest.fixture
def ran(start, tmp_path):
    """Run all tasks on machines that all lack something else."""
    described = machine(ADA, BOB)
    without_office = {name: value for name, value in described.items() if name != "office"}
    hosts = ("whole", "no-profiles", "no-processes", "no-names", "one-view", "denied-view", "no-view-typed")
    ansible = start({**dict.fromkeys(hosts, described), "no-office": without_office})
    fleet = ansible.fleet
    breaks(fleet["no-profiles"], "Win32_UserProfile", UNKNOWN)
    breaks(fleet["no-processes"], "Win32_Process", FAILED)
    breaks(fleet["no-names"], "Win32_SID", FAILED)
    registry = fleet["one-view"].machine.registry
    registry.delete_key(r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node", recursive=True)
    fleet["denied-view"].machine.registry.deny(r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\IM Providers", "read")
    fleet["no-view-typed"].machine.registry.deny(r"HKEY_LOCAL_MACHINE\SOFTWARE\IM Providers", "read")
    tasks = [{"name": name, "ignore_errors": True, **task} for name, task in TASKS.items()]
    run = ansible.tasks(tasks)
    assert ansible.playbook("presence.office.report", presence_report_directory=str(tmp_path / "out")).code == 0
    report = json.loads((tmp_path / "out" / "presence.json").read_text(encoding="ascii"))
    reported = {one["name"]: one for one in report["machines"]}
    return lambda host: Ran(run, host, reported[host])


def test_each_thing_that_is_missing_costs_that_thing(ran):
    whole = ran("whole")
    assert whole.changed == ["ada", "bob", "Default"]

    machine_ = ran("no-profiles")
    said = "the users of this machine could not be listed: "
    assert (machine_.facts["providers"], machine_.facts["office"]) == (whole.facts["providers"], whole.facts["office"])
    assert [user["sid"] for user in machine_.facts["users"]] == [None]
    assert machine_.facts["truncated"][0].startswith(said)
    assert machine_["facts"]["warnings"] == machine_.facts["truncated"]
    for audit in ("audit", "drift"):
        assert machine_[audit]["passed"] is False
        assert f"Not everything was audited: {said}" in machine_[audit]["msg"]
    assert (machine_.status("enforce"), machine_.changed) == ("failed", ["Default"])
    assert machine_["enforce"]["msg"].startswith(said)
    assert machine_.status("typed") == "failed"
    assert "reason" not in machine_["enforce"]
    assert machine_["register"] == whole["register"]
    assert (machine_.reported["answered"], machine_.reported["users"]) == (True, [])
    assert machine_.reported["truncated"][0].startswith(said)
    assert machine_.reported["providers"] == whole.reported["providers"]

    machine_ = ran("no-processes")
    said = "which programs run could not be asked: "
    assert [user["default"] for user in machine_.facts["users"]] == [JABBER, JABBER, None]
    assert [user["verdict"] for user in machine_.facts["users"]] == [user["verdict"] for user in whole.facts["users"]]
    assert machine_.facts["truncated"][0].startswith(said)
    assert f"Not everything was audited: {said}" in machine_["audit"]["msg"]
    assert machine_.reported["truncated"][0].startswith(said)
    assert machine_["drift"]["problems"] == whole["drift"]["problems"]
    assert machine_.changed == whole.changed

    machine_ = ran("no-names")
    assert machine_.changed == whole.changed
    assert [user["verdict"] for user in machine_.facts["users"]] == [user["verdict"] for user in whole.facts["users"]]

    for host in ("one-view", "denied-view", "no-office"):
        machine_ = ran(host)
        assert (machine_.status("guard"), machine_["guard"]["changed"]) == ("ok", True), host
        assert machine_.changed == whole.changed, host
        assert [user["verdict"] for user in machine_.facts["users"]] == [
            user["verdict"] for user in whole.facts["users"]
        ], host

    # By typed calls it is known that a view could not be read; nobody is set to what may not be registered.
    machine_ = ran("no-view-typed")
    assert machine_.status("typed") == "failed"
    assert "which providers this machine registers is not known: listing SOFTWARE" in machine_["typed"]["msg"]
    assert machine_["typed"]["users"][0]["after"] == JABBER
    assert (machine_.status("guard"), machine_["guard"]["reason"]) == ("failed", "not_known")
