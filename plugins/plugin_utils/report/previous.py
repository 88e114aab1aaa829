# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the report that is in the folder already, and what would be lost if a new one took its place."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ..text import counted, printable, some
from .document import FORMAT, Report
from .facts import Machine
from .reading import boolean, mapping, mappings, text

#: Machines that a sentence names.
_NAMED = 5


@dataclass(frozen=True)
class Previous:
    """What a written report says.

    Args:
        answered: the machines that had answered.
        users: how many people it lists.
    """

    generated: str
    answered: list[str]
    users: int

    def not_asked(self, report: Report) -> list[str]:
        """Return the machines that had answered, and that the run of the new report has not asked."""
        asked = {machine.name for machine in report.machines if machine.asked}
        return [name for name in self.answered if name not in asked]

    def loss(self, report: Report) -> str | None:
        """Return, as a part of a sentence, why the new report says less than this one; None if it does not."""
        if missing := self.not_asked(report):
            names = some([printable(name) for name in missing], _NAMED)
            return f"this run did not ask {counted(len(missing), 'machine')} that had answered then: {names}"
        if self.answered and not any(machine.answered for machine in report.machines):
            return f"no machine answered now, and {counted(len(self.answered), 'machine')} had then"
        if self.users and not report.people:
            return f"this run read no user, and that report has {counted(self.users, 'user')}"
        return None

    def without_answer(self, report: Report, inventory: t.Container[str]) -> list[Machine]:
        """Return entries for the machines that nobody asked, as far as the inventory still has them."""
        listed = {machine.name for machine in report.machines}
        reason = f"was not asked in this run; it had answered in the report of {self.generated}"
        return [
            Machine(name, no_answer=reason, asked=False)
            for name in self.not_asked(report)
            if name in inventory and name not in listed
        ]


def read_previous(path: Path) -> Previous | None:
    """Read a ``presence.json``; None if there is none, or it is something else."""
    try:
        content = mapping(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None
    if content.get("format") != FORMAT:
        return None
    machines = [machine for machine in mappings(content.get("machines")) if boolean(machine.get("answered"))]
    people = (user for machine in machines for user in mappings(machine.get("users")) if user.get("hive") != "default")
    return Previous(
        printable(text(content.get("generated")) or "an unknown time"),
        [name for machine in machines if (name := text(machine.get("name")))],
        sum(1 for _user in people),
    )
