"""The faults of `tests/reliability` over all other logins: what a login negotiates is lost with its connection.

Each kind of fault hits each login over each connection, at varying messages; so is each round trip of the login that
follows a lost connection. `tests/reliability/test_faults.py` covers NTLM over HTTP.
"""

from __future__ import annotations

import functools
import gc
import os
import typing as t
from dataclasses import dataclass, replace
from unittest import mock

import pytest

from tests.integration.machines import machine
from tests.reliability.driver import Driver
from tests.reliability.faults import KINDS, Injection, Kind
from tests.reliability.login_faults import HANDSHAKE_KINDS, LOGIN_KINDS, TLS_KINDS, LoginInjection, LoginKind
from tests.reliability.scenarios import (
    LIBRARIES_WARN,
    SCENARIOS,
    hits,
    inject,
    login_trips,
    messages,
    short_lists,
)
from tests.virtual_windows.fleet import Fleet
from tests.virtual_windows.protocol.log import Request

from .login_cases import BOTH, CONNECTIONS, LOGINS, RIGHT, login_cases
from .secret_scan import secret_forms

pytestmark = LIBRARIES_WARN

#: Encryption within TLS is left out: it is the same as without TLS.
CASES = {
    case.name: case
    for case in login_cases()
    if case.condition == RIGHT and case.over != BOTH and case.name != "ntlm-http"
}
WAYS = [(case, connection) for case in CASES for connection in CONNECTIONS]
SECURE = [(case, connection) for case, connection in WAYS if CASES[case].machine.get("scheme") == "https"]

#: Where a 401 does not offer its login, requests-credssp reports just that; the other libraries report the 401.
OTHER_MESSAGES = {(LOGINS["credssp"], "HTTP 401"): "the login failed: The server did not response CredSSP"}

#: The common faults: the account is not an administrator, or the machine is busy. Without WinRM's own encryption, the
#: first message goes with the last step of the login, so these replace that step's answer.
FIRST = [kind for kind in KINDS if kind.label in ("fault 0x5 as WSManFault, received", "HTTP 503, received")]

_Item = t.TypeVar("_Item")


@dataclass(frozen=True)
class Way:
    """A login over a connection, and the messages of its undisturbed runs.

    Attributes:
        requests: the messages of each scenario.
        trips: round trips until the first message is answered.
    """

    driver: Driver
    requests: dict[str, list[Request]]
    trips: int

    def places(self, kind: Kind) -> list[tuple[str, int]]:
        """Return the scenarios and numbers of the messages that the fault can hit."""
        return [
            (name, number)
            for name, requests in self.requests.items()
            for number, request in enumerate(requests, 1)
            if hits(kind, request)
        ]


@pytest.fixture(scope="module")
def ways(libraries, tmp_path_factory) -> t.Iterator[t.Callable[[str, str], Way]]:
    """Yield a function that returns the `Way` of a login case over a connection; one fleet for all of them."""
    described = {name: machine(**case.machine) for name, case in CASES.items()}
    folder = tmp_path_factory.mktemp("faults")
    # Ansible leaves the path of its tickets in the environment.
    with short_lists(), Fleet.load({"machines": described}) as fleet, mock.patch.dict(os.environ):

        @functools.cache
        def way(case: str, connection: str) -> Way:
            driver = Driver(fleet, connection, folder, case, CASES[case].variables(connection))
            requests = {name: messages(driver, scenario) for name, scenario in SCENARIOS.items()}
            return Way(driver, requests, login_trips(driver.member))

        yield way
    # Ansible's ticket files are deleted with the connections: here, where the warnings about that are expected.
    way.cache_clear()
    gc.collect()


def spread(items: t.Sequence[_Item], number: int) -> _Item:
    """Return one of the items; successive numbers spread evenly over all of them (by the golden ratio)."""
    return items[int(number * 0.6180339887498949 % 1 * len(items))]


def numbered(kinds: t.Sequence[Kind], ways: t.Sequence[tuple[str, str]]) -> list[tuple[int, Kind, str, str]]:
    """Return all combinations of kinds and ways, each with its number."""
    combinations = [(kind, *way) for kind in kinds for way in ways]
    return [(number, *one) for number, one in enumerate(combinations)]


def label(one: object) -> str | None:
    """Return a test id."""
    return one.label if isinstance(one, Kind) else None if isinstance(one, int) else str(one)


def inject_fault(way: Way, scenario: str, injection: Injection) -> None:
    """Inject a fault; assert that the outcome shows no secret."""
    access = way.driver.member.access
    result = inject(way.driver, SCENARIOS[scenario], way.requests[scenario], injection)
    secrets = list(secret_forms([way.driver.password], [access.clients[1].key] if access.clients else []))
    for outcome in (result.hit, result.second):
        shown = f"{outcome.result} {outcome.cause!r}"
        assert not [one for one in secrets if one in shown]


@pytest.mark.parametrize(
    ("number", "kind", "case", "connection"),
    [*numbered(KINDS, WAYS), *numbered(TLS_KINDS + HANDSHAKE_KINDS, SECURE)],
    ids=label,
)
def test_a_fault_at_some_message(ways, number, kind, case, connection, record_property):
    way, login = ways(case, connection), CASES[case]
    kind = replace(kind, expected=OTHER_MESSAGES.get((login.login, kind.name), kind.expected))
    scenario, nth = spread(way.places(kind), number)
    of = LoginInjection if isinstance(kind, LoginKind) else Injection
    inject_fault(way, scenario, of(kind, nth, way.driver.member))
    record_property(f"faults over {login.login}, {login.over}", 1)


@pytest.mark.parametrize(("number", "kind", "case", "connection"), numbered(FIRST, WAYS), ids=label)
def test_a_fault_in_answer_to_the_message_that_logs_in(ways, number, kind, case, connection, record_property):
    way, login = ways(case, connection), CASES[case]
    inject_fault(way, spread(list(SCENARIOS), number), Injection(kind, 1, way.driver.member))
    record_property(f"faults over {login.login}, {login.over}", 1)


@pytest.mark.parametrize(("number", "kind", "case", "connection"), numbered(LOGIN_KINDS, WAYS), ids=label)
def test_a_fault_in_each_round_trip_of_a_login(ways, number, kind, case, connection, record_property):
    way, login = ways(case, connection), CASES[case]
    for trip in range(1, way.trips + 1):
        scenario, nth = spread(way.places(kind), number + trip)
        inject_fault(way, scenario, LoginInjection(kind, nth, way.driver.member, trip))
    record_property(f"faults over {login.login}, {login.over}", way.trips)


def test_every_message_of_every_scenario_is_hit(ways):
    way = ways("basic-https", "winrm")
    chosen = {spread(way.places(kind), number) for number, kind, *_unused in numbered(KINDS, WAYS)}
    assert chosen == set(way.places(Kind("any")))
