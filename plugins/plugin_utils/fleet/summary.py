# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what became of a fleet that was held: who fights where, how long values were right, what hosts did."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..presence.hold.contender import Contender
from ..text import bounded, counted, printable, seconds
from .held_host import Outcome, State
from .lines import shown

#: Clients that the summary names.
_MOST_CLIENTS = 16

#: Warnings that are shown; the hosts' results have all.
_MOST_WARNINGS = 16

#: Users that a host's result lists: those to whom something happened.
_MOST_USERS = 200


@dataclass
class _Client:
    """A client that comes back, on all hosts together."""

    provider: str | None
    hosts: list[str] = field(default_factory=list)
    users: int = 0
    times: int = 0
    seconds_lost: float = 0.0
    in_session: set[bool | None] = field(default_factory=set)

    def add(self, host: str, contender: Contender) -> None:
        if host not in self.hosts[-1:]:
            self.hosts.append(host)
        self.users += 1
        self.times += contender.times
        self.seconds_lost += contender.seconds_lost
        self.in_session.add(contender.running)

    def to_dict(self) -> dict[str, t.Any]:
        return {
            "provider": bounded(self.provider),
            "hosts": self.hosts,
            "users": self.users,
            "times": self.times,
            "seconds_lost": round(self.seconds_lost, 1),
        }

    def sentence(self) -> str:
        who = printable(self.provider) if self.provider else "something that leaves no provider there"
        origin = ", not from a program in the user's session" if self.in_session == {False} else ""
        return (
            f"contested by {who}{origin}: {counted(self.users, 'user')} on {shown(self.hosts)}, "
            f"{counted(self.times, 'time')}, {seconds(self.seconds_lost)} lost"
        )


class Summary:
    """All hosts after a hold.

    Args:
        seconds: how long it took.
        ended: why it ended, in words.
    """

    def __init__(self, outcomes: t.Sequence[Outcome], seconds: float, ended: str) -> None:
        self.outcomes = outcomes
        self._seconds = seconds
        self._ended = ended
        self._clients = self._find_clients()
        results = [one.result for one in outcomes if one.result is not None]
        defaults = [held.default for result in results for held in result.held.values()]
        self.restored = sum(one.restored for one in defaults)
        self._users = len(defaults)
        self._right = _share(sum(one.seconds_lost for one in defaults), sum(one.user_seconds for one in outcomes))

    def of_state(self, state: State) -> list[str]:
        """Return the names of the hosts that are in a state at the end."""
        return [one.name for one in self.outcomes if one.state is state]

    def lines(self) -> list[str]:
        """Return the summary for people."""
        right = f", right {_percent(self._right)} of the time" if self._right is not None else ""
        clients = sorted(self._clients, key=lambda one: -one.users)
        labels = {State.LOST: "lost", State.FAILED: "failed"}
        whom = f"{counted(len(self.outcomes), 'host')} with {counted(self._users, 'user')}"
        rest = len(clients) - _MOST_CLIENTS
        what = f"restored {counted(self.restored, 'time')}{right}"
        return [
            f"Held {whom} for {self._seconds:.0f} s, ended {self._ended}: {what}",
            *(one.sentence() for one in clients[:_MOST_CLIENTS]),
            *([f"and {counted(rest, 'more client')}"] if rest > 0 else []),
            *(f"{labels[one.state]}: {one.name}: {one.problem}" for one in self.outcomes if one.state in labels),
        ]

    def to_dict(self) -> dict[str, t.Any]:
        """Return the task's result."""
        hosts = {one.name: _host(one) for one in self.outcomes}
        return {
            "changed": any(host["changed"] for host in hosts.values()),
            "msg": self._message(),
            "ended": self._ended,
            "seconds": round(self._seconds, 1),
            "restored": self.restored,
            "right": self._right,
            "contested": [one.to_dict() for one in self._clients],
            "lost": self.of_state(State.LOST),
            "failed_hosts": [name for name, host in hosts.items() if host["failed"]],
            "hosts": hosts,
            **({"warnings": warnings} if (warnings := _warnings(hosts)) else {}),
        }

    def _message(self) -> str:
        lines = self.lines()
        return "; ".join(lines[:8]) + (f"; and {len(lines) - 8} more" if len(lines) > 8 else "")

    def _find_clients(self) -> list[_Client]:
        clients: dict[str | None, _Client] = {}
        for outcome in self.outcomes:
            for held in outcome.result.held.values() if outcome.result is not None else ():
                for contender in held.default.contenders:
                    if contender.fights:
                        name = contender.provider
                        key = name.casefold() if name is not None else None
                        clients.setdefault(key, _Client(name)).add(outcome.name, contender)
        return list(clients.values())


def _host(outcome: Outcome) -> dict[str, t.Any]:
    result = outcome.result
    entry: dict[str, t.Any] = {"state": outcome.state.value, "changed": False, "failed": True, "msg": outcome.problem}
    if result is None:
        return entry
    whole = result.to_dict()
    touched = [user for user in whole["users"] if user["restored"] or user["contested"] or user["error"]]
    lost = sum(one.default.seconds_lost for one in result.held.values())
    return {
        "state": outcome.state.value,
        "changed": whole["changed"],
        "failed": result.failed or outcome.state is not State.HELD,
        "msg": whole["msg"],
        **whole["hold"],
        "right": _share(lost, outcome.user_seconds),
        "users_touched": touched[:_MOST_USERS],
        "warnings": whole.get("warnings", []),
    }


def _warnings(hosts: t.Mapping[str, t.Mapping[str, t.Any]]) -> list[str]:
    """Return what people should see of the hosts: the same warning of several ones once, with their names."""
    names: dict[str, list[str]] = {}
    for name, host in hosts.items():
        for warning in host.get("warnings", []):
            names.setdefault(warning, []).append(name)
    sentences = [f"{shown(affected)}: {warning}" for warning, affected in names.items()]
    rest = len(sentences) - _MOST_WARNINGS
    return [*sentences[:_MOST_WARNINGS], *([f"and {counted(rest, 'more warning')}"] if rest > 0 else [])]


def _share(lost: float, watched: float) -> float | None:
    """Return the percentage of time that was not lost."""
    return round(100 * max(0.0, 1 - lost / watched), 2) if watched > 0 else None


def _percent(share: float) -> str:
    # Not "100 %" where something was lost.
    return f"{min(share, 99.9) if share < 100 else 100:.1f} %"
