"""Lists: pulled to their end, released if that does not come, and started over if they break off."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    FaultCode,
    LostError,
    ProtocolError,
    WSManFault,
)

from .support import Wire, enumerated


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


def test_a_list_whose_middle_was_lost_is_released_and_starts_over():
    wire = Wire(
        enumerated("Enumerate", "a", end=False), LostError("lost"), "", enumerated("Enumerate", "a", "b", end=True)
    )
    assert [row["SID"] for row in wire.session().enumerate("SELECT SID FROM Win32_UserProfile")] == ["a", "b"]
    assert wire.sent == ["Enumerate", "Pull", "Release", "Enumerate"]


def test_a_list_that_the_machine_has_forgotten_starts_over():
    wire = Wire(
        enumerated("Enumerate", "a", end=False), FaultCode.LIST_GONE, "", enumerated("Enumerate", "a", end=True)
    )

    assert [row["SID"] for row in wire.session().enumerate("SELECT SID FROM Win32_UserProfile")] == ["a"]
    assert wire.pauses == [0.5]


def test_a_list_that_is_refused_in_its_middle_is_released_and_not_repeated():
    wire = Wire(enumerated("Enumerate", "a", end=False), FaultCode.ACCESS_DENIED, "")

    with pytest.raises(WSManFault, match="access denied"):
        wire.session().enumerate("SELECT SID FROM Win32_UserProfile")
    assert wire.sent == ["Enumerate", "Pull", "Release"]


def test_a_list_with_too_many_items_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "ITEMS", 2)
    wire = Wire(enumerated("Enumerate", "a", "b", "c", end=True))

    with pytest.raises(ProtocolError, match="more than 3 items"):
        wire.session().enumerate("SELECT SID FROM Win32_UserProfile")
