"""A fleet that is held logs in by Kerberos, all hosts at the same time in one process."""

from __future__ import annotations

import pytest

from tests.integration.held_fleet import HeldFleet, desk, overwrite
from tests.virtual_windows.fleet import Fleet

from .login_cases import CONNECTIONS

HOSTS = 12


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_all_hosts_log_in_by_kerberos_at_once(libraries, tmp_path, connection):
    machines = {f"desk{n}": desk() | {"transports": ["kerberos"]} for n in range(HOSTS)}
    with Fleet.load({"machines": machines}, speed=1) as fleet, HeldFleet(fleet, connection, tmp_path) as held:
        held.wait_for("held")
        # A new login, with the ticket that all share.
        fleet["desk0"].power_off()
        held.wait_for("lost", "desk0")
        fleet["desk0"].power_on()
        held.wait_for("back", "desk0")
        for member in fleet:
            overwrite(member)
        held.wait_for("restored")
        run = held.stop()

    assert run.code == 0, run.output
