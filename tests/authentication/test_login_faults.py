"""The faults of `tests/reliability` over all other logins: what a login agrees on lives and dies with its connection.

Each kind of fault hits each login over each connection, always at another message; each round trip of the login that
follows a lost connection is hit as well. `tests/reliability/test_faults.py` has NTLM over HTTP.
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

from .login_cases import BOTH, CONNECTIONS, LOGINS, RIGHT, cells
from .secret_scan import needles

pytestmark = LIBRARIES_WARN

#: What is sealed within TLS is left out: it is what is sealed without, and the same TLS.
CELLS = {cell.name: cell for cell in cells() if cell.case == RIGHT and cell.over != BOTH and cell.name != "ntlm-http"}
WAYS = [(cell, connection) for cell in CELLS for connection in CONNECTIONS]
SECURE = [(cell, connection) for cell, connection in WAYS if CELLS[cell].machine.get("scheme") == "https"]

#: Where a 401 offers no login of its kind, requests-credssp says just that; the other libraries say that it is a 401.
OTHER_SIGNS = {(LOGINS["credssp"], "HTTP 401"): "the login failed: The server did not response CredSSP"}

#: What everybody meets whose account is no administrator, or whose machine is busy. Without encryption of WinRM's own,
#: the first message goes with the last step of the login, so this is what comes instead of that step's answer.
FIRST = [kind for kind in KINDS if kind.label in ("fault 0x5 as WSManFault, received", "HTTP 503, received")]

_Item = t.TypeVar("_Item")


@dataclass(frozen=True)
class Way:
    """A login over a connection, and how runs go there in which nothing goes wrong.

    Attributes:
        requests: the messages of each scenario.
        trips: round trips until the first message is answered.
    """

    driver: Driver
    requests: dict[str, list[Request]]
    trips: int

    def places(self, kind: Kind) -> list[tuple[str, int]]:
        """Return where the fault can hit: scenarios and numbers of messages."""
        return [
            (name, number)
            for name, requests in self.requests.items()
            for number, request in enumerate(requests, 1)
            if hits(kind, request)
        ]


@pytest.fixture(scope="module")
def ways(libraries, tmp_path_factory) -> t.Iterator[t.Callable[[str, str], Way]]:
    described = {name: machine(**cell.machine) for name, cell in CELLS.items()}
    folder = tmp_path_factory.mktemp("faults")
    # Ansible leaves the place of its tickets in the environment.
    with short_lists(), Fleet.load({"machines": described}) as fleet, mock.patch.dict(os.environ):

        @functools.cache
        def way(cell: str, connection: str) -> Way:
            driver = Driver(fleet, connection, folder, cell, CELLS[cell].variables(connection))
            requests = {name: messages(driver, scenario) for name, scenario in SCENARIOS.items()}
            return Way(driver, requests, login_trips(driver.member))

        yield way
    # The files with Ansible's tickets go with the connections: here, where the warnings about that are expected.
    way.cache_clear()
    gc.collect()


def spread(items: t.Sequence[_Item], number: int) -> _Item:
    """One of the items; whatever their count, successive numbers go evenly over all of them (by the golden ratio)."""
    return items[int(number * 0.6180339887498949 % 1 * len(items))]


def numbered(kinds: t.Sequence[Kind], ways: t.Sequence[tuple[str, str]]) -> list[tuple[int, Kind, str, str]]:
    every = [(kind, *way) for kind in kinds for way in ways]
    return [(number, *one) for number, one in enumerate(every)]


def label(one: object) -> str | None:
    return one.label if isinstance(one, Kind) else None if isinstance(one, int) else str(one)


def hit(way: Way, scenario: str, injection: Injection) -> None:
    """Have a fault hit; what comes of it shows no secret."""
    access = way.driver.member.access
    tried = inject(way.driver, SCENARIOS[scenario], way.requests[scenario], injection)
    hidden = list(needles([way.driver.password], [access.clients[1].key] if access.clients else []))
    for outcome in (tried.hit, tried.again):
        told = f"{outcome.result} {outcome.cause!r}"
        assert not [one for one in hidden if one in told]


@pytest.mark.parametrize(
    ("number", "kind", "cell", "connection"),
    [*numbered(KINDS, WAYS), *numbered(TLS_KINDS + HANDSHAKE_KINDS, SECURE)],
    ids=label,
)
def test_a_fault_at_some_message(ways, number, kind, cell, connection, record_property):
    way, login = ways(cell, connection), CELLS[cell]
    kind = replace(kind, sign=OTHER_SIGNS.get((login.login, kind.name), kind.sign))
    scenario, nth = spread(way.places(kind), number)
    of = LoginInjection if isinstance(kind, LoginKind) else Injection
    hit(way, scenario, of(kind, nth, way.driver.member))
    record_property(f"faults over {login.login}, {login.over}", 1)


@pytest.mark.parametrize(("number", "kind", "cell", "connection"), numbered(FIRST, WAYS), ids=label)
def test_a_fault_in_answer_to_the_message_that_logs_in(ways, number, kind, cell, connection, record_property):
    way, login = ways(cell, connection), CELLS[cell]
    hit(way, spread(list(SCENARIOS), number), Injection(kind, 1, way.driver.member))
    record_property(f"faults over {login.login}, {login.over}", 1)


@pytest.mark.parametrize(("number", "kind", "cell", "connection"), numbered(LOGIN_KINDS, WAYS), ids=label)
def test_a_fault_in_each_round_trip_of_a_login(ways, number, kind, cell, connection, record_property):
    way, login = ways(cell, connection), CELLS[cell]
    for trip in range(1, way.trips + 1):
        scenario, nth = spread(way.places(kind), number + trip)
        hit(way, scenario, LoginInjection(kind, nth, way.driver.member, trip))
    record_property(f"faults over {login.login}, {login.over}", way.trips)


def test_every_message_of_every_scenario_is_hit(ways):
    way = ways("basic-https", "winrm")
    chosen = {spread(way.places(kind), number) for number, kind, *_unused in numbered(KINDS, WAYS)}
    assert chosen == set(way.places(Kind("any")))
