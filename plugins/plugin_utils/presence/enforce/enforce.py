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


class MissingUsersError(Exception):
    """Selected users have no profile on the machine, and the policy makes that an error."""

    def __init__(self, users: t.Sequence[str]) -> None:
        self.users = list(users)
        super().__init__(f"users: no profile on this machine belongs to {', '.join(users)}; nothing was changed")

    def details(self) -> dict[str, t.Any]:
        """Return keys of the task's result."""
        return {"unmatched_users": self.users}


def enforce(machine: Machine, policy: Policy, *, check_mode: bool) -> Comparison:
    """Compare all users with the policy and, unless in check mode, change those who differ.

    Raises:
        FriendlyNameError: see ``choice``.
        MissingUsersError: see ``Policy.fail_on_missing_user``.
    """
    survey = take_survey(machine, policy)
    check_missing_users(policy, survey)
    try:
        plan = make_plan(policy, survey)
    except SignedOutError:
        # Nothing is written yet. The command reads everything about a user at once, wherever the hive is.
        survey = take_survey(machine, policy, by_command=True)
        plan = make_plan(policy, survey)
    applied = preview_plan(plan) if check_mode else apply_plan(machine, plan, policy)
    return Comparison(name_users(machine, applied), survey.unmatched, check_mode)


def check_missing_users(policy: Policy, survey: Survey) -> None:
    """Raise MissingUsersError if users are missing and the policy makes that an error."""
    if survey.unmatched and policy.fail_on_missing_user:
        raise MissingUsersError(survey.unmatched)


def name_users(machine: Machine, applied: t.Sequence[AppliedEntry]) -> tuple[UserResult, ...]:
    """Name the users that people will read about: those who change, drift or fail."""
    if not any(one.lost for one in applied):
        sids = [one.entry.profile.sid for one in applied if one.changed or one.error]
        machine.accounts.look_up(sids, ACCOUNT_LOOKUPS)
    return tuple(UserResult(one, machine.accounts.cached_name(one.entry.profile.sid or "")) for one in applied)
