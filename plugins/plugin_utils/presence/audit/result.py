# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the result of an audit: problems, or a sentence that says of whom there are none."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...text import counted
from ..enforce.plan import Reason
from ..enforce.result import WITHOUT_OFFICE, Comparison
from ..refusal import RefusalError
from .options import SkippedUser


@dataclass(frozen=True)
class Audit:
    """The outcome for one machine.

    Args:
        found: sentences about users who are not as they should be.
        facts: ``im_presence``; None without verdicts.
    """

    comparison: Comparison
    found: list[str]
    facts: dict[str, t.Any] | None = None
    skipped: SkippedUser = SkippedUser.REPORT

    @property
    def problems(self) -> list[str]:
        """Everything that the machine does not pass for; empty if it passes."""
        missed = self.comparison.left_alone.missed.sentence() if self.skipped is SkippedUser.FAIL else ""
        return [*self.found, *([f"Not everybody was audited: {missed}."] if missed else [])]

    @property
    def message(self) -> str:
        """The problems in one text, or who passes; and who was left alone."""
        if not self.problems:
            return "; ".join(part for part in self._passed() if part)
        left_alone = self.comparison.left_alone.sentence()
        included = self.skipped is SkippedUser.FAIL or not left_alone
        return " ".join([*self.problems, *([] if included else [f"{left_alone[0].upper()}{left_alone[1:]}."])])

    def to_dict(self) -> dict[str, t.Any]:
        """Return the task's result, without what warns of changes: an audit makes none."""
        result = self.comparison.to_dict()
        result.pop("warnings", None)
        if warnings := self._warnings():
            result["warnings"] = warnings
        if self.facts is not None:
            result["ansible_facts"] = {"im_presence": self.facts}
        return {**result, "passed": not self.problems, "problems": self.problems, "msg": self.message}

    def _warnings(self) -> list[str]:
        missed = self.comparison.left_alone.missed.sentence() if self.skipped is SkippedUser.REPORT else ""
        return [*self.comparison.notices, *([f"not everybody was audited: {missed}"] if missed else [])]

    def _passed(self) -> t.Iterator[str]:
        """Return what is said of a machine without problems: only of those who were looked at."""
        users = [user.applied for user in self.comparison.users]
        left_alone = self.comparison.left_alone
        unregistered = sum(user.entry.reason is Reason.NOT_USABLE for user in users)
        passing = len(users) - len(left_alone.people) - unregistered
        if not users:
            yield "nobody to audit: no profile is selected"
        elif self.comparison.without_office:
            yield f"nothing to audit: {WITHOUT_OFFICE}"
        elif passing == len(users):
            yield "presence passes the audit"
        elif passing:
            yield f"presence passes the audit for {passing} of {counted(len(users), 'user')}"
        if unregistered:
            yield f"no provider can be set for {unregistered} of {counted(len(users), 'user')} (unregistered is skip)"
        yield left_alone.sentence()


def refused(error: RefusalError) -> dict[str, t.Any]:
    """Return the result of a task that fails because the options do not fit the machine."""
    return {**error.to_dict(), "passed": False, "problems": [f"{error}."]}
