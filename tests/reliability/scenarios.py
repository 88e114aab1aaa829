"""Inject one fault into one run, run again, and check the invariants after each: for every test that injects faults."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from unittest import mock

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.wsman import enumeration, shell
from tests.integration.machines import ADA, JABBER, machine, our_mounts
from tests.virtual_windows.fleet import Member
from tests.virtual_windows.protocol.log import Request

from .driver import Driver, Outcome
from .faults import IN_A_SHELL, LISTS, SHELL_KINDS, Injection, Kind

#: Warnings of pywinrm and pypsrp: deprecated calls, and a socket that pypsrp leaves to the garbage collector.
LIBRARIES_WARN = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

BOB = {"account": r"CONTOSO\bob", "default": JABBER}
EVE = {"account": r"CONTOSO\eve", "default": "Zoom"}
CAROL = {"account": r"CONTOSO\carol", "signed_in": True}


@dataclass(frozen=True)
class Scenario:
    """A machine, and a task whose messages are hit."""

    description: dict[str, t.Any]
    users: tuple[str, ...]
    arguments: dict[str, t.Any]
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


@dataclass(frozen=True)
class InjectionResult:
    """The result of a fault: the run that it hit, the run after it, and whether something stayed open in between."""

    hit: Outcome
    second: Outcome
    left: bool


def short_lists() -> t.Any:
    """Return a context in which lists come in batches of two."""
    return mock.patch.object(enumeration, "BATCH", 2)


def messages(driver: Driver, scenario: Scenario) -> list[Request]:
    """Return the messages of an undisturbed run."""
    _reset(driver, scenario)
    first = _run(driver, scenario)
    assert first.status == "ok", first.message
    return [one for one in driver.member.log.entries if not one.authentication]


def login_trips(member: Member) -> int:
    """Return the number of round trips up to the answer to the first message of the last run."""
    return sum(one.authentication for one in member.log.entries) + 1


def hits(kind: Kind, request: Request) -> bool:
    """Return whether this fault can hit this message."""
    if kind.believed and kind.stage == "acted" and request.kind == "Command":
        return False
    if not kind.to:
        return True
    return request.kind in kind.to or ("StdRegProv" in kind.to and request.resource.endswith("StdRegProv"))


def inject(driver: Driver, scenario: Scenario, requests: list[Request], injection: Injection) -> InjectionResult:
    """Inject a fault at one of the known messages, run again, and check the invariants after each run."""
    kind, number = injection.kind, injection.nth
    request = requests[number - 1]
    where = f"{kind.label} at message {number} of {len(requests)} ({request.kind} {request.method})"
    before = _reset(driver, scenario)

    outcome = _run(driver, scenario, injection)
    _settle(driver.member)

    assert injection.fired, where
    # Two losses, the second one of a Create: each may leave a shell, so the collection opens no third one.
    may_give_up = injection.losses > 1 and request.kind in ("Create", "Command")
    if outcome.status == "ok" or not may_give_up:
        _check_outcome(kind, number, outcome, where)
    _check_machine(driver.member, scenario, before, outcome, where)
    left = _check_nothing_open(kind, request, driver.member, where, injection.losses)
    second = _run(driver, scenario)
    assert second.status == "ok", f"{where}: the second run: {second.message}"
    _check_machine(driver.member, scenario, before, second, f"{where}, second run")
    return InjectionResult(outcome, second, left)


def _values(member: Member, scenario: Scenario) -> dict[str, str | None]:
    defaults = {user: member.machine.default_of(user) for user in scenario.users}
    return {user: value if value is None else str(value) for user, value in defaults.items()}


def _settle(member: Member) -> None:
    """Wait until every abandoned command has ended by itself."""
    for one in member.server.shells:
        for command in list(one.commands.values()):
            assert command.wait(timeout=60) is not None, command.line


def _reset(driver: Driver, scenario: Scenario) -> dict[str, str | None]:
    member = driver.member
    member.server._service.shells.close_all()  # noqa: SLF001
    for one in member.server.enumerations:
        member.server._service.enumerations.close(one)  # noqa: SLF001
    member.machine.seed(scenario.description)
    member.log.clear()
    return _values(member, scenario)


def _run(driver: Driver, scenario: Scenario, injection: Injection | None = None) -> Outcome:
    if injection is None:
        return driver.run(scenario.module, **scenario.arguments)
    with injection.network():
        return driver.run(scenario.module, injection.wrap, **scenario.arguments)


def _check_outcome(kind: Kind, number: int, outcome: Outcome, where: str) -> None:
    output = f"{outcome.message} {outcome.errors}"
    assert len(outcome.pauses) <= 8, f"{where}: {outcome.pauses}"
    assert "Traceback" not in output, where
    assert "cannot be decoded" not in output, f"{where}: {output}"
    if outcome.status == "ok":
        return
    assert kind.expected, f"{where}: should have been tried again, but: {outcome.status}: {output}"
    assert kind.expected in output, f"{where}: {output}"
    assert not kind.retried or number == 1, f"{where}: should have been tried again, but: {output}"
    if kind.name.startswith(("HTTP", "connection", "time-out")):
        assert outcome.status == "unreachable", f"{where}: {output}"
    else:
        assert outcome.status == "failed", f"{where}: {output}"


def _check_machine(
    member: Member, scenario: Scenario, before: dict[str, str | None], outcome: Outcome, where: str
) -> None:
    assert our_mounts(member) == [], f"{where}: {outcome.message}"
    assert member.machine.dump()["files_held"] == [], where
    assert member.machine.damage == [], where
    now = _values(member, scenario)
    if scenario.module == "im_provider_facts":
        assert now == before, where
        return
    for user, value in now.items():
        assert value in (before[user], scenario.wanted), f"{where}: {user} has {value}"
    if outcome.status == "ok":
        assert set(now.values()) == {scenario.wanted}, f"{where}: {now}"
    elif outcome.errors:
        # Errors are per hive; a hive without one must be done. The template of future users is in the folder Default.
        undone = {user.removeprefix(".") for user, value in now.items() if value != scenario.wanted}
        assert undone <= set(outcome.errors), f"{where}: {outcome.errors}, {now}"


def _check_nothing_open(kind: Kind, request: Request, member: Member, where: str, losses: int) -> bool:
    """Return whether something is left open for the machine to time out, where nothing better is possible."""
    shells, lists = member.server.shells, member.server.enumerations
    for one in shells:
        assert one.idle_timeout == shell.IDLE_TIMEOUT, where
    # A shell unknown to the client, or whose command must not be cut off: its idle time-out closes it.
    may_leave_shell = request.kind in ("Create", "Command") or (request.kind in IN_A_SHELL and not kind.retried)
    assert len(shells) <= (losses if may_leave_shell else 0), f"{where}: {len(shells)} shells are open"
    # A list whose next context was in the lost answer.
    assert len(lists) <= (1 if request.kind in LISTS else 0), f"{where}: {len(lists)} enumerations are open"
    assert not shells or request.kind in SHELL_KINDS, where
    return bool(shells or lists)
