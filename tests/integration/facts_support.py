"""Helpers of the tests of facts: run the module on a fleet, look up users in the result, hold a hive."""

from __future__ import annotations

import typing as t

from .machines import our_mounts
from .runner import Ansible

MODULE = "presence.office.im_provider_facts"


def gather(ansible: Ansible, *options: str, **arguments: t.Any) -> dict[str, dict[str, t.Any]]:
    """Gather the facts of all machines; return `im_presence` by host."""
    run = ansible.tasks([{"name": "facts", MODULE: arguments}], *options)
    facts = {}
    for host in ansible.fleet:
        done = run.of(host.name, "facts")
        assert (done.status, done.result.get("changed")) == ("ok", False), done.result.get("msg", run.output)
        facts[host.name] = done.result["ansible_facts"]["im_presence"]
    return facts


def users_by_folder(facts: dict[str, t.Any]) -> dict[str, dict[str, t.Any]]:
    """Return the users by the last part of their profile folder."""
    return {user["profile"].rpartition("\\")[2]: user for user in facts["users"]}


def hold_mounted_hive(member: t.Any, part: str = "/s") -> list[str]:
    """Hold a key of the first hive read by a program with `part` in its line, so it cannot be unloaded."""
    held: list[str] = []

    def observe(line: str) -> None:
        mounts = our_mounts(member)
        if mounts and part in line and not held:
            held.append(member.machine.hold_key(mounts[-1]).path)

    member.server.observers.append(observe)
    return held
