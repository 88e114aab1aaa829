"""A domain for the machines of a fleet: a real MIT KDC on a loopback address, with an account and machines."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import typing as t
from pathlib import Path

from .addresses import free_port
from .protocol.authentication import Credentials, Membership

REALM = "VIRTUAL.EXAMPLE"
CONFIGURATION = "KRB5_CONFIG"

_PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit")
_PACKAGES = "apt-get install --no-install-recommends krb5-kdc krb5-admin-server krb5-user"
# Debian keeps the KDC's programs where only root's PATH leads.
_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
_START_SECONDS = 10
# Every machine of a domain has these names; clients differ in which one they request (psrp: WSMAN, lately host).
_SERVICES = ("HTTP", "WSMAN", "host")

_CLIENTS = """\
[libdefaults]
    default_realm = {realm}
    dns_lookup_realm = false
    dns_lookup_kdc = false
    dns_canonicalize_hostname = false
    rdns = false
    # The KDC listens at one port, and an answer that does not come means that it is off.
    udp_preference_limit = 1
    kdc_timeout = 2
    max_retries = 1
[realms]
    {realm} = {{
        kdc = {address}:{port}
    }}
[domain_realm]
    .{domain} = {realm}
"""
_KDC = """\
[kdcdefaults]
    kdc_listen = {address}:{port}
    kdc_tcp_listen = {address}:{port}
[realms]
    {realm} = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
        supported_enctypes = aes256-cts-hmac-sha1-96:normal
    }}
[logging]
    kdc = FILE:{folder}/kdc.log
    admin_server = FILE:{folder}/admin.log
    default = FILE:{folder}/default.log
"""


class DomainError(RuntimeError):
    """No KDC is installed on this computer, or it does not start."""


class Domain:
    """A realm with its KDC, from `start` to `stop`.

    While it runs, the environment of this process points at its configuration (`KRB5_CONFIG`): the machines, which
    run in this process, and child processes must find it.
    """

    def __init__(self, address: str, credentials: Credentials) -> None:
        self._address = address
        self._credentials = credentials
        self._folder: Path | None = None
        self._kdc: subprocess.Popen[bytes] | None = None
        self._before: str | None = None

    @property
    def configuration(self) -> Path:
        """krb5.conf for clients."""
        return self._place / "krb5.conf"

    @property
    def principal(self) -> str:
        """The Kerberos principal of the account."""
        return f"{self._credentials.username}@{REALM}"

    def host_name(self, machine: str) -> str:
        """Return the name of a machine in the domain."""
        return f"{machine}.{REALM}".lower()

    def membership(self, machine: str) -> Membership:
        """Return the realm and the keys of a machine that has joined."""
        return Membership(REALM, self._place / f"{machine}.keytab")

    def start(self, machines: t.Iterable[str]) -> None:
        """Make the realm with the account and the machines, and start its KDC."""
        missing = [name for name in _PROGRAMS if shutil.which(name, path=_PATH) is None]
        if missing:
            raise DomainError(f"Kerberos needs {', '.join(missing)}: {_PACKAGES}")
        self._folder = Path(tempfile.mkdtemp(prefix="virtual-windows-realm-"))
        try:
            port = free_port(self._address, "http")
            place = {"realm": REALM, "domain": REALM.lower(), "address": self._address, "port": port}
            self.configuration.write_text(_CLIENTS.format(**place), encoding="ascii")
            (self._folder / "kdc.conf").write_text(_KDC.format(folder=self._folder, **place), encoding="ascii")
            (self._folder / "acl").touch()
            self._run("kdb5_util", "create", "-s", "-r", REALM, "-P", os.urandom(12).hex())
            self._run("kadmin.local", "-r", REALM, script=self._accounts(machines))
            self._kdc = subprocess.Popen(
                [self._program("krb5kdc"), "-n", "-r", REALM, "-P", str(self._folder / "pid")],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._await_kdc()
        except BaseException:
            self.stop()
            raise
        self._before = os.environ.get(CONFIGURATION)
        os.environ[CONFIGURATION] = str(self.configuration)

    def stop(self) -> None:
        """Stop the KDC and delete the realm."""
        if self._folder is None:
            return
        if os.environ.get(CONFIGURATION) == str(self.configuration):
            if self._before is None:
                del os.environ[CONFIGURATION]
            else:
                os.environ[CONFIGURATION] = self._before
        if self._kdc is not None:
            self._kdc.send_signal(signal.SIGTERM)
            self._kdc.wait()
            self._kdc = None
        shutil.rmtree(self._folder)
        self._folder = None

    @property
    def _place(self) -> Path:
        if self._folder is None:
            raise DomainError("the domain is not running")
        return self._folder

    def _accounts(self, machines: t.Iterable[str]) -> str:
        """Return the commands for kadmin's standard input: passwords must not show in a list of processes."""
        lines = [f"addprinc +requires_preauth {self._credentials.username}", *[self._credentials.password] * 2]
        for machine in machines:
            names = " ".join(f"{service}/{self.host_name(machine)}" for service in _SERVICES)
            lines += [f"addprinc -randkey {name}" for name in names.split()]
            lines.append(f"ktadd -k {self.membership(machine).keytab} {names}")
        return "".join(f"{line}\n" for line in [*lines, "quit"])

    def _await_kdc(self) -> None:
        """Wait until the KDC has written its pid, which it does when it listens."""
        until = time.monotonic() + _START_SECONDS
        while not (self._place / "pid").exists():
            if time.monotonic() > until or self._kdc is None or self._kdc.poll() is not None:
                log = self._place / "kdc.log"
                raise DomainError(f"the KDC does not start: {log.read_text() if log.exists() else 'it wrote no log'}")
            time.sleep(0.01)

    def _run(self, program: str, *arguments: str, script: str = "") -> None:
        done = subprocess.run(
            [self._program(program), *arguments],
            input=script,
            capture_output=True,
            text=True,
            env=self._environment(),
            check=False,
        )
        # kadmin.local exits with 0 even if commands failed.
        errors = [line for line in done.stderr.splitlines() if ": " in line and "WARNING" not in line.upper()]
        if done.returncode or (program == "kadmin.local" and errors):
            raise DomainError(f"{program}: {done.stderr.strip()}")

    def _program(self, name: str) -> str:
        return shutil.which(name, path=_PATH) or name

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            CONFIGURATION: str(self.configuration),
            "KRB5_KDC_PROFILE": str(self._place / "kdc.conf"),
            "KRB5RCACHENAME": "none:",
        }
