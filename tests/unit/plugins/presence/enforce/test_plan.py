"""What is to be done in one hive: pure decisions, without a machine."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.plan import Reason, make_plan
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.policy import Policy
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.survey import Survey, SurveyedUser
from ansible_collections.presence.office.plugins.plugin_utils.presence.printed_availability import PrintedAvailability
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Provider, Registration
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read, Skipped
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import HiveTree
from ansible_collections.presence.office.plugins.plugin_utils.windows.office import Office
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, Profile, SkipReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.reg_query import PrintedKey, PrintedValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

ADA = Profile("S-1-5-21-1-2-3-1104", r"C:\Users\ada", HiveKind.LOADED)
OFFICE = Office("16.0", View.X64)
PROVIDERS = {name.casefold(): Provider(name, {View.X64: Registration()}) for name in ("Lync", "Cisco Jabber")}
NOTHING = StringValue.missing()
NUMBER = StringValue(ValueState.OTHER_TYPE)


text = StringValue.of


def own_key(name, up_and_running="0x2"):
    values = {"upandrunning": PrintedValue("REG_DWORD", up_and_running)}
    return PrintedKey(rf"HKEY_USERS\{ADA.sid}\Software\IM Providers\{name}", values)


def decide(outcome, *, names=("Lync",), present=True, providers=PROVIDERS, office=OFFICE, own=(), required=True):
    policy = Policy(names, present, frozenset(HiveKind), Selection(), required)
    user = SurveyedUser(ADA, outcome)
    tree = HiveTree({key.name.casefold(): key for key in own})
    available = PrintedAvailability(providers, office, {user.hive: tree})
    (entry,) = make_plan(policy, Survey((user,), (), available))
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


def test_a_user_with_the_first_preference_is_left_alone_whatever_is_registered():
    entry = decide(read(text("MsTeams")), names=("MsTeams", "Lync"))

    assert (entry.changes, entry.reason, entry.choice.to_dict()["reason"]) == (False, Reason.AS_WANTED, "already_set")


def test_a_user_of_new_teams_is_moved_to_it_and_never_back_to_lync():
    """No registration is visible, but the user's own key says that its client has run."""
    entry = decide(read(text("Lync")), names=("MsTeams", "Lync"), own=[own_key("MsTeams"), own_key("Lync", "0x0")])

    assert (entry.after, entry.choice.to_dict()["reason"], entry.warning) == ("MsTeams", "used_by_user", None)


def test_a_user_whose_default_runs_is_named_when_what_replaces_it_is_registered_nowhere():
    entry = decide(read(text("Lync")), names=("MsTeams",), own=[own_key("MsTeams"), own_key("Lync")])

    assert entry.warning.startswith("MsTeams replaces Lync, which runs")


@pytest.mark.parametrize(
    ("own", "value"),
    [
        ([own_key("MsTeams"), own_key("Lync", "0x0")], text("Lync")),
        ([own_key("MsTeams"), own_key("Lync", "0x1")], text("Lync")),
        ([own_key("MsTeams")], text("Lync")),
        ([own_key("MsTeams"), own_key("Lync")], text("")),
        ([own_key("MsTeams"), own_key("Lync")], NOTHING),
        ([own_key("MsTeams"), own_key("Lync")], NUMBER),
        ([own_key("MsTeams"), own_key("Lync")], text("MsTeams")),
    ],
)
def test_nobody_else_is_warned_about(own, value):
    assert decide(read(value), names=("MsTeams",), own=own).warning is None


def test_whoever_asks_for_an_unregistered_provider_is_warned_all_the_same():
    entry = decide(read(text("Lync")), names=("Foo",), required=False, own=[own_key("Lync")])

    assert entry.warning.startswith("Foo replaces Lync, which runs")


def test_what_a_hive_that_is_not_loaded_says_of_running_clients_is_left_over():
    outcome = Read(HiveKind.UNLOADED, text("Lync"))
    entry = decide(outcome, names=("MsTeams",), own=[own_key("MsTeams"), own_key("Lync")])

    assert (entry.after, entry.warning) == ("MsTeams", None)


@pytest.mark.parametrize("required", [True, False])
def test_a_user_of_whom_not_all_was_read_is_left_alone_with_an_error(required):
    user = SurveyedUser(ADA, read(text("Lync")))
    available = PrintedAvailability(PROVIDERS, OFFICE, {user.hive: HiveTree({}, cut=True)})
    policy = Policy(("MsTeams", "Lync"), True, frozenset(HiveKind), Selection(), required)
    (entry,) = make_plan(policy, Survey((user,), (), available))

    assert (entry.changes, entry.reason) == (False, Reason.UNREADABLE)
    assert str(entry.error).startswith("which providers this user has used is not known")


def test_a_user_who_is_moved_to_a_registered_provider_is_not_warned_about():
    registered = {**PROVIDERS, "msteams": Provider("MsTeams", {View.X64: Registration()})}
    entry = decide(read(text("Lync")), names=("MsTeams",), providers=registered, own=[own_key("Lync")])

    assert (entry.after, entry.warning) == ("MsTeams", None)


def test_a_warning_is_printable_whatever_the_machine_holds():
    hostile = "\x1b[2J" + "x" * 300
    entry = decide(read(text(hostile)), names=("MsTeams",), own=[own_key("MsTeams"), own_key(hostile)])

    assert entry.warning.isprintable()
    assert len(entry.warning) < 400


def test_a_user_whose_default_is_the_best_usable_one_keeps_it_as_it_is_spelled():
    entry = decide(read(text("LYNC")), names=("Zoom", "Lync"))

    assert (entry.changes, entry.after, entry.reason) == (False, "LYNC", Reason.AS_WANTED)
    assert entry.choice.to_dict() == {
        "name": "Lync",
        "reason": "registered",
        "views": ["x64"],
        "passed_over": [{"name": "Zoom", "reason": "not usable"}],
    }


def test_a_user_for_whom_nothing_is_usable_is_left_alone_with_an_error():
    entry = decide(read(text("Lync")), names=("Teams",))

    assert (entry.changes, entry.after, entry.reason) == (False, "Lync", Reason.NOT_USABLE)
    assert "Teams (not usable)" in entry.error
    assert decide(read(text("Lync")), names=("Teams",), required=False).after == "Teams"


def test_where_there_is_neither_office_nor_any_provider_nothing_changes_and_nothing_fails():
    entry = decide(read(text("Cisco Jabber")), providers={}, office=None)

    assert (entry.changes, entry.reason, entry.error) == (False, Reason.NO_OFFICE, None)
    assert decide(read(text("x")), providers={}, office=None, own=[own_key("Zoom")]).reason is Reason.NOT_USABLE
