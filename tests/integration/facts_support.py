"""What the tests of the facts share: running the module on a fleet, and finding somebody in what it tells."""

from __future__ import annotations

import typing as t

from .machines import our_mounts
from .runner import Ansible

MODULE = "presence.office.im_provider_facts"


def gather(ansible: Ansible, *options: str, **arguments: t.Any) -> dict[str, dict[str, t.Any]]:
    """Gather the facts of all machines; return `im_presence` by host."""
    run = ansible.tasks([{"name": "facts", MODULE: arguments}], *options)
    told = {}
    for host in ansible.fleet:
        done = run.of(host.name, "facts")
        assert (done.status, done.result.get("changed")) == ("ok", False), done.result.get("msg", run.output)
        told[host.name] = done.result["ansible_facts"]["im_presence"]
    return told


def by_name(facts: dict[str, t.Any]) -> dict[str, dict[str, t.Any]]:
    """Return the users by the last part of their profile's folder."""
    return {user["profile"].rpartition("\\")[2]: user for user in facts["users"]}


def hold_what_is_mounted(member: t.Any, sign: str = "/s") -> list[str]:
    """Hold a key of the first hive read by a program with `sign` in its line, so it cannot be unloaded."""
    held: list[str] = []

    def observe(line: str) -> None:
        mounts = our_mounts(member)
        if mounts and sign in line and not held:
            held.append(member.machine.hold_key(mounts[-1]).path)

    member.server.observers.append(observe)
    return held
