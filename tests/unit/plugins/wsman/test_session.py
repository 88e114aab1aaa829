"""A conversation: what is sent, what is sent again, and what is closed - with a machine that answers from a list."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.accounts import Accounts
from ansible_collections.presence.office.plugins.plugin_utils.wsman import messages, session
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    FaultCode,
    LostError,
    ProtocolError,
    UnreachableError,
    WSManFault,
)

SHELL = messages.SHELL
CLASS = f"{messages.WMI}/root/default/StdRegProv"


class Wire:
    """Answers requests from a list: bodies, fault codes or exceptions."""

    operation_timeout = 20

    def __init__(self, *answers):
        self.sent = []
        self.pauses = []
        self._answers = iter(answers)

    def send(self, message):
        header = ET.fromstring(message)[0]
        action = header.findtext(f"{{{messages.ADDRESSING}}}Action", "")
        self.sent.append(action.rsplit("/", 1)[-1])
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            answer = (
                f'<s:Fault><s:Detail><f:WSManFault xmlns:f="{messages.FAULT}" Code="{answer}"/></s:Detail></s:Fault>'
            )
        relates_to = header.findtext(f"{{{messages.ADDRESSING}}}MessageID")
        return (
            f'<s:Envelope xmlns:s="{messages.SOAP}" xmlns:a="{messages.ADDRESSING}"><s:Header>'
            f"<a:RelatesTo>{relates_to}</a:RelatesTo></s:Header><s:Body>{answer}</s:Body></s:Envelope>"
        ).encode()

    def close(self):
        """Nothing to close."""

    def session(self):
        return session.Session(self, self.pauses.append)


def invoke(wire, *, repeatable):
    return wire.session().invoke("StdRegProv", "EnumKey", [], namespace="root/default", repeatable=repeatable)


OUTPUT = f'<m:EnumKey_OUTPUT xmlns:m="{CLASS}"><m:ReturnValue>0</m:ReturnValue></m:EnumKey_OUTPUT>'


def enumerated(kind, *items, end):
    rows = "".join(f"<x><SID>{item}</SID></x>" for item in items)
    context = "" if end else "<n:EnumerationContext>ctx</n:EnumerationContext>"
    space = f'xmlns:n="{messages.ENUMERATION}" xmlns:w="{messages.WSMAN}"'
    ending = ("<w:EndOfSequence/>" if kind == "Enumerate" else "<n:EndOfSequence/>") if end else ""
    holder = "w:Items" if kind == "Enumerate" else "n:Items"
    return f"<n:{kind}Response {space}>{context}<{holder}>{rows}</{holder}>{ending}</n:{kind}Response>"


CREATED = f'<x><w:Selector xmlns:w="{messages.WSMAN}" Name="ShellId">shell-1</w:Selector></x>'
STARTED = f'<r:CommandResponse xmlns:r="{SHELL}"><r:CommandId>command-1</r:CommandId></r:CommandResponse>'


def received(text, *, done=False, exit_code="<r:ExitCode>0</r:ExitCode>"):
    stream = f'<r:Stream Name="stdout" CommandId="command-1">{base64.b64encode(text).decode()}</r:Stream>'
    state = f'<r:CommandState CommandId="command-1" State="{SHELL}/CommandState/Running"/>'
    if done:
        state = f'<r:CommandState CommandId="command-1" State="{SHELL}/CommandState/Done">{exit_code}</r:CommandState>'
    return f'<r:ReceiveResponse xmlns:r="{SHELL}">{stream}{state}</r:ReceiveResponse>'


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


def test_a_long_list_is_pulled_until_it_ends():
    wire = Wire(
        enumerated("Enumerate", "a", "b", end=False),
        enumerated("Pull", end=False),
        enumerated("Pull", "c", end=True),
    )

    rows = wire.session().enumerate("SELECT SID FROM Win32_UserProfile")

    assert [row["SID"] for row in rows] == ["a", "b", "c"]
    assert wire.sent == ["Enumerate", "Pull", "Pull"]


def test_a_list_without_end_is_released_and_refused(monkeypatch):
    monkeypatch.setattr(limits, "PULLS", 3)
    wire = Wire(*[enumerated("Enumerate", "a", end=False)], *[enumerated("Pull", "a", end=False)] * 3, "")

    with pytest.raises(ProtocolError, match="list does not end"):
        wire.session().enumerate("SELECT SID FROM Win32_UserProfile")
    assert wire.sent[-1] == "Release"


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


def test_a_domain_out_of_reach_is_waited_for_once():
    wire = Wire(FaultCode.TIMED_OUT)
    accounts = Accounts(wire.session())

    assert [accounts.name(f"S-1-5-21-1-2-3-{n}") for n in range(5)] == [None] * 5
    assert wire.sent == ["Get"]


@pytest.mark.parametrize(
    ("answer", "name", "unknown"),
    [
        ("<AccountName>ada</AccountName><ReferencedDomainName>CONTOSO</ReferencedDomainName>", r"CONTOSO\ada", False),
        ("<AccountName/><ReferencedDomainName/>", None, True),
    ],
)
def test_an_empty_name_is_none_and_nobody_knows_whose(answer, name, unknown):
    """Windows answers so for an account that is deleted, and for one whose domain does not answer in time."""
    accounts = Accounts(Wire(f"<Win32_SID>{answer}</Win32_SID>").session())

    assert not accounts.is_unknown("S-1-5-21-1-2-3-4")
    assert accounts.name("S-1-5-21-1-2-3-4") == name
    assert accounts.is_unknown("S-1-5-21-1-2-3-4") is unknown


def test_a_read_whose_answer_was_lost_is_asked_again_and_a_write_is_not():
    wire = Wire(LostError("lost"), OUTPUT)
    assert invoke(wire, repeatable=True) == {"ReturnValue": "0"}
    assert wire.pauses == [0.5]

    wire = Wire(LostError("lost"))
    with pytest.raises(LostError):
        invoke(wire, repeatable=False)


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


def test_a_list_whose_middle_was_lost_is_released_and_asked_for_anew():
    wire = Wire(
        enumerated("Enumerate", "a", end=False), LostError("lost"), "", enumerated("Enumerate", "a", "b", end=True)
    )
    assert [row["SID"] for row in wire.session().enumerate("SELECT SID FROM Win32_UserProfile")] == ["a", "b"]
    assert wire.sent == ["Enumerate", "Pull", "Release", "Enumerate"]


def test_a_command_whose_output_was_lost_is_followed_to_its_end_and_its_shell_closed():
    wire = Wire(CREATED, STARTED, LostError("lost"), received(b"", done=True), "", "")
    with pytest.raises(LostError):
        wire.session().run("ver", {}, lambda piece: None)
    assert wire.sent[-2:] == ["Signal", "Delete"]


def test_a_task_ends_when_the_machine_has_sent_enough(monkeypatch):
    monkeypatch.setattr(limits, "TASK_BYTES", 100)
    with pytest.raises(ProtocolError, match="sent more than 100 bytes"):
        invoke(Wire(OUTPUT), repeatable=True)
