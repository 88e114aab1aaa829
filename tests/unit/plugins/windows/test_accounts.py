"""Names of accounts: each looked up once, and never worth a failure."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.accounts import Accounts
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    FaultCode,
    LostError,
    ProtocolError,
    UnreachableError,
)

from ..wsman.support import Wire, enumerated

SID = "S-1-5-21-1-2-3-4"
ADA = "<Win32_SID><AccountName>ada</AccountName><ReferencedDomainName>CONTOSO</ReferencedDomainName></Win32_SID>"


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


def test_a_name_is_looked_up_once():
    wire = Wire(ADA)
    accounts = Accounts(wire.session())

    assert accounts.cached_name(SID) is None
    assert [accounts.name(SID) for _unused in range(2)] == [r"CONTOSO\ada"] * 2
    assert accounts.cached_name(SID) == r"CONTOSO\ada"
    assert wire.sent == ["Get"]


def test_a_local_account_may_have_no_domain():
    accounts = Accounts(Wire("<Win32_SID><AccountName>ada</AccountName></Win32_SID>").session())

    assert accounts.name(SID) == "ada"


def test_a_refused_name_does_not_stop_the_others():
    accounts = Accounts(Wire(FaultCode.ACCESS_DENIED, ADA).session())

    assert [accounts.name("S-1-5-21-1-2-3-3"), accounts.name(SID)] == [None, r"CONTOSO\ada"]


def test_no_more_names_are_looked_up_than_asked_and_profiles_without_a_sid_are_passed_over():
    wire = Wire(ADA, ADA)
    Accounts(wire.session()).look_up([None, SID, "S-1-5-21-1-2-3-5", "S-1-5-21-1-2-3-6"], 2)

    assert wire.sent == ["Get", "Get"]


def test_a_machine_that_is_lost_while_names_are_looked_up_leaves_the_result_alone():
    accounts = Accounts(Wire(ADA, UnreachableError("lost")).session())
    accounts.look_up([SID, "S-1-5-21-1-2-3-5"], 5)

    assert accounts.cached_name(SID) == r"CONTOSO\ada"
    with pytest.raises(LostError):
        Accounts(Wire(LostError("lost", connecting=True)).session()).name(SID)


def listed(item):
    return enumerated("Enumerate", end=True).replace("<w:Items></w:Items>", f"<w:Items>{item}</w:Items>")


def test_the_computer_s_name_takes_one_request():
    wire = Wire(listed("<Win32_ComputerSystem><Name>DESK1</Name></Win32_ComputerSystem>"))

    assert Accounts(wire.session()).computer_name() == "DESK1"
    assert wire.sent == ["Enumerate"]


@pytest.mark.parametrize("item", ["", "<Win32_ComputerSystem><Name/></Win32_ComputerSystem>"])
def test_a_computer_that_does_not_tell_its_name_is_an_error(item):
    with pytest.raises(ProtocolError, match="the answer holds no Name"):
        Accounts(Wire(listed(item)).session()).computer_name()
