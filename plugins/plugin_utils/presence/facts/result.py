# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the facts as users of the collection get them: plain data, and bounded whatever the registry holds."""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass, replace

from ... import limits
from ...text import bounded, counted, printable, some
from ...verdicts import Verdict
from ..keys import LONGEST_NAME
from ..left_alone import LeftAlone
from ..plain_data import plain
from ..providers import Provider, Providers
from .collect import Collected, FactsOptions
from .user_facts import UserFacts, most_relevant

#: Users that the message quotes.
QUOTED_USERS = 3

#: The key under which default providers are counted that are not counted by name.
OTHERS = "(others)"


@dataclass(frozen=True)
class FactsResult:
    """What the module returns.

    Args:
        facts: ``im_presence``.
        unmatched: names and SIDs that no profile belongs to.
        message: a sentence for people.
        stuck: whether a hive stays mounted, of this run or an earlier one.
        warnings: what people should see even though nothing failed.
    """

    facts: dict[str, t.Any]
    unmatched: tuple[str, ...]
    message: str
    stuck: bool
    warnings: tuple[str, ...] = ()


def make_result(collected: Collected, users: list[UserFacts], options: FactsOptions) -> FactsResult:
    """Return the result; parts that were not requested are None."""
    facts = build_facts(collected, users)
    if "providers" not in options.parts:
        facts["providers"] = None
    if "users" not in options.parts:
        facts["users"] = None
    left_alone = _left_alone(users)
    message = _message(facts, users, left_alone) if "users" in options.parts else _providers_message(facts)
    message = "; ".join([message, *collected.missing])
    not_known = (*collected.missing, *collected.reading.not_known)
    warnings = (*not_known, *collected.selected.notices, *left_alone.warnings())
    return FactsResult(facts, collected.selected.unmatched, message, any(user.stuck for user in users), warnings)


def build_facts(collected: Collected, users: list[UserFacts]) -> dict[str, t.Any]:
    """Return ``im_presence``."""
    truncated = [*collected.missing, *collected.truncated]
    listed, providers = collected.listed_providers, collected.registered.providers
    if len(listed) < len(providers):
        truncated.append(f"providers: {len(listed)} of {counted(len(providers), 'provider')} are listed")
    office = collected.office
    return {
        "providers": [_provider(provider) for provider in listed],
        "office": {"version": _name(office.version), "platform": plain(office.platform)} if office else None,
        "users": _users(users, truncated),
        "guard": plain(collected.guard),
        "summary": _summary(users, providers, truncated),
        "truncated": truncated,
    }


def _providers_message(facts: dict[str, t.Any]) -> str:
    return f"{counted(len(facts['providers'] or ()), 'provider')} registered"


def _left_alone(users: list[UserFacts]) -> LeftAlone:
    """Return the users whose hives were not read although nothing went wrong."""
    people = [(printable(user.label), user.reason) for user in users if user.error is None and not user.default_known]
    return LeftAlone(tuple(people), len(users))


def _message(facts: dict[str, t.Any], users: list[UserFacts], left_alone: LeftAlone) -> str:
    """Return how many users have each verdict, what is wrong with the first few, and who was left alone."""
    if not users:
        return "no profile is selected"
    counts = ", ".join(f"{count} {verdict}" for verdict, count in facts["summary"]["verdicts"].items())
    text = f"{counted(facts['summary']['users'], 'user')}: {counts or 'no verdict'}"
    errors = sum(user.error is not None for user in users)
    if errors:
        text += f"; {counted(errors, 'user')} with errors"
    # A hive that stayed mounted comes first, since it is why the task fails.
    problems = sorted(
        (user for user in users if not user.is_fine), key=lambda user: (not user.stuck, user.error is None)
    )
    sentence = some([text, *map(_problem, problems)], QUOTED_USERS + 1, "; ")
    return f"{sentence}; {left_alone.sentence()}" if left_alone.people else sentence


def _problem(user: UserFacts) -> str:
    if user.error is not None or user.verdict is None:
        return f"{printable(user.label)}: {user.error}"
    return f"{printable(user.label)} is {user.verdict.value}: {bounded(user.evidence.found)}"


def _name(text: str | None) -> str | None:
    return bounded(text, LONGEST_NAME)


def _provider(provider: Provider) -> dict[str, t.Any]:
    registrations = {view.value: one for view, one in provider.registrations.items()}
    return {
        "name": _name(provider.name),
        "friendly_name": _name(provider.first("friendly_name")),
        "guid": _name(provider.first("guid")),
        "process_name": _name(provider.first("process_name")),
        "views": list(registrations),
        "registered_in": {
            view: "click_to_run" if one.click_to_run else "registry" for view, one in registrations.items()
        },
        "com_server": {view: bounded(one.com_server) for view, one in registrations.items()},
        "complete": {view: one.complete for view, one in registrations.items()},
    }


def _users(users: list[UserFacts], truncated: list[str]) -> list[dict[str, t.Any]]:
    left = limits.ALL_USER_PROVIDERS
    entries = []
    cut = 0
    for user in users:
        most = limits.FEW_USER_PROVIDERS if left <= limits.USER_PROVIDERS else limits.USER_PROVIDERS
        providers = most_relevant(user.providers, user.default, most)
        left -= len(providers)
        cut += user.providers_cut or len(providers) < len(user.providers)
        entries.append(plain(replace(user, providers=providers)))
    if cut:
        truncated.append(
            f"users: not all providers of {counted(cut, 'user')} are listed (at most {limits.USER_PROVIDERS} each)"
        )
    return entries


def _summary(users: list[UserFacts], providers: Providers, truncated: list[str]) -> dict[str, t.Any]:
    names: dict[str, str] = {}
    defaults: collections.Counter[str] = collections.Counter()
    people = [user for user in users if user.sid is not None]
    for user in people:
        if user.default_known:
            name = user.default or ""
            folded = name.casefold()
            names.setdefault(folded, providers[folded].name if folded in providers else name)
            defaults[folded] += 1
    verdicts = collections.Counter(user.verdict for user in users)
    return {
        "users": len(people),
        "defaults": _counted_defaults(defaults, names, truncated),
        "verdicts": {verdict.value: verdicts[verdict] for verdict in Verdict if verdicts[verdict]},
    }


def _counted_defaults(
    defaults: collections.Counter[str], names: dict[str, str], truncated: list[str]
) -> dict[str, int]:
    counts: dict[str, int] = {}
    for folded, count in defaults.most_common(limits.COUNTED_DEFAULTS):
        name = _name(names[folded]) or ""
        counts[name] = counts.get(name, 0) + count
    rest = sum(defaults.values()) - sum(counts.values())
    if rest:
        counts[OTHERS] = counts.get(OTHERS, 0) + rest
        truncated.append(
            f"summary: {limits.COUNTED_DEFAULTS} of {counted(len(defaults), 'default provider')} are counted by name"
        )
    return counts
