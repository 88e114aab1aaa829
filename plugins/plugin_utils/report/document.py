# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the report, its totals, and ``presence.json`` (docs/report.schema.json)."""

from __future__ import annotations

import datetime as dt
import json
import typing as t
from collections import Counter
from dataclasses import asdict, dataclass

from ..verdicts import ALL_DESCRIPTIONS, describe
from .advice import Advice, advise
from .facts import Machine, User

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
        """All users except templates."""
        return [user for machine in self.machines for user in machine.users if not user.is_template]


def make_report(title: str, generated: dt.datetime, machines: list[Machine]) -> Report:
    """Return the report of these machines."""
    return Report(title, generated, machines, advise(machines))


def totals(report: Report) -> dict[str, t.Any]:
    """Count machines and people."""
    people = report.people
    kinds = Counter(describe(user.verdict).kind for user in people)
    verdicts = Counter(user.verdict for user in people)
    answered = sum(machine.answered for machine in report.machines)
    newer = sorted(set(verdicts) - set(ALL_DESCRIPTIONS))
    return {
        "machines": len(report.machines),
        "answered": answered,
        "unanswered": len(report.machines) - answered,
        "users": len(people),
        "good": kinds["good"],
        "starting": kinds["wait"],
        "broken": kinds["bad"],
        "unknown": kinds["unknown"],
        "verdicts": {verdict: verdicts[verdict] for verdict in [*ALL_DESCRIPTIONS, *newer]},
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
    """Return ``presence.json``. It is ASCII, so that any text of a machine is valid, even a lone surrogate."""
    return (json.dumps(document(report), indent=1, ensure_ascii=True) + "\n").encode("ascii")


def _defaults(people: list[User]) -> dict[str, int]:
    """Count the default providers, the most common one first. Names that differ in case only are one provider."""
    spellings: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for user in people:
        if user.default_app is not None:
            counts[spellings.setdefault(user.default_app.casefold(), user.default_app)] += 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _machine(machine: Machine) -> dict[str, t.Any]:
    content = asdict(machine)
    return {
        "name": content.pop("name"),
        "asked": content.pop("asked"),
        "answered": machine.answered,
        "trouble": content.pop("no_answer"),
        **content,
        "office": content["office"] if machine.answered else None,
    }
