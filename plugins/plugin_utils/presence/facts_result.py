# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The facts as users of the collection get them: plain data, and bounded whatever the registry holds."""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass, field

from ..text import bounded, printable, some
from ..verdicts import Verdict
from ..windows.office import Office
from ..windows.profiles import Kind, Profile, Unusable
from ..windows.registry import StringValue
from .diagnosis import Diagnosis, State
from .providers import LONGEST_NAME
from .registrations import Provider, Registrations

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

#: What is counted for default providers beyond those that are counted by name.
OTHERS = "(others)"


@dataclass
class Told:
    """One hive's entry, before it becomes plain data.

    Args:
        error: why something could not be read, or what else went wrong.
        stuck: a hive that was mounted for it stayed mounted.
        states: of providers, by folded name; as many as are told.
        states_cut: there are more.
    """

    profile: Profile
    kind: Kind
    unusable: Unusable | None
    error: str | None
    stuck: bool = False
    default: StringValue | None = None
    previous_default: str | None = None
    states: dict[str, State] = field(default_factory=dict)
    states_cut: bool = False
    diagnosis: Diagnosis | None = None
    account: str | None = None

    @property
    def is_fine(self) -> bool:
        """Whether nobody has to read about it."""
        return self.error is None and (self.diagnosis is None or self.diagnosis.verdict.is_fine)

    @property
    def default_name(self) -> str:
        """The default provider's name, empty for none."""
        return (self.default.text if self.default else None) or ""


def tell(
    registered: Registrations,
    chosen: t.Sequence[Provider] | None,
    office: Office | None,
    told: list[Told] | None,
    truncated: list[str],
) -> dict[str, t.Any]:
    """Return ``im_presence``.

    Args:
        chosen: providers to tell of.
        told: users to tell of.
    """
    people = told or []
    if chosen is not None and len(chosen) < len(registered.providers):
        truncated.append(f"providers: {len(chosen)} of {len(registered.providers)} are told")
    users = _users(people, truncated)
    return {
        "providers": None if chosen is None else [_provider(provider) for provider in chosen],
        "office": {"version": _name(office.version), "platform": office.platform} if office else None,
        "users": users if told is not None else None,
        "summary": _summary(people, registered, truncated),
        "truncated": truncated,
    }


def message(facts: dict[str, t.Any], told: list[Told] | None) -> str:
    """Return a sentence for people: how many have which verdict, and what is the matter with the first few."""
    if told is None:
        return f"{len(facts['providers'] or ())} providers are registered"
    counts = ", ".join(f"{count} {verdict}" for verdict, count in facts["summary"]["verdicts"].items())
    text = f"{facts['summary']['users']} users: {counts or 'no verdict'}"
    errors = sum(one.error is not None for one in told)
    if errors:
        text += f"; errors in {errors} of {len(told)} hives"
    # Whose hive was left behind comes first: that is what the task fails for.
    troubled = sorted((one for one in told if not one.is_fine), key=lambda one: (not one.stuck, one.error is None))
    return some([text, *map(_trouble, troubled)], QUOTED_USERS + 1, "; ")


def most_telling(states: t.Mapping[str, State], default: str, most: int) -> dict[str, State]:
    """Return the states that matter most, in their own order: the default, what is registered, what runs."""
    folded_default = default.casefold()

    def rank(folded: str) -> tuple[bool, bool, bool]:
        state = states[folded]
        return folded != folded_default, state.registered == "no", not state.really_runs

    chosen = set(sorted(states, key=rank)[:most])
    return {folded: state for folded, state in states.items() if folded in chosen}


def _trouble(one: Told) -> str:
    who = printable(one.account or one.profile.path or one.profile.sid or "")
    if one.error is not None or one.diagnosis is None:
        return f"{who}: {one.error}"
    return f"{who} is {one.diagnosis.verdict.value}: {bounded(one.diagnosis.found)}"


def _name(text: str | None) -> str | None:
    return bounded(text, LONGEST_NAME)


def _provider(provider: Provider) -> dict[str, t.Any]:
    return {
        "name": _name(provider.name),
        "friendly_name": _name(provider.first("friendly_name")),
        "guid": _name(provider.first("guid")),
        "process_name": _name(provider.first("process_name")),
        "views": list(provider.views),
        "com_server": {view: bounded(one.com_server) for view, one in provider.views.items()},
        "complete": {view: one.complete for view, one in provider.views.items()},
    }


def _users(told: list[Told], truncated: list[str]) -> list[dict[str, t.Any]]:
    left = MOST_STATES_IN_ALL
    users = []
    cut = 0
    for one in told:
        few = left <= MOST_STATES
        states = most_telling(one.states, one.default_name, FEW_STATES) if few else one.states
        left -= len(states)
        cut += one.states_cut or len(states) < len(one.states)
        users.append(_user(one, states.values()))
    if cut:
        truncated.append(f"users: of {cut} users not all providers are told (at most {MOST_STATES} each)")
    return users


def _user(one: Told, states: t.Iterable[State]) -> dict[str, t.Any]:
    diagnosis = one.diagnosis
    return {
        "sid": one.profile.sid,
        "account": _name(one.account),
        "profile": bounded(one.profile.path),
        "hive": one.kind.value,
        "default": _name(one.default.text) if one.default else None,
        "previous_default": _name(one.previous_default),
        "providers": [
            {
                "name": _name(state.name),
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
        "found": bounded(diagnosis.found),
        "running": [_name(name) for name in diagnosis.running[:MOST_RUNNING]],
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
        name = _name(names[folded]) or ""
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
