"""Users at the end of a comparison: changed, unchanged, left alone or failed."""

from __future__ import annotations

from ansible_collections.presence.office.plugins.plugin_utils.presence.availability import Candidate
from ansible_collections.presence.office.plugins.plugin_utils.presence.availability import Reason as ChoiceReason
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.apply import AppliedEntry
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.choice import Choice
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.plan import PlanEntry, Reason
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.result import Comparison, UserResult
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.survey import SurveyedUser
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Read, Skipped
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, SkipReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from ..support import profile

LYNC, JABBER = StringValue.of("Lync"), StringValue.of("Jabber")
NUMBER, MISSING = StringValue(ValueState.OTHER_TYPE), StringValue.missing()


def user(  # noqa: PLR0913 - what a user can be, all but the number by name
    number=1,
    *,
    before=JABBER,
    now=LYNC,
    changed=True,
    error=None,
    account=None,
    who=None,
    lost=False,
    choice=None,
    reason=Reason.OTHER_PROVIDER,
    warning=None,
):
    """Return a user who changes, unless something else is said."""
    one = who or profile(number)
    entry = PlanEntry(SurveyedUser(one, Read(one.kind, before)), before, "Lync", True, reason, choice, error, warning)
    return UserResult(AppliedEntry(entry, one.kind, changed, now, error=error, lost=lost), account)


def chosen(name="Lync", reason=ChoiceReason.REGISTERED, views=(View.X64,), passed_over=()):
    """Return a choice."""
    return Choice(Candidate(name, reason, views), passed_over)


def not_usable(number, error="no provider can be set"):
    """Return a user for whom no provider can be set."""
    return user(number, changed=False, now=JABBER, reason=Reason.NOT_USABLE, error=error)


def no_office(number):
    """Return a user of a machine without Office."""
    return user(number, changed=False, now=JABBER, reason=Reason.NO_OFFICE)


def unchanged(number):
    """Return a user who has the provider."""
    return user(number, before=LYNC, changed=False)


def skipped(number, reason=SkipReason.MANDATORY):
    """Return a user who was left alone."""
    one = profile(number, HiveKind.UNLOADED)
    entry = PlanEntry(SurveyedUser(one, Skipped(one.kind, reason)), None, None, False, Reason.SKIPPED)
    return UserResult(AppliedEntry(entry, one.kind, False, skip=reason))


def comparison(*users, check_mode=False, unmatched=(), notices=(), skip_unregistered=False):
    """Return the result for these users."""
    return Comparison(users, unmatched, check_mode, notices, skip_unregistered=skip_unregistered)
