"""Start the machines of all cells and run Ansible against them: one fleet and one ansible-playbook a connection."""

from __future__ import annotations

import json
import secrets
import socket
import typing as t
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.integration.machines import ADA, JABBER, machine
from tests.integration.runner import Ansible, Run
from tests.virtual_windows.fleet import USER, Fleet
from tests.virtual_windows.inventory import write_private
from tests.virtual_windows.protocol.tls import EXPIRED, Authority, KeyPair

from .login_cases import PATIENT, Cell, cells

BOB: dict[str, t.Any] = {"account": r"CONTOSO\bob", "default": JABBER}
REPORT = "report"


@dataclass(frozen=True)
class Secrets:
    """What nobody may get to read: the account's password, a wrong one, and the clients' keys."""

    password: str
    wrong: str
    keys: tuple[Path, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a connection's cells."""

    connection: str
    cells: list[Cell]
    fleet: Fleet
    run: Run
    folder: Path
    secrets: Secrets


class Running:
    """The playbook of one connection, on its way."""

    def __init__(self, connection: str, folder: Path, stack: ExitStack) -> None:
        self.connection = connection
        self.folder = folder
        self.cells = [cell for cell in cells() if cell.variables(connection) is not None]
        # Those that keep us waiting begin, and the others are done meanwhile.
        self.cells.sort(key=lambda cell: cell.expects(connection) not in PATIENT)
        described = {cell.name: machine(ADA, BOB, **cell.machine) for cell in self.cells}
        self.fleet = stack.enter_context(Fleet.load({"machines": described}))
        wrong = f"Wr0ng-{secrets.token_urlsafe(9)}"
        clients = self._clients()
        self.secrets = Secrets(self.fleet.credentials.password, wrong, tuple(pair.key for pair in clients.values()))
        for cell in self.cells:
            if cell.silent:
                self.fleet[cell.name].power_off()
                stack.enter_context(full_listener(self.fleet[cell.name].address, self.fleet[cell.name].port))
        self._ansible = Ansible(self.fleet, connection, folder)
        places = {"wrong": wrong, "other_host": self._domain_name("kerberos-http")}
        for name, pair in clients.items():
            places |= {f"{name}_pem": str(pair.certificate), f"{name}_key": str(pair.key)}
        extra = write_private(folder / "cells.yml", json.dumps(self._inventory(places)))
        play = self._write_plays()
        self._process = stack.enter_context(self._ansible.start(play, "-i", str(extra), "-vvvvv"))
        stack.callback(self._end)

    def finish(self) -> Outcome:
        """Wait for the playbook."""
        output, _unused = self._process.communicate()
        run = Run(self._process.returncode, output, self._ansible.recorded())
        return Outcome(self.connection, self.cells, self.fleet, run, self.folder, self.secrets)

    def _end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()

    def _domain_name(self, name: str) -> str:
        assert self.fleet.domain is not None
        return self.fleet.domain.host_name(name)

    def _clients(self) -> dict[str, KeyPair]:
        """Client certificates of all kinds."""
        known = self.fleet.clients
        assert known is not None
        return {
            "account": known.client("account-again", USER),
            "stranger": known.client("stranger", "stranger"),
            "expired": known.client("expired-client", USER, EXPIRED),
            "unknown": Authority(self.folder / "unknown", "unknown").client("unknown", USER),
        }

    def _inventory(self, places: dict[str, str]) -> dict[str, t.Any]:
        """Return what the cells add to the fleet's inventory."""

        def filled(value: t.Any) -> t.Any:
            return value.format_map(places) if isinstance(value, str) else value

        hosts = {
            cell.name: {name: filled(value) for name, value in (cell.variables(self.connection) or {}).items()}
            for cell in self.cells
        }
        return {"all": {"hosts": hosts}}

    def _write_plays(self) -> str:
        """Enforce and facts on all hosts, whatever becomes of either, and a report of it all."""
        anyhow = {"ignore_unreachable": True, "ignore_errors": True}
        enforce = {**anyhow, "name": "enforce", "presence.office.default_im_app": {"name": "Lync"}}
        facts = {**anyhow, "name": "facts", "presence.office.im_provider_facts": {}, "register": "asked"}
        # A module of somebody else's, which leaves the fall-back to the connection.
        other = {
            **anyhow,
            "name": "other",
            "ansible.builtin.raw": "ver",
            "when": "inventory_hostname is match('tried-')",
        }
        report = {"directory": str(self.folder / REPORT), "registered": "asked"}
        plays = [
            # A host that keeps us waiting keeps nobody else.
            {"hosts": "all", "gather_facts": False, "strategy": "free", "tasks": [enforce, facts, other]},
            {
                "hosts": "all",
                "gather_facts": False,
                "tasks": [{"name": "report", "presence.office.presence_report": report}],
            },
        ]
        path = self.folder / "plays.yml"
        path.write_text(yaml.safe_dump(plays), encoding="utf-8")
        return str(path)


@contextmanager
def start(connections: t.Sequence[str], folder: Path) -> t.Iterator[dict[str, Running]]:
    """Run the playbooks of the connections side by side."""
    with ExitStack() as stack:
        runs = {}
        for connection in connections:
            own = folder / connection
            own.mkdir(parents=True, exist_ok=True)
            runs[connection] = Running(connection, own, stack)
        yield runs


@contextmanager
def full_listener(address: str, port: int) -> t.Iterator[None]:
    """Yield a port whose queue is full: further connections get no answer at all, as from behind a firewall."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((address, port))
        listener.listen(0)
        for _number in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((address, port))
        yield


__all__ = ["Outcome", "Running", "Secrets", "full_listener", "start"]
