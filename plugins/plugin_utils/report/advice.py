# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what to do first. Users with the same bad verdict and the same default app form a group."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from dataclasses import dataclass

from ..text import counted
from ..verdicts import Help, Remedy, Verdict, describe
from . import plays
from .app_names import AppNames
from .facts import Machine, User
from .notes import meaning

#: Notes that one piece of advice names at most.
MOST_NOTICED = 6


@dataclass(frozen=True)
class Alternative:
    """Another way to fix it, which is the right one under a condition that the report cannot check."""

    fix: str
    task: str


@dataclass(frozen=True)
class Advice:
    """What is wrong with one group of users, and the play that fixes it."""

    verdict: str
    provider: str | None
    title: str
    why: str
    fix: str
    task: str
    alternative: Alternative | None
    users: int
    hosts: list[str]


@dataclass(frozen=True)
class _Group:
    """Users with the same verdict and default app, and the machine of each."""

    verdict: str
    provider: str | None
    help: Help
    members: list[tuple[Machine, User]]

    @property
    def machines(self) -> list[Machine]:
        return list({machine.name: machine for machine, _user in self.members}.values())


def advise(fleet: t.Sequence[Machine]) -> list[Advice]:
    """Return the advice for each group, the largest group first."""
    names = AppNames(fleet)
    popularity = Counter(
        (user.default or "").casefold()
        for machine in fleet
        for user in machine.users
        if describe(user.verdict).kind == "good"
    )
    return [_advice(group, names, popularity) for group in _groups(fleet)]


def _groups(fleet: t.Iterable[Machine]) -> list[_Group]:
    groups: dict[tuple[str, str], _Group] = {}
    for machine in fleet:
        for user in machine.users:
            help_ = describe(user.verdict).help
            if help_ is not None and not user.is_template:
                key = user.verdict, (user.default or "").casefold()
                group = groups.setdefault(key, _Group(user.verdict, user.default or None, help_, []))
                group.members.append((machine, user))
    return [group for _key, group in sorted(groups.items(), key=lambda item: (-len(item[1].members), item[0]))]


def _advice(group: _Group, names: AppNames, popularity: Counter[str]) -> Advice:
    other = _replacement(group, popularity)
    hosts = [machine.name for machine in group.machines]
    placeholders = {
        "app": names.full(group.provider) if group.provider else "an unnamed app",
        "other": names.full(other) if other else "another app",
    }
    remedy = group.help.remedy
    if remedy is Remedy.START_APP:
        play = plays.ask(group.verdict, group.provider, hosts)
    elif remedy is Remedy.REGISTER_APP:
        play = plays.register(group.verdict, group.provider, hosts)
    elif remedy is Remedy.CHANGE_SETTING:
        play = plays.look(group.verdict, hosts)
    else:
        play = plays.set_default(group.verdict, other, hosts, if_running=remedy is Remedy.USE_RUNNING_APP)
    return Advice(
        verdict=group.verdict,
        provider=group.provider,
        title=fill(group.help.title, placeholders),
        why=" ".join(filter(None, [fill(group.help.why, placeholders), _noticed(group)])),
        fix=fill(group.help.fix, placeholders),
        task=play,
        alternative=_alternative(group, hosts, placeholders),
        users=len(group.members),
        hosts=hosts,
    )


def _noticed(group: _Group) -> str:
    """Return the notes on these users in a sentence, the most common one first."""
    people = Counter(code for _machine, user in group.members for code in {note.code for note in user.notes} if code)
    most = sorted(people.items(), key=lambda item: (-item[1], item[0]))[:MOST_NOTICED]
    noticed = "; ".join(f"{meaning(code)} ({counted(count, 'person', 'people')})" for code, count in most)
    return f"Also noticed: {noticed}." if noticed else ""


def _alternative(group: _Group, hosts: list[str], placeholders: dict[str, str]) -> Alternative | None:
    """Return the play that registers an app that has no registration; whether it is installed is for the reader."""
    if group.verdict != Verdict.NOT_REGISTERED.value:
        return None
    condition = "If {app} is installed and only its registration is missing, write it. Replace what is in capitals:"
    return Alternative(fill(condition, placeholders), plays.register(group.verdict, group.provider, hosts))


def fill(template: str, names: dict[str, str]) -> str:
    """Replace ``{app}`` and the like in one pass: a name from a machine may look like a placeholder itself."""
    return re.sub(r"\{(\w+)\}", lambda match: names[match.group(1)], template)


def _replacement(group: _Group, popularity: Counter[str]) -> str | None:
    """Return the best app to use instead: one that these users run, or one that works on most of their machines.

    Among equals, the one that works for most users of the fleet wins.
    """
    votes: Counter[str] = Counter()
    if group.help.remedy is Remedy.USE_RUNNING_APP:
        votes.update(name for _machine, user in group.members for name in user.evidence.running)
    else:
        for machine in group.machines:
            votes.update(p.name for p in machine.providers if p.works_for(machine.office.platform))
    broken = (group.provider or "").casefold()
    candidates = [name for name in votes if name.casefold() != broken]
    return min(candidates, key=lambda name: (-votes[name], -popularity[name.casefold()], name), default=None)
