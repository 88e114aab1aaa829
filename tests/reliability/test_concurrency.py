"""Concurrent activity on the machine: a second controller, users, programs that hold a hive."""

from __future__ import annotations

import threading
import typing as t
from functools import partial

import pytest

from tests.integration.machines import ADA, JABBER, our_mounts
from tests.virtual_windows.fleet import Member

from .driver import Driver, Outcome
from .scenarios import LIBRARIES_WARN

pytestmark = LIBRARIES_WARN

BOB = {"account": r"CONTOSO\bob", "default": JABBER}
EVE = {"account": r"CONTOSO\eve", "default": JABBER}
USERS = ("ada", "bob", "eve")


@pytest.fixture(params=["winrm", "psrp"])
def connection(request: pytest.FixtureRequest) -> str:
    """Return the connection plugin to test."""
    return str(request.param)


@pytest.fixture
def start(start: t.Callable[..., Driver], connection: str) -> t.Callable[..., Driver]:
    """Return a function that starts a machine for this connection, with a clock slow enough for concurrency."""
    return partial(start, connection=connection, speed=100)


def defaults(member: Member) -> set[object]:
    return {member.machine.default_of(user) for user in USERS}


def on_program(member: Member, part: str, action: t.Callable[[], object]) -> list[str]:
    """Call `action` once, when a command is about to start a program with `part` in its line."""
    seen: list[str] = []

    def observe(line: str) -> None:
        if part in line and not seen:
            seen.append(line)
            action()

    member.server.observers.append(observe)
    return seen


def test_two_controllers_at_once_wait_for_each_other(start):
    driver = start(ADA, BOB, EVE)
    member = driver.member
    outcomes: list[Outcome] = []
    second_run = threading.Thread(target=lambda: outcomes.append(driver.run(name=["Lync"])))
    first_in, second_refused = threading.Event(), threading.Event()
    runs = set()

    def hold_the_lock_until_the_other_has_been_refused(line: str) -> None:
        mounted = "NTUSER.DAT" in line
        if mounted and not first_in.is_set():
            first_in.set()
            second_run.start()
            assert second_refused.wait(30)
        if mounted:
            runs.add(our_mounts(member)[0].split(".")[2] if our_mounts(member) else "")

    def see_the_refusal(request: t.Any, stage: str) -> None:
        # The second run's command ended at once: it fetches the output while the first one still holds the lock.
        if first_in.is_set() and stage == "acted" and request.kind == "Delete":
            second_refused.set()

    member.server.observers.append(hold_the_lock_until_the_other_has_been_refused)
    member.server.interceptors.append(see_the_refusal)
    outcomes.append(driver.run(name=["Lync"]))
    second_run.join()

    assert second_refused.is_set()
    assert [one.status for one in outcomes] == ["ok", "ok"], [one.message for one in outcomes]
    assert defaults(member) == {"Lync"}
    assert our_mounts(member) == []
    assert member.machine.damage == []
    assert any(one.pauses for one in outcomes), "one of them waited"


def test_a_lock_that_is_never_released_is_reported(start):
    driver = start(ADA, BOB, EVE)
    member = driver.member
    release = threading.Event()
    outcomes: list[Outcome] = []
    seen = on_program(member, "NTUSER.DAT", lambda: release.wait(60))
    holder = threading.Thread(target=lambda: outcomes.append(driver.run(name=["Lync"])))
    holder.start()
    while not seen:
        assert holder.is_alive()

    second = driver.run(name=["Lync"])
    release.set()
    holder.join()

    assert second.status == "failed"
    assert "another run is at work on this machine's hives" in second.message
    assert sum(second.pauses) == 31
    assert outcomes[0].status == "ok", outcomes[0].message


@pytest.mark.parametrize("account", ["ada", "bob"])
@pytest.mark.parametrize("stage", ["received", "acted"])
def test_a_user_who_signs_in_and_out_at_every_request(start, account, stage):
    driver = start(ADA, BOB, EVE)
    member = driver.member

    def sign_in_or_out(request: t.Any, at: str) -> None:
        if at == stage and not request.authentication:
            toggle(member, account)

    member.server.interceptors.append(sign_in_or_out)
    for _unused in range(3):
        outcome = driver.run(name=["Lync"])
        settle(member)
        assert our_mounts(member) == []
        assert_harmless(member, account)
        assert outcome.status == "ok" or set(outcome.errors) <= {account}, outcome.message
        for other in set(USERS) - {account}:
            assert member.machine.default_of(other) == "Lync"
    member.server.interceptors.clear()
    leave_a_temporary_profile(member, account)
    assert driver.run(name=["Lync"]).status == "ok"
    assert defaults(member) == {"Lync"}


@pytest.mark.parametrize("nth", range(1, 15))
def test_a_user_who_signs_in_or_out_at_one_request(start, nth):
    driver = start(ADA, BOB, EVE)
    member = driver.member
    count = 0

    def once(request: t.Any, stage: str) -> None:
        nonlocal count
        count += stage == "received"
        if stage == "received" and count == nth:
            toggle(member, "ada")
            toggle(member, "bob")

    member.server.interceptors.append(once)
    outcome = driver.run(name=["Lync"])

    assert count >= nth
    assert outcome.status == "ok", outcome.message
    assert our_mounts(member) == []
    assert_harmless(member, "bob")
    leave_a_temporary_profile(member, "bob")
    assert defaults(member) == {"Lync"}


def assert_harmless(member: Member, account: str) -> None:
    """Assert that no damage is done but the unavoidable: a sign-in while the hive is mounted gets a temporary profile.

    That needs a sign-in within the fraction of a second between `reg load` and `reg unload` (docs/reliability.md).
    """
    for one in member.machine.damage:
        assert rf"CONTOSO\{account} was signed in with a temporary profile" in one
        assert "presence.office." in one


def leave_a_temporary_profile(member: Member, account: str) -> None:
    """Sign a user out of a temporary profile: during that session, the user's own hive is not in use."""
    if member.machine.damage and is_signed_in(member, account):
        toggle(member, account)


def is_signed_in(member: Member, account: str) -> bool:
    sid = member.machine.accounts.by_name(rf"CONTOSO\{account}").sid
    return any(one.sid == sid for one in member.machine.sessions)


def toggle(member: Member, account: str) -> None:
    """Sign a user in or out."""
    name = rf"CONTOSO\{account}"
    if is_signed_in(member, account):
        member.machine.sign_out(name)
    else:
        member.machine.sign_in(name)


def settle(member: Member) -> None:
    """Wait until all commands have ended."""
    for shell in member.server.shells:
        for command in list(shell.commands.values()):
            assert command.wait(timeout=60) is not None


def hold(member: Member) -> t.Callable[[], None]:
    """Return a function that opens a key of the mounted hive, as a virus scanner or an indexer might."""

    def hold_mounted_hive() -> None:
        (mount,) = our_mounts(member)
        member.machine.hold_key(rf"{mount}\Software")

    return hold_mounted_hive


def test_an_unload_that_is_held_up_for_a_while(start):
    driver = start(BOB, EVE)
    member = driver.member
    unloads: list[str] = []

    def let_go_at_the_third_try(line: str) -> None:
        if "unload" in line and our_mounts(member):
            unloads.append(line)
            if len(unloads) == 3:
                member.machine.release()

    on_program(member, "DefaultIMApp", hold(member))
    member.server.observers.append(let_go_at_the_third_try)

    outcome = driver.run(name=["Lync"])

    assert outcome.status == "ok", outcome.message
    assert len(unloads) >= 3
    assert our_mounts(member) == []


def test_an_unload_that_is_held_up_for_ever_is_reported_and_done_by_the_next_run(start):
    driver = start(BOB, EVE)
    member = driver.member
    on_program(member, "DefaultIMApp", hold(member))

    outcome = driver.run(name=["Lync"])
    assert outcome.status == "failed"
    assert set(outcome.errors) == {"bob", "eve"}
    (mount,) = our_mounts(member)
    release = mount.replace("HKEY_USERS", "reg unload HKU")
    assert "stayed mounted" in outcome.errors["bob"]
    assert "was not looked at" in outcome.errors["eve"]
    assert [error.endswith(f"by hand: {release}") for error in outcome.errors.values()] == [True, True]
    assert member.machine.default_of("eve") == JABBER
    assert len(our_mounts(member)) == 1

    member.machine.release()
    assert driver.run(name=["Lync"]).status == "ok"
    assert our_mounts(member) == []
    assert member.machine.default_of("bob") == "Lync"


def test_our_leftovers_are_released_and_those_of_others_are_not_touched(start):
    driver = start(BOB, EVE)
    member = driver.member
    registry = member.machine.registry
    registry.load_hive(r"HKEY_USERS\presence.office.0a1b2c3d.7", r"C:\Users\bob\NTUSER.DAT")
    registry.load_hive(r"HKEY_USERS\presence-office", r"C:\Users\eve\NTUSER.DAT")

    outcome = driver.run(name=["Lync"])

    assert set(outcome.errors) == {"eve"}
    assert member.machine.default_of("bob") == "Lync"
    assert our_mounts(member) == []
    assert [path for path in member.machine.dump()["mounts"] if path.endswith("presence-office")]
