"""A sample of the faults, with real ansible-playbook and real pauses: `test_faults` leaves out Ansible itself."""

from __future__ import annotations

import typing as t

import pytest

from tests.integration.machines import ADA, JABBER, machine, our_mounts
from tests.integration.runner import Ansible
from tests.virtual_windows.fleet import Fleet
from tests.virtual_windows.protocol import Answer, Drop, Fault, fault_codes

from . import CONNECTIONS, combined

USERS = ("ada", "bob")
MACHINE = machine(ADA, {"account": r"CONTOSO\bob", "default": JABBER})

# What is sent instead of an answer, when, and the status and message of the task.
FAULTS: dict[str, tuple[Exception, str, str, str]] = {
    "reset after the act": (Drop(), "acted", "ok", ""),
    "503": (Answer(503), "received", "ok", ""),
    "403": (Answer(403), "received", "unreachable", "may not use WinRM on this machine (HTTP 403)"),
    "denied": (Fault(fault_codes.ACCESS_DENIED), "received", "failed", "the account is not an administrator"),
}


@pytest.mark.parametrize(("name", "nth", "connection"), combined(list(FAULTS), [2, 4, 9], CONNECTIONS))
def test_a_fault_in_a_playbook(connection, nth, name, tmp_path, record_property):
    error, at_stage, status, expected = FAULTS[name]
    count = 0

    def strike(request: t.Any, stage: str) -> None:
        nonlocal count
        count += stage == "received"
        if count == nth and stage == at_stage:
            count += 1_000
            raise error

    with Fleet.load({"machines": {"desk1": MACHINE}}) as fleet:
        ansible, member = Ansible(fleet, connection, tmp_path), fleet["desk1"]
        member.server.interceptors.append(strike)
        done = ansible.module("desk1", name="Lync")
        member.server.interceptors.clear()

        assert done.status == status, done.result
        assert expected in done.result["msg"]
        for shell in member.server.shells:
            for command in list(shell.commands.values()):
                assert command.wait(timeout=60) is not None
        assert our_mounts(member) == []
        again = ansible.module("desk1", name="Lync")
        assert again.status == "ok", again.result
        assert {member.machine.default_of(user) for user in USERS} == {"Lync"}
    record_property("faults in playbooks", 1)
