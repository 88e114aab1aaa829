# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the result of registering or removing a provider: an entry for each view, a sentence, a diff."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ... import limits
from ...text import LONGEST_TEXT, bounded, printable, some
from ...windows.registry_values import StringValue, ValueState
from ..keys import FRIENDLY_NAME, GUID, PROCESS_NAME
from .apply import AppliedView
from .desired import Desired
from .plan import CreateKey, SetValue, left
from .survey import VALUES, KeyState, Rest

#: What a sentence quotes of what else a key holds.
QUOTED = 5


@dataclass(frozen=True)
class Registered:
    """All views at the end."""

    desired: Desired
    views: tuple[AppliedView, ...]
    check_mode: bool

    @property
    def failed(self) -> bool:
        """Whether something failed in a view."""
        return any(one.error is not None for one in self.views)

    @property
    def lost(self) -> bool:
        """Whether the machine went out of reach before all views were done."""
        return any(one.lost for one in self.views)

    def to_dict(self) -> dict[str, t.Any]:
        """Return the task's result; ``failed`` and ``unreachable`` are the action's to add."""
        return {
            "changed": any(one.changed for one in self.views),
            "views": [self._entry(one) for one in self.views],
            "msg": self._message(),
        }

    def diff(self) -> list[dict[str, str]]:
        """Return before and after of each view that changes, as Ansible shows them."""
        return [
            {
                "before_header": f"{printable(_path(one), LONGEST_TEXT)} (before)",
                "after_header": f"{printable(_path(one), LONGEST_TEXT)} (after)",
                "before": _lines(one.surveyed.current),
                "after": _lines(one.after),
            }
            for one in self.views
            if one.changed and one.after is not None
        ]

    def _entry(self, one: AppliedView) -> dict[str, t.Any]:
        rest = left(self.desired, one.after)
        return {
            "view": one.surveyed.view.value,
            "key": bounded(_path(one)),
            "before": _state(one.surveyed.current),
            "after": _state(one.after),
            "changed": one.changed,
            "left": _names(rest) if rest else None,
            "error": one.error,
        }

    def _message(self) -> str:
        """Return one sentence: failures first, then what changed, then what did not have to."""
        ordered = sorted(self.views, key=lambda one: (one.error is None, not one.changed))
        return f"{printable(self.desired.name)}: {'; '.join(self._phrase(one) for one in ordered)}"

    def _phrase(self, one: AppliedView) -> str:
        view = one.surveyed.view.value
        if one.error is not None:
            return f"failed in {view}{' after a part was done' if one.changed else ''}: {one.error}"
        rest = left(self.desired, one.after)
        kept = f" (the key stays with what else it holds: {_shown(rest)})" if rest else ""
        if not one.changed:
            return f"nothing to change in {view}{kept}"
        return f"{'would be ' if self.check_mode else ''}{self._deed(one)}{kept}"

    def _deed(self, one: AppliedView) -> str:
        view = one.surveyed.view.value
        if self.desired.values is None:
            return f"removed from {view}"
        if CreateKey() in one.steps:
            return f"registered in {view}"
        return f"changed in {view} ({', '.join(step.name for step in one.steps if isinstance(step, SetValue))})"


def _path(one: AppliedView) -> str:
    return f"HKLM\\{one.surveyed.key}"


def _state(current: KeyState | None) -> dict[str, t.Any] | None:
    if current is None:
        return None
    values = current.values
    return {
        "exists": current.exists,
        "friendly_name": _text(values.get(FRIENDLY_NAME)),
        "guid": _text(values.get(GUID)),
        "process_name": _text(values.get(PROCESS_NAME)),
        "other_types": [name for name, value in values.items() if value.state is not ValueState.TEXT],
    }


def _text(value: StringValue | None) -> str | None:
    return bounded(value.text) if value else None


def _names(rest: Rest) -> dict[str, list[str | None]]:
    most = limits.LEFT_IN_KEY
    return {
        "values": [bounded(name) for name in rest.values[:most]],
        "subkeys": [bounded(name) for name in rest.subkeys[:most]],
    }


def _shown(rest: Rest) -> str:
    values = [printable(name) or "the default value" for name in rest.values]
    return some([*values, *(f"{printable(name)}\\" for name in rest.subkeys)], QUOTED)


def _lines(current: KeyState | None) -> str:
    if current is None or not current.exists:
        return ""
    shown = {name: current.values.get(name) for name in VALUES}
    return "".join(f"{name}: {_line(value)}\n" for name, value in shown.items())


def _line(value: StringValue | None) -> str:
    if value is None:
        return "(none)"
    return printable(value.name) if value.state is ValueState.TEXT else "(not a REG_SZ value)"
