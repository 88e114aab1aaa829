"""What is to be done in one hive: pure decisions, without a machine."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.plan import Reason, make_plan
from ansible_collections.presence.office.plugins.plugin_utils.presence.policy import Policy
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Choice
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.presence.survey import Survey, Surveyed
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import Kind, Profile, Unusable
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Found, StringValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.visited import Visited

ADA = Profile("S-1-5-21-1-2-3-1104", r"C:\Users\ada", Kind.LOADED)
LYNC = Choice("Lync", ("x64",), ())
NOTHING = StringValue(Found.NOTHING)
NUMBER = StringValue(Found.OTHER_TYPE)


def text(name):
    return StringValue(Found.TEXT, name)


def decide(visited, *, names=("Lync",), present=True):
    policy = Policy(names, present, frozenset(Kind), Selection())
    survey = Survey((Surveyed(ADA, visited),), ())
    (entry,) = make_plan(policy, LYNC if present else None, survey)
    return entry


def found(value):
    return Visited(Kind.LOADED, value)


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
    entry = decide(found(value))

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
    entry = decide(found(value), names=names, present=False)

    assert (entry.changes, entry.after) == (changes, after)


def test_an_unusable_hive_is_left_alone():
    entry = decide(Visited(Kind.UNLOADED, unusable=Unusable.MANDATORY))

    assert (entry.changes, entry.reason) == (False, Reason.UNUSABLE)


def test_a_hive_that_could_not_be_read_is_not_written():
    entry = decide(Visited(Kind.UNLOADED, error="in use"))

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
    assert decide(found(value)).previous == previous
