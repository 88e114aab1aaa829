# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report as a table for spreadsheets: RFC 4180, UTF-8 with a byte-order mark, and no cell that is a formula."""

from __future__ import annotations

import csv
import io
import re
import typing as t

from .document import Report
from .facts import Machine, User
from .visible import visible
from .words import REASONS, word

COLUMNS = (
    "machine", "account", "sid", "profile", "hive", "default", "previous_default", "verdict", "meaning",
    "broken_link", "key", "view", "found", "running", "reason", "error", "office_version", "office_platform",
)  # fmt: skip

# Where a spreadsheet would calculate: at the beginning of a text, and after each separator that it may read the file
# with (in many languages that is a semicolon). Quotes around the text do not help there: they count at the beginning of
# a cell only.
_FORMULA = re.compile(r'(^|[;,|])(?=[ "]*[=+\-@\t\r\n＝＋－＠])')  # noqa: RUF001


def to_csv(report: Report) -> bytes:
    """Return ``presence.csv``: one line a user, and one for every machine that did not answer."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, dialect="excel", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for machine in report.machines:
        if not machine.answered:
            blank = dict.fromkeys(COLUMNS, "")
            unanswered = {"machine": machine.name, "verdict": "no_answer", "error": machine.trouble}
            writer.writerow([cell(value) for value in (blank | unanswered).values()])
        writer.writerows([cell(value) for value in _line(machine, user)] for user in machine.users)
    return text.getvalue().encode("utf-8-sig")


def cell(value: str | None) -> str:
    """Return the text of a cell, with an apostrophe in front of all that a spreadsheet would calculate."""
    return visible(_FORMULA.sub(r"\1'", value or ""))


def _line(machine: Machine, user: User) -> t.Iterator[str | None]:
    evidence = user.evidence
    yield from (machine.name, user.account, user.sid, user.profile, user.hive)
    yield from (user.default, user.previous_default, user.verdict, word(user.verdict).meaning)
    yield from (evidence.link, evidence.key, evidence.view, evidence.found, ", ".join(evidence.running))
    yield from (REASONS.get(user.reason or "", user.reason), user.error)
    yield from (machine.office_version, machine.office_platform)
