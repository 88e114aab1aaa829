# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What to do first: groups of users by the broken link and the app it is about, each with the task that mends it."""

from __future__ import annotations

import json
import re
import typing as t
from collections import Counter
from dataclasses import dataclass

from .facts import Machine, User, friendly_names
from .words import word

#: Hosts that a task names; beyond it the inventory group of the verdict stands there.
NAMED_HOSTS = 5

#: What may stand in a task that people copy into a playbook: nothing that YAML or Jinja could read as more than a name.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()+-]{0,63}")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_UNSURE = "NAME OF THE APP"


@dataclass(frozen=True)
class Advice:
    """One group of people who show no presence for the same reason."""

    verdict: str
    provider: str | None
    title: str
    why: str
    fix: str
    task: str
    users: int
    hosts: list[str]


@dataclass(frozen=True)
class _Fleet:
    """What all machines together say of apps, by name in lower case: what people call them, and how many use them."""

    friendly: dict[str, str]
    in_use: Counter[str]


@dataclass(frozen=True)
class _Text:
    title: str
    why: str
    fix: str


_TEXTS: t.Final = {
    "shadowed": _Text(
        "Office asks {app}, but people use {other}",
        "{app} is set as the chat app of these people, and it is not running. {other} is running, but Office never "
        "looks there, so colleagues see no status.",
        "Make {other} the app that Office asks:",
    ),
    "not_running": _Text(
        "{app} is not running",
        "Office asks {app}, which is installed, but these people are signed in to Windows without it.",
        "Have {app} started. This task asks the people; if they use another app by now, set that one with "
        "presence.office.default_im_app instead:",
    ),
    "stale": _Text(
        "{app} has crashed",
        "{app} said that it was running, and its program is gone. It did not get round to taking that back.",
        "Have {app} started again; if it keeps happening, repair or update it. This task asks the people:",
    ),
    "not_registered": _Text(
        "{app} is set, but not installed",
        "Office is told to ask {app}, and these machines (or their kind of Office, 32 or 64 bit) do not know it.",
        "Install {app} for the Office that is there, or make Office ask an app that is installed:",
    ),
    "no_com_server": _Text(
        "The installation of {app} is damaged",
        "{app} is set and known, but the program that Office should talk to cannot be found.",
        "Repair or reinstall {app}. Until then, let Office ask an app that is whole:",
    ),
    "no_default": _Text(
        "No chat app is chosen",
        "Office is not told which app to ask for these people, so it asks none.",
        "Choose one:",
    ),
}  # fmt: skip


def advise(fleet: t.Sequence[Machine]) -> list[Advice]:
    """Return the groups, largest first."""
    groups: dict[tuple[str, str], list[tuple[Machine, User]]] = {}
    for machine in fleet:
        for user in machine.users:
            if word(user.verdict).kind == "bad" and user.verdict in _TEXTS and not user.is_template:
                about = "" if user.verdict == "no_default" else (user.default or "").casefold()
                groups.setdefault((user.verdict, about), []).append((machine, user))
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    everything = _Fleet(friendly_names(fleet), _in_use(fleet))
    return [_advice(verdict, members, everything) for (verdict, _unused), members in ranked]


def _in_use(fleet: t.Iterable[Machine]) -> Counter[str]:
    """Count the people whom an app works for."""
    return Counter(
        (user.default or "").casefold()
        for machine in fleet
        for user in machine.users
        if word(user.verdict).kind == "good"
    )


def _advice(verdict: str, members: list[tuple[Machine, User]], fleet: _Fleet) -> Advice:
    provider = None if verdict == "no_default" else members[0][1].default
    other = _other(verdict, provider, members, fleet)
    hosts = list(dict.fromkeys(machine.name for machine, _unused in members))
    said = _TEXTS[verdict]
    names = {
        "app": _label(provider, fleet.friendly) or "an app without a name",
        "other": _label(other, fleet.friendly) or "another app",
    }
    if verdict in ("not_running", "stale"):
        task = _ask_people(verdict, provider, hosts)
    else:
        task = _set_default(verdict, other, hosts)
    return Advice(
        verdict=verdict,
        provider=provider,
        title=_fill(said.title, names),
        why=_fill(said.why, names),
        fix=_fill(said.fix, names),
        task=task,
        users=len(members),
        hosts=hosts,
    )


def _label(name: str | None, friendly: dict[str, str]) -> str | None:
    known = friendly.get((name or "").casefold())
    return f"{known} ({name})" if known else name


def _fill(text: str, names: dict[str, str]) -> str:
    """Put the names in, in one go: a name from a machine is never looked at for more to put in."""
    return re.sub(r"\{(app|other)\}", lambda match: names[match.group(1)], text)


def _other(verdict: str, provider: str | None, members: list[tuple[Machine, User]], fleet: _Fleet) -> str | None:
    """Return the app to set instead: the one that runs, else the one that these machines have and the fleet likes."""
    broken = (provider or "").casefold()
    votes: Counter[str] = Counter()
    if verdict == "shadowed":
        votes.update(name for _unused, user in members for name in user.evidence.running)
    else:
        for machine in {machine.name: machine for machine, _unused in members}.values():
            votes.update(p.name for p in machine.providers if p.works_for(machine.office_platform))
    candidates = [name for name in votes if name.casefold() != broken]
    return min(candidates, key=lambda name: (-votes[name], -fleet.in_use[name.casefold()], name), default=None)


def _set_default(verdict: str, other: str | None, hosts: list[str]) -> str:
    """Return a play that touches the people of this verdict alone, as they are found when it runs."""
    runs = f" | selectattr('evidence.running', 'contains', '{_bare(other)}')" if verdict == "shadowed" else ""
    return (
        f"- name: {word(verdict).label}\n"
        f"  hosts: {_hosts(verdict, hosts)}\n"
        "  gather_facts: false\n"
        "  tasks:\n"
        "    - name: See who it is about\n"
        "      presence.office.im_provider_facts:\n"
        "    - name: Let Office ask the right app for them\n"
        "      presence.office.default_im_app:\n"
        f"        name: {_name(other)}\n"
        '        users: "{{ them }}"\n'
        "      vars:\n"
        "        them: >-\n"
        "          {{ ansible_facts.im_presence.users | selectattr('sid') | selectattr('verdict', 'eq', '"
        f"{verdict}'){runs}\n"
        "          | map(attribute='sid') | list }}\n"
        "      when: them | length > 0\n"
    )


def _ask_people(verdict: str, provider: str | None, hosts: list[str]) -> str:
    plea = f"Please start {_bare(provider)}: without it, colleagues cannot see your status."
    return (
        f"- name: {word(verdict).label}\n"
        f"  hosts: {_hosts(verdict, hosts)}\n"
        "  gather_facts: false\n"
        "  tasks:\n"
        "    - name: Ask people to start it\n"
        "      community.windows.win_msg:\n"
        f"        msg: {json.dumps(plea)}\n"
    )


def _hosts(verdict: str, hosts: list[str]) -> str:
    if len(hosts) > NAMED_HOSTS or not all(_PLAIN.fullmatch(host) for host in hosts):
        return f"im_verdict_{verdict}  # see docs/inventory-groups.md"
    return json.dumps(hosts)


def _bare(name: str | None) -> str:
    return name if name is not None and _NAME.fullmatch(name) else _UNSURE


def _name(name: str | None) -> str:
    return json.dumps(_bare(name))
