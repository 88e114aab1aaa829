# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: read the hosts of a play from Ansible's variables: their facts, or the reason why there are none."""

from __future__ import annotations

import typing as t

from ..arguments import BAD_OPTIONS
from ..text import printable
from .facts import Machine, read_machine

FACT = "im_presence"

_NOT_ASKED = "was not asked in this run, and there are no facts of an earlier one"

#: Characters of an error message in the report.
LONGEST_REASON = 400


class HostVariables(t.Protocol):
    """The part of ansible-core's ``hostvars`` that is used: variables whose templates are not evaluated."""

    def raw_get(self, host_name: str) -> t.Mapping[str, t.Any]: ...


def read_machines(hosts: t.Iterable[str], hostvars: HostVariables, registered: str | None) -> list[Machine]:
    """Read the machine of every host.

    Args:
        registered: the variable with the registered result of the task that collected the facts, if there is one.
    """
    return [_read_host(host, hostvars.raw_get(host), registered) for host in hosts]


def pending_hosts(variables: t.Mapping[str, t.Any]) -> int:
    """Return how many hosts of the play are in later batches (``serial``)."""
    everyone: list[str] = list(variables.get("ansible_play_hosts_all") or [])
    batch = set(variables.get("ansible_play_batch") or [])
    alive = set(variables.get("ansible_play_hosts") or [])
    last = max((n for n, host in enumerate(everyone) if host in batch), default=len(everyone))
    return sum(host in alive for host in everyone[last + 1 :])


def refused_options(hosts: t.Iterable[str], hostvars: HostVariables, registered: str | None) -> str | None:
    """Return the sentence of a task that collected nothing, since it was written wrong; None if there is none."""
    for host in hosts:
        result = hostvars.raw_get(host).get(registered or "")
        if isinstance(result, t.Mapping) and result.get("reason") == BAD_OPTIONS and result.get("failed"):
            return printable(str(result.get("msg")).removeprefix("Task failed: "), LONGEST_REASON)
    return None


def _read_host(host: str, variables: t.Mapping[str, t.Any], registered: str | None) -> Machine:
    result = variables.get(registered or "")
    facts = _fact(result)  # a failed task can have facts too, for example if a hive stayed mounted
    failure = _failure(result)
    if facts is None and failure is not None:
        return Machine(host, no_answer=failure)
    if facts is None:
        facts = _fact(variables)
    if facts is None:
        facts = variables.get(FACT)  # of set_fact without cacheable
    if facts is None:
        return Machine(host, no_answer=_NOT_ASKED, asked=False)
    return read_machine(host, facts)


def _fact(variables: object) -> object:
    """Return ``im_presence`` from a host's variables or a task's result."""
    facts = variables.get("ansible_facts") if isinstance(variables, t.Mapping) else None
    return facts.get(FACT) if isinstance(facts, t.Mapping) else None


def _failure(result: object) -> str | None:
    if not isinstance(result, t.Mapping) or not (result.get("unreachable") or result.get("failed")):
        return None
    failure = "could not be reached" if result.get("unreachable") else "answered with an error"
    reason = printable(str(result.get("msg") or "").removeprefix("Task failed: "), LONGEST_REASON)
    return f"{failure}: {reason}" if reason else failure
