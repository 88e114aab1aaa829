"""One budget of tries: if the answers to one kind of message are always lost, it is sent so often and no more.

Counted where the virtual machine logs what it was asked. See `plugin_utils/wsman/retry.py`.
"""

from __future__ import annotations

import collections

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from tests.virtual_windows.fleet import Fleet
from tests.virtual_windows.protocol import Drop, Fault
from tests.virtual_windows.protocol.fault_codes import OPERATION_TIMED_OUT

from . import CONNECTIONS
from .driver import Driver
from .scenarios import LIBRARIES_WARN, SCENARIOS, messages, short_lists

pytestmark = LIBRARIES_WARN

WRITES = frozenset({"SetStringValue", "CreateKey", "DeleteValue", "DeleteKey"})

#: Shells that Windows allows a user (MaxShellsPerUser) are 30; a task leaves two of them at most.
SHELLS_LEFT = 2


def kind_of(request):
    """Return the operation, for Invoke its method."""
    return request.method or request.kind


def losing(kind, failure):
    def interceptor(request, stage):
        if stage == "acted" and not request.authentication and kind_of(request) == kind:
            raise failure

    return interceptor


@pytest.mark.parametrize("failure", [Drop(), Fault(OPERATION_TIMED_OUT)], ids=["lost", "timed out"])
@pytest.mark.parametrize("connection", CONNECTIONS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_message_is_sent_more_often_than_promised(name, connection, failure, tmp_path):
    scenario = SCENARIOS[name]
    with short_lists(), Fleet.load({"machines": {"desk1": scenario.description}}) as fleet:
        driver = Driver(fleet, connection, tmp_path)
        member = driver.member
        healthy = collections.Counter(map(kind_of, messages(driver, scenario)))
        for kind, usual in healthy.items():
            if kind == "Receive" and isinstance(failure, Fault):
                continue  # it means that there is no output yet: the command is asked until it ends
            member.server._service.shells.close_all()
            member.machine.seed(scenario.description)
            member.log.clear()
            member.server.interceptors[:] = [losing(kind, failure)]

            outcome = driver.run(scenario.module, **scenario.arguments)

            member.server.interceptors.clear()
            sent = collections.Counter(kind_of(one) for one in member.log.entries if not one.authentication)
            tries = limits.WRITE_TRIES if kind in WRITES else limits.READ_TRIES
            assert sent[kind] <= usual + tries - 1, f"{kind}: {sent[kind]} instead of {usual}; {outcome.message}"
            assert len(member.server.shells) <= SHELLS_LEFT, f"{kind}: {len(member.server.shells)} shells are open"
            assert sum(outcome.pauses[: limits.READ_TRIES]) <= sum(limits.BACK_OFF), outcome.pauses
