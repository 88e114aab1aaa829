# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: from a policy and a survey to a plan: one entry for each user, with before, after and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ...windows.hive_outcomes import Read, Skipped, value_of
from ...windows.profiles import Profile
from ...windows.registry_values import StringValue, ValueState
from ..keys import LONGEST_NAME
from .choice import Choice
from .policy import Policy
from .survey import Survey, SurveyedUser


class Reason(enum.Enum):
    """Why a user's default is changed or left alone. The values are part of results."""

    AS_WANTED = "as_wanted"
    MISSING = "missing"
    OTHER_PROVIDER = "other_provider"
    WRONG_TYPE = "wrong_type"
    TO_BE_REMOVED = "to_be_removed"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class PlanEntry:
    """What is to be done for one user.

    Args:
        before: the value that was read; None if the user is skipped or the hive could not be read.
        after: the provider that should be the default, None for none.
        changes: whether something has to be written or removed.
    """

    user: SurveyedUser
    before: StringValue | None
    after: str | None
    changes: bool
    reason: Reason

    @property
    def profile(self) -> Profile:
        """The user's profile."""
        return self.user.profile

    @property
    def previous(self) -> str | None:
        """The default that is replaced, if it is one that a client could return to."""
        text = self.before.text if self.before else None
        plausible = text and len(text) <= LONGEST_NAME and text.isprintable()
        return text if self.changes and plausible else None


def make_plan(policy: Policy, choice: Choice | None, survey: Survey) -> list[PlanEntry]:
    """Decide for every user of the survey; ``choice`` is None where the default should be removed."""
    return [_decide(policy, choice, user) for user in survey.users]


def _decide(policy: Policy, choice: Choice | None, user: SurveyedUser) -> PlanEntry:
    outcome = user.outcome
    if isinstance(outcome, Skipped):
        return PlanEntry(user, None, None, False, Reason.SKIPPED)
    if not isinstance(outcome, Read):
        value = value_of(outcome)
        return PlanEntry(user, value, value.text if value else None, False, Reason.UNREADABLE)
    value = outcome.value
    if choice is not None:
        return _decide_present(choice.name, value, user)
    if _is_to_be_removed(policy, value):
        return PlanEntry(user, value, None, True, Reason.TO_BE_REMOVED)
    return PlanEntry(user, value, value.text, False, Reason.AS_WANTED)


def _decide_present(name: str, value: StringValue, user: SurveyedUser) -> PlanEntry:
    if value.state is ValueState.TEXT and value.name.casefold() == name.casefold():
        return PlanEntry(user, value, value.text, False, Reason.AS_WANTED)
    reason = {
        ValueState.TEXT: Reason.OTHER_PROVIDER,
        ValueState.MISSING: Reason.MISSING,
        ValueState.OTHER_TYPE: Reason.WRONG_TYPE,
    }[value.state]
    return PlanEntry(user, value, name, True, reason)


def _is_to_be_removed(policy: Policy, value: StringValue) -> bool:
    if not policy.names:
        return value.state is not ValueState.MISSING
    return value.state is ValueState.TEXT and policy.names_include(value.name)
