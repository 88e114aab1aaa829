"""One command in a remote shell: five requests, output in pieces, and never killed in the middle."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    FaultCode,
    LostError,
    NoShellError,
    ProtocolError,
    UnreachableError,
    WSManFault,
)

from .support import CREATED, STARTED, Wire, received


def test_a_command_takes_five_requests_and_its_output_arrives_in_pieces():
    pieces: list[bytes] = []
    wire = Wire(CREATED, STARTED, received(b"one "), received(b"two", done=True), "", "")

    wire.session().run("ver", {"mark": "x"}, pieces.append)
    assert pieces == [b"one ", b"two"]
    assert wire.sent == ["Create", "Command", "Receive", "Receive", "Signal", "Delete"]


def test_a_command_that_takes_its_time_is_waited_for():
    wire = Wire(CREATED, STARTED, FaultCode.TIMED_OUT, FaultCode.TIMED_OUT, received(b"", done=True), "", "")

    wire.session().run("ver", {}, lambda piece: None)
    assert wire.sent[-3:] == ["Receive", "Signal", "Delete"]


def test_a_command_that_ended_without_an_exit_code_has_ended():
    """[MS-WSMV] note 7: Windows returns none where there was an error."""
    wire = Wire(CREATED, STARTED, received(b"", done=True, exit_code=""), "", "")

    wire.session().run("ver", {}, lambda piece: None)
    assert wire.sent[-2:] == ["Signal", "Delete"]


def test_a_command_that_was_refused_leaves_no_shell():
    wire = Wire(CREATED, FaultCode.ACCESS_DENIED, "")

    with pytest.raises(WSManFault, match="access denied"):
        wire.session().run("ver", {}, lambda piece: None)
    assert wire.sent == ["Create", "Command", "Delete"]


@pytest.mark.parametrize(
    "lost",
    [
        (UnreachableError("lost"),),
        (FaultCode.TIMED_OUT,),
        (STARTED, UnreachableError("lost")),
        (STARTED, FaultCode.SHELL_GONE),
    ],
)
def test_a_command_that_may_be_running_is_never_killed(lost):
    """Ending it in the middle would leave a hive mounted; left alone, it releases what it mounted."""
    wire = Wire(CREATED, *lost)

    with pytest.raises((UnreachableError, WSManFault)):
        wire.session().run("ver", {}, lambda piece: None)
    assert not {"Signal", "Delete"} & set(wire.sent)


def test_a_machine_that_closed_the_shell_itself_costs_nobody_the_result():
    wire = Wire(CREATED, STARTED, received(b"", done=True), FaultCode.SHELL_GONE, FaultCode.SHELL_GONE)

    wire.session().run("ver", {}, lambda piece: None)
    assert wire.sent[-2:] == ["Signal", "Delete"]


def test_a_command_whose_output_was_lost_is_followed_to_its_end_and_its_shell_closed():
    wire = Wire(CREATED, STARTED, LostError("lost"), received(b"", done=True), "", "")
    with pytest.raises(LostError):
        wire.session().run("ver", {}, lambda piece: None)
    assert wire.sent[-2:] == ["Signal", "Delete"]


def test_a_command_that_prints_too_much_is_given_up(monkeypatch):
    monkeypatch.setattr(limits, "OUTPUT", 5)
    wire = Wire(CREATED, STARTED, received(b"12345"), received(b"6"))

    with pytest.raises(ProtocolError, match="printed more than 5 bytes"):
        wire.session().run("ver", {}, lambda piece: None)
    assert wire.sent[-1] == "Receive"


def test_after_two_shells_that_may_be_open_no_other_one_is_opened():
    wire = Wire(*[CREATED, UnreachableError("lost")] * limits.SHELLS_LEFT_OPEN)
    talk = wire.session()
    for _unused in range(limits.SHELLS_LEFT_OPEN):
        with pytest.raises(UnreachableError):
            talk.run("ver", {}, lambda piece: None)

    with pytest.raises(ProtocolError, match="no other one is opened"):
        talk.run("ver", {}, lambda piece: None)
    assert wire.sent == ["Create", "Command"] * limits.SHELLS_LEFT_OPEN


def test_a_shell_without_a_name_is_an_error():
    with pytest.raises(ProtocolError, match="names no shell"):
        Wire("").session().run("ver", {}, lambda piece: None)


def test_after_two_broken_answers_about_a_new_shell_no_other_one_is_opened():
    wire = Wire(*["</s:Body>"] * 5)
    talk = wire.session()
    for _unused in range(5):
        with pytest.raises(ProtocolError):
            talk.run("ver", {}, lambda piece: None)
    assert wire.sent == ["Create"] * limits.SHELLS_LEFT_OPEN


def test_the_start_of_a_command_counts_as_a_write():
    wire = Wire(CREATED, *[FaultCode.OPERATION_QUOTA] * limits.WRITE_TRIES, "")

    with pytest.raises(WSManFault, match="too many operations"):
        wire.session().run("ver", {}, lambda piece: None)
    assert wire.sent == ["Create", *["Command"] * limits.WRITE_TRIES, "Delete"]


def test_a_machine_that_allows_no_shells_is_asked_once():
    wire = Wire(FaultCode.SHELLS_FORBIDDEN)
    session = wire.session()

    for _again in range(2):
        with pytest.raises(NoShellError, match=r"this machine allows no remote shells \(its policy .* 0x803381AC\)"):
            session.run("ver", {}, lambda piece: None)
    assert wire.sent == ["Create"]


@pytest.mark.parametrize(
    ("text", "because"),
    [("100%", "holds a %"), ("", "is empty"), ("a\nb", "a control character"), ("x" * 32_001, "32,000 characters")],
)
def test_a_variable_that_windows_refuses_or_was_never_seen_to_take_is_not_sent(text, because):
    wire = Wire(CREATED)

    with pytest.raises(ProtocolError, match=because):
        wire.session().run("ver", {"x": text}, lambda piece: None)
    assert wire.sent == []
