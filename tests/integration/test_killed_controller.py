"""The controller is killed (SIGKILL) at every single request of a run that changes unloaded hives.

Afterwards no hive is mounted, every value is the old or the new one, and the next run completes. A "received" request
reaches the machine, which never acts on it; an "acted" one is carried out while no client waits any more.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading

import pytest

from tests.virtual_windows.protocol import Drop

from .machines import ADA, JABBER, machine, our_mounts

USERS = ["ada", "bob", "eve", ".Default"]


def described():
    users = [ADA, {"account": r"CONTOSO\bob", "default": JABBER}, {"account": r"CONTOSO\eve", "default": "Zoom"}]
    return machine(*users, default_profile={"default": JABBER})


class KillAt:
    """Kills the controller when its n-th request has been received or acted on."""

    process: subprocess.Popen[str]

    def __init__(self, nth, stage):
        self.requests = 0
        self.done = threading.Event()
        self._nth = nth
        self._stage = stage

    def __call__(self, request, stage):
        if request.authentication or self.done.is_set():
            return
        self.requests += stage == "received"
        if stage == self._stage and self.requests == self._nth:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.done.set()
            raise Drop


def wait_for_commands(server):
    """Wait until every command that the dead controller started has ended by itself."""
    for shell in server.shells:
        for command in list(shell.commands.values()):
            assert command.wait(timeout=30) is not None, command.line


@pytest.mark.parametrize("stage", ["received", "acted"])
def test_killing_the_controller_at_every_request_leaves_nothing_behind(start, stage):
    ansible = start({"desk1": described()})
    member = ansible.fleet["desk1"]
    task = [{"presence.office.default_im_app": {"name": "Lync", "profiles": ["loaded", "unloaded", "default"]}}]
    kills = 0
    while True:
        member.machine.seed(described())
        member.log.clear()
        kill = KillAt(kills + 1, stage)
        path = ansible.write_play(task)
        member.server.interceptors[:] = [kill]
        kill.process = ansible.start(path)
        kill.process.communicate()
        member.server.interceptors.clear()
        wait_for_commands(member.server)
        if not kill.done.is_set():
            break
        kills += 1

        assert our_mounts(member) == [], f"request {kills} ({stage})"
        assert member.machine.dump()["files_held"] == []
        now = {user: member.machine.default_of(user) for user in USERS}
        assert set(now.values()) <= {JABBER, "Zoom", "Lync"}, f"request {kills} ({stage})"
        again = ansible.tasks(task)
        assert again.of("desk1").status == "ok", f"request {kills} ({stage}): {again.output}"
        assert {member.machine.default_of(user) for user in USERS} == {"Lync"}
        assert member.machine.damage == []

    # Profiles, the template, two commands of five, three names: every request was covered.
    assert kills == 15
    print(f"{kills} kills survived ({stage})")
