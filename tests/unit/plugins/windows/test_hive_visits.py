"""Visits to hives by command: what becomes of each, whoever signs in or out meanwhile."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import (
    HiveFile,
    classes_hive,
    settings_hive,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import (
    Failed,
    Read,
    Skipped,
    value_of,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import (
    HiveKind,
    Profile,
    SkipReason,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.reg_query import PrintedKey
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from .hive_tasks import ADA, BOB, CLSID, GONE, LYNC, SID, read_classes, read_tree, read_value
from .support import IM_PROVIDERS, CommandSession, Seen, hive, no_value, value

# --- A user who signs out while the command is at work ---


def test_a_value_of_a_user_who_signs_out_meanwhile_is_read_from_the_file():
    session = CommandSession([GONE, value("Lync")], [value("Jabber", at="mounted")])
    outcomes = read_value(session, ADA, BOB)

    assert outcomes == {ADA: Read(HiveKind.UNLOADED, StringValue.of("Jabber")), BOB: Read(HiveKind.LOADED, LYNC)}
    assert session.paths == [[ADA.path, BOB.path], [ADA.path]]


def test_a_tree_of_a_user_who_signs_out_meanwhile_is_read_from_the_file():
    key = rf"HKEY_USERS\{{root}}\{IM_PROVIDERS}"
    tree = Seen("mounted", ("", key, "", rf"{key}\Lync"))
    session = CommandSession([Seen("loaded", ("", key), read=1)], [tree])
    outcome = read_tree(session, ADA).outcomes[ADA]

    assert outcome.kind is HiveKind.UNLOADED
    assert list(outcome.value.keys) == ["", "lync"]
    assert session.paths == [[ADA.path]] * 2


def test_classes_of_a_user_who_signs_out_meanwhile_are_read_from_the_file():
    one = classes_hive(Profile(SID, r"C:\Users\ada", HiveKind.UNLOADED))
    key = rf"HKEY_USERS\{{root}}\CLSID\{CLSID}\LocalServer32"
    session = CommandSession(
        [Seen("loaded", read=1)], [Seen("mounted", ("", key, "    (Default)    REG_SZ    app.exe", ""))]
    )

    assert read_classes(session, one) == {one: Read(HiveKind.UNLOADED, {View.X64: "app.exe"})}
    assert session.paths == [[one.path]] * 2


def test_a_hive_is_visited_again_only_once():
    session = CommandSession([GONE], [GONE])

    assert read_value(session, ADA) == {ADA: Failed(HiveKind.LOADED, "the hive cannot be read")}
    assert len(session.lines) == 2


def test_a_user_who_signs_out_where_nothing_may_be_mounted_is_skipped():
    session = CommandSession([GONE], [Seen("none")])

    assert read_value(session, ADA, mounts=False) == {ADA: Skipped(HiveKind.UNLOADED, SkipReason.SIGNED_OUT)}


def test_all_visits_of_a_task_share_the_room_for_output(monkeypatch):
    """What the second look at a hive prints counts as well."""
    monkeypatch.setattr(limits, "COMMAND_HIVES", 1)
    monkeypatch.setattr(limits, "TREE_TOTAL", 250)
    root = rf"HKEY_USERS\{{root}}\{IM_PROVIDERS}"
    large = Seen("mounted", ("", root, *[rf"    v{n}    REG_SZ    {'x' * 20}" for n in range(5)], ""))
    session = CommandSession([Seen("loaded", read=1)], [large], [value("Lync", at="mounted")])
    outcomes = read_tree(session, ADA, BOB).outcomes

    (tree,) = filter(None, [value_of(outcomes[BOB])])
    assert tree.cut


# --- Outcomes ---


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (value("Lync"), Read(HiveKind.LOADED, LYNC)),
        (value("Lync", at="mounted"), Read(HiveKind.UNLOADED, LYNC)),
        (no_value(at="mounted"), Read(HiveKind.UNLOADED, StringValue.missing())),
        (Seen("absent"), Skipped(HiveKind.LOADED, SkipReason.NO_HIVE_FILE)),
        (Seen("mounted", read=1), Failed(HiveKind.UNLOADED, "the hive cannot be read")),
    ],
)
def test_a_hive_that_may_be_mounted(seen, outcome):
    assert read_value(CommandSession([seen]), ADA) == {ADA: outcome}


@pytest.mark.parametrize(
    ("kind", "reason"), [(HiveKind.LOADED, SkipReason.SIGNED_OUT), (HiveKind.UNLOADED, None), (HiveKind.DEFAULT, None)]
)
def test_a_hive_that_is_not_loaded_and_must_not_be_mounted_is_skipped(kind, reason):
    one = hive(1, kind)
    session = CommandSession([Seen("none")])

    assert read_value(session, one, mounts=False) == {one: Skipped(HiveKind.UNLOADED, reason)}
    assert "reg load" not in session.lines[0]


def test_a_denied_key_is_an_error_and_not_a_missing_one():
    beside = "HKEY_USERS\\{root}\\Software\\IM Providers"
    denied = Seen("loaded", ("{mark} missing 1", beside))

    assert read_value(CommandSession([denied]), ADA) == {ADA: Failed(HiveKind.LOADED, "access is denied in the hive")}


def test_a_hive_that_stays_mounted_is_an_error_with_its_value_and_a_way_out():
    held = Seen("mounted", value("Lync").lines, stuck=True)
    session = CommandSession([held])
    (outcome,) = read_value(session, ADA).values()
    mount = f"presence.office.{session.environments[0]['run']}.1"

    assert (outcome.kind, outcome.value, outcome.stuck) == (HiveKind.UNLOADED, LYNC, True)
    assert outcome.error.startswith(rf"C:\Users\u1\NTUSER.DAT stayed mounted at HKU\{mount}: ")
    assert outcome.error.endswith(rf"by hand: reg unload HKU\{mount}")


def test_a_hive_that_the_command_did_not_reach_is_an_error_and_the_others_are_read():
    session = CommandSession([value("Lync")])

    assert read_value(session, ADA, BOB) == {
        ADA: Read(HiveKind.LOADED, LYNC),
        BOB: Failed(HiveKind.LOADED, "the command on the machine ended too early"),
    }


@pytest.mark.parametrize(
    ("one", "advice"),
    [
        (settings_hive(Profile(SID, r"C:\Users\ada", HiveKind.UNLOADED)), f"exclude_users: [{SID}]"),
        (classes_hive(Profile(SID, r"C:\Users\ada", HiveKind.UNLOADED)), f"exclude_users: [{SID}]"),
        (settings_hive(Profile(None, r"C:\Users\Default", HiveKind.DEFAULT)), "profiles without default"),
    ],
)
def test_a_hive_that_cannot_be_mounted_comes_with_options_that_exist(one, advice):
    (outcome,) = read_value(CommandSession([Seen("none")]), one).values()

    assert outcome.kind is one.kind
    assert outcome.error.startswith(f"{one.path} could not be mounted: it is in use")
    assert outcome.error.endswith(f"Try again later, or leave it out: {advice}")


def test_a_folder_that_we_may_not_look_into_is_an_error_and_not_a_missing_file():
    (outcome,) = read_value(CommandSession([Seen("denied")]), ADA).values()

    assert outcome.error.startswith(
        f"whether there is {ADA.path} is not known: this login may not look into the profile"
    )
    assert outcome.error.endswith(ADA.how_to_skip)


def test_where_nothing_more_is_mounted_the_sentence_says_what_stays():
    held = Seen("mounted", value("Lync").lines, stuck=True)
    session = CommandSession([held, Seen("withheld")])
    outcome = read_value(session, ADA, BOB)[BOB]
    mount = rf"HKU\presence.office.{session.environments[0]['run']}.1"

    assert outcome.error.startswith(
        f"{BOB.path} was not looked at: {mount} stays mounted, since something holds it open"
    )
    assert outcome.error.endswith(f"by hand: reg unload {mount}")


def test_where_releases_took_too_long_the_sentence_says_so():
    (outcome,) = read_value(CommandSession([Seen("withheld")]), ADA).values()

    assert outcome.error.startswith(f"{ADA.path} was not looked at: releasing other users' files took 360 seconds")


def test_classes_that_cannot_be_mounted_come_with_the_same_advice():
    one = classes_hive(Profile(SID, r"C:\Users\ada", HiveKind.UNLOADED))
    (outcome,) = read_classes(CommandSession([Seen("none")]), one).values()

    assert outcome.error.endswith(f"exclude_users: [{SID}]")


def test_the_template_is_never_looked_for_among_the_signed_in_users():
    template = settings_hive(Profile(None, r"C:\Users\Default", HiveKind.DEFAULT))
    session = CommandSession([value("Lync", at="mounted")])

    assert read_value(session, template) == {template: Read(HiveKind.DEFAULT, LYNC)}
    assert (session.environments[0]["sid1"], session.environments[0]["kind1"]) == ("none", "default")


def test_a_hive_is_read_as_the_keys_that_it_has():
    session = CommandSession([value("Lync")])
    outcome = read_tree(session, ADA).outcomes[ADA]

    (key,) = outcome.value.keys.values()
    assert isinstance(key, PrintedKey)
    assert (key.path, key.text("DefaultIMApp")) == (rf"HKEY_USERS\{ADA.key}\{IM_PROVIDERS}", "Lync")


def test_a_path_is_shown_without_control_characters():
    odd = HiveFile("C:\\Users\\\u202ebob\\NTUSER.DAT", BOB.key, HiveKind.UNLOADED, "")
    (outcome,) = read_value(CommandSession([Seen("none")]), odd).values()

    assert outcome.error.isprintable()
