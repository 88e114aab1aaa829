"""Who runs which program: one query, and the owner of one process for each session."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.processes import find_running
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    FaultCode,
    UnreachableError,
    WSManFault,
)

ADA, BOB = "S-1-5-21-1-2-3-1", "S-1-5-21-1-2-3-2"


class Session:
    """Has processes (handle, name, session) and the owners of sessions by the handle that is asked for."""

    def __init__(self, *processes, owners=None):
        self.queries = []
        self.asked = []
        self._processes = processes
        self._owners = owners or {}

    def enumerate(self, query):
        self.queries.append(query)
        return [dict(zip(("Handle", "Name", "SessionId"), row, strict=True)) for row in self._processes]

    def invoke(self, _class_name, method, _parameters, *, selectors, repeatable):
        assert (method, repeatable) == ("GetOwnerSid", True)
        handle = selectors["Handle"]
        self.asked.append(handle)
        owner = self._owners.get(handle)
        if isinstance(owner, Exception):
            raise owner
        return {"ReturnValue": "0", "Sid": owner} if owner else {"ReturnValue": "2"}


def find(session, names):
    return find_running(session, names)


def test_the_owner_of_one_process_counts_for_its_session():
    session = Session(
        ("10", "lync.exe", "1"),
        ("11", "Teams.exe", "1"),
        ("20", "LYNC.EXE", "2"),
        owners={"10": ADA, "20": BOB.lower()},
    )
    running = find(session, ["Lync.exe", "teams.exe", "jabber.exe"])

    assert session.asked == ["10", "20"]
    assert [running.is_running(ADA, name) for name in ("lync.exe", "TEAMS.EXE", "jabber.exe")] == [True, True, False]
    assert [running.is_running(BOB, name) for name in ("lync.exe", "teams.exe")] == [True, False]


def test_a_program_that_was_not_searched_for_is_not_known():
    running = find(Session(), ["lync.exe"])

    assert running.is_running(ADA, "teams.exe") is None
    assert running.is_running(ADA, None) is None
    assert running.is_running(ADA, "lync.exe") is False


@pytest.mark.parametrize("owner", [None, WSManFault("GetOwnerSid", FaultCode.ACCESS_DENIED, "")])
def test_a_program_in_a_session_of_unknown_owner_may_be_anyone_s(owner):
    session = Session(("10", "lync.exe", "1"), ("20", "lync.exe", "2"), owners={"10": owner, "20": BOB})
    running = find(session, ["lync.exe", "teams.exe"])

    assert running.is_running(ADA, "lync.exe") is None
    assert running.is_running(BOB, "lync.exe") is True
    assert running.is_running(ADA, "teams.exe") is False


def test_a_machine_that_is_lost_meanwhile_is_lost():
    with pytest.raises(UnreachableError):
        find(Session(("10", "lync.exe", "1"), owners={"10": UnreachableError("off")}), ["lync.exe"])


@pytest.mark.parametrize(
    "row", [("10", "lync.exe", "0"), ("x", "lync.exe", "1"), ("10", "other.exe", "1"), (None, None, None)]
)
def test_services_and_rows_that_were_not_asked_for_do_not_count(row):
    session = Session(row, owners={"10": ADA})

    assert find(session, ["lync.exe"]).is_running(ADA, "lync.exe") is False
    assert session.asked == []


def test_without_names_nothing_is_asked():
    session = Session()
    find(session, ["", "x" * 256, "a\0b"])

    assert session.queries == []


def test_one_query_asks_for_each_name_once():
    session = Session()
    find(session, ["Lync.exe", "lync.EXE", "o'neil.exe"])

    (query,) = session.queries
    assert query.endswith(r"WHERE Name = 'lync.EXE' OR Name = 'o\'neil.exe'")


def test_too_many_programs_are_not_known(monkeypatch):
    monkeypatch.setattr(limits, "PROGRAMS", 1)
    running = find(Session(), ["lync.exe", "teams.exe"])

    assert (running.is_running(ADA, "lync.exe"), running.is_running(ADA, "teams.exe")) == (False, None)


def test_too_many_sessions_are_not_known(monkeypatch):
    monkeypatch.setattr(limits, "SESSIONS", 1)
    session = Session(("10", "lync.exe", "1"), ("20", "lync.exe", "2"), owners={"10": ADA, "20": BOB})
    running = find(session, ["lync.exe"])

    assert session.asked == ["10"]
    assert running.cut
    assert (running.is_running(ADA, "lync.exe"), running.is_running(BOB, "lync.exe")) == (True, None)
