"""A plan carried out, or previewed: what is written, and whether it can be relied on."""

from __future__ import annotations

import typing as t
from types import SimpleNamespace

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.apply import (
    AppliedEntry,
    apply_plan,
    preview_plan,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.plan import PlanEntry, Reason
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.policy import Policy
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.survey import SurveyedUser
from ansible_collections.presence.office.plugins.plugin_utils.presence.keys import DEFAULT_IM_APP
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import settings_hive
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read, Skipped
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_values import Change
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, SkipReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState

from ..support import profile

ADA, BOB = profile(1), profile(2)
LYNC, JABBER, EMPTY = StringValue.of("Lync"), StringValue.of("Jabber"), StringValue.of("")
MISSING, NUMBER = StringValue.missing(), StringValue(ValueState.OTHER_TYPE)


class UserValues:
    """Remembers what was to be written, and returns these outcomes."""

    def __init__(self, outcomes):
        self.writes: list[t.Any] = []
        self._outcomes = outcomes

    def write(self, changes, value, record_name, *, mounts):
        self.writes.append(SimpleNamespace(changes=changes, value=value, record_name=record_name, mounts=mounts))
        return {settings_hive(one): outcome for one, outcome in self._outcomes.items()}


def entry(who, before, after="Lync", *, changes=True):
    reason = Reason.OTHER_PROVIDER if changes else Reason.AS_WANTED
    return PlanEntry(SurveyedUser(who, Read(who.kind, before)), before, after, changes, reason)


def skipped(who, reason):
    return PlanEntry(SurveyedUser(who, Skipped(who.kind, reason)), None, None, False, Reason.SKIPPED)


def unreadable(who):
    return PlanEntry(SurveyedUser(who, Failed(who.kind, "in use")), None, None, False, Reason.UNREADABLE)


def applied(plan, outcomes, *, kinds=HiveKind, record_previous=False):
    """Return what became of the plan, and what was to be written."""
    values = UserValues(outcomes)
    policy = Policy(("Lync",), True, frozenset(kinds), Selection(), record_previous=record_previous)
    machine: t.Any = SimpleNamespace(user_values=values)
    return apply_plan(machine, plan, policy), values.writes


def one_applied(outcome, *, before=JABBER, after="Lync"):
    ((one,), _writes) = applied([entry(ADA, before, after)], {ADA: outcome})
    return one


def read(value, kind=HiveKind.LOADED):
    return Read(kind, value)


def test_only_users_who_differ_are_written_all_at_once():
    results, writes = applied([entry(ADA, JABBER), entry(BOB, LYNC, changes=False)], {ADA: read(LYNC)})

    (write,) = writes
    assert write.changes == {settings_hive(ADA): Change(JABBER, "Lync")}
    assert (write.value, write.record_name) == (DEFAULT_IM_APP, "PreviousDefaultIMApp")
    assert [(one.changed, one.now, one.error) for one in results] == [(True, LYNC, None), (False, LYNC, None)]


def test_a_plan_without_changes_writes_nothing():
    results, writes = applied([entry(ADA, LYNC, changes=False), skipped(BOB, SkipReason.MANDATORY)], {})

    assert writes == []
    assert [(one.changed, one.skip) for one in results] == [(False, None), (False, SkipReason.MANDATORY)]


def test_each_user_gets_the_provider_that_was_chosen_for_that_user_in_one_go():
    plan = [entry(ADA, JABBER, "MsTeams"), entry(BOB, LYNC, "Zoom")]
    results, writes = applied(plan, {ADA: read(StringValue.of("MsTeams")), BOB: read(StringValue.of("MsTeams"))})

    (write,) = writes
    assert write.changes == {settings_hive(ADA): Change(JABBER, "MsTeams"), settings_hive(BOB): Change(LYNC, "Zoom")}
    assert [one.error for one in results] == [
        None,
        "another program set it to 'MsTeams' at once (a running client that watches the value?)",
    ]


def test_a_deletion_has_no_text():
    _results, (write,) = applied([entry(ADA, JABBER, None)], {ADA: read(MISSING)})

    assert write.changes == {settings_hive(ADA): Change(JABBER, None)}


def test_users_for_whom_nothing_is_usable_or_wanted_are_not_written():
    user = SurveyedUser(ADA, Read(ADA.kind, JABBER))
    plan = [
        PlanEntry(user, JABBER, "Jabber", False, Reason.NOT_USABLE, error="no provider can be set"),
        PlanEntry(user, JABBER, "Jabber", False, Reason.NO_OFFICE),
    ]
    results, writes = applied(plan, {})

    assert writes == []
    assert results == preview_plan(plan)
    assert [(one.changed, one.now, one.error) for one in results] == [
        (False, JABBER, "no provider can be set"),
        (False, JABBER, None),
    ]
    assert [one.left_alone for one in results] == [False, True]


def test_previous_defaults_are_recorded_only_if_the_policy_says_so_and_there_is_one():
    plan, outcomes = [entry(ADA, JABBER), entry(BOB, NUMBER)], {ADA: read(LYNC), BOB: read(LYNC)}

    assert [change.record for change in applied(plan, outcomes)[1][0].changes.values()] == [None, None]
    assert applied(plan, outcomes, record_previous=True)[1][0].changes == {
        settings_hive(ADA): Change(JABBER, "Lync", "Jabber"),
        settings_hive(BOB): Change(NUMBER, "Lync", None),
    }


@pytest.mark.parametrize(("kinds", "mounts"), [([HiveKind.LOADED], False), (HiveKind, True)])
def test_hives_are_mounted_only_if_the_policy_selects_any_that_may_have_to_be(kinds, mounts):
    assert applied([entry(ADA, JABBER)], {ADA: read(LYNC)}, kinds=kinds)[1][0].mounts is mounts


@pytest.mark.parametrize("now", [LYNC, StringValue.of("LYNC")])
def test_what_was_written_and_is_there_has_changed(now):
    one = one_applied(read(now, HiveKind.UNLOADED))

    assert (one.changed, one.now, one.error, one.kind) == (True, now, None, HiveKind.UNLOADED)


@pytest.mark.parametrize(
    ("now", "shown"), [(JABBER, "'Jabber'"), (EMPTY, "an empty value"), (StringValue.of("a\nb"), r"'a\\nb'")]
)
def test_a_value_that_was_replaced_at_once_is_an_error(now, shown):
    one = one_applied(read(now), before=MISSING)

    assert one.error == f"another program set it to {shown} at once (a running client that watches the value?)"
    assert (one.changed, one.now) == (True, now)


def test_a_value_that_was_put_back_has_not_changed():
    assert not one_applied(read(JABBER)).changed


@pytest.mark.parametrize(
    ("now", "error"),
    [
        (MISSING, None),
        (JABBER, "another program set it to 'Jabber' at once"),
        (EMPTY, "another program set it to an empty value at once"),
        (NUMBER, "another program set it to a value that is not a REG_SZ at once"),
    ],
)
def test_a_deleted_value_must_be_missing(now, error):
    one = one_applied(read(now), before=LYNC, after=None)

    assert (one.error or "").startswith(error or "")
    assert (one.error is None) is (error is None)


def test_a_user_who_signed_out_meanwhile_is_skipped_where_nothing_may_be_mounted():
    one = one_applied(Skipped(HiveKind.UNLOADED, SkipReason.SIGNED_OUT))

    assert (one.changed, one.skip, one.error) == (False, SkipReason.SIGNED_OUT, None)


@pytest.mark.parametrize(
    ("outcome", "changed", "lost"),
    [
        (Failed(HiveKind.UNLOADED, "stayed mounted", LYNC, stuck=True), True, False),
        (Failed(HiveKind.LOADED, "denied", JABBER), False, False),
        (Failed(HiveKind.LOADED, "off", lost=True), False, True),
    ],
)
def test_a_failure_has_its_error_and_what_is_known_to_have_changed(outcome, changed, lost):
    one = one_applied(outcome)

    assert (one.error, one.now, one.changed, one.lost) == (outcome.error, outcome.value, changed, lost)


def test_an_error_of_reading_stays_an_error():
    ((one,), writes) = applied([unreadable(ADA)], {})

    assert (one.error, one.changed, writes) == ("in use", False, [])


def test_a_preview_says_what_would_be_there():
    plan = [entry(ADA, JABBER), entry(BOB, LYNC, None), entry(ADA, LYNC, changes=False), unreadable(BOB)]

    assert preview_plan(plan) == [
        AppliedEntry(plan[0], HiveKind.LOADED, True, LYNC),
        AppliedEntry(plan[1], HiveKind.LOADED, True, MISSING),
        AppliedEntry(plan[2], HiveKind.LOADED, False, LYNC),
        AppliedEntry(plan[3], HiveKind.LOADED, False, error="in use"),
    ]
