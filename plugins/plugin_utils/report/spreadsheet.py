# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: ``presence.csv``: RFC 4180, UTF-8 with a byte-order mark, and no cell that a spreadsheet calculates."""

from __future__ import annotations

import csv
import io
import re
import typing as t

from ..verdicts import SKIP_REASONS, describe
from .document import Report
from .facts import Machine, User
from .unprintable import escape_unprintable

#: The columns in order: header, and content for one user of a machine.
COLUMNS: t.Final[dict[str, t.Callable[[Machine, User], str | None]]] = {
    "machine": lambda machine, _user: machine.name,
    "account": lambda _machine, user: user.account,
    "sid": lambda _machine, user: user.sid,
    "profile": lambda _machine, user: user.profile,
    "hive": lambda _machine, user: user.hive,
    "default": lambda _machine, user: user.default,
    "previous_default": lambda _machine, user: user.previous_default,
    "verdict": lambda _machine, user: user.verdict,
    "meaning": lambda _machine, user: describe(user.verdict).meaning,
    "broken_link": lambda _machine, user: user.evidence.link,
    "key": lambda _machine, user: user.evidence.key,
    "view": lambda _machine, user: user.evidence.view,
    "found": lambda _machine, user: user.evidence.found,
    "running": lambda _machine, user: ", ".join(user.evidence.running),
    "notes": lambda _machine, user: "; ".join(
        ": ".join(part for part in (note.code, note.found) if part) for note in user.notes
    ),
    "reason": lambda _machine, user: SKIP_REASONS.get(user.reason or "", user.reason),
    "error": lambda _machine, user: user.error,
    "office_version": lambda machine, _user: machine.office.version,
    "office_platform": lambda machine, _user: machine.office.platform,
}

# A spreadsheet calculates what begins with one of these characters, at the beginning of a text and after every
# separator that it may split the file at (in many locales a semicolon). Quotes do not protect from that: they count at
# the beginning of a cell only.
_FORMULA = re.compile(r'(^|[;,|])(?=[ "]*[=+\-@\t\r\n＝＋－＠])')  # noqa: RUF001


def to_csv(report: Report) -> bytes:
    """Return ``presence.csv``: one row for each user, and one for each machine that did not answer."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", dialect="excel", lineterminator="\r\n")
    writer.writeheader()
    for machine in report.machines:
        if not machine.answered:
            row = {"machine": machine.name, "verdict": "no_answer", "error": machine.no_answer}
            writer.writerow({header: cell(value) for header, value in row.items()})
        for user in machine.users:
            writer.writerow({header: cell(content(machine, user)) for header, content in COLUMNS.items()})
    return text.getvalue().encode("utf-8-sig")


def cell(value: str | None) -> str:
    """Return the text of a cell, with an apostrophe before everything that a spreadsheet would calculate."""
    return escape_unprintable(_FORMULA.sub(r"\1'", value or ""))
