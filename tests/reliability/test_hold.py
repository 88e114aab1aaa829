"""Every fault at every message of a hold, once, by a simulated clock: the hold goes on and loses nothing but moments.

`make test` hits some of the messages, `make reliability` all. What is lost in HTTP and in logins is injected into tasks
that hold nothing: see `test_faults`.
"""

from __future__ import annotations

import itertools
import typing as t

import pytest

from tests.unit.plugins.presence.hold.support import held, later, share, simulation, user
from tests.virtual_windows.protocol import Answer, Drop, Fault, fault_codes
from tests.virtual_windows.protocol.interceptors import Stage
from tests.virtual_windows.protocol.log import Request

from . import EXHAUSTIVE

SECONDS = 40
STRIDE = 13
CODES = (
    fault_codes.ACCESS_DENIED,
    fault_codes.OPERATION_TIMED_OUT,
    fault_codes.MAX_OPERATIONS,
    fault_codes.RESOURCE_NOT_FOUND,
    fault_codes.CANNOT_PROCESS_FILTER,
    fault_codes.INVALID_ENUMERATION_CONTEXT,
    fault_codes.UNEXPECTED_SELECTORS,
)
STAGES: tuple[Stage, Stage] = ("received", "acted")
STRIKES: dict[str, tuple[Stage, t.Callable[[], Exception]]] = {
    **{f"lost, {stage}": (stage, Drop) for stage in STAGES},
    **{f"HTTP 503, {stage}": (stage, lambda: Answer(503)) for stage in STAGES},
    **{f"garbage, {stage}": (stage, lambda: Answer(200, b"<no")) for stage in STAGES},
    # Quotas are sentence before anything is done.
    **{f"fault {code:#x}": ("received", lambda code=code: Fault(code)) for code in CODES},  # type: ignore[misc]
}


class Strike:
    """Hits the n-th message after the start of the hold."""

    def __init__(self, name: str, nth: int) -> None:
        self.hit: Request | None = None
        self._stage, self._make = STRIKES[name]
        self._left = nth

    def __call__(self, request: Request, stage: Stage) -> None:
        """See `WinRMServer.interceptors`."""
        if stage == "received":
            self._left -= 1
        if self._left == 0 and stage == self._stage and self.hit is None:
            self.hit = request
            raise self._make()


def scene(events: bool, strike: Strike | None = None) -> tuple[t.Any, dict[str, t.Any]]:
    """Hold a machine on which a client comes back after ten seconds, and a user signs in; return it and the result."""
    bob = {"account": r"CONTOSO\bob", "default": "Zoom"}
    where = simulation(user(10, default="Lync"), bob)
    later(where, 15, where.windows.sign_in, "bob")
    later(where, 5, where.windows.clients.get("ada", "RCIM").take_over)
    if strike is not None:
        # Enforcing at the beginning is over by then.
        later(where, 1, where.service.interceptors.append, strike)
    return where, held(where, SECONDS, events=events)


@pytest.mark.parametrize("events", [True, False], ids=["events", "polling"])
@pytest.mark.parametrize("name", STRIKES)
def test_a_fault_at_any_message_of_a_hold(name, events, record_property):
    faults = 0
    first = 1 if EXHAUSTIVE else 1 + list(STRIKES).index(name) % STRIDE
    for nth in itertools.count(first, 1 if EXHAUSTIVE else STRIDE):
        strike = Strike(name, nth)
        where, result = scene(events, strike)
        if strike.hit is None:
            break
        faults += 1
        sentence = f"{name} at message {nth} ({strike.hit.kind} {strike.hit.method}): {result['msg']}"
        ended = strike.hit.number > len(where.log.entries) - 12
        assert not result["failed"] or ended, sentence
        assert where.default("ada") == where.default("bob") == "Lync" or result["failed"], sentence
        assert share(where, SECONDS - 8) >= (0.8 if events else 0.6), sentence
        assert {one.parameters["sValueName"] for one in where.log.writes() if one.method == "SetStringValue"} == {
            "DefaultIMApp"
        }, sentence
        left = where.service.subscriptions.all()
        assert not left or strike.hit.kind in ("Subscribe", "Unsubscribe"), sentence
        where.pause(600)
        assert where.service.subscriptions.all() == [], sentence
        assert where.windows.damage == [], sentence
    assert faults >= 2
    record_property("faults in a hold", faults)
