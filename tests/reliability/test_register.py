"""`im_provider` when answers are lost: every value is the old or the new one, and the next run finishes the rest."""

from __future__ import annotations

import collections
import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from tests.integration.machines import ADA
from tests.integration.register_support import SOFTWARE, TEAMS, WRITTEN
from tests.virtual_windows.protocol import Drop, Fault
from tests.virtual_windows.protocol.fault_codes import OPERATION_TIMED_OUT

from . import CONNECTIONS
from .scenarios import LIBRARIES_WARN

pytestmark = LIBRARIES_WARN

MODULE = "im_provider"
KEY = rf"{SOFTWARE['x64']}\MsTeams"
#: Tasks, with what the machine has before.
TASKS: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "register": (dict(TEAMS), {}),
    "remove": ({"name": "MsTeams", "state": "absent"}, {KEY: WRITTEN}),
    "remove, something is left": ({"name": "MsTeams", "state": "absent"}, {KEY: {**WRITTEN, "Icon": "x"}}),
}
AFTER = {"register": WRITTEN, "remove": None, "remove, something is left": {"Icon": "x"}}


def values(driver):
    registry = driver.member.machine.registry
    path = KEY.replace("HKLM", "HKEY_LOCAL_MACHINE")
    return {one.name: one.data for one in registry.values(path)} if registry.exists(path) else None


def messages(driver):
    return [one for one in driver.member.log.entries if not one.authentication]


@pytest.mark.parametrize("failure", [Drop(), Fault(OPERATION_TIMED_OUT)], ids=["lost", "timed out"])
@pytest.mark.parametrize("stage", ["received", "acted"])
@pytest.mark.parametrize("connection", CONNECTIONS)
@pytest.mark.parametrize("name", TASKS)
def test_a_lost_answer_at_any_message(start, name, connection, stage, failure):
    arguments, registry = TASKS[name]
    driver = start(ADA, connection=connection, registry=registry)
    assert driver.run(MODULE, **arguments).status == "ok"
    assert values(driver) == AFTER[name]
    healthy = [one.method for one in messages(driver)]
    described = {"providers": ["Lync"], "office": {"platform": "x64"}, "users": [ADA], "registry": registry}

    for number, method in enumerate(healthy, 1):
        driver.member.machine.seed(described)
        driver.member.log.clear()
        count = iter(range(1, 1_000))

        def lose(request: t.Any, at: str, number: int = number, count: t.Iterator[int] = count) -> None:
            if not request.authentication and at == stage and next(count) == number:
                raise failure

        driver.member.server.interceptors[:] = [lose]
        outcome = driver.run(MODULE, **arguments)
        driver.member.server.interceptors.clear()

        where = f"{method}, message {number} of {len(healthy)}"
        assert (outcome.status, outcome.result["changed"]) == ("ok", True), f"{where}: {outcome.message}"
        assert values(driver) == AFTER[name], where
        # What was done although nobody heard of it is not done again.
        sent, usual = (collections.Counter(one) for one in ([m.method for m in messages(driver)], healthy))
        writes = method not in ("GetStringValue", "EnumKey", "EnumValues")
        assert sent[method] == usual[method] + (0 if writes and stage == "acted" else 1), where
        assert driver.run(MODULE, **arguments).result["changed"] is False, where


@pytest.mark.parametrize("method", ["CreateKey", "SetStringValue", "DeleteKey"])
def test_a_write_is_sent_three_times_at_most(start, method):
    driver = start(ADA, registry={KEY: WRITTEN} if method == "DeleteKey" else {})
    arguments = TASKS["remove" if method == "DeleteKey" else "register"][0]

    def lose(request: t.Any, stage: str) -> None:
        if stage == "received" and request.method == method:
            raise Drop

    driver.member.server.interceptors.append(lose)
    outcome = driver.run(MODULE, **arguments)

    assert outcome.status == "unreachable"
    assert "failed" not in outcome.result
    sent = [one.method for one in messages(driver)]
    assert sent.count(method) == limits.WRITE_TRIES
    (view,) = outcome.result["views"]
    assert (view["changed"], view["after"]) == (method == "SetStringValue", None)
    assert view["error"]


def test_what_was_written_is_in_the_result_though_the_machine_went_away(start):
    driver = start(ADA)
    writes: list[str] = []

    def drop(request: t.Any, stage: str) -> None:
        if stage == "received" and "WOW6432Node" in request.detail and request.method == "CreateKey":
            writes.append(request.method)
        if writes:
            raise Drop

    driver.member.server.interceptors.append(drop)
    outcome = driver.run(MODULE, **TEAMS, views=["x64", "x86"])

    assert outcome.status == "unreachable"
    assert outcome.result["changed"] is True
    assert [(one["changed"], one["error"] is None) for one in outcome.result["views"]] == [(True, True), (False, False)]
    assert values(driver) == WRITTEN


def test_a_machine_that_goes_away_before_anything_is_written_is_unreachable(start):
    driver = start(ADA)

    def drop(request: t.Any, stage: str) -> None:
        if stage == "received" and request.method == "EnumKey":
            raise Drop

    driver.member.server.interceptors.append(drop)
    outcome = driver.run(MODULE, **TEAMS)

    assert outcome.status == "unreachable"
    assert "views" not in outcome.result
    assert values(driver) is None


def test_an_answer_that_says_access_denied_fails_one_view(start):
    driver = start(ADA)

    def deny(request: t.Any, stage: str) -> None:
        if stage == "received" and request.method == "SetStringValue" and "WOW6432Node" not in request.detail:
            raise Fault(5)

    driver.member.server.interceptors.append(deny)
    outcome = driver.run(MODULE, **TEAMS, views=["x64", "x86"])

    assert outcome.status == "failed"
    x64, x86 = outcome.result["views"]
    # The key was created by then, and is there.
    assert (x64["changed"], x64["after"]["exists"], x64["after"]["guid"]) == (True, True, None)
    assert (x86["changed"], x86["error"]) == (True, None)
