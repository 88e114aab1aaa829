"""Hives that refuse access, and how they are reported: the same by typed calls and by a command."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_command import PATIENCE
from tests.integration.machines import ADA, JABBER, our_mounts
from tests.virtual_windows.protocol import Drop

from .scenarios import LIBRARIES_WARN

pytestmark = LIBRARIES_WARN

BOB = {"account": r"CONTOSO\bob", "default": JABBER}
CAROL = {"account": r"CONTOSO\carol", "signed_in": True, "default": JABBER}
#: If one user is not signed in, a command handles all of them; else typed calls do.
USERS_BY_WAY = {"typed calls": (ADA, CAROL), "a command": (ADA, CAROL, BOB)}


@pytest.mark.parametrize("way", USERS_BY_WAY)
@pytest.mark.parametrize("task", [{"state": "absent"}, {"name": ["Lync"]}])
def test_a_key_that_is_denied_is_not_a_key_that_is_missing(start, way, task):
    driver = start(*USERS_BY_WAY[way])
    windows = driver.member.machine
    windows.registry.deny(windows.user_key("ada") + r"\Software\IM Providers", "read", "write")

    outcome = driver.run(**task)

    assert outcome.status == "failed"
    assert set(outcome.errors) == {"ada"}
    assert windows.default_of("carol") == ("Lync" if "name" in task else None)


@pytest.mark.parametrize("connection_drops_at", [1, 2])
def test_what_was_written_is_reported_though_the_machine_went_away(start, connection_drops_at):
    """The connection drops at a write: the old value of an earlier write is in the result, and nowhere else by now."""
    driver = start(ADA, CAROL)
    writes: list[str] = []

    def drop(request: t.Any, stage: str) -> None:
        if stage == "received" and request.method == "SetStringValue":
            writes.append(request.method)
        if len(writes) >= connection_drops_at:
            raise Drop

    driver.member.server.interceptors.append(drop)
    outcome = driver.run(name=["Lync"])

    assert outcome.status == "unreachable"
    assert "failed" not in outcome.result
    assert [user["changed"] for user in outcome.result["users"]] == [connection_drops_at == 2, False]
    assert [user["before"] for user in outcome.result["users"]] == [JABBER, JABBER]
    assert outcome.result["changed"] is (connection_drops_at == 2)
    assert outcome.errors.keys() == {"ada", "carol"} if connection_drops_at == 1 else {"carol"}


@pytest.mark.parametrize("before", [None, "write"])
def test_a_user_who_signs_out_is_skipped_where_only_signed_in_users_are_selected(start, before):
    """The hive is in its file by then, and must not be mounted: unloaded profiles are not selected."""
    driver = start(ADA, CAROL)
    member = driver.member
    loads: list[str] = []
    member.server.observers.append(lambda line: loads.append(line) if "reg load" in line else None)

    def sign_out(request: t.Any, stage: str) -> None:
        due = request.method == "SetStringValue" if before == "write" else request.kind == "Enumerate"
        if due and (stage == "acted") is (before is None):
            member.server.interceptors.remove(sign_out)
            member.machine.sign_out("ada")

    member.server.interceptors.append(sign_out)
    outcome = driver.run(name=["Lync"], profiles=["loaded"])

    assert outcome.status == "ok", outcome.message
    assert [user["reason"] for user in outcome.result["users"]] == ["signed_out", "other_provider"]
    assert outcome.result["summary"] == {"users": 2, "changed": 1, "unchanged": 0, "skipped": 1, "failed": 0}
    assert loads == []
    assert (member.machine.default_of("ada"), member.machine.default_of("carol")) == (JABBER, "Lync")


def test_many_hives_that_are_held_leave_time_for_the_others(start):
    """A command waits for a limited number of hives, not for each of 150: it would take too long."""
    driver = start({"account": r"CONTOSO\held{n}", "count": 150, "default": JABBER}, BOB)
    member = driver.member
    for number in range(1, 151):
        member.machine.hold_hive(f"held{number}")

    outcome = driver.run(name=["Lync"])

    assert outcome.status == "failed"
    assert len(outcome.errors) == 150
    assert member.machine.default_of("bob") == "Lync"
    assert our_mounts(member) == []
    assert 100 < sum(line.startswith("ping") for line in member.log.programs) <= PATIENCE


def test_control_characters_in_paths_do_not_reach_the_terminal(start):
    driver = start(ADA, {**BOB, "path": "C:\\Users\\\u202ebob"})
    driver.member.machine.hold_hive("bob")

    outcome = driver.run(name=["Lync"])

    assert r"C:\Users\\u202ebob\NTUSER.DAT could not be mounted" in outcome.message
    assert outcome.message.isprintable()


@pytest.mark.parametrize(
    ("connection", "more"),
    [
        ("winrm", {"ansible_winrm_operation_timeout_sec": 1, "ansible_winrm_read_timeout_sec": 2}),
        ("psrp", {"ansible_psrp_operation_timeout": 1, "ansible_psrp_read_timeout": 2}),
    ],
)
def test_a_command_that_is_silent_for_longer_than_the_read_time_out_is_waited_for(start, connection, more):
    """The service gets the inventory's time-out, so it answers that there is no output yet before we hang up."""
    driver = start(BOB, connection=connection, more=more)
    receives = threading.Semaphore(0)
    held: list[str] = []

    def hold(line: str) -> None:
        if "reg load" in line and not held:
            held.append(line)
            # Until three requests for output have come.
            assert all(receives.acquire(timeout=20) for _unused in range(3))

    def count(request: t.Any, stage: str) -> None:
        if stage == "received" and request.kind == "Receive":
            receives.release()

    driver.member.server.observers.append(hold)
    driver.member.server.interceptors.append(count)
    outcome = driver.run(name=["Lync"])

    assert outcome.status == "ok", outcome.message
    assert outcome.pauses == []
    assert driver.member.machine.default_of("bob") == "Lync"
