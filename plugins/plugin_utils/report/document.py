# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report as plain data: what ``presence.json`` holds (docs/report.schema.json), and what the page is made from."""

from __future__ import annotations

import datetime as dt
import json
import typing as t
from collections import Counter
from dataclasses import asdict, dataclass

from .advice import Advice, advise
from .facts import Machine, Provider, User
from .words import VERDICTS, word

FORMAT = "presence.office/report"
VERSION = 1


@dataclass(frozen=True)
class Report:
    """A fleet at one moment."""

    title: str
    generated: dt.datetime
    machines: list[Machine]
    advice: list[Advice]

    @property
    def people(self) -> list[User]:
        """Everybody, templates left out."""
        return [user for machine in self.machines for user in machine.users if not user.is_template]


def make_report(title: str, generated: dt.datetime, machines: list[Machine]) -> Report:
    """Return the report of these machines."""
    return Report(title, generated, machines, advise(machines))


def totals(report: Report) -> dict[str, t.Any]:
    """Count machines and people."""
    people = report.people
    kinds = Counter(word(user.verdict).kind for user in people)
    verdicts = Counter(user.verdict for user in people)
    answered = sum(machine.answered for machine in report.machines)
    return {
        "machines": len(report.machines),
        "answered": answered,
        "unanswered": len(report.machines) - answered,
        "users": len(people),
        "good": kinds["good"],
        "starting": kinds["wait"],
        "broken": kinds["bad"],
        "unknown": kinds["unknown"],
        "verdicts": {name: verdicts[name] for name in [*VERDICTS, *sorted(set(verdicts) - set(VERDICTS))]},
        "defaults": _defaults(people),
    }


def document(report: Report) -> dict[str, t.Any]:
    """Return the content of ``presence.json``."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": report.title,
        "generated": report.generated.isoformat(timespec="seconds"),
        "totals": totals(report),
        "first": [asdict(advice) for advice in report.advice],
        "machines": [_machine(machine) for machine in report.machines],
    }


def to_json(report: Report) -> bytes:
    """Return ``presence.json``: ASCII, so that any text of a machine (a lone surrogate, too) is valid."""
    return (json.dumps(document(report), indent=1, ensure_ascii=True) + "\n").encode("ascii")


def _defaults(people: list[User]) -> dict[str, int]:
    """Count the default providers, most common first; names differ by more than case, none is an empty one."""
    spelt: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for user in people:
        if user.verdict == "unknown" and user.default is None:
            continue
        name = user.default or ""
        counts[spelt.setdefault(name.casefold(), name)] += 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _machine(machine: Machine) -> dict[str, t.Any]:
    answered = machine.answered
    return {
        "name": machine.name,
        "answered": answered,
        "trouble": machine.trouble,
        "office": {"version": machine.office_version, "platform": machine.office_platform} if answered else None,
        "providers": [_provider(provider) for provider in machine.providers],
        "users": [asdict(user) for user in machine.users],
        "truncated": machine.truncated,
    }


def _provider(provider: Provider) -> dict[str, t.Any]:
    return {**asdict(provider), "views": provider.views}
