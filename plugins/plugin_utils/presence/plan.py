# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a policy and a survey to a plan: one entry a hive, with what is, what shall be and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ..windows.profiles import Profile
from ..windows.registry import Found, StringValue
from .policy import Policy
from .providers import LONGEST_NAME, Choice
from .survey import Survey, Surveyed


class Reason(enum.Enum):
    """Why a hive is changed or left alone. The values are what users of the collection read."""

    AS_WANTED = "as_wanted"
    MISSING = "missing"
    OTHER_PROVIDER = "other_provider"
    WRONG_TYPE = "wrong_type"
    TO_BE_REMOVED = "to_be_removed"
    UNUSABLE = "unusable"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Entry:
    """What is to be done in one hive.

    Args:
        before: what was found; None if the hive is unusable or could not be read.
        after: the provider that shall stand there, None for none.
        changes: whether something has to be written or removed.
    """

    surveyed: Surveyed
    before: StringValue | None
    after: str | None
    changes: bool
    reason: Reason

    @property
    def profile(self) -> Profile:
        """Whose hive."""
        return self.surveyed.profile

    @property
    def previous(self) -> str | None:
        """The default that is replaced, if it is one that a client could fall back to."""
        text = self.before.text if self.before else None
        plausible = text and len(text) <= LONGEST_NAME and text.isprintable()
        return text if self.changes and plausible else None


def make_plan(policy: Policy, choice: Choice | None, survey: Survey) -> list[Entry]:
    """Decide for every hive of the survey; ``choice`` is None where the default shall be removed."""
    return [_decide(policy, choice, surveyed) for surveyed in survey.hives]


def _decide(policy: Policy, choice: Choice | None, surveyed: Surveyed) -> Entry:
    visited = surveyed.visited
    value = visited.value
    if visited.unusable is not None:
        return Entry(surveyed, None, None, False, Reason.UNUSABLE)
    if visited.error is not None or value is None:
        return Entry(surveyed, value, value.text if value else None, False, Reason.UNREADABLE)
    if choice is None:
        doomed = _to_be_removed(policy, value)
        return Entry(surveyed, value, None if doomed else value.text, doomed, _removal_reason(doomed))
    return _want(choice.name, value, surveyed)


def _want(name: str, value: StringValue, surveyed: Surveyed) -> Entry:
    if value.found is Found.TEXT and (value.text or "").casefold() == name.casefold():
        return Entry(surveyed, value, value.text, False, Reason.AS_WANTED)
    reason = {
        Found.TEXT: Reason.OTHER_PROVIDER,
        Found.NOTHING: Reason.MISSING,
        Found.OTHER_TYPE: Reason.WRONG_TYPE,
    }[value.found]
    return Entry(surveyed, value, name, True, reason)


def _to_be_removed(policy: Policy, value: StringValue) -> bool:
    if not policy.names:
        return value.found is not Found.NOTHING
    return value.found is Found.TEXT and policy.names_include(value.text or "")


def _removal_reason(doomed: bool) -> Reason:
    return Reason.TO_BE_REMOVED if doomed else Reason.AS_WANTED
