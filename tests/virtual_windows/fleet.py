"""A fleet of virtual Windows machines that run in this process."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .addresses import Addresses, free_port
from .control import ControlServer
from .fleet_file import MemberDescription, read_fleet
from .inventory import CONNECTIONS, write_inventory, write_json
from .machine import Machine
from .protocol import Credentials, RequestLog, TlsFiles, WinRMServer

USER = "ansible"


class Member:
    """One machine of a fleet, with its address and its WinRM service.

    Attributes:
        description: what the fleet file says.
        machine: the model.
        address, port: where WinRM is, or would be.
        server: the WinRM service, running or not.
        powered: whether it runs; while it does not, connections are refused.
    """

    def __init__(
        self,
        description: MemberDescription,
        machine: Machine,
        address: str,
        credentials: Credentials,
        tls: TlsFiles | None,
    ) -> None:
        self.description = description
        self.name = description.name
        self.machine = machine
        self.address = address
        self.port = free_port(address, description.scheme)
        self.powered = False
        self.server = WinRMServer(
            machine,
            address,
            self.port,
            scheme=description.scheme,
            transports=description.transports,
            credentials=credentials,
            tls=tls if description.scheme == "https" else None,
            latency=description.latency,
        )

    @property
    def log(self) -> RequestLog:
        """What its WinRM service was asked."""
        return self.server.log

    def power_on(self) -> None:
        """Starts its WinRM service; the model is as it was."""
        if not self.powered:
            self.server.start()
            self.powered = True

    def power_off(self) -> None:
        """Stops its WinRM service: connections are cut, new ones refused."""
        if self.powered:
            self.powered = False
            self.server.stop()


class Fleet:
    """Machines by name; a context manager that switches them on and off.

    Args:
        members: what the machines are.
        speed: how much faster than the wall clock their clocks run.
    """

    def __init__(self, members: list[MemberDescription], *, speed: float = 100.0) -> None:
        self._descriptions = members
        self._speed = speed
        self._members: dict[str, Member] = {}
        self._addresses = Addresses()
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._control: ControlServer | None = None
        self.credentials = Credentials(USER, f"Passw0rd-{secrets.token_urlsafe(9)}")
        self.ca: Path | None = None

    @classmethod
    def load(cls, source: str | Path | dict[str, Any], *, machines: int | None = None, speed: float = 100.0) -> Self:
        """A fleet from a fleet file: a path, YAML text or plain data (see `fleet_file.read_fleet`)."""
        return cls(read_fleet(source, machines), speed=speed)

    def start(self) -> None:
        """Builds all machines and switches on those that are to be on."""
        try:
            places = {member.name: self._addresses.take() for member in self._descriptions}
            tls = self._make_tls([places[one.name] for one in self._descriptions if one.scheme == "https"])
            for description in self._descriptions:
                machine = Machine(description.name, description.machine, speed=self._speed, administrator=USER)
                member = Member(description, machine, places[description.name], self.credentials, tls)
                self._members[description.name] = member
                if description.powered:
                    member.power_on()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Switches everything off and gives the addresses back."""
        if self._control is not None:
            self._control.stop()
            self._control = None
        for member in self._members.values():
            member.power_off()
            member.machine.close()
        self._members.clear()
        self._addresses.close()
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __getitem__(self, name: str) -> Member:
        if name not in self._members:
            raise KeyError(f"no machine is called '{name}' (there are: {', '.join(self._members) or 'none'})")
        return self._members[name]

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members.values())

    def __len__(self) -> int:
        return len(self._members)

    def write_inventory(self, path: str | Path, connection: str = "winrm") -> Path:
        """Writes an Ansible inventory of all machines, readable for its owner alone.

        Args:
            path: the file.
            connection: `winrm` or `psrp`.
        """
        if connection not in CONNECTIONS:
            raise ValueError(f"connection must be one of {', '.join(CONNECTIONS)}, not {connection!r}")
        return write_inventory(Path(path), list(self), self.credentials, connection, self.ca)

    def start_control(self) -> ControlServer:
        """Starts the control interface, once."""
        if self._control is None:
            self._control = ControlServer(self, self._addresses.control())
            self._control.start()
        return self._control

    def write_control(self, path: str | Path) -> Path:
        """Starts the control interface and writes where it is, readable for its owner alone."""
        control = self.start_control()
        facts = {"url": control.url, "token": control.token, "machines": [member.name for member in self]}
        return write_json(Path(path), facts)

    def _make_tls(self, addresses: list[str]) -> TlsFiles | None:
        if not addresses:
            return None
        self._directory = tempfile.TemporaryDirectory(prefix="virtual-windows-")
        tls = TlsFiles.create(Path(self._directory.name), addresses)
        self.ca = tls.ca
        return tls
