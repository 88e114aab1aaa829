# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the data that the page shows. A new field of a user is one line in `DETAILS`.

Which columns the table has, and in which order, is up to ``assets/people.js``.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..verdicts import ALL_DESCRIPTIONS, SKIP_REASONS, describe
from .advice import Advice, fill
from .app_names import AppNames
from .document import Report, totals
from .facts import Machine, User
from .notes import meaning
from .unprintable import escape_unprintable

#: Hosts that one piece of advice lists; the page shows how many more there are.
MOST_HOSTS = 12


@dataclass(frozen=True)
class _Link:
    """A link of the chain that Office follows, as a statement that is true if the link holds."""

    label: str
    needs_sign_in: bool = False


#: The chain that a user's evidence shows. The keys are the values of ``Link`` in ``presence/facts/diagnosis.py``.
CHAIN: t.Final = {
    "office_setting": _Link("Office shows presence"),
    "default": _Link("A default app is set"),
    "registration": _Link("It is installed"),
    "up_and_running": _Link("It reports that it is running", needs_sign_in=True),
    "process": _Link("Its process is running", needs_sign_in=True),
}


@dataclass(frozen=True)
class _Row:
    """A user with everything that the page's fields are made from."""

    machine: Machine
    user: User
    names: AppNames

    @property
    def reason(self) -> str | None:
        return SKIP_REASONS.get(self.user.reason or "", self.user.reason)

    @property
    def summary(self) -> str:
        """What is wrong, in one sentence."""
        user, names = self.user, self.names
        description = describe(user.verdict)
        if user.error or self.reason:
            return user.error or self.reason or ""
        if not description.summary:
            return user.evidence.found or description.meaning
        running = ", ".join(map(names.short, user.evidence.running))
        app = names.short(user.default) if user.default else "The default app"
        return fill(description.summary, {"app": app, "running": running or "another app"})

    @property
    def default_app(self) -> str:
        user = self.user
        if user.default_app is None:
            return "unknown"
        return self.names.full(user.default_app) if user.default_app else "none"

    @property
    def signed_in(self) -> str | None:
        return None if self.user.is_template else "yes" if self.user.hive == "loaded" else "no"


#: What the page gets about each user: texts, booleans, and lists of them, by name.
USER_FIELDS: t.Final[dict[str, t.Callable[[_Row], t.Any]]] = {
    "person": lambda row: row.user.display_name,
    "machine": lambda row: row.machine.name,
    "app": lambda row: row.user.default_app,
    "appLabel": lambda row: row.default_app,
    "verdict": lambda row: row.user.verdict,
    "summary": lambda row: row.summary,
    "link": lambda row: row.user.evidence.link,
    "signedIn": lambda row: row.user.hive == "loaded",
    "searchable": lambda row: [row.user.account, row.user.sid, row.user.profile],
    "apps": lambda row: [
        [row.names.full(state.name), state.registered, state.up_and_running, state.process]
        for state in row.user.providers
    ],
    "notes": lambda row: [[meaning(note.code), note.found, _place(note.key, note.view)] for note in row.user.notes],
    "details": lambda row: [detail.content(row) for detail in DETAILS],
}


@dataclass(frozen=True)
class _Detail:
    """A line below a user's row, left out if it has no content."""

    label: str
    content: t.Callable[[_Row], str | None]
    is_code: bool = False


#: The lines below a user's row, from top to bottom.
DETAILS: t.Final[tuple[_Detail, ...]] = (
    _Detail("Result", lambda row: "{0.label}. {0.meaning}".format(describe(row.user.verdict))),
    _Detail("Evidence", lambda row: row.user.evidence.found),
    _Detail("Registry key", lambda row: _place(row.user.evidence.key, row.user.evidence.view), is_code=True),
    _Detail("Running apps", lambda row: ", ".join(map(row.names.full, row.user.evidence.running))),
    _Detail("Previous default app", lambda row: row.names.full(row.user.previous_default or "")),
    _Detail("Skipped because", lambda row: row.reason),
    _Detail("Error", lambda row: row.user.error),
    _Detail("Signed in", lambda row: row.signed_in),
    _Detail("Profile", lambda row: row.user.profile),
    _Detail("SID", lambda row: row.user.sid),
    _Detail("Office", lambda row: _office(row.machine)),
)


def page_data(report: Report) -> dict[str, t.Any]:
    """Return everything that the page shows. Each text of users is in ``strings`` once: most are the same."""
    names = AppNames(report.machines)
    rows = [_Row(machine, user, names) for machine in report.machines for user in machine.users]
    strings = _Strings()
    counts = totals(report)
    return {
        "title": escape_unprintable(report.title),
        "generated": report.generated.isoformat(timespec="seconds"),
        "totals": {name: count for name, count in counts.items() if isinstance(count, int)},
        "verdicts": _verdicts(rows, counts["verdicts"]),
        "defaults": _defaults(counts["defaults"], names),
        "first": [_advice(advice) for advice in report.advice],
        "machines": [_machine(machine) for machine in report.machines],
        "userFields": list(USER_FIELDS),
        "users": [[strings.encode(content(row)) for content in USER_FIELDS.values()] for row in rows],
        "chain": [{"id": id_, "label": link.label, "needsSignIn": link.needs_sign_in} for id_, link in CHAIN.items()],
        "details": [{"label": detail.label, "isCode": detail.is_code} for detail in DETAILS],
        "strings": strings.all,
    }


class _Strings:
    """Texts by number, each kept once."""

    def __init__(self) -> None:
        self._numbers: dict[str | None, int] = {None: 0}
        self.all: list[str | None] = [None]

    def encode(self, value: t.Any) -> t.Any:
        """Replace every text by its number; ``data.js`` does the reverse."""
        if isinstance(value, list):
            return [self.encode(one) for one in value]
        if isinstance(value, bool):
            return value
        if value not in self._numbers:
            self._numbers[value] = len(self.all)
            self.all.append(escape_unprintable(value))
        return self._numbers[value]


def _verdicts(rows: list[_Row], counts: dict[str, int]) -> list[dict[str, t.Any]]:
    """Return all verdicts, including those that only templates have, and that only a newer version knows."""
    newer = sorted({row.user.verdict for row in rows} - set(ALL_DESCRIPTIONS))
    verdicts = []
    for verdict in [*ALL_DESCRIPTIONS, *newer]:
        description = describe(verdict)
        texts = {"id": verdict, "label": description.label, "kind": description.kind, "meaning": description.meaning}
        verdicts.append({**_escaped(texts), "count": counts.get(verdict, 0)})
    return verdicts


def _defaults(counts: dict[str, int], names: AppNames) -> list[dict[str, t.Any]]:
    return [
        {**_escaped({"app": app, "label": names.short(app), "title": names.full(app)}), "count": count}
        for app, count in counts.items()
    ]


def _advice(advice: Advice) -> dict[str, t.Any]:
    texts = {
        "verdict": advice.verdict,
        "app": advice.provider or "",
        "title": advice.title,
        "why": advice.why,
        "fix": advice.fix,
        "otherFix": advice.alternative.fix if advice.alternative else "",
    }
    return {
        **_escaped(texts),
        "play": advice.task,
        "otherPlay": advice.alternative.task if advice.alternative else "",
        "users": advice.users,
        "hosts": [escape_unprintable(host) for host in advice.hosts[:MOST_HOSTS]],
        "hostCount": len(advice.hosts),
    }


def _machine(machine: Machine) -> dict[str, t.Any]:
    return {
        "name": escape_unprintable(machine.name),
        "noAnswer": escape_unprintable(machine.no_answer or ""),
        "truncated": [escape_unprintable(sentence) for sentence in machine.truncated],
    }


def _escaped(texts: dict[str, str]) -> dict[str, str]:
    return {name: escape_unprintable(text) for name, text in texts.items()}


def _place(key: str | None, view: str | None) -> str:
    label = {"x86": "32-bit view", "x64": "64-bit view"}.get(view or "", view)
    return "  ·  ".join(part for part in (key, label) if part)


def _office(machine: Machine) -> str:
    bits = {"x86": "32-bit", "x64": "64-bit"}.get(machine.office.platform or "")
    return ", ".join(part for part in (machine.office.version, bits) if part)
