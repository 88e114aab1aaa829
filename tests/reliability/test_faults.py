"""Every fault at every message of a run, once; then the run again. See `faults` for what is injected.

`make test` injects a part of them; all of them is what `make reliability` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.wsman import enumeration, shell
from tests.integration.machines import ADA, JABBER, machine, our_mounts
from tests.virtual_windows.fleet import Fleet, Member

from . import CONNECTIONS, EXHAUSTIVE, combined
from .driver import Driver, Outcome
from .faults import IN_A_SHELL, KINDS, LISTS, SHELL_KINDS, Injection, Kind

# pywinrm's and pypsrp's own: old ways, and a socket that pypsrp leaves to the garbage collector after a 401.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

#: In `make test`, one message in so many is hit, another one with each kind.
STRIDE = 3

BOB = {"account": r"CONTOSO\bob", "default": JABBER}
EVE = {"account": r"CONTOSO\eve", "default": "Zoom"}
CAROL = {"account": r"CONTOSO\carol", "signed_in": True}


@dataclass(frozen=True)
class Scenario:
    """A machine, and a task whose every message is hit."""

    described: dict[str, Any]
    users: tuple[str, ...]
    arguments: dict[str, Any]
    module: str = "default_im_app"
    wanted: str | None = "Lync"


ALL_HIVES = {"profiles": ["loaded", "unloaded", "default"]}
SCENARIOS = {
    "enforce by command": Scenario(
        machine(ADA, BOB, EVE, default_profile={"default": JABBER}),
        ("ada", "bob", "eve", ".Default"),
        {"name": ["Lync"], **ALL_HIVES},
    ),
    "enforce by typed calls": Scenario(machine(ADA, CAROL), ("ada", "carol"), {"name": ["Lync"]}),
    "remove by typed calls": Scenario(
        machine(ADA, CAROL), ("ada", "carol"), {"state": "absent", "name": [JABBER]}, wanted=None
    ),
    "facts": Scenario(
        machine(ADA, BOB, EVE, default_profile={"default": JABBER}),
        ("ada", "bob", "eve", ".Default"),
        ALL_HIVES,
        module="im_provider_facts",
    ),
}


@contextmanager
def started(scenario: Scenario, connection: str, folder: Path) -> Iterator[Driver]:
    # So that a few profiles make a list of several answers.
    with (
        mock.patch.object(enumeration, "BATCH", 2),
        Fleet.load({"machines": {"desk1": scenario.described}}) as fleet,
    ):
        yield Driver(fleet, connection, folder)


def values(member: Member, scenario: Scenario) -> dict[str, str | None]:
    found = {user: member.machine.default_of(user) for user in scenario.users}
    return {user: value if value is None else str(value) for user, value in found.items()}


def settle(member: Member) -> None:
    """Wait until every command that nobody follows any more has ended by itself."""
    for one in member.server.shells:
        for command in list(one.commands.values()):
            assert command.wait(timeout=60) is not None, command.line


def start_over(driver: Driver, scenario: Scenario) -> dict[str, str | None]:
    member = driver.member
    member.server._service.shells.close_all()
    for one in member.server.enumerations:
        member.server._service.enumerations.close(one)
    member.machine.seed(scenario.described)
    member.log.clear()
    return values(member, scenario)


def run(driver: Driver, scenario: Scenario, injection: Injection | None = None) -> Outcome:
    if injection is None:
        return driver.run(scenario.module, **scenario.arguments)
    with injection.network():
        return driver.run(scenario.module, injection.wrap, **scenario.arguments)


def messages(driver: Driver, scenario: Scenario) -> list[Any]:
    """The messages of a run in which nothing goes wrong."""
    start_over(driver, scenario)
    first = run(driver, scenario)
    assert first.status == "ok", first.message
    return [one for one in driver.member.log.entries if not one.authentication]


def hits(kind: Kind, request: Any) -> bool:
    if kind.believed and kind.stage == "acted" and request.kind == "Command":
        return False
    if not kind.to:
        return True
    return request.kind in kind.to or ("StdRegProv" in kind.to and request.resource.endswith("StdRegProv"))


def chosen(kind: Kind, requests: list[Any]) -> list[int]:
    """The numbers of the messages to hit."""
    numbers = [number for number, request in enumerate(requests, 1) if hits(kind, request)]
    return numbers if EXHAUSTIVE else numbers[KINDS.index(kind) % STRIDE :: STRIDE]


@pytest.mark.parametrize(
    ("kind", "name", "connection"),
    combined(KINDS, list(SCENARIOS), CONNECTIONS),
    ids=lambda one: one.label if isinstance(one, Kind) else str(one),
)
def test_a_fault_at_any_message(kind, name, connection, tmp_path, record_property):
    with started(SCENARIOS[name], connection, tmp_path) as driver:
        faults, left = inject(driver, SCENARIOS[name], kind)
    record_property("faults", faults)
    record_property("left to a time-out of the machine", left)


def inject(driver: Driver, scenario: Scenario, kind: Kind) -> tuple[int, int]:
    """Inject the fault at each message that it can hit; return how often, and how often something stayed open."""
    requests = messages(driver, scenario)
    numbers = chosen(kind, requests)
    left = 0
    for number in numbers:
        request = requests[number - 1]
        where = f"{kind.label} at message {number} of {len(requests)} ({request.kind} {request.method})"
        olds = start_over(driver, scenario)
        injection = Injection(kind, number, driver.member)

        outcome = run(driver, scenario, injection)
        settle(driver.member)

        assert injection.fired, where
        check_outcome(kind, number, request, outcome, where)
        check_machine(driver.member, scenario, olds, outcome, where)
        left += check_nothing_open(kind, request, driver.member, where)
        again = run(driver, scenario)
        assert again.status == "ok", f"{where}: the second run: {again.message}"
        check_machine(driver.member, scenario, olds, again, f"{where}, second run")
    return len(numbers), left


def check_outcome(kind: Kind, number: int, request: Any, outcome: Outcome, where: str) -> None:
    told = f"{outcome.message} {outcome.errors}"
    assert len(outcome.pauses) <= 8, f"{where}: {outcome.pauses}"
    assert "Traceback" not in told, where
    assert "cannot be decoded" not in told, f"{where}: {told}"
    if outcome.status == "ok":
        return
    assert kind.sign, f"{where}: should have been tried again, but: {outcome.status}: {told}"
    assert kind.sign in told, f"{where}: {told}"
    assert not kind.retried or number == 1, f"{where}: should have been tried again, but: {told}"
    if kind.name.startswith(("HTTP", "connection")):
        assert outcome.status == "unreachable", f"{where}: {told}"
    else:
        assert outcome.status == "failed", f"{where}: {told}"


def check_machine(
    member: Member, scenario: Scenario, olds: dict[str, str | None], outcome: Outcome, where: str
) -> None:
    assert our_mounts(member) == [], f"{where}: {outcome.message}"
    assert member.machine.dump()["files_held"] == [], where
    assert member.machine.damage == [], where
    now = values(member, scenario)
    if scenario.module == "im_provider_facts":
        assert now == olds, where
        return
    for user, value in now.items():
        assert value in (olds[user], scenario.wanted), f"{where}: {user} has {value}"
    if outcome.status == "ok":
        assert set(now.values()) == {scenario.wanted}, f"{where}: {now}"
    elif outcome.errors:
        # Told hive by hive: those that are not told of are done.
        undone = {user for user, value in now.items() if value != scenario.wanted}
        assert undone <= set(outcome.errors), f"{where}: {outcome.errors}, {now}"


def check_nothing_open(kind: Kind, request: Any, member: Member, where: str) -> int:
    """Whether something is open that only a time-out of the machine can close, where that is the best possible."""
    shells, lists = member.server.shells, member.server.enumerations
    for one in shells:
        assert one.idle_timeout == shell.IDLE_TIMEOUT, where
    # A shell of which nobody was told, or whose command must not be cut off: its idle time-out closes it.
    may_leave_shell = request.kind in ("Create", "Command") or (request.kind in IN_A_SHELL and not kind.retried)
    assert len(shells) <= (1 if may_leave_shell else 0), f"{where}: {len(shells)} shells are open"
    # A list whose next context was in the answer that did not come.
    assert len(lists) <= (1 if request.kind in LISTS else 0), f"{where}: {len(lists)} enumerations are open"
    assert not shells or request.kind in SHELL_KINDS, where
    return bool(shells) + bool(lists)
