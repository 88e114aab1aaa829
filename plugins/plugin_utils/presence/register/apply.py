# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: carries out the plans for a registration's views, or says what that would come to."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...windows.registry import CALL_ERRORS, Registry, RegistryError, Root
from ...wsman.errors import UnreachableError, WSManError
from .plan import CreateKey, DeleteKey, DeleteValue, Plan, SetValue, Step
from .survey import KeyState, SurveyedView, look

#: A view of the survey with its plan; None where it could not be read.
Planned = tuple[SurveyedView, Plan | None]


@dataclass(frozen=True)
class AppliedView:
    """What became of one view.

    Args:
        after: what stands there now (in check mode: would), None if that is not known.
        changed: whether that is something else than before.
        lost: the machine went out of reach before this view was done.
    """

    surveyed: SurveyedView
    steps: tuple[Step, ...]
    after: KeyState | None
    changed: bool
    error: str | None = None
    lost: bool = False


def preview(planned: t.Iterable[Planned]) -> list[AppliedView]:
    """Return what the plans would come to, as check mode reports it."""
    return [_planned(surveyed, plan) if plan else _unread(surveyed) for surveyed, plan in planned]


def apply(registry: Registry, planned: t.Iterable[Planned], *, removes: bool) -> list[AppliedView]:
    """Carry out the plans; one view's failure does not stop the next, unless the machine is lost.

    Args:
        removes: whether the registration should be absent, so that the rest of a key is of interest.
    """
    applied: list[AppliedView] = []
    for surveyed, plan in planned:
        if plan is None:
            applied.append(_unread(surveyed))
        elif plan.steps and any(one.lost for one in applied):
            error = "not tried, since the machine went out of reach"
            applied.append(AppliedView(surveyed, plan.steps, surveyed.current, False, error, lost=True))
        else:
            applied.append(_apply(registry, surveyed, plan, removes=removes))
    return applied


def _apply(registry: Registry, surveyed: SurveyedView, plan: Plan, *, removes: bool) -> AppliedView:
    done = 0
    try:
        for step in plan.steps:
            _take(registry, surveyed.key, step)
            done += 1
    except UnreachableError as error:
        return AppliedView(surveyed, plan.steps, None, done > 0, str(error), lost=True)
    except CALL_ERRORS as error:
        after = _look_again(registry, surveyed.key, rest=removes)
        changed = done > 0 if after is None else after != surveyed.current
        return AppliedView(surveyed, plan.steps, after, changed, str(error))
    return _planned(surveyed, plan)


def _take(registry: Registry, key: str, step: Step) -> None:
    match step:
        case CreateKey():
            registry.create_key(Root.HKLM, key)
        case SetValue(name, text):
            registry.set_string(Root.HKLM, key, name, text)
        case DeleteValue(name):
            registry.delete_value(Root.HKLM, key, name)
        case DeleteKey():
            registry.delete_key(Root.HKLM, key)


def _look_again(registry: Registry, key: str, *, rest: bool) -> KeyState | None:
    """Return what is there after a failure; None if that cannot be read either."""
    try:
        return look(registry, key, rest=rest)
    except (RegistryError, WSManError):
        return None


def _planned(surveyed: SurveyedView, plan: Plan) -> AppliedView:
    return AppliedView(surveyed, plan.steps, plan.after, bool(plan.steps))


def _unread(surveyed: SurveyedView) -> AppliedView:
    return AppliedView(surveyed, (), None, changed=False, error=surveyed.error)
