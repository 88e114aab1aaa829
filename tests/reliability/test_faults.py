"""Every fault at every message of a run, once; then the run again. See `faults` for what is injected.

`make test` injects some of them, `make reliability` all. They go over NTLM, the default login of both connections:
`tests/authentication/test_login_faults.py` covers the others.
"""

from __future__ import annotations

import typing as t
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.virtual_windows.fleet import Fleet

from . import CONNECTIONS, EXHAUSTIVE, combined
from .driver import Driver
from .faults import KINDS, Injection, Kind
from .login_faults import LOGIN_KINDS, LoginInjection
from .scenarios import LIBRARIES_WARN, SCENARIOS, Scenario, hits, inject, login_trips, messages, short_lists

pytestmark = LIBRARIES_WARN

#: `make test` hits every third message, starting at another one with each kind of fault.
STRIDE = 5


def messages_to_hit(kind: Kind, requests: list[t.Any]) -> list[int]:
    """Return the numbers of the messages to hit."""
    numbers = [number for number, request in enumerate(requests, 1) if hits(kind, request)]
    return numbers if EXHAUSTIVE else numbers[KINDS.index(kind) % STRIDE :: STRIDE]


@contextmanager
def started(scenario: Scenario, connection: str, folder: Path) -> t.Iterator[Driver]:
    """Yield a driver of the scenario's machine."""
    with short_lists(), Fleet.load({"machines": {"desk1": scenario.description}}) as fleet:
        yield Driver(fleet, connection, folder)


def label(one: object) -> str:
    return one.label if isinstance(one, Kind) else str(one)


@pytest.mark.parametrize(("kind", "name", "connection"), combined(KINDS, list(SCENARIOS), CONNECTIONS), ids=label)
def test_a_fault_at_any_message(kind, name, connection, tmp_path, record_property):
    scenario = SCENARIOS[name]
    with started(scenario, connection, tmp_path) as driver:
        requests = messages(driver, scenario)
        injections = [Injection(kind, number, driver.member) for number in messages_to_hit(kind, requests)]
        results = [inject(driver, scenario, requests, injection) for injection in injections]
    record_property("faults", len(results))
    record_property("left to a time-out of the machine", sum(one.left for one in results))


@pytest.mark.parametrize(("kind", "name", "connection"), combined(LOGIN_KINDS, list(SCENARIOS), CONNECTIONS), ids=label)
def test_a_fault_in_the_login_after_any_message(kind, name, connection, tmp_path, record_property):
    scenario = SCENARIOS[name]
    with started(scenario, connection, tmp_path) as driver:
        requests = messages(driver, scenario)
        trips = login_trips(driver.member)
        numbers = range(1, len(requests) + 1, 1 if EXHAUSTIVE else STRIDE)
        injections = [LoginInjection(kind, number, driver.member, 1 + number % trips) for number in numbers]
        results = [inject(driver, scenario, requests, injection) for injection in injections]
    record_property("faults in a login", len(results))
    record_property("left to a time-out of the machine", sum(one.left for one in results))
