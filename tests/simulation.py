"""A virtual machine and the collection in one thread, by one simulated clock, without sockets.

Every exchange takes some time of that clock and nothing else does, so that a test of an hour takes a second, and comes
out the same each time. Left out are HTTP, logins and the connection plugins: see `tests/integration`.
"""

from __future__ import annotations

import typing as t

from ansible_collections.presence.office.plugins.plugin_utils.windows.machine import Machine
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import LostError
from ansible_collections.presence.office.plugins.plugin_utils.wsman.session import Session
from tests.virtual_windows.cmd import run
from tests.virtual_windows.machine import Machine as VirtualMachine
from tests.virtual_windows.machine.simulated_clock import SimulatedClock
from tests.virtual_windows.protocol import Answer, Drop, RequestLog
from tests.virtual_windows.protocol.service import Service


class Simulation:
    """One machine, and a way to it.

    Args:
        described: the machine, as in a fleet file.
        latency: seconds that each exchange takes on its way, there and back.

    Attributes:
        windows: the virtual machine.
        service: its WinRM.
        powered: while it is not, nothing is answered.
    """

    def __init__(self, described: dict[str, t.Any], *, latency: float = 0.02) -> None:
        self.clock = SimulatedClock()
        self.windows = VirtualMachine("desk1", described, clock=self.clock)
        self.log = RequestLog()
        self.service = Service(self.windows, self.log, ["ntlm"], run, self.clock.elapsed)
        self.powered = True
        self._latency = latency

    def machine(self) -> Machine:
        """Return the machine as the collection sees it, over a session of its own."""
        return Machine(Session(_DirectTransport(self, self._latency), self.pause, self.clock.elapsed))

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.sleep(seconds)

    def restart(self) -> None:
        """Restart WinRM, which loses what was open."""
        self.service.shells.close_all()
        self.service.subscriptions.close_all()

    def default(self, account: str = "ada") -> object:
        """Return a user's DefaultIMApp."""
        return self.windows.default_of(account)


class _DirectTransport:
    operation_timeout = 20

    def __init__(self, simulation: Simulation, latency: float) -> None:
        self._simulation = simulation
        self._latency = latency

    def send(self, message: bytes) -> bytes:
        """See ``conversation.Transport``."""
        simulation = self._simulation
        simulation.pause(self._latency / 2)
        if not simulation.powered:
            raise LostError("connection refused", connecting=True)
        request = simulation.log.begin()
        try:
            request.status, answer = simulation.service.handle(message, request, "ansible", "127.0.0.1", False)
        except Drop:
            raise LostError("the machine closed the connection without an answer") from None
        except Answer as other:
            if other.status not in (200, 500):
                raise LostError(f"HTTP {other.status}") from None
            return other.body
        simulation.pause(self._latency / 2)
        return answer

    def close(self) -> None:
        """See ``conversation.Transport``."""
