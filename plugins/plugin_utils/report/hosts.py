# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hosts of a play as machines: their facts, or why there are none. The only part that knows Ansible's variables."""

from __future__ import annotations

import typing as t

from ..text import printable
from .facts import Machine, read_machine

FACT = "im_presence"

#: Characters of an error that the report quotes.
LONGEST_REASON = 400


class HostVariables(t.Protocol):
    """What is used of ansible-core's ``hostvars``: variables as they stand, without evaluating templates in them."""

    def raw_get(self, host_name: str) -> t.Mapping[str, t.Any]: ...


def machines(hosts: t.Iterable[str], hostvars: HostVariables, registered: str | None) -> list[Machine]:
    """Return a machine for every host.

    Args:
        registered: the variable that holds the result of the task that collected the facts, if there is one.
    """
    return [_machine(host, hostvars.raw_get(host), registered) for host in hosts]


def _machine(host: str, variables: t.Mapping[str, t.Any], registered: str | None) -> Machine:
    result = variables.get(registered or "")
    found = _fact(result)  # of a task that failed as well, as with a hive that stayed mounted
    trouble = _trouble(result)
    if found is None and trouble is not None:
        return Machine(host, trouble=trouble)
    if found is None:
        found = _fact(variables)
    if found is None:
        found = variables.get(FACT)  # set_fact without cacheable
    if found is None:
        return Machine(host, trouble="no facts were collected from it")
    return read_machine(host, found)


def _fact(variables: object) -> object:
    """Return the facts in a host's variables or in a task's result."""
    facts = variables.get("ansible_facts") if isinstance(variables, t.Mapping) else None
    return facts.get(FACT) if isinstance(facts, t.Mapping) else None


def _trouble(result: object) -> str | None:
    if not isinstance(result, t.Mapping) or not (result.get("unreachable") or result.get("failed")):
        return None
    what = "could not be reached" if result.get("unreachable") else "answered with an error"
    why = printable(str(result.get("msg") or "").removeprefix("Task failed: "), LONGEST_REASON)
    return f"{what}: {why}" if why else what


def hosts_to_come(variables: t.Mapping[str, t.Any]) -> int:
    """Return how many hosts of the play have their batch (``serial``) still ahead of them."""
    everyone: list[str] = list(variables.get("ansible_play_hosts_all") or [])
    batch = set(variables.get("ansible_play_batch") or [])
    alive = set(variables.get("ansible_play_hosts") or [])
    last = max((n for n, host in enumerate(everyone) if host in batch), default=len(everyone))
    return sum(host in alive for host in everyone[last + 1 :])
