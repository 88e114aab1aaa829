# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: from a policy and a survey to a plan: one entry for each user, with before, after and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ...text import printable
from ...windows.hive_outcomes import Read, Skipped, value_of
from ...windows.profiles import HiveKind, Profile
from ...windows.registry_values import StringValue, ValueState
from ..availability import Candidate, NotKnownError
from ..availability import Reason as ChoiceReason
from ..keys import LONGEST_NAME
from .choice import Choice, NotUsableError, choose, is_first
from .policy import Policy
from .survey import Survey, SurveyedUser


class Reason(enum.Enum):
    """Why a user's default is changed or left alone. The values are part of results."""

    AS_WANTED = "as_wanted"
    MISSING = "missing"
    OTHER_PROVIDER = "other_provider"
    WRONG_TYPE = "wrong_type"
    TO_BE_REMOVED = "to_be_removed"
    NOT_USABLE = "not_usable"
    NO_OFFICE = "no_office"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class PlanEntry:
    """What is to be done for one user.

    Args:
        before: the value that was read; None if the user is skipped or the hive could not be read.
        after: the provider that should be the default, None for none.
        changes: whether something has to be written or removed.
        choice: the provider that was chosen for this user.
        error: why none could be chosen.
        warning: what people should know about the change.
    """

    user: SurveyedUser
    before: StringValue | None
    after: str | None
    changes: bool
    reason: Reason
    choice: Choice | None = None
    error: str | None = None
    warning: str | None = None

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


def make_plan(policy: Policy, survey: Survey) -> list[PlanEntry]:
    """Decide for every user of the survey.

    Raises:
        FriendlyNameError: see ``choice``.
        SignedOutError: see ``choice``.
    """
    return [_decide(policy, survey, user) for user in survey.users]


def _decide(policy: Policy, survey: Survey, user: SurveyedUser) -> PlanEntry:
    outcome = user.outcome
    if isinstance(outcome, Skipped):
        return PlanEntry(user, None, None, False, Reason.SKIPPED)
    if not isinstance(outcome, Read):
        value = value_of(outcome)
        return PlanEntry(user, value, value.text if value else None, False, Reason.UNREADABLE)
    value = outcome.value
    if policy.present:
        return _decide_present(policy, survey, user, value)
    if is_to_be_removed(policy, value):
        return PlanEntry(user, value, None, True, Reason.TO_BE_REMOVED)
    return PlanEntry(user, value, value.text, False, Reason.AS_WANTED)


def _decide_present(policy: Policy, survey: Survey, user: SurveyedUser, value: StringValue) -> PlanEntry:
    if value.state is ValueState.TEXT and is_first(policy.names, value.name):
        choice = Choice(Candidate(value.name, ChoiceReason.ALREADY_SET))
        return PlanEntry(user, value, value.text, False, Reason.AS_WANTED, choice)
    available = survey.available
    try:
        choice = choose(policy.names, user.hive, available, require_registered=policy.require_registered)
    except NotKnownError as error:
        return PlanEntry(user, value, value.text, False, Reason.UNREADABLE, error=str(error))
    except NotUsableError as error:
        if not available.serves(user.hive):
            return PlanEntry(user, value, value.text, False, Reason.NO_OFFICE)
        return PlanEntry(user, value, value.text, False, Reason.NOT_USABLE, error=str(error))
    if value.state is ValueState.TEXT and value.name.casefold() == choice.name.casefold():
        return PlanEntry(user, value, value.text, False, Reason.AS_WANTED, choice)
    reason = {
        ValueState.TEXT: Reason.OTHER_PROVIDER,
        ValueState.MISSING: Reason.MISSING,
        ValueState.OTHER_TYPE: Reason.WRONG_TYPE,
    }[value.state]
    return PlanEntry(user, value, choice.name, True, reason, choice, warning=_warning(survey, user, value, choice))


def _warning(survey: Survey, user: SurveyedUser, value: StringValue, choice: Choice) -> str | None:
    """Return a warning for a signed-in user whose default runs, if what replaces it is registered nowhere."""
    unregistered = choice.provider.reason in (ChoiceReason.USED_BY_USER, ChoiceReason.NOT_REQUIRED)
    # In a hive that is not loaded, a client that crashed is said to run.
    if not (unregistered and value.name and user.outcome.kind is HiveKind.LOADED):
        return None
    if not survey.available.runs(user.hive, value.name):
        return None
    return (
        f"{printable(choice.name)} replaces {printable(value.name)}, which runs, and is registered nowhere: "
        "whether Office finds it is not known"
    )


def is_to_be_removed(policy: Policy, value: StringValue) -> bool:
    """Whether a value is one that a policy removes."""
    if not policy.names:
        return value.state is not ValueState.MISSING
    return value.state is ValueState.TEXT and policy.names_include(value.name)
