# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the main job, from top to bottom: survey the users, plan, apply, name the users."""

from __future__ import annotations

import typing as t

from ...windows.machine import Machine
from ..availability import SignedOutError
from .apply import AppliedEntry, apply_plan, preview_plan
from .plan import make_plan
from .policy import Policy
from .result import Comparison, UserResult
from .survey import Survey, take_survey

#: Account names to look up for the result, one request each; other users are shown by their profile's folder.
ACCOUNT_LOOKUPS = 6


def enforce(machine: Machine, policy: Policy, *, check_mode: bool) -> Comparison:
    """Compare all users with the policy and, unless in check mode, change those who differ.

    Raises:
        RefusalError: see ``select_users`` and ``choice``.
    """
    survey = take_survey(machine, policy)
    try:
        plan = make_plan(policy, survey)
    except SignedOutError:
        # Nothing is written yet. The command reads everything about a user at once, wherever the hive is.
        survey = take_survey(machine, policy, by_command=True)
        plan = make_plan(policy, survey)
    applied = preview_plan(plan) if check_mode else apply_plan(machine, plan, policy)
    return make_comparison(policy, survey, name_users(machine, applied), check_mode=check_mode)


def make_comparison(policy: Policy, survey: Survey, users: tuple[UserResult, ...], *, check_mode: bool) -> Comparison:
    """Return the result for these users of a survey."""
    return Comparison(users, survey.unmatched, check_mode, survey.notices, survey.not_listed, policy.skip_unregistered)


def name_users(machine: Machine, applied: t.Sequence[AppliedEntry]) -> tuple[UserResult, ...]:
    """Name the users that people will read about: those who change, drift or fail."""
    if not any(one.lost for one in applied):
        sids = [one.entry.profile.sid for one in applied if one.changed or one.error]
        machine.accounts.look_up(sids, ACCOUNT_LOOKUPS)
    return tuple(UserResult(one, machine.accounts.cached_name(one.entry.profile.sid or "")) for one in applied)
