"""A conversation: what is sent again, over which connection, and when a task ends."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.wsman import messages
from ansible_collections.presence.office.plugins.plugin_utils.wsman.conversation import Conversation
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    FaultCode,
    LoginRefusedError,
    LostError,
    ProtocolError,
    UnreachableError,
    WSManError,
    WSManFault,
)
from ansible_collections.presence.office.plugins.plugin_utils.wsman.retry import RetryBudget

from .support import OUTPUT, Wire, invoke


class ClosingWire(Wire):
    """Also counts how often its connection is closed."""

    closed = 0

    def close(self):
        self.closed += 1


def conversation(wire, clock=lambda: 0.0):
    retries = RetryBudget(wire.pauses.append, clock)
    return Conversation(wire, retries), retries


def request(**kwargs):
    return messages.build(messages.Resource("uri", "a request"), "uri/EnumKey", **kwargs)


@pytest.mark.parametrize("code", [FaultCode.SHELL_QUOTA, FaultCode.OPERATION_QUOTA])
def test_a_busy_service_is_asked_again_after_pauses_that_grow(code):
    wire = Wire(code, code, OUTPUT)

    assert invoke(wire, repeatable=False) == {"ReturnValue": "0"}
    assert wire.pauses == [0.5, 1.0]


def test_patience_ends():
    wire = Wire(*[FaultCode.OPERATION_QUOTA] * 4)

    with pytest.raises(WSManFault, match="too many operations at once"):
        invoke(wire, repeatable=True)
    assert len(wire.sent) == 1 + len(limits.BACK_OFF)


def test_after_a_time_out_only_what_can_be_repeated_is_repeated():
    assert invoke(Wire(FaultCode.TIMED_OUT, OUTPUT), repeatable=True)
    with pytest.raises(WSManFault, match="timed out"):
        invoke(Wire(FaultCode.TIMED_OUT, OUTPUT), repeatable=False)


def test_a_read_whose_answer_was_lost_is_asked_again_and_a_write_is_not():
    wire = Wire(LostError("lost"), OUTPUT)
    assert invoke(wire, repeatable=True) == {"ReturnValue": "0"}
    assert wire.pauses == [0.5]

    wire = Wire(LostError("lost"))
    with pytest.raises(LostError):
        invoke(wire, repeatable=False)


@pytest.mark.parametrize("sent", [True, False])
def test_a_machine_that_has_never_answered_is_waited_for_once(sent):
    silent = LostError("no answer came within the read time-out", timed_out=True)
    silent.sent = sent
    wire = Wire(silent)
    with pytest.raises(LostError):
        invoke(wire, repeatable=True)
    assert (len(wire.sent), wire.pauses) == (1, [])

    session = (wire := Wire(OUTPUT, silent, OUTPUT)).session()
    for _number in range(2):
        session.invoke("StdRegProv", "EnumKey", [], namespace="root/default", repeatable=True)
    assert wire.pauses == [0.5]


def test_a_machine_that_cannot_be_connected_to_is_waited_for_only_once_it_has_answered():
    refused = LostError("connection refused", connecting=True)
    wire = Wire(refused)
    with pytest.raises(LostError):
        invoke(wire, repeatable=True)
    assert wire.pauses == []

    wire = Wire(OUTPUT, refused, OUTPUT)
    talk = wire.session()
    for _unused in range(2):
        talk.invoke("StdRegProv", "EnumKey", [], namespace="root/default", repeatable=True)
    assert wire.pauses == [0.5]


def test_a_task_ends_when_the_machine_has_sent_enough(monkeypatch):
    monkeypatch.setattr(limits, "TASK_BYTES", 100)
    with pytest.raises(ProtocolError, match="sent more than 100 bytes"):
        invoke(Wire(OUTPUT), repeatable=True)


def test_an_impatient_request_is_not_repeated_after_a_time_out():
    wire = Wire(FaultCode.TIMED_OUT, OUTPUT)

    with pytest.raises(WSManFault, match="timed out"):
        conversation(wire)[0].exchange(request(repeatable=True, patient=False))
    assert wire.pauses == []


@pytest.mark.parametrize(
    ("answer", "closed"),
    [(LostError("lost"), 1), ("<!DOCTYPE x>", 1), (FaultCode.ACCESS_DENIED, 0), (OUTPUT, 0)],
)
def test_a_connection_is_closed_after_a_failure_and_kept_after_an_answer(answer, closed):
    wire = ClosingWire(answer)
    try:
        conversation(wire)[0].exchange(request())
    except (LostError, ProtocolError, WSManFault):
        assert answer != OUTPUT

    assert wire.closed == closed


def test_an_error_while_the_connection_closes_is_ignored():
    class Failing(Wire):
        closing = False

        def close(self):
            self.closing = True
            raise OSError("already closed")

    wire = Failing()
    conversation(wire)[0].close()
    assert wire.closing


def test_nothing_is_sent_once_the_task_has_used_up_its_time():
    now = [0.0]
    wire = Wire(OUTPUT, OUTPUT)
    talk, _retries = conversation(wire, lambda: now[0])
    talk.exchange(request())
    now[0] = limits.TASK_TIME + 1

    with pytest.raises(ProtocolError, match="a request: the task took longer than 3600 seconds"):
        talk.exchange(request())
    assert len(wire.sent) == 1


@pytest.mark.parametrize("lost", [LostError("lost"), FaultCode.TIMED_OUT])
def test_each_lost_answer_about_a_new_shell_counts_a_shell_until_there_are_too_many(lost):
    wire = Wire(*[lost] * 4)
    talk, retries = conversation(wire)

    with pytest.raises((LostError, WSManFault)):
        talk.exchange(request(repeatable=True, opens_shell=True))
    assert len(wire.sent) == limits.SHELLS_LEFT_OPEN
    with pytest.raises(ProtocolError, match="2 remote shells of this task may still be open"):
        retries.check_shells()


@pytest.mark.parametrize(
    "broken", ["</s:Body>", "<!DOCTYPE x>", UnreachableError("HTTP 500"), ProtocolError("redirect")]
)
def test_a_new_shell_whose_answer_is_broken_counts_as_open(broken):
    wire = Wire(*[broken] * 4)
    talk, retries = conversation(wire)
    for _unused in range(limits.SHELLS_LEFT_OPEN):
        retries.check_shells()
        with pytest.raises((ProtocolError, UnreachableError)):
            talk.exchange(request(repeatable=True, opens_shell=True))

    assert len(wire.sent) == limits.SHELLS_LEFT_OPEN
    with pytest.raises(ProtocolError, match="no other one is opened"):
        retries.check_shells()


def not_sent():
    error = LostError("the login was interrupted")
    error.sent = False
    return error


@pytest.mark.parametrize(
    "error",
    [
        FaultCode.ACCESS_DENIED,
        FaultCode.SHELL_QUOTA,
        LoginRefusedError("wrong password"),
        LostError("connection refused", connecting=True),
        not_sent(),
    ],
)
def test_a_new_shell_that_was_refused_or_never_asked_for_does_not_count(error):
    talk, retries = conversation(Wire(OUTPUT, *[error] * 4))
    talk.exchange(request())

    with pytest.raises(WSManError):
        talk.exchange(request(repeatable=True, opens_shell=True))
    retries.check_shells()


def test_a_new_shell_for_which_the_task_had_no_time_left_does_not_count():
    now = [0.0]
    talk, retries = conversation(Wire(), lambda: now[0])
    now[0] = limits.TASK_TIME + 1
    for _unused in range(limits.SHELLS_LEFT_OPEN):
        with pytest.raises(ProtocolError, match="took longer"):
            talk.exchange(request(repeatable=True, opens_shell=True))

    retries.check_shells()


@pytest.mark.parametrize("error", [FaultCode.OPERATION_QUOTA, not_sent()])
@pytest.mark.parametrize(("writes", "tries"), [(False, limits.READ_TRIES), (True, limits.WRITE_TRIES)])
def test_what_writes_is_sent_less_often_even_if_nothing_was_done(writes, tries, error):
    wire = Wire(*[error] * 5)

    with pytest.raises(WSManError):
        conversation(wire)[0].exchange(dataclasses.replace(request(), writes=writes))
    assert len(wire.sent) == tries


def test_a_shell_that_was_refused_does_not_count():
    wire = Wire(FaultCode.SHELL_QUOTA, FaultCode.SHELL_QUOTA, FaultCode.SHELL_QUOTA, OUTPUT)
    talk, retries = conversation(wire)
    talk.exchange(request(repeatable=True, opens_shell=True))

    retries.check_shells()
    assert len(wire.sent) == 4
