"""What is read of a machine for the facts, and in how few steps."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.presence.availability import Candidate, Reason
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.collect import (
    PARTS,
    Collected,
    FactsOptions,
    UserRegistry,
    _questions,
    collect,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.com_servers import (
    QUESTIONS as COM_QUESTIONS,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.com_servers import ComAnswers
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.office_settings import (
    QUESTIONS as OFFICE_SETTINGS,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.reading import Reading
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.user import MachineState
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Provider, Registrations
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.presence.users import SelectedUsers
from ansible_collections.presence.office.plugins.plugin_utils.windows import office
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_command import command_line
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import settings_hive
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read, Skipped
from ansible_collections.presence.office.plugins.plugin_utils.windows.office import Office
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, SkipReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from ...windows.support import AROUND_A_LINE, LONGEST_LINE
from ..support import Machine, printed, profile, registered, tree

ADA, BOB = profile(1), profile(2, HiveKind.UNLOADED)
PEOPLE = frozenset({HiveKind.LOADED, HiveKind.UNLOADED})
ALL = frozenset({"providers", "users", "processes"})
ALL_PARTS = frozenset(PARTS)


def options(parts=ALL, kinds=PEOPLE, *, mount=True):
    return FactsOptions(kinds, Selection(), parts, mount)


def collected(machine, parts=ALL, *, mount=True):
    return collect(machine, options(parts, mount=mount))


def user(one):
    return UserRegistry(ADA, Read(HiveKind.LOADED, one))


# --- The command ---


def test_the_whole_line_fits_with_everything_that_is_put_around_it():
    line = command_line("read_tree", 9999, _questions(options(ALL_PARTS)), OFFICE_SETTINGS)

    assert len(line) + AROUND_A_LINE < LONGEST_LINE
    assert len(line) < 5_600  # about what it takes today: a further question should be a decision


def test_a_line_that_mounts_nothing_starts_nothing_that_changes_anything():
    line = command_line("read_tree", 9, _questions(options(ALL_PARTS)), OFFICE_SETTINGS, mounts=False)

    for word in ("reg add", "reg delete", "reg load", "reg unload", ".lock"):
        assert word not in line


def test_every_program_that_prints_in_the_machine_s_language_is_silenced():
    line = command_line("read_tree", 3, _questions(options(ALL_PARTS)), OFFICE_SETTINGS)
    starts = line.removeprefix('cmd /v:on /d /q /c "').rpartition('" 2>>')[0].split("(reg ")[1:]
    for start in starts:
        assert "2>nul" in start.partition(")")[0], start
    # Except those that a loop reads, whose standard error goes to the lock file.
    assert len(starts) == line.count("reg ") - line.count("('reg query")


def test_office_is_asked_first_since_the_settings_of_a_user_depend_on_its_version():
    assert _questions(options()).startswith(office.QUESTION)
    assert "!office!" in OFFICE_SETTINGS


@pytest.mark.parametrize("parts", [ALL, {"providers"}, {"users", "notes"}])
def test_com_servers_are_asked_for_where_they_are_shown_or_noted(parts):
    assert COM_QUESTIONS in _questions(options(frozenset(parts)))


def test_com_servers_are_not_asked_for_otherwise():
    assert COM_QUESTIONS not in _questions(options(frozenset({"users", "processes", "accounts"})))


def test_the_machine_is_asked_what_the_line_is_made_of():
    machine = Machine({ADA: tree()})
    collected(machine)

    assert (machine.questions, machine.more) == (_questions(options()), OFFICE_SETTINGS)


# --- One user ---


@pytest.mark.parametrize(
    ("one", "default"),
    [
        (tree("Lync"), StringValue.of("Lync")),
        (tree(""), StringValue.of("")),
        (tree(2), StringValue(ValueState.OTHER_TYPE)),
        (tree(), StringValue.missing()),
        (tree(cut=True), None),
        (tree("Lync", cut=True), StringValue.of("Lync")),
    ],
)
def test_the_default_is_known_unless_the_output_was_cut_before_it(one, default):
    assert user(one).default == default


@pytest.mark.parametrize(
    "outcome", [Skipped(HiveKind.UNLOADED, SkipReason.MANDATORY), Failed(HiveKind.LOADED, "in use")]
)
def test_of_a_hive_that_was_not_read_nothing_is_known(outcome):
    one = UserRegistry(BOB, outcome)

    assert (one.tree, one.default, one.default_name, one.default_key, dict(one.keys)) == (None, None, "", None, {})


def test_a_hive_that_stayed_mounted_is_known_all_the_same():
    assert UserRegistry(BOB, Failed(HiveKind.UNLOADED, "stuck", tree("Lync"), stuck=True)).default_name == "Lync"


def test_the_key_of_the_default_is_found_without_case():
    assert user(tree("LYNC", Lync=2)).default_key.path.endswith("Lync")
    assert user(tree("", Lync=2)).default_key is None


# --- Options, and lists ---


@pytest.mark.parametrize(
    ("kinds", "mount", "mounts"),
    [(PEOPLE, True, True), (PEOPLE, False, False), (frozenset({HiveKind.LOADED}), True, False)],
)
def test_hives_are_mounted_if_it_is_allowed_and_may_be_necessary(kinds, mount, mounts):
    assert options(kinds=kinds, mount=mount).mounts is mounts


def test_default_providers_are_listed_first_but_in_the_machine_s_order(monkeypatch):
    monkeypatch.setattr(limits, "PROVIDERS", 2)
    providers = {name.casefold(): Provider(name, {}) for name in ("A", "B", "C", "Lync")}
    reading = Reading({}, Registrations(providers), None, ComAnswers())
    facts = Collected([user(tree("lync"))], SelectedUsers([]), reading)

    assert [one.name for one in facts.listed_providers] == ["A", "Lync"]


def machine_state(found, com=None):
    return Collected([], SelectedUsers([]), Reading({}, Registrations(), found, com or ComAnswers())).machine


def test_what_is_the_same_for_all_users():
    assert machine_state(Office("16.0", View.X86)) == MachineState({}, View.X86, has_office=True)
    assert machine_state(Office("16.0", None)) == MachineState({}, None, has_office=True)
    assert machine_state(None) == MachineState({}, None, has_office=False)
    assert machine_state(None, ComAnswers(type_library=False)).type_library is False


def test_what_users_can_use_comes_from_the_same_reading():
    machine = Machine({ADA: tree("Lync", MsTeams=0), BOB: tree()}, registered("Lync"))
    available = collected(machine).available

    assert available.find("LYNC", settings_hive(BOB)) == Candidate("Lync", Reason.REGISTERED, (View.X64,))
    assert available.find("msteams", settings_hive(ADA)) == Candidate("MsTeams", Reason.USED_BY_USER)
    assert available.find("MsTeams", settings_hive(BOB)).reason is Reason.NOT_USABLE


# --- The steps ---


def test_a_machine_is_asked_for_profiles_then_everything_in_the_registry_then_processes():
    machine = Machine({ADA: tree("Lync", Lync=2), BOB: tree()}, registered("Lync"), running={ADA.sid: {"lync.exe"}})
    facts = collected(machine)

    assert machine.calls == ["profiles", "trees", "processes"]
    assert [one.default_name for one in facts.users] == ["Lync", ""]
    assert facts.running.is_running(ADA.sid, "Lync.exe") is True
    assert list(facts.registered.providers) == ["lync"]


def test_providers_alone_take_one_step():
    machine = Machine({ADA: tree("Lync")}, registered("Lync"))
    facts = collected(machine, frozenset({"providers"}))

    assert machine.calls == ["trees"]
    assert (facts.users, facts.running) == ([], None)


@pytest.mark.parametrize("users", [{}, {BOB: tree("Lync")}, {ADA: Failed(HiveKind.LOADED, "in use")}])
def test_processes_are_queried_only_if_someone_whose_hive_was_read_is_signed_in(users):
    machine = Machine(users, registered("Lync"))

    assert collected(machine).running is None
    assert "processes" not in machine.calls


def test_programs_of_the_machine_and_of_users_are_searched_for():
    machine = Machine({ADA: tree("Own", Own={"ProcessName": "own.exe"})}, registered("Lync"))

    assert collected(machine).running.names == {"lync.exe", "own.exe"}


def test_a_profile_that_must_be_left_alone_is_not_read():
    broken = profile(3, HiveKind.UNLOADED, SkipReason.CORRUPTED)
    facts = collected(Machine({ADA: tree(), broken: tree()}))

    assert [one.outcome for one in facts.users][1] == Skipped(HiveKind.UNLOADED, SkipReason.CORRUPTED)


def test_without_mounting_the_hives_that_are_not_loaded_stay_so():
    machine = Machine({ADA: tree()})
    collected(machine, mount=False)

    assert machine.calls[1] == "trees without mounting"


def test_users_own_com_servers_are_not_read_for_a_verdict():
    answers = registered("Lync") | {"servers.x64": []}
    machine = Machine({ADA: tree("Lync"), BOB: tree("Zoom")}, answers)
    collected(machine)

    assert machine.calls == ["profiles", "trees", "processes"]


def test_com_servers_are_those_of_the_answers():
    (registration,) = collected(Machine({}, registered("Lync"))).registered.providers["lync"].registrations.values()

    assert (registration.com_server, registration.com_server_known) == ("app.exe", True)


def test_what_is_left_out_is_said(monkeypatch):
    for name in ("HIVES", "PROGRAMS"):
        monkeypatch.setattr(limits, name, 1)
    answers = registered("Lync", "Zoom")
    answers["x64"][0].cut = True
    facts = collected(Machine({ADA: tree("Lync"), BOB: tree()}, answers))

    assert facts.truncated == [
        "users: 1 of 2 hives are read",
        "providers: there are more registrations than are read",
        "processes: 1 of 2 programs are looked for",
    ]


def test_office_is_that_of_the_first_answer():
    key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office\16.0\Outlook"
    answers = [printed("", key, f"    Bitness    REG_SZ    {bitness}", "") for bitness in ("x86", "x64")]

    assert collected(Machine({}, {"office": answers})).office == Office("16.0", View.X86)
