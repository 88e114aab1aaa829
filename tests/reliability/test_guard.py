"""`guard` when answers are lost: what was done is not done again, and the next run finishes the rest."""

from __future__ import annotations

import collections
import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.guard.task import KEY, VALUE, definition
from ansible_collections.presence.office.plugins.plugin_utils.windows.task_definition import (
    differences,
    parsed,
    written,
)
from tests.integration.guard_support import FOLDER
from tests.integration.machines import ADA
from tests.virtual_windows.protocol import Drop, Fault
from tests.virtual_windows.protocol.fault_codes import OPERATION_TIMED_OUT
from tests.virtual_windows.tasks import read

from . import CONNECTIONS
from .scenarios import LIBRARIES_WARN

pytestmark = LIBRARIES_WARN

MODULE = "guard"
READS = ("ExportByName", "GetStringValue", "EnumKey", "EnumValues")
SET_UP = {"name": ["Lync"]}
REMOVE = {"state": "absent"}


def seed(driver, arguments):
    """Make the machine new; with a guard, if it is to be removed."""
    registry = {rf"HKLM\{KEY}": {VALUE: "Lync"}} if arguments is REMOVE else {}
    driver.member.machine.seed(
        {"providers": ["Lync"], "office": {"platform": "x64"}, "users": [ADA], "registry": registry}
    )
    if arguments is REMOVE:
        xml = written(definition(5))
        driver.member.machine.scheduler.register(FOLDER, "Guard", xml, read(xml))
    driver.member.log.clear()


def check_done(driver, arguments, where):
    """Check that the guard is there, or gone."""
    tasks = driver.member.machine.scheduler.all()
    registry = driver.member.machine.registry
    key = rf"HKEY_LOCAL_MACHINE\{KEY}"
    if arguments is REMOVE:
        assert (tasks, registry.exists(key.rpartition("\\")[0])) == ([], False), where
        return
    (task,) = tasks
    assert differences(definition(5), parsed(task.document)) == [], where
    assert [(one.name, one.data) for one in registry.values(key)] == [(VALUE, "Lync")], where


def messages(driver):
    """Return what was sent, by the names of methods."""
    return [one.method or one.kind for one in driver.member.log.entries if not one.authentication]


@pytest.mark.parametrize("failure", [Drop(), Fault(OPERATION_TIMED_OUT)], ids=["lost", "timed out"])
@pytest.mark.parametrize("stage", ["received", "acted"])
@pytest.mark.parametrize("connection", CONNECTIONS)
@pytest.mark.parametrize("arguments", [SET_UP, REMOVE], ids=["set up", "remove"])
def test_a_lost_answer_at_any_message(start, arguments, connection, stage, failure):
    driver = start(ADA, connection=connection)
    seed(driver, arguments)
    assert driver.run(MODULE, **arguments).status == "ok"
    check_done(driver, arguments, "healthy")
    healthy = messages(driver)

    for number, method in enumerate(healthy, 1):
        seed(driver, arguments)
        count = iter(range(1, 1_000))

        def lose(request: t.Any, at: str, number: int = number, count: t.Iterator[int] = count) -> None:
            if not request.authentication and at == stage and next(count) == number:
                raise failure

        driver.member.server.interceptors[:] = [lose]
        outcome = driver.run(MODULE, **arguments)
        driver.member.server.interceptors.clear()

        where = f"{method}, message {number} of {len(healthy)}"
        assert (outcome.status, outcome.result["changed"]) == ("ok", True), f"{where}: {outcome.message}"
        check_done(driver, arguments, where)
        sent, usual = collections.Counter(messages(driver)), collections.Counter(healthy)
        assert sent[method] == usual[method] + (0 if method not in READS and stage == "acted" else 1), where
        assert driver.run(MODULE, **arguments).result["changed"] is False, where


def test_a_machine_that_goes_away_half_way_is_unreachable_with_what_was_done(start):
    driver = start(ADA)
    seed(driver, SET_UP)

    def drop(request: t.Any, stage: str) -> None:
        if stage == "received" and request.method == "RegisterByXml":
            driver.member.power_off()
            raise Drop

    driver.member.server.interceptors.append(drop)
    outcome = driver.run(MODULE, **SET_UP)

    assert outcome.status == "unreachable"
    assert outcome.result["changed"] is True
    assert outcome.result["after"] is None
    assert outcome.result["msg"].startswith("the guard failed after a part was done: ")
