"""One value in many hives, by command; and what is done when the answer to a write is lost."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read, Skipped
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_values import (
    Change,
    HiveValues,
    ValueName,
    changed,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_visits import HiveVisitor
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    LostError,
    ProtocolError,
    UnreachableError,
)

from .support import IM_PROVIDERS, CommandSession, Seen, hive, no_value, value

VALUE = ValueName(IM_PROVIDERS, "DefaultIMApp")
LYNC, JABBER = StringValue.of("Lync"), StringValue.of("Jabber")
ADA, BOB = hive(1), hive(2)
LOST = LostError("lost")
WROTE = ("{mark} wrote 0",)
SET_LYNC = Change(JABBER, "Lync")
DELETE = Change(LYNC, None)
DONE = Read(HiveKind.LOADED, LYNC)


def write(session, hives, what=SET_LYNC):
    return change(session, dict.fromkeys(hives, what))


def change(session, changes):
    return HiveValues(session, HiveVisitor(session)).write(changes, VALUE, "PreviousDefaultIMApp", mounts=True)


def does(session):
    """Return what each command does: set, delete or read."""
    return ["set" if "reg add" in line else "delete" if "reg delete" in line else "read" for line in session.lines]


def test_texts_are_passed_as_quoted_variables_and_not_in_the_line():
    session = CommandSession([value('a "b"', before=("{mark} recorded 0", *WROTE))])
    what = Change(LYNC, 'a "b"', "C:\\")

    assert write(session, [ADA], what) == {ADA: Read(HiveKind.LOADED, StringValue.of('a "b"'))}
    (environment,) = session.environments
    assert (environment["key"], environment["name"]) == (IM_PROVIDERS, "DefaultIMApp")
    assert (environment["text1"], environment["record1"]) == (r"a \"b\"", "C:\\\\")
    assert environment["record_name"] == "PreviousDefaultIMApp"
    assert "PreviousDefaultIMApp" not in session.lines[0]


def test_only_hives_with_a_record_keep_one():
    session = CommandSession([value("Lync", before=WROTE)] * 2)
    change(session, {ADA: SET_LYNC, BOB: Change(JABBER, "Lync", "Jabber")})

    assert [name for name in session.environments[0] if name.startswith("record")] == ["record_name", "record2"]


def test_each_hive_gets_its_own_text():
    session = CommandSession([value("Lync", before=WROTE), value("MsTeams", before=WROTE)])
    outcomes = change(session, {ADA: SET_LYNC, BOB: Change(LYNC, "MsTeams")})

    assert outcomes == {ADA: DONE, BOB: Read(HiveKind.LOADED, StringValue.of("MsTeams"))}
    (environment,) = session.environments
    assert (environment["text1"], environment["text2"]) == ("Lync", "MsTeams")
    assert "!text%i!" in session.lines[0]
    assert "Lync" not in session.lines[0]


def test_deleting_passes_no_text():
    session = CommandSession([no_value(before=WROTE)])

    assert write(session, [ADA], DELETE) == {ADA: Read(HiveKind.LOADED, StringValue.missing())}
    assert does(session) == ["delete"]
    assert not {"text1", "record_name"} & set(session.environments[0])


def test_a_value_that_was_gone_before_it_was_deleted_is_no_error():
    session = CommandSession([no_value(before=("{mark} wrote 1",))])

    assert write(session, [ADA], DELETE) == {ADA: Read(HiveKind.LOADED, StringValue.missing())}


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("{mark} wrote 1", "the value cannot be written (reg.exe ended with exit code 1)"),
        (
            "{mark} recorded 5",
            (
                "the previous default cannot be recorded, so the default was left unchanged "
                "(reg.exe ended with exit code 5)"
            ),
        ),
    ],
)
def test_a_write_that_fails_is_an_error_with_the_value_that_is_there(printed, sentence):
    session = CommandSession([value("Jabber", before=(printed,))])

    assert write(session, [ADA]) == {ADA: Failed(HiveKind.LOADED, sentence, JABBER)}


# --- After a lost answer ---


def test_only_hives_that_were_not_written_are_written_again():
    session = CommandSession(LOST, [value("Lync"), value("Jabber")], [value("Lync", before=WROTE)])

    assert write(session, [ADA, BOB]) == {ADA: DONE, BOB: DONE}
    assert does(session) == ["set", "read", "set"]
    assert session.paths[2] == [BOB.path]


def test_after_a_lost_answer_each_hive_is_looked_at_for_its_own_text():
    session = CommandSession(LOST, [value("MsTeams"), value("MsTeams")], [value("Lync", before=WROTE)])
    outcomes = change(session, {ADA: SET_LYNC, BOB: Change(LYNC, "MsTeams")})

    assert outcomes == {ADA: DONE, BOB: Read(HiveKind.LOADED, StringValue.of("MsTeams"))}
    assert session.paths[2] == [ADA.path]
    assert session.environments[2]["text1"] == "Lync"


def test_nothing_is_written_again_if_everything_was():
    session = CommandSession(LOST, [value("Lync"), value("Lync")])

    assert write(session, [ADA, BOB]) == {ADA: DONE, BOB: DONE}
    assert does(session) == ["set", "read"]


def test_a_hive_that_could_not_be_read_is_written_again():
    session = CommandSession(LOST, [Seen("mounted", read=1)], [value("Lync", before=WROTE)])

    assert write(session, [ADA]) == {ADA: DONE}


def test_a_deletion_is_settled_in_the_same_way():
    session = CommandSession(LOST, [no_value(), value("Lync")], [no_value(before=WROTE)])
    gone = Read(HiveKind.LOADED, StringValue.missing())

    assert write(session, [ADA, BOB], DELETE) == {ADA: gone, BOB: gone}
    assert does(session) == ["delete", "read", "delete"]


def test_writing_ends_after_its_tries_and_the_rest_is_lost():
    session = CommandSession(*[LOST, [value("Jabber")]] * limits.WRITE_TRIES)

    assert write(session, [ADA]) == {ADA: Failed(HiveKind.LOADED, "lost", lost=True)}
    assert does(session).count("set") == limits.WRITE_TRIES


@pytest.mark.parametrize("end", [UnreachableError("off"), ProtocolError("nonsense")])
def test_what_was_seen_to_be_written_stays_known_when_the_machine_fails_later(end):
    session = CommandSession(LOST, [value("Lync"), value("Jabber")], end)
    outcomes = write(session, [ADA, BOB])

    assert outcomes[ADA] == DONE
    assert outcomes[BOB] == Failed(HiveKind.LOADED, str(end), lost=isinstance(end, UnreachableError))


def test_a_machine_that_is_lost_takes_the_later_batches_along_and_not_the_earlier_ones(monkeypatch):
    monkeypatch.setattr(limits, "COMMAND_HIVES", 1)
    cleo = hive(3)
    session = CommandSession([value("Lync", before=WROTE)], UnreachableError("off"))
    lost: Failed[StringValue] = Failed(HiveKind.LOADED, "off", lost=True)

    assert write(session, [ADA, BOB, cleo]) == {ADA: DONE, BOB: lost, cleo: lost}
    assert len(session.lines) == 2


def test_a_batch_that_fails_does_not_stop_the_next_one(monkeypatch):
    monkeypatch.setattr(limits, "COMMAND_HIVES", 1)
    session = CommandSession(ProtocolError("nonsense"), [value("Lync", before=WROTE)])

    assert write(session, [ADA, BOB]) == {ADA: Failed(HiveKind.LOADED, "nonsense"), BOB: DONE}


def test_a_write_that_was_never_sent_is_not_settled():
    session = CommandSession(LostError("off", connecting=True))
    write(session, [ADA])

    assert does(session) == ["set"]


# --- Has it changed? ---


@pytest.mark.parametrize(
    ("what", "outcome", "is_done"),
    [
        (SET_LYNC, DONE, True),
        (SET_LYNC, Read(HiveKind.LOADED, JABBER), False),
        (SET_LYNC, Read(HiveKind.LOADED, StringValue.of("LYNC")), False),
        (SET_LYNC, Failed(HiveKind.LOADED, "stuck", LYNC), False),
        (DELETE, Read(HiveKind.UNLOADED, StringValue.missing(key_exists=False)), True),
        (DELETE, Read(HiveKind.LOADED, StringValue.of("")), False),
        (DELETE, Read(HiveKind.LOADED, StringValue(ValueState.OTHER_TYPE)), False),
        (DELETE, Skipped(HiveKind.UNLOADED, None), False),
    ],
)
def test_a_change_is_done_if_the_hive_was_seen_to_hold_it(what, outcome, is_done):
    assert what.is_done(outcome) is is_done


@pytest.mark.parametrize(
    ("before", "outcome", "has_changed"),
    [
        (JABBER, DONE, True),
        (LYNC, DONE, False),
        (JABBER, Failed(HiveKind.LOADED, "stuck", LYNC), True),
        (JABBER, Failed(HiveKind.LOADED, "lost"), False),
        (None, DONE, False),
        (StringValue.missing(key_exists=False), Read(HiveKind.LOADED, StringValue.missing()), False),
        (StringValue(ValueState.OTHER_TYPE), Read(HiveKind.LOADED, StringValue.missing()), True),
    ],
)
def test_a_hive_has_changed_if_its_value_is_known_to_differ(before, outcome, has_changed):
    assert changed(before, outcome) is has_changed
