"""Measure a fight in real time: a task that holds one machine's default against a client that takes it back.

python -m benchmarks.fight [SECONDS], 20 if left out, over both connections, real sockets and NTLM. The share of time is
that of the machine's own history. The tests have the same by a simulated clock.
"""

from __future__ import annotations

import sys
import tempfile
import typing as t
from pathlib import Path
from unittest import mock

from ansible_collections.presence.office.plugins.plugin_utils.wsman.session import Session
from tests.integration.machines import JABBER, machine
from tests.reliability import CONNECTIONS, driver
from tests.virtual_windows.fleet import Fleet

ADA = r"CONTOSO\ada"
DELAYS = (0.1, 1, 10)


def main(seconds: int) -> None:
    """Measure, and print one line per fight."""
    for watch in ("events", "poll"):
        for delay in DELAYS:
            for connection in CONNECTIONS:
                share, result = _fight(connection, watch, delay, seconds)
                restored = result["hold"]["restored"]
                print(f"{watch}, a client that is back after {delay} s, {connection}: {share:.1%}, {restored} restored")


def _fight(connection: str, watch: str, delay: float, seconds: int) -> tuple[float, dict[str, t.Any]]:
    fighting = {JABBER: {"state": "running", "fights": True, "fights_after": delay}}
    described = machine({"account": ADA, "signed_in": True, "default": "Zoom", "clients": fighting})
    # The driver of the reliability tests skips pauses; here they count.
    session = mock.patch.object(driver, "Session", lambda transport, _pause: Session(transport))
    with tempfile.TemporaryDirectory() as folder, Fleet.load({"machines": {"desk1": described}}, speed=1) as fleet:
        with session:
            outcome = driver.Driver(fleet, connection, Path(folder)).run(name=["Lync"], hold=seconds, watch=watch)
        windows = fleet["desk1"].machine
        end = windows.clock.elapsed()
        return windows.history.share(ADA, "Lync", end - seconds, end), outcome.result


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
