"""Users' facts, from what was read: values, errors, verdicts and names."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.assemble import build_user_facts
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.collect import (
    Collected,
    FactsOptions,
    UserRegistry,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.com_servers import ComAnswers
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.reading import Reading
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import (
    Provider,
    Registration,
    Registrations,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.presence.users import SelectedUsers
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import Verdict
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read, Skipped
from ansible_collections.presence.office.plugins.plugin_utils.windows.office import Office
from ansible_collections.presence.office.plugins.plugin_utils.windows.processes import RunningPrograms
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, SkipReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from ..support import CLSID, Machine, profile, setting, template, tree

ADA, BOB = profile(1), profile(2, HiveKind.UNLOADED)
WHOLE = Registration("Lync", CLSID, "lync.exe", com_server="app.exe", com_server_known=True)
BARE = Registration("Bare", CLSID, "bare.exe", com_server_known=True)
ODD = Registration("Odd", CLSID, "odd.exe")
PROVIDERS = {
    name.casefold(): Provider(name, {View.X64: one}) for name, one in {"Lync": WHOLE, "Bare": BARE, "Odd": ODD}.items()
}


def facts(*users, names=None, parts=("users",), running=None, office=None, com=None, servers=None, not_known=()):
    """Return the users' facts, what was left out, and the machine."""
    machine = Machine(names=names, servers=servers)
    reading = Reading({}, Registrations(PROVIDERS), office, com or ComAnswers(), not_known)
    collected = Collected(list(users), SelectedUsers([]), reading, running=running)
    options = FactsOptions(frozenset(HiveKind), Selection(), frozenset(parts))
    return build(machine, collected, options), collected.truncated, machine


def build(machine, collected, options):
    return build_user_facts(machine, collected, options)


def one_user(outcome, *, who=ADA, **more):
    ((user,), _truncated, _machine) = facts(UserRegistry(who, outcome), **more)
    return user


def test_a_user_whose_client_runs():
    user = one_user(Read(HiveKind.LOADED, tree("LYNC", Lync={"UpAndRunning": 2, "PreviousDefaultIMApp": "Zoom"})))

    assert (user.sid, user.profile, user.hive) == (ADA.sid, ADA.path, HiveKind.LOADED)
    assert (user.default, user.previous_default, user.default_known) == ("LYNC", "Zoom", True)
    assert [one.name for one in user.providers] == ["Lync", "Bare", "Odd"]
    assert (user.verdict, user.error) == (Verdict.PRESENT, None)


def test_a_user_who_was_skipped_has_a_reason_and_no_verdict():
    user = one_user(Skipped(HiveKind.UNLOADED, SkipReason.MANDATORY), who=BOB)

    assert (user.reason, user.error, user.verdict, user.default_known) == (SkipReason.MANDATORY, None, None, False)


def test_a_user_whose_hive_could_not_be_read_has_an_error_and_no_verdict():
    user = one_user(Failed(HiveKind.LOADED, "in use"))

    assert (user.error, user.verdict, user.stuck) == ("in use", None, False)


def test_a_user_whose_hive_stayed_mounted_has_an_error_and_a_verdict():
    user = one_user(Failed(HiveKind.UNLOADED, "stayed mounted", tree("Lync"), stuck=True), who=BOB)

    assert (user.error, user.verdict, user.stuck) == ("stayed mounted", Verdict.READY, True)


def test_the_template_has_a_default_and_no_verdict():
    user = one_user(Read(HiveKind.DEFAULT, tree("Lync")), who=template())

    assert (user.sid, user.default, user.verdict) == (None, "Lync", None)


@pytest.mark.parametrize(
    ("one", "default"),
    [(tree(cut=True), None), (tree("Lync", cut=True), "Lync"), (tree("Lync", cut=True, Odd=2), "Lync")],
)
def test_a_chain_that_could_not_be_read_completely_gives_an_error_in_place_of_a_verdict(one, default):
    user = one_user(Read(HiveKind.LOADED, one), parts=("users", "notes"))

    assert user.error.startswith("the key IM Providers is too large to be read completely")
    assert (user.verdict, user.notes, user.default, user.default_known) == (None, [], default, default is not None)


def test_a_cut_key_does_no_harm_if_the_default_and_its_key_were_read():
    user = one_user(Read(HiveKind.LOADED, tree("Lync", cut=True, Lync=2)))

    assert (user.error, user.verdict) == (None, Verdict.PRESENT)


@pytest.mark.parametrize(("name", "verdict"), [("Bare", Verdict.NOT_RUNNING), ("Odd", Verdict.NOT_RUNNING)])
def test_a_com_server_decides_no_verdict_and_without_notes_none_is_looked_up(name, verdict):
    ((user,), _truncated, machine) = facts(UserRegistry(ADA, Read(ADA.kind, tree(name))))

    assert (user.verdict, user.notes, machine.calls) == (verdict, [], [])


# --- Notes ---


def noted(one, *, who=ADA, kind=None, own=None, **more):
    """Return the codes of the user's notes, and what the machine was asked.

    Args:
        own: the outcome of reading the user's own COM servers.
    """
    mounting = []

    def servers(hive, mounts):
        mounting.append(mounts)
        assert hive.kind is HiveKind.LOADED
        return own

    outcome = Read(kind or who.kind, one)
    ((user,), _truncated, machine) = facts(
        UserRegistry(who, outcome), parts=("users", "notes"), servers=servers, **more
    )
    assert not any(mounting)
    return [note.code for note in user.notes], machine.calls


MISSING = ["com_server_missing"]


def test_a_missing_com_server_is_a_note_unless_the_user_has_one():
    for servers in ({View.X64: None}, {}):
        assert noted(tree("Bare"), own=Read(HiveKind.LOADED, servers)) == (MISSING, ["user classes"])
    assert noted(tree("Bare"), own=Read(HiveKind.LOADED, {View.X64: "own.exe"})) == ([], ["user classes"])


@pytest.mark.parametrize(
    "outcome", [Failed(HiveKind.LOADED, "denied"), Skipped(HiveKind.UNLOADED, SkipReason.SIGNED_OUT)]
)
def test_classes_that_could_not_be_read_are_no_note_and_no_error(outcome):
    assert noted(tree("Bare"), own=outcome)[0] == []
    assert one_user(Read(ADA.kind, tree("Bare")), parts=("users", "notes"), servers=lambda *_: outcome).error is None


@pytest.mark.parametrize("one", [tree("Lync"), tree("Odd"), tree("Bare", Bare=2), tree("Zoom"), tree("")])
def test_classes_are_read_only_where_a_note_depends_on_them(one):
    """Not where everyone has a server, where that is not known, where the client runs, where it is not registered."""
    assert noted(one) == ([], [])


def test_no_hive_is_mounted_for_a_note():
    assert noted(tree("Bare"), who=BOB) == ([], [])
    # Signed out since the profiles were listed, and the other way round.
    assert noted(tree("Bare"), kind=HiveKind.UNLOADED) == ([], [])
    found = noted(tree("Bare"), who=BOB, kind=HiveKind.LOADED, own=Read(HiveKind.LOADED, {}))
    assert found == (MISSING, ["user classes"])


def test_the_template_has_no_notes():
    one = tree("Bare", Bare={"PreviousDefaultIMApp": "Bare"})

    assert noted(one, who=template()) == ([], [])
    assert noted(one, who=BOB) == (["previous_default_is_itself"], [])


def test_settings_and_the_type_library_are_part_of_the_user():
    office, com = Office("16.0.17928.20114", View.X64), ComAnswers(type_library=False)
    one = tree("Lync", more=[setting("TurnOffPresenceIcon", 1, policy=True)])
    off = tree("Lync", more=[setting("TurnOffPresenceIcon", 2)])

    assert noted(one, office=office, com=com)[0] == ["type_library_missing", "icons_off_in_mail"]
    assert noted(one, who=BOB, office=office, com=com)[0] == ["icons_off_in_mail"]
    assert noted(one, office=Office("15.0", View.X64))[0] == []
    assert noted(one)[0] == []
    assert one_user(Read(ADA.kind, off), office=office).verdict is Verdict.SWITCHED_OFF
    assert one_user(Read(ADA.kind, off)).verdict is Verdict.NOT_RUNNING


def test_processes_count_for_users_who_are_signed_in():
    running = RunningPrograms(frozenset({"lync.exe"}), {ADA.sid: set()})
    one = tree("Lync", Lync=2)

    assert one_user(Read(HiveKind.LOADED, one), running=running).verdict is Verdict.STALE
    assert one_user(Read(HiveKind.UNLOADED, one), who=BOB, running=running).providers[0].process is None


def test_a_user_with_too_many_providers_keeps_those_that_matter(monkeypatch):
    monkeypatch.setattr(limits, "USER_PROVIDERS", 2)
    user = one_user(Read(HiveKind.LOADED, tree("Lync", Rest=0, Lync=0, Bare=2)))

    assert [one.name for one in user.providers] == ["Lync", "Bare"]
    assert user.providers_cut


def test_names_are_looked_up_if_they_are_requested_and_otherwise_filled_in_if_known():
    users = [UserRegistry(who, Read(who.kind, tree("Lync", Lync=2))) for who in (ADA, BOB)]
    names = {ADA.sid: r"CONTOSO\ada"}

    named, _truncated, machine = facts(*users, names=names, parts=("users", "accounts"))
    assert [user.account for user in named] == [r"CONTOSO\ada", None]
    assert machine.accounts.asked == [ADA.sid, BOB.sid]
    without, _truncated, machine = facts(*users, names=names)
    assert [user.account for user in without] == [None, None]
    assert machine.accounts.asked == []


def test_names_of_users_with_problems_are_looked_up_first(monkeypatch):
    monkeypatch.setattr(limits, "FACTS_ACCOUNTS", 1)
    users = [UserRegistry(ADA, Read(ADA.kind, tree("Lync", Lync=2))), UserRegistry(BOB, Failed(BOB.kind, "in use"))]
    _users, truncated, machine = facts(*users, parts=("users", "accounts"))

    assert machine.accounts.asked == [BOB.sid]
    assert truncated == ["accounts: 1 of 2 names are looked up"]


def test_what_could_not_be_read_of_the_machine_is_no_ground_for_a_verdict():
    users = [UserRegistry(ADA, Read(HiveKind.LOADED, tree("Gone"))), UserRegistry(BOB, Failed(BOB.kind, "in use"))]
    (ada, bob), _truncated, _machine = facts(*users, not_known=("which providers it registers is not known: denied",))

    assert (ada.verdict, ada.default, ada.error) == (None, "Gone", "which providers it registers is not known: denied")
    assert bob.error == "in use"
