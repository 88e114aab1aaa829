# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the result of setting up or removing a guard: before and after, a sentence, a diff."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...text import bounded, counted, printable, some
from ...windows.task_definition import Difference
from .apply import Applied
from .desired import Desired
from .plan import Plan, RegisterTask, SetProvider
from .survey import GuardState
from .task import KEY, TASK, VALUE, period_of

#: Altered elements that a sentence quotes, and that a result lists.
QUOTED, LISTED = 3, 32

_FOLDER = TASK.folder.rstrip("\\")


@dataclass(frozen=True)
class GuardResult:
    """A guard at the end."""

    desired: Desired
    before: GuardState
    plan: Plan
    applied: Applied
    check_mode: bool

    @property
    def changed(self) -> bool:
        """Whether something was changed (in check mode: would be)."""
        return bool(self.applied.done)

    def to_dict(self) -> dict[str, t.Any]:
        """Return the task's result; ``failed`` and ``unreachable`` are the action's to add."""
        choice = self.plan.choice
        return {
            "changed": self.changed,
            "provider": choice.to_dict() if choice else None,
            "before": self._before(),
            "after": self._after(),
            "msg": self._message(),
        }

    def diff(self) -> list[dict[str, str]]:
        """Return before and after of what changes, as Ansible shows them."""
        if not self.changed or self.applied.error is not None:
            return []
        registers = RegisterTask() in self.plan.steps
        altered = [_line(one.path, one.found) for one in self.plan.altered] if registers else []
        mended = [_line(one.path, one.wanted) for one in self.plan.altered] if registers else []
        return [
            {
                "before_header": "the guard (before)",
                "after_header": "the guard (after)",
                "before": _lines(
                    self._before(), [*altered, *(_line(rf"HKLM\{KEY}", one) for one in self.before.others)]
                ),
                "after": _lines(self._after() or {}, mended),
            }
        ]

    def _before(self) -> dict[str, t.Any]:
        task = self.before.task
        return {
            "task": task is not None,
            "provider": bounded(self.before.provider.text),
            "period": period_of(task) if task is not None else None,
            "altered": shown_differences(self.plan.altered),
        }

    def _after(self) -> dict[str, t.Any] | None:
        """Return what is there now (in check mode: would be); None if that is not known."""
        if self.applied.error is not None:
            return None
        if not self.applied.done:
            return self._before()
        choice = self.plan.choice
        if choice is None:
            return {"task": False, "provider": None, "period": None, "altered": []}
        return {"task": True, "provider": choice.name, "period": self.desired.period, "altered": []}

    def _message(self) -> str:
        if self.applied.error is not None:
            part = " after a part was done" if self.applied.done else ""
            return f"the guard failed{part}: {self.applied.error}"
        if self.plan.no_office:
            return "nothing to change: this machine has neither Office nor an IM provider"
        if self.desired.present:
            return self._present()
        if not self.changed:
            return "nothing to change: this machine has no guard"
        stays = f"; the empty task folder {_FOLDER} stays, since no call removes it" if self.before.task else ""
        return f"the guard {'would be' if self.check_mode else 'was'} removed{stays}"

    def _present(self) -> str:
        choice = self.plan.choice
        guarded = f"{printable(choice.name if choice else '')}, every {counted(self.desired.period, 'minute')}"
        if not self.changed:
            return f"nothing to change: the guard keeps {guarded}"
        verb = "would be" if self.check_mode else "was"
        if self.before.task is None and not self.before.provider.key_exists:
            return f"the guard {verb} set up: {guarded}"
        return f"the guard {verb} changed ({some(self._why(), QUOTED)}): {guarded}"

    def _why(self) -> list[str]:
        """Return what was not as wanted."""
        reasons = []
        if any(isinstance(step, SetProvider) for step in self.plan.steps):
            reasons.append(f"it kept {printable(self.before.provider.name) or 'nothing'}")
        if self.before.task is None:
            reasons.append("its task was missing")
        if self.before.others:
            reasons.append(f"its key held {counted(len(self.before.others), 'other value')}")
        return [*reasons, *map(_difference, self.plan.altered)]


def shown_differences(altered: t.Iterable[Difference]) -> list[str]:
    """Return how a task differs from what is wanted, as parts of results."""
    return [_difference(one) for one in altered][:LISTED]


def _difference(one: Difference) -> str:
    def said(text: str | None) -> str:
        return "missing" if text is None else printable(text, 60) or "empty"

    if one.wanted is None:
        return f"{printable(one.path)} was added: {said(one.found)}"
    return f"{one.path} is {said(one.found)} instead of {said(one.wanted)}"


def _line(path: str, text: str | None) -> str:
    return f"{printable(path)}: {'(none)' if text is None else printable(text, 1_000)}"


def _lines(guard: t.Mapping[str, t.Any], more: t.Iterable[str]) -> str:
    task = f"every {counted(guard['period'] or 0, 'minute')}" if guard["task"] else None
    lines = [_line(TASK.path, task), _line(rf"HKLM\{KEY}, {VALUE}", guard["provider"]), *more]
    return "".join(f"{line}\n" for line in lines)
