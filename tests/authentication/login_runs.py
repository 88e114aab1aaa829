"""Start the machines of all login cases and run Ansible on them: one fleet and one ansible-playbook per connection."""

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

from .login_cases import TIMEOUTS, LoginCase, login_cases

BOB: dict[str, t.Any] = {"account": r"CONTOSO\bob", "default": JABBER}
REPORT = "report"


@dataclass(frozen=True)
class Secrets:
    """What must not be shown anywhere: the account's password, a wrong one, and the clients' keys."""

    password: str
    wrong: str
    keys: tuple[Path, ...]


@dataclass(frozen=True)
class Outcome:
    """The result of a connection's login cases."""

    connection: str
    cases: list[LoginCase]
    fleet: Fleet
    run: Run
    folder: Path
    secrets: Secrets


class LoginRun:
    """The running playbook of one connection."""

    def __init__(self, connection: str, folder: Path, stack: ExitStack) -> None:
        self.connection = connection
        self.folder = folder
        self.cases = [case for case in login_cases() if case.variables(connection) is not None]
        # Those that time out start first; the others run meanwhile.
        self.cases.sort(key=lambda case: case.expects(connection) not in TIMEOUTS)
        described = {case.name: machine(ADA, BOB, **case.machine) for case in self.cases}
        self.fleet = stack.enter_context(Fleet.load({"machines": described}))
        wrong = f"Wr0ng-{secrets.token_urlsafe(9)}"
        clients = self._clients()
        self.secrets = Secrets(self.fleet.credentials.password, wrong, tuple(pair.key for pair in clients.values()))
        for case in self.cases:
            if case.silent:
                self.fleet[case.name].power_off()
                stack.enter_context(full_listener(self.fleet[case.name].address, self.fleet[case.name].port))
        self._ansible = Ansible(self.fleet, connection, folder)
        replacements = {"wrong": wrong, "other_host": self._domain_name("kerberos-http")}
        for name, pair in clients.items():
            replacements |= {f"{name}_pem": str(pair.certificate), f"{name}_key": str(pair.key)}
        extra = write_private(folder / "login_cases.yml", json.dumps(self._inventory(replacements)))
        play = self._write_plays()
        self._process = stack.enter_context(self._ansible.start(play, "-i", str(extra), "-vvvvv"))
        stack.callback(self._end)

    def finish(self) -> Outcome:
        """Wait for the playbook."""
        output, _unused = self._process.communicate()
        run = Run(self._process.returncode, output, self._ansible.recorded())
        return Outcome(self.connection, self.cases, self.fleet, run, self.folder, self.secrets)

    def _end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()

    def _domain_name(self, name: str) -> str:
        assert self.fleet.domain is not None
        return self.fleet.domain.host_name(name)

    def _clients(self) -> dict[str, KeyPair]:
        """Return client certificates of all kinds."""
        known = self.fleet.clients
        assert known is not None
        return {
            "account": known.client("account-again", USER),
            "stranger": known.client("stranger", "stranger"),
            "expired": known.client("expired-client", USER, EXPIRED),
            "unknown": Authority(self.folder / "unknown", "unknown").client("unknown", USER),
        }

    def _inventory(self, replacements: dict[str, str]) -> dict[str, t.Any]:
        """Return the host variables that the login cases add to the fleet's inventory."""

        def filled(value: t.Any) -> t.Any:
            return value.format_map(replacements) if isinstance(value, str) else value

        hosts = {
            case.name: {name: filled(value) for name, value in (case.variables(self.connection) or {}).items()}
            for case in self.cases
        }
        return {"all": {"hosts": hosts}}

    def _write_plays(self) -> str:
        """Write the plays: enforce and facts on all hosts, whether either fails or not, and a report."""
        ignore_failures = {"ignore_unreachable": True, "ignore_errors": True}
        enforce = {**ignore_failures, "name": "enforce", "presence.office.default_im_app": {"name": "Lync"}}
        facts = {**ignore_failures, "name": "facts", "presence.office.im_provider_facts": {}, "register": "facts"}
        # Not one of ours: it leaves the fall-back to the connection plugin.
        other = {
            **ignore_failures,
            "name": "other",
            "ansible.builtin.raw": "ver",
            "when": "inventory_hostname is match('tried-')",
        }
        report = {"directory": str(self.folder / REPORT), "registered": "facts"}
        plays = [
            # A host that times out does not delay the others.
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
def start(connections: t.Sequence[str], folder: Path) -> t.Iterator[dict[str, LoginRun]]:
    """Run the playbooks of the connections side by side."""
    with ExitStack() as stack:
        runs = {}
        for connection in connections:
            own = folder / connection
            own.mkdir(parents=True, exist_ok=True)
            runs[connection] = LoginRun(connection, own, stack)
        yield runs


@contextmanager
def full_listener(address: str, port: int) -> t.Iterator[None]:
    """Occupy a port with a full queue: further connections get no answer at all, as from behind a firewall."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((address, port))
        listener.listen(0)
        for _number in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((address, port))
        yield


__all__ = ["LoginRun", "Outcome", "Secrets", "full_listener", "start"]
