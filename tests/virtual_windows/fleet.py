"""A fleet of virtual Windows machines that run in this process."""

from __future__ import annotations

import secrets
import tempfile
import typing as t
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from .addresses import Addresses, free_port
from .cmd import run
from .control import ControlServer
from .domain import Domain
from .fleet_file import MemberDescription, read_fleet
from .inventory import CONNECTIONS, write_inventory, write_json
from .machine import Machine
from .protocol import Credentials, RequestLog, TlsFiles, WinRMServer
from .protocol.tls import EXPIRED, Authority, KeyPair

USER = "ansible"
# Another machine, for a certificate that does not match the machine that presents it.
_ELSEWHERE = "127.255.255.254"


@dataclass(frozen=True)
class Access:
    """The means of logging in to a machine, besides the account.

    Attributes:
        tls: its certificate, for https.
        domain: the domain it is in, for Kerberos.
        clients: the authority of client certificates, and the one of the account.
    """

    tls: TlsFiles | None = None
    domain: Domain | None = None
    clients: tuple[Authority, KeyPair] | None = None


class Member:
    """One machine of a fleet, with its address and its WinRM service.

    Attributes:
        description: what the fleet file says.
        machine: the model.
        address, port: where WinRM is, or would be.
        access: the means of logging in, besides the account.
        server: the WinRM service, running or not.
        powered: whether it runs; while it does not, connections are refused.
    """

    def __init__(
        self,
        description: MemberDescription,
        machine: Machine,
        address: str,
        credentials: Credentials,
        access: Access,
    ) -> None:
        machine.runner = run
        self.description = description
        self.name = description.name
        self.machine = machine
        self.address = address
        self.access = access
        self.port = free_port(address, description.scheme)
        self.powered = False
        self.server = WinRMServer(
            machine,
            address,
            self.port,
            scheme=description.scheme,
            transports=description.transports,
            credentials=credentials,
            tls=access.tls,
            strict_channel_binding=description.channel_binding == "strict",
            membership=access.domain.membership(description.name) if access.domain else None,
            client_authority=access.clients[0].path if access.clients else None,
            latency=description.latency,
        )

    @property
    def log(self) -> RequestLog:
        """The log of its WinRM service."""
        return self.server.log

    def power_on(self) -> None:
        """Start its WinRM service; the model is as it was."""
        if not self.powered:
            self.server.start()
            self.powered = True

    def power_off(self) -> None:
        """Stop its WinRM service: connections are cut, new ones refused."""
        if self.powered:
            self.powered = False
            self.server.stop()


class Fleet:
    """Machines by name; a context manager that switches them on and off.

    Args:
        members: descriptions of the machines.
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
        self.clients: Authority | None = None
        self.domain: Domain | None = None

    @classmethod
    def load(
        cls, source: str | Path | dict[str, t.Any], *, machines: int | None = None, speed: float = 100.0
    ) -> t.Self:
        """Return a fleet from a fleet file: a path, YAML text or plain data (see `fleet_file.read_fleet`)."""
        return cls(read_fleet(source, machines), speed=speed)

    def start(self) -> None:
        """Build all machines and switch on those that are to be on."""
        try:
            places = {member.name: self._addresses.take() for member in self._descriptions}
            accesses = self._accesses(places)
            for description in self._descriptions:
                machine = Machine(description.name, description.machine, speed=self._speed, administrator=USER)
                member = Member(
                    description, machine, places[description.name], self.credentials, accesses[description.name]
                )
                self._members[description.name] = member
                if description.powered:
                    member.power_on()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Switch everything off and give the addresses back."""
        if self._control is not None:
            self._control.stop()
            self._control = None
        for member in self._members.values():
            member.power_off()
            member.machine.close()
        self._members.clear()
        self._addresses.close()
        if self.domain is not None:
            self.domain.stop()
            self.domain = None
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def __enter__(self) -> t.Self:
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

    def __iter__(self) -> t.Iterator[Member]:
        return iter(self._members.values())

    def __len__(self) -> int:
        return len(self._members)

    def write_inventory(self, path: str | Path, connection: str = "winrm") -> Path:
        """Write an Ansible inventory of all machines, readable for its owner alone.

        Args:
            path: the file.
            connection: `winrm` or `psrp`.
        """
        if connection not in CONNECTIONS:
            raise ValueError(f"connection must be one of {', '.join(CONNECTIONS)}, not {connection!r}")
        return write_inventory(Path(path), list(self), self.credentials, connection, self.ca)

    def start_control(self) -> ControlServer:
        """Start the control interface, once."""
        if self._control is None:
            self._control = ControlServer(self, self._addresses.control())
            self._control.start()
        return self._control

    def write_control(self, path: str | Path) -> Path:
        """Start the control interface and write where it is, readable for its owner alone."""
        control = self.start_control()
        facts = {"url": control.url, "token": control.token, "machines": [member.name for member in self]}
        return write_json(Path(path), facts)

    def _accesses(self, places: dict[str, str]) -> dict[str, Access]:
        """Return the access to each machine: certificates for HTTPS, a domain for Kerberos."""
        members = [member for member in self._descriptions if "kerberos" in member.transports]
        if members:
            self.domain = Domain(self._addresses.domain(), self.credentials)
            self.domain.start([member.name for member in members])
        secure = [member for member in self._descriptions if member.scheme == "https"]
        tls = self._make_tls({member.name: places[member.name] for member in secure}, secure)
        account = None
        if any("certificate" in member.transports for member in secure):
            self.clients = Authority(self._folder(), "clients")
            account = (self.clients, self.clients.client("account", USER))
        return {
            member.name: Access(
                tls=tls.get(member.name),
                domain=self.domain if member in members else None,
                clients=account if "certificate" in member.transports else None,
            )
            for member in self._descriptions
        }

    def _make_tls(self, places: dict[str, str], members: list[MemberDescription]) -> dict[str, TlsFiles]:
        """Return the certificates of machines that speak HTTPS: a shared one for those with a valid certificate."""
        if not members:
            return {}
        addresses = list(places.values())
        authority = Authority(self._folder())
        self.ca = authority.path
        kinds = {member.certificate for member in members}
        made = {"valid": TlsFiles.of(authority, authority.server("server", addresses))}
        if "expired" in kinds:
            made["expired"] = TlsFiles.of(authority, authority.server("expired", addresses, validity=EXPIRED))
        if "other_name" in kinds:
            made["other_name"] = TlsFiles.of(authority, authority.server("other-name", [_ELSEWHERE]))
        if "other_authority" in kinds:
            other = Authority(self._folder(), "other")
            made["other_authority"] = TlsFiles.of(other, other.server("other-authority", addresses))
        if "intercepted" in kinds:
            shown = authority.server("intercepted", addresses)
            made["intercepted"] = TlsFiles.of(authority, shown, bound=made["valid"].certificate)
        return {member.name: made[member.certificate] for member in members}

    def _folder(self) -> Path:
        """Return a folder for files, which exists until the fleet stops."""
        if self._directory is None:
            self._directory = tempfile.TemporaryDirectory(prefix="virtual-windows-")
        return Path(self._directory.name)
