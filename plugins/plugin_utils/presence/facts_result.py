# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The facts as users of the collection get them: plain data, and bounded whatever the registry holds."""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass, field

from ..text import printable
from ..windows.office import Office
from ..windows.profiles import Kind, Profile, Unusable
from ..windows.registry import StringValue
from .diagnosis import Diagnosis, State, Verdict
from .registrations import Provider, Registrations

#: Characters of a name, and of a path or command, that the facts carry.
LONGEST_NAME = 255
LONGEST_TEXT = 1_024

#: Providers of a machine, of a user, and of all users together.
MOST_PROVIDERS = 64
MOST_STATES = 32
MOST_STATES_IN_ALL = 5_000
FEW_STATES = 3

#: Other providers that evidence names, and default providers that are counted.
MOST_RUNNING = 8
MOST_COUNTED = 64

#: Users that the message quotes.
QUOTED_USERS = 3

_FINE = (Verdict.PRESENT, Verdict.READY)

#: What is counted for default providers beyond those that are counted by name.
OTHERS = "(others)"


@dataclass
class Told:
    """One hive's entry, before it becomes plain data."""

    profile: Profile
    kind: Kind
    unusable: Unusable | None
    error: str | None
    default: StringValue | None = None
    previous_default: str | None = None
    states: dict[str, State] = field(default_factory=dict)
    diagnosis: Diagnosis | None = None
    account: str | None = None

    @property
    def is_fine(self) -> bool:
        """Whether nobody has to read about it."""
        return self.diagnosis is None or self.diagnosis.verdict in _FINE

    @property
    def default_name(self) -> str:
        """The default provider's name, empty for none."""
        return (self.default.text if self.default else None) or ""


def tell(
    registered: Registrations,
    office: Office | None,
    told: list[Told] | None,
    *,
    with_providers: bool,
    truncated: list[str],
) -> dict[str, t.Any]:
    """Return ``im_presence``."""
    people = told or []
    wanted = {one.default_name.casefold() for one in people}
    users = _users(people, truncated)
    return {
        "providers": _providers(registered, wanted, truncated) if with_providers else None,
        "office": {"version": bounded(office.version), "platform": office.platform} if office else None,
        "users": users if told is not None else None,
        "summary": _summary(people, registered, truncated),
        "truncated": truncated,
    }


def message(facts: dict[str, t.Any]) -> str:
    """Return a sentence for people: how many have which verdict, and what is the matter with the first few."""
    users = facts["users"]
    if users is None:
        return f"{len(facts['providers'] or ())} providers are registered"
    counts = ", ".join(f"{count} {verdict}" for verdict, count in facts["summary"]["verdicts"].items())
    text = f"{facts['summary']['users']} users: {counts or 'no verdict'}"
    troubled = [user for user in users if user["verdict"] not in (None, *(verdict.value for verdict in _FINE))]
    for user in troubled[:QUOTED_USERS]:
        who = printable(user["account"] or user["profile"] or user["sid"] or "")
        text += f"; {who} is {user['verdict']}: {user['evidence']['found']}"
    rest = len(troubled) - QUOTED_USERS
    return f"{text}; and {rest} more" if rest > 0 else text


def bounded(text: str | None, limit: int = LONGEST_NAME) -> str | None:
    """Return the text, cut if it is long; NUL and lone surrogates, which many databases refuse, as U+FFFD."""
    if text is None:
        return None
    cut = text[:limit] + ("…" if len(text) > limit else "")
    return cut.replace("\0", "\ufffd").encode("utf-8", "replace").decode() if not cut.isprintable() else cut


def _providers(registered: Registrations, wanted: set[str], truncated: list[str]) -> list[dict[str, t.Any]]:
    providers = registered.providers
    if len(providers) > MOST_PROVIDERS:
        truncated.append(f"providers: {MOST_PROVIDERS} of {len(providers)} are told")
    chosen = set(sorted(providers, key=lambda folded: folded not in wanted)[:MOST_PROVIDERS])
    return [_provider(provider) for folded, provider in providers.items() if folded in chosen]


def _provider(provider: Provider) -> dict[str, t.Any]:
    return {
        "name": bounded(provider.name),
        "friendly_name": bounded(provider.first("friendly_name")),
        "guid": bounded(provider.first("guid")),
        "process_name": bounded(provider.first("process_name")),
        "views": list(provider.views),
        "com_server": {view: bounded(one.com_server, LONGEST_TEXT) for view, one in provider.views.items()},
        "complete": {view: one.complete for view, one in provider.views.items()},
    }


def _users(told: list[Told], truncated: list[str]) -> list[dict[str, t.Any]]:
    left = MOST_STATES_IN_ALL
    users = []
    cut = 0
    for one in told:
        states = _chosen(one, MOST_STATES if left > MOST_STATES else FEW_STATES)
        left -= len(states)
        cut += len(states) < len(one.states)
        users.append(_user(one, states))
    if cut:
        truncated.append(f"users: of {cut} users not all providers are told (at most {MOST_STATES} each)")
    return users


def _chosen(one: Told, most: int) -> list[State]:
    """Return the states that matter most, in their own order: the default, what is registered, what runs."""
    default = one.default_name.casefold()

    def rank(folded: str) -> tuple[bool, bool, bool]:
        state = one.states[folded]
        return folded != default, state.registered == "no", not state.really_runs

    chosen = set(sorted(one.states, key=rank)[:most])
    return [state for folded, state in one.states.items() if folded in chosen]


def _user(one: Told, states: list[State]) -> dict[str, t.Any]:
    diagnosis = one.diagnosis
    return {
        "sid": one.profile.sid,
        "account": bounded(one.account),
        "profile": bounded(one.profile.path, LONGEST_TEXT),
        "hive": one.kind.value,
        "default": bounded(one.default.text) if one.default else None,
        "previous_default": bounded(one.previous_default),
        "providers": [
            {
                "name": bounded(state.name),
                "registered": state.registered,
                "up_and_running": state.up_and_running.value,
                "process": state.process,
            }
            for state in states
        ],
        "verdict": diagnosis.verdict.value if diagnosis else None,
        "evidence": _evidence(diagnosis),
        "reason": one.unusable.value if one.unusable else None,
        "error": one.error,
    }


def _evidence(diagnosis: Diagnosis | None) -> dict[str, t.Any]:
    if diagnosis is None:
        return {"link": None, "key": None, "view": None, "found": None, "running": []}
    return {
        "link": diagnosis.link.value if diagnosis.link else None,
        "key": diagnosis.key,
        "view": diagnosis.view,
        "found": diagnosis.found,
        "running": [bounded(name) for name in diagnosis.running[:MOST_RUNNING]],
    }


def _summary(told: list[Told], registered: Registrations, truncated: list[str]) -> dict[str, t.Any]:
    names: dict[str, str] = {}
    defaults: collections.Counter[str] = collections.Counter()
    verdicts: collections.Counter[str] = collections.Counter()
    for one in told:
        if one.profile.sid is not None and one.default is not None:
            folded = one.default_name.casefold()
            provider = registered.providers.get(folded)
            names.setdefault(folded, provider.name if provider else one.default_name)
            defaults[folded] += 1
        if one.diagnosis is not None:
            verdicts[one.diagnosis.verdict.value] += 1
    counted: dict[str, int] = {}
    for folded, count in defaults.most_common(MOST_COUNTED):
        name = bounded(names[folded]) or ""
        counted[name] = counted.get(name, 0) + count
    rest = sum(defaults.values()) - sum(counted.values())
    if rest:
        counted[OTHERS] = counted.get(OTHERS, 0) + rest
        truncated.append(f"summary: {len(defaults)} default providers, {MOST_COUNTED} are counted by name")
    return {
        "users": sum(one.profile.sid is not None for one in told),
        "defaults": counted,
        "verdicts": {verdict.value: verdicts[verdict.value] for verdict in Verdict if verdicts[verdict.value]},
    }
