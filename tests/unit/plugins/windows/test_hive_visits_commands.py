"""The commands that visit hives: how many, with what, and when they are run again."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_command import LOCK_PAUSES
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read, value_of
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_visits import batches
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    LostError,
    ProtocolError,
    UnreachableError,
)

from .hive_tasks import ADA, BOB, LYNC, Task, read_tree, read_value
from .support import CommandSession, Seen, hive, value


def test_each_command_has_its_hives_and_its_own_mark():
    session = CommandSession([value("Lync")], [value("Lync")])
    for one in (ADA, BOB):
        read_value(session, one)

    first, second = session.environments
    assert (first["file1"], first["sid1"], first["kind1"]) == (ADA.path, ADA.key, "loaded")
    assert first["NoDefaultCurrentDirectoryInExePath"] == "1"
    assert len({first["mark"], second["mark"]}) == 2
    assert len({first["run"], second["run"]}) == 2


def test_as_many_hives_a_command_as_it_can_take(monkeypatch):
    monkeypatch.setattr(limits, "COMMAND_HIVES", 2)
    hives = [hive(n) for n in range(5)]
    session = CommandSession([value("Lync")] * 2, [value("Lync")] * 2, [value("Lync")])

    assert set(read_value(session, *hives)) == set(hives)
    assert [len(paths) for paths in session.paths] == [2, 2, 1]


def test_the_environment_of_a_command_is_bounded_but_never_empty(monkeypatch):
    size = sum(map(len, ("file0", ADA.path, "folder0", ADA.folder, "sid0", ADA.key, "kind0", "loaded")))
    hives = [hive(n) for n in range(3)]
    monkeypatch.setattr(limits, "COMMAND_ENVIRONMENT", 2 * size)
    assert [len(batch) for batch in batches(hives, Task())] == [2, 1]
    monkeypatch.setattr(limits, "COMMAND_ENVIRONMENT", 1)
    assert [len(batch) for batch in batches(hives, Task())] == [1, 1, 1]


def test_no_hives_and_no_questions_cost_no_command():
    session = CommandSession()

    assert read_tree(session).outcomes == {}
    assert session.lines == []


def test_questions_are_asked_even_without_hives_and_without_a_lock():
    session = CommandSession([])
    read_tree(session, questions="echo a question")

    assert "echo a question" in session.lines[0]
    assert ".lock" not in session.lines[0]


def test_questions_are_asked_with_every_command_since_what_is_printed_of_a_hive_may_depend_on_them(monkeypatch):
    monkeypatch.setattr(limits, "COMMAND_HIVES", 1)
    session = CommandSession([value("Lync")], [Seen("loaded", read=1)], [value("Lync", at="mounted")])
    read_tree(session, ADA, BOB, questions="echo a question")

    assert ["echo a question& (for /l %i" in line for line in session.lines] == [True, True, True]
    assert session.paths == [[ADA.path], [BOB.path], [BOB.path]]


def test_only_the_first_command_has_to_answer(monkeypatch):
    """A later one that fails is an error of its hives, as without questions."""
    monkeypatch.setattr(limits, "COMMAND_HIVES", 1)
    session = CommandSession([value("Lync")], *[None] * 6)
    outcomes = read_tree(session, ADA, BOB, questions="echo a question").outcomes

    assert value_of(outcomes[ADA]) is not None
    assert isinstance(outcomes[BOB], Failed)


def test_a_command_that_does_not_answer_its_questions_fails_the_task():
    session = CommandSession(*[None] * 6)

    with pytest.raises(ProtocolError, match="reading the registry: another run is at work"):
        read_tree(session, ADA, questions="echo a question")


def test_while_another_run_holds_the_lock_the_command_is_tried_again_after_pauses():
    session = CommandSession(None, None, [value("Lync")])

    assert read_value(session, ADA) == {ADA: Read(HiveKind.LOADED, LYNC)}
    assert session.pauses == list(LOCK_PAUSES[:2])
    assert len({environment["mark"] for environment in session.environments}) == 3


def test_a_lock_that_is_never_free_is_an_error():
    session = CommandSession(*[None] * 6)
    (outcome,) = read_value(session, ADA).values()

    assert outcome.error.startswith("another run is at work on this machine's hives")
    assert "31 seconds" in outcome.error
    assert session.pauses == list(LOCK_PAUSES)


def test_a_command_that_does_not_start_is_tried_twice_more_and_what_cmd_says_is_told():
    """Nobody holds the lock file: whoever did has let go in between, or it was something else."""
    session = CommandSession(*["Zugriff\r\n verweigert\x1b[31m\r\n"] * 3)
    (outcome,) = read_value(session, ADA).values()

    assert outcome.error == (
        r"the command that visits hives could not start; the machine says: Zugriff verweigert\x1b[31m"
    )
    assert session.pauses == list(LOCK_PAUSES[:2])


def test_a_lock_that_was_let_go_in_between_is_no_error():
    session = CommandSession(None, "in use\r\n", None, [value("Lync")])

    assert read_value(session, ADA) == {ADA: Read(HiveKind.LOADED, LYNC)}
    assert session.pauses == list(LOCK_PAUSES[:3])


def test_a_command_that_needs_no_lock_is_not_tried_again():
    (outcome,) = read_value(CommandSession("x" * 10_000), ADA, mounts=False).values()

    assert outcome.error.endswith("x" * limits.SAID)
    assert len(outcome.error) < limits.SAID + 100


def test_a_machine_whose_cmd_expands_by_itself_is_named_with_the_setting_to_change():
    class Expanding(CommandSession):
        def run(self, line, environment, output, errors):
            output(f"{environment['mark']} expanded\r\n".encode())

    (outcome,) = read_value(Expanding(), ADA).values()
    assert "DelayedExpansion" in outcome.error


def test_a_command_that_only_reads_is_run_again_after_a_lost_answer():
    session = CommandSession(LostError("lost"), [value("Lync")])

    assert read_value(session, ADA) == {ADA: Read(HiveKind.LOADED, LYNC)}
    assert session.pauses == [0.5]


@pytest.mark.parametrize("error", [LostError("off", connecting=True), UnreachableError("refused")])
def test_a_command_that_was_never_sent_is_not_run_again(error):
    session = CommandSession(error)

    with pytest.raises(UnreachableError):
        read_value(session, ADA)
    assert session.pauses == []
