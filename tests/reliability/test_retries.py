"""One budget of tries: if one kind of message always fails in the same way, it is sent so often and no more.

Counted where the virtual machine logs what it was asked. See `plugin_utils/wsman/retry.py`.
"""

from __future__ import annotations

import collections

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import FaultCode
from tests.virtual_windows.fleet import Fleet
from tests.virtual_windows.protocol import Answer, Drop, Fault
from tests.virtual_windows.protocol.fault_codes import OPERATION_TIMED_OUT

from . import CONNECTIONS
from .driver import Driver
from .scenarios import LIBRARIES_WARN, SCENARIOS, messages, short_lists

pytestmark = LIBRARIES_WARN

WRITES = frozenset({"SetStringValue", "CreateKey", "DeleteValue", "DeleteKey", "Command"})

LOST, TIMED_OUT, BUSY = Drop(), Fault(OPERATION_TIMED_OUT), Fault(int(FaultCode.OPERATION_QUOTA))

#: Shells that Windows allows a user (MaxShellsPerUser) are 30; a task leaves two of them at most.
SHELLS_LEFT = 2


def kind_of(request):
    """Return the operation, for Invoke its method."""
    return request.method or request.kind


def failing(kind, failure):
    """Return an interceptor that fails after the machine has acted on this kind of message; if it is busy, before."""
    when = "received" if failure is BUSY else "acted"

    def interceptor(request, stage):
        if stage == when and not request.authentication and kind_of(request) == kind:
            raise failure

    return interceptor


@pytest.mark.parametrize("failure", [LOST, TIMED_OUT, BUSY], ids=["lost", "timed out", "busy"])
@pytest.mark.parametrize("connection", CONNECTIONS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_message_is_sent_more_often_than_promised(name, connection, failure, tmp_path):
    scenario = SCENARIOS[name]
    with short_lists(), Fleet.load({"machines": {"desk1": scenario.description}}) as fleet:
        driver = Driver(fleet, connection, tmp_path)
        member = driver.member
        healthy = collections.Counter(map(kind_of, messages(driver, scenario)))
        for kind, usual in healthy.items():
            if kind == "Receive" and failure is TIMED_OUT:
                continue  # it means that there is no output yet: the command is asked until it ends
            member.server._service.shells.close_all()
            member.machine.seed(scenario.description)
            member.log.clear()
            member.server.interceptors[:] = [failing(kind, failure)]

            outcome = driver.run(scenario.module, **scenario.arguments)

            member.server.interceptors.clear()
            sent = collections.Counter(kind_of(one) for one in member.log.entries if not one.authentication)
            tries = limits.WRITE_TRIES if kind in WRITES else limits.READ_TRIES
            assert sent[kind] <= usual + tries - 1, f"{kind}: {sent[kind]} instead of {usual}; {outcome.message}"
            assert len(member.server.shells) <= SHELLS_LEFT, f"{kind}: {len(member.server.shells)} shells are open"
            assert sum(outcome.pauses[: limits.READ_TRIES]) <= sum(limits.BACK_OFF), outcome.pauses


def test_broken_answers_about_new_shells_leave_no_more_shells_than_promised(start, monkeypatch):
    """Each batch of hives that are written has a command of its own, and one that fails does not stop the next."""
    monkeypatch.setattr(limits, "COMMAND_HIVES", 1)
    users = [{"account": rf"CONTOSO\user{n}", "default": "Zoom"} for n in range(5)]
    driver = start(*users)
    arguments = {"name": ["Lync"], "profiles": ["unloaded"]}
    created = []

    def break_those_for_writing(request, stage):
        if stage == "acted" and request.kind == "Create":
            created.append(request)
            if len(created) > len(users):  # each hive has been read by now
                raise Answer(200, b"<broken")

    driver.member.server.interceptors.append(break_those_for_writing)
    outcome = driver.run(**arguments)

    assert len(outcome.errors) == len(users), outcome.message
    assert len(created) == len(users) + SHELLS_LEFT
    assert len(driver.member.server.shells) == SHELLS_LEFT
