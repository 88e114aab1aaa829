"""Whom a task applies to: kinds of hives, names, SIDs, and users who must be left alone."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import MissingUser, Selection
from ansible_collections.presence.office.plugins.plugin_utils.presence.users import (
    MissingUsersError,
    UnclearUserError,
    may_mount,
    select_users,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, SkipReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import RegistryError
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    ProtocolError,
    UnreachableError,
    WSManFault,
)

from .support import Machine, profile, template

ADA, BOB, CLEO = profile(1), profile(2, HiveKind.UNLOADED), profile(3, HiveKind.UNLOADED)
NAMES = {ADA.sid: r"CONTOSO\ada", BOB.sid: r"CONTOSO\bob"}
PEOPLE = frozenset({HiveKind.LOADED, HiveKind.UNLOADED})


def selected(kinds=PEOPLE, users=None, exclude=()):
    """Return the selected profiles, the unmatched entries and the machine."""
    machine = Machine(dict.fromkeys([ADA, BOB, CLEO]), names=NAMES)
    found = select(machine, kinds, Selection(users, exclude))
    return found.profiles, list(found.unmatched), machine


def select(machine, kinds, selection):
    return select_users(machine, kinds, selection)


@pytest.mark.parametrize(
    ("kinds", "profiles"),
    [
        ({HiveKind.LOADED}, [ADA]),
        ({HiveKind.UNLOADED}, [BOB, CLEO]),
        (PEOPLE, [ADA, BOB, CLEO]),
        ({HiveKind.DEFAULT}, [template()]),
        (set(HiveKind), [ADA, BOB, CLEO, template()]),
    ],
)
def test_users_by_where_their_hives_are_with_the_template_last(kinds, profiles):
    assert selected(frozenset(kinds))[0] == profiles


def test_the_template_is_looked_up_only_if_it_is_selected():
    assert selected()[2].calls == ["profiles"]
    assert selected(frozenset(HiveKind))[2].calls == ["profiles", "template"]


def test_users_by_name():
    profiles, unmatched, machine = selected(users=("ada", "nobody"))

    assert (profiles, unmatched) == ([ADA], ["nobody"])
    assert machine.accounts.asked == [ADA.sid, BOB.sid, CLEO.sid]


def test_a_selection_by_sid_looks_up_no_names():
    profiles, unmatched, machine = selected(users=(BOB.sid, "S-1-5-21-9-9-9-9"))

    assert (profiles, unmatched) == ([BOB], ["S-1-5-21-9-9-9-9"])
    assert machine.accounts.asked == []


def test_the_template_belongs_to_nobody_so_a_selection_of_users_does_not_affect_it():
    assert selected(frozenset(HiveKind), users=("ada",))[0] == [ADA, template()]


def test_a_user_of_unknown_name_is_left_alone_where_others_are_excluded_by_name():
    profiles, _unmatched, _machine = selected(exclude=("bob",))

    assert [(one.sid, one.skip) for one in profiles] == [(ADA.sid, None), (CLEO.sid, SkipReason.NAME_UNKNOWN)]


@pytest.mark.parametrize("exclude", [(), (BOB.sid,), ("S-1-12-1-*",)])
def test_a_user_of_unknown_name_is_selected_otherwise(exclude):
    assert CLEO in selected(users=("*",), exclude=exclude)[0]


def test_the_reason_to_leave_a_profile_alone_is_kept():
    broken = profile(3, HiveKind.UNLOADED, SkipReason.CORRUPTED)
    found = select(Machine({broken: None}), PEOPLE, Selection(None, ("bob",)))

    assert found.profiles == [broken]


@pytest.mark.parametrize(("kinds", "mounts"), [({HiveKind.LOADED}, False), (PEOPLE, True), ({HiveKind.DEFAULT}, True)])
def test_nothing_is_mounted_if_only_signed_in_users_are_selected(kinds, mounts):
    assert may_mount(frozenset(kinds)) is mounts


# --- The account of Windows Setup ---

SETUP = dataclasses.replace(profile(4, HiveKind.UNLOADED), path=r"C:\Users\defaultuser0")


@pytest.mark.parametrize(
    ("name", "skip"),
    [
        (r"DESK1\defaultuser0", SkipReason.NOT_A_PERSON),
        # Its account is deleted at the end of Setup, its profile sometimes stays.
        (None, SkipReason.NOT_A_PERSON),
        # An account can be renamed; its folder keeps the name.
        (r"DESK1\dora", None),
    ],
)
def test_the_account_of_setup_is_left_alone_for_one_request_where_its_folder_is(name, skip):
    machine = Machine(dict.fromkeys([ADA, SETUP]), names={SETUP.sid: name})
    profiles = select(machine, PEOPLE, Selection()).profiles

    assert [one.skip for one in profiles] == [None, skip]
    assert machine.accounts.asked == [SETUP.sid]


# --- A machine without a template ---


@pytest.mark.parametrize("error", [RegistryError("reading ProfileList", 2), WSManFault("StdRegProv", 5, "no")])
def test_a_template_that_cannot_be_found_costs_the_template_alone(error):
    machine = Machine(dict.fromkeys([ADA]), template=error)
    profiles = select(machine, frozenset(HiveKind), Selection()).profiles

    assert profiles[0] == ADA
    assert (profiles[1].kind, profiles[1].usable) == (HiveKind.DEFAULT, False)
    assert profiles[1].error.startswith("it cannot be found: ")
    assert "profiles without default" in profiles[1].error


def test_a_machine_that_is_lost_is_no_machine_without_a_template():
    with pytest.raises(UnreachableError):
        select(Machine(dict.fromkeys([ADA]), template=UnreachableError("lost")), frozenset(HiveKind), Selection())


def test_a_template_in_somebody_s_folder_is_that_person_s_hive():
    somebody = dataclasses.replace(profile(5), path=template().path)
    profiles = select(Machine(dict.fromkeys([somebody])), frozenset(HiveKind), Selection()).profiles

    assert [one.skip for one in profiles] == [None, SkipReason.SHARED_FOLDER]


# --- Entries that mean nobody, or nobody knows whom ---

UNKNOWN = "; the name of 1 account could not be looked up (see missing_user)"
LOCAL = profile(6, HiveKind.UNLOADED)


def a_machine(computer="DESK1"):
    names = NAMES | {CLEO.sid: r"CONTOSO\cleo", LOCAL.sid: r"DESK1\ada"}
    machine = Machine(dict.fromkeys([ADA, BOB, LOCAL]), names=names)
    machine.accounts.computer = computer
    return machine


def test_a_local_account_costs_one_request_for_the_computer_s_name():
    machine = a_machine()
    found = select(machine, PEOPLE, Selection((r".\ada",)))

    assert (found.profiles, found.unmatched, found.notices) == ([LOCAL], (), ())
    assert machine.accounts.asked == [ADA.sid, BOB.sid, LOCAL.sid, "computer"]


@pytest.mark.parametrize("error", [WSManFault("Win32_ComputerSystem", 5, "no"), ProtocolError("no Name")])
def test_a_local_account_is_not_guessed_where_the_computer_does_not_tell_its_name(error):
    with pytest.raises(
        UnclearUserError, match=r"exclude_users: '\.\\ada' means an account of the machine itself"
    ) as told:
        select(a_machine(error), PEOPLE, Selection(None, (r".\ada",)))

    assert told.value.to_dict()["reason"] == "unclear_user"


@pytest.mark.parametrize(
    ("selection", "option"),
    [(Selection((r"contoso.com\bob",)), "users"), (Selection(None, (r"contoso.com\bob",)), "exclude_users")],
)
def test_a_dns_name_is_no_domain_and_nobody_is_changed_for_it(selection, option):
    with pytest.raises(UnclearUserError) as told:
        select(a_machine(), PEOPLE, selection)

    assert str(told.value) == (
        rf"{option}: 'contoso.com\bob' may mean CONTOSO\bob, but Windows tells the NetBIOS names of domains and not "
        r"their DNS names. If so, write 'CONTOSO\bob', else the SID; nothing was read or changed"
    )


def test_entries_that_mean_nobody_are_noticed_with_the_names_that_are_not_known():
    machine = Machine(dict.fromkeys([ADA, BOB, CLEO]), names=NAMES)

    assert select(machine, PEOPLE, Selection(("ada", "charles"), ("svc-*",))).notices == (
        f"users: no profile on this machine belongs to charles{UNKNOWN}",
        f"exclude_users: no profile on this machine matches svc-*{UNKNOWN}",
    )


@pytest.mark.parametrize(
    ("missing", "notices"),
    [
        (MissingUser.REPORT, ("exclude_users: no profile on this machine belongs to charles (see missing_user)",)),
        (MissingUser.IGNORE, ()),
    ],
)
def test_what_is_told_of_a_missing_user_is_an_option(missing, notices):
    found = select(a_machine(), PEOPLE, Selection(None, ("charles",), missing))

    assert (found.unmatched, found.notices) == (("charles",), notices)


def test_a_missing_user_can_be_an_error_and_so_can_a_pattern_that_matches_nobody():
    with pytest.raises(MissingUsersError) as told:
        select(a_machine(), PEOPLE, Selection(("ada", "dave"), ("charles", "x*"), MissingUser.FAIL))

    assert str(told.value) == (
        "users: no profile on this machine belongs to dave; "
        "exclude_users: no profile on this machine belongs to charles; "
        "exclude_users: no profile on this machine matches x*; nothing was read or changed"
    )
    assert told.value.details() == {"unmatched_users": ["dave", "charles"]}
    assert select(a_machine(), PEOPLE, Selection(("a*",), (BOB.sid,), MissingUser.FAIL)).profiles == [ADA, LOCAL]


# --- A machine that cannot list its users ---


class NotListed(Machine):
    """Its class Win32_UserProfile does not answer."""

    def profiles(self):
        raise WSManFault("SELECT", 0x80041001, "broken")


@pytest.mark.parametrize("missing", list(MissingUser))
def test_users_who_cannot_be_listed_are_not_known_and_nobody_is_said_to_be_missing(missing):
    found = select(NotListed(), frozenset(HiveKind), Selection(("ada",), (), missing))

    assert (found.profiles, found.unmatched, found.notices) == ([template()], (), ())
    assert found.not_listed == (
        "the users of this machine could not be listed: SELECT: broken (WS-Management fault 0x80041001)"
    )
