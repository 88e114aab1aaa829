"""The controller is killed (SIGKILL) at a request of a run that changes unloaded hives: at each of them if exhaustive.

Afterwards no hive is mounted, every value is the old or the new one, and the next run completes. A "received" request
reaches the machine, which never acts on it; an "acted" one is carried out while no client waits any more.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading

import pytest

from tests.integration.machines import ADA, JABBER, machine, our_mounts
from tests.integration.runner import Ansible
from tests.virtual_windows.fleet import Fleet
from tests.virtual_windows.protocol import Drop

from . import CONNECTIONS, EXHAUSTIVE, combined

USERS = ["ada", "bob", "eve", ".Default"]
TASK = [{"presence.office.default_im_app": {"name": "Lync", "profiles": ["loaded", "unloaded", "default"]}}]

#: Profiles, the template, two commands of five, three names, the guard.
REQUESTS = 16

#: Unless exhaustive: those that start the command that writes, and wait for it.
QUICK = (9, 10)


def described():
    users = [ADA, {"account": r"CONTOSO\bob", "default": JABBER}, {"account": r"CONTOSO\eve", "default": "Zoom"}]
    return machine(*users, default_profile={"default": JABBER})


class KillAt:
    """Kills the controller when its n-th request has been received or acted on."""

    process: subprocess.Popen[str]

    def __init__(self, nth, stage):
        self.messages = []
        self.done = threading.Event()
        self._nth = nth
        self._stage = stage

    def __call__(self, request, stage):
        if request.authentication or self.done.is_set():
            return
        if stage == "received":
            self.messages.append(request.kind)
        if stage == self._stage and len(self.messages) == self._nth:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.done.set()
            raise Drop


def wait_for_commands(server):
    """Wait until every command that the dead controller started has ended by itself."""
    for shell in server.shells:
        for command in list(shell.commands.values()):
            assert command.wait(timeout=30) is not None, command.line


@pytest.mark.parametrize(("stage", "connection"), combined(["received", "acted"], CONNECTIONS))
def test_killing_the_controller_leaves_nothing_behind(connection, stage, tmp_path, record_property):
    with Fleet.load({"machines": {"desk1": described()}}) as fleet:
        ansible, member = Ansible(fleet, connection, tmp_path), fleet["desk1"]
        for nth in range(1, REQUESTS + 1) if EXHAUSTIVE else QUICK:
            assert run_killed_at(nth, stage, ansible).done.is_set(), f"there is no request {nth}"

            assert our_mounts(member) == [], f"request {nth} ({stage})"
            assert member.machine.dump()["files_held"] == []
            now = {user: member.machine.default_of(user) for user in USERS}
            assert set(now.values()) <= {JABBER, "Zoom", "Lync"}, f"request {nth} ({stage})"
            again = ansible.tasks(TASK)
            assert again.of("desk1").status == "ok", f"request {nth} ({stage}): {again.output}"
            assert {member.machine.default_of(user) for user in USERS} == {"Lync"}
            assert member.machine.damage == []
            record_property("kills survived", 1)


def test_these_are_all_the_requests(tmp_path):
    with Fleet.load({"machines": {"desk1": described()}}) as fleet:
        never = run_killed_at(REQUESTS + 1, "received", Ansible(fleet, "psrp", tmp_path))
    assert not never.done.is_set()
    assert len(never.messages) == REQUESTS
    commands = [number for number, name in enumerate(never.messages, 1) if name == "Command"]
    assert (commands[1], commands[1] + 1) == QUICK


def run_killed_at(nth, stage, ansible):
    """Run the task on the machine as it was described, until its n-th request; return what became of it."""
    member = ansible.fleet["desk1"]
    member.machine.seed(described())
    member.log.clear()
    kill = KillAt(nth, stage)
    path = ansible.write_play(TASK)
    member.server.interceptors[:] = [kill]
    kill.process = ansible.start(path)
    kill.process.communicate()
    member.server.interceptors.clear()
    wait_for_commands(member.server)
    return kill
