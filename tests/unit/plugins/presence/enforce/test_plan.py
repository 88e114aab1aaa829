"""What is to be done in one hive: pure decisions, without a machine."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.choice import Choice
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.plan import Reason, make_plan
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.policy import Policy
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.survey import Survey, SurveyedUser
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read, Skipped
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, Profile, SkipReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState

ADA = Profile("S-1-5-21-1-2-3-1104", r"C:\Users\ada", HiveKind.LOADED)
LYNC = Choice("Lync", ("x64",), ())
NOTHING = StringValue.missing()
NUMBER = StringValue(ValueState.OTHER_TYPE)


text = StringValue.of


def decide(outcome, *, names=("Lync",), present=True):
    policy = Policy(names, present, frozenset(HiveKind), Selection())
    survey = Survey((SurveyedUser(ADA, outcome),))
    (entry,) = make_plan(policy, LYNC if present else None, survey)
    return entry


def read(value):
    return Read(HiveKind.LOADED, value)


@pytest.mark.parametrize(
    ("value", "changes", "after", "reason"),
    [
        (text("Lync"), False, "Lync", Reason.AS_WANTED),
        (text("LYNC"), False, "LYNC", Reason.AS_WANTED),
        (text("Cisco Jabber"), True, "Lync", Reason.OTHER_PROVIDER),
        (text(""), True, "Lync", Reason.OTHER_PROVIDER),
        (text("Lync "), True, "Lync", Reason.OTHER_PROVIDER),
        (NOTHING, True, "Lync", Reason.MISSING),
        (NUMBER, True, "Lync", Reason.WRONG_TYPE),
    ],
)
def test_present(value, changes, after, reason):
    entry = decide(read(value))

    assert (entry.changes, entry.after, entry.reason) == (changes, after, reason)


@pytest.mark.parametrize(
    ("names", "value", "changes", "after"),
    [
        ((), text("Lync"), True, None),
        ((), NUMBER, True, None),
        ((), NOTHING, False, None),
        (("cisco jabber",), text("Cisco Jabber"), True, None),
        (("Cisco Jabber",), text("Lync"), False, "Lync"),
        (("Cisco Jabber",), NUMBER, False, None),
    ],
)
def test_absent(names, value, changes, after):
    entry = decide(read(value), names=names, present=False)

    assert (entry.changes, entry.after) == (changes, after)


def test_a_user_who_is_skipped_is_left_alone():
    entry = decide(Skipped(HiveKind.UNLOADED, SkipReason.MANDATORY))

    assert (entry.changes, entry.reason) == (False, Reason.SKIPPED)


def test_a_hive_that_could_not_be_read_is_not_written():
    entry = decide(Failed(HiveKind.UNLOADED, "in use"))

    assert (entry.changes, entry.reason) == (False, Reason.UNREADABLE)


@pytest.mark.parametrize(
    ("value", "previous"),
    [
        (text("Cisco Jabber"), "Cisco Jabber"),
        (text("Lync"), None),  # nothing is replaced
        (text(""), None),
        (text("x" * 256), None),  # no registry key is named like that
        (text("a\nb"), None),
        (NOTHING, None),
        (NUMBER, None),
    ],
)
def test_the_previous_default_is_kept_if_a_client_could_fall_back_to_it(value, previous):
    assert decide(read(value)).previous == previous
