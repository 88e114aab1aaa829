"""A WinRM server on a loopback address, in front of one machine."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
import typing as t
from contextlib import suppress
from pathlib import Path

from ..cmd import run
from . import authentication
from .authentication import Credentials, Membership, Settings
from .connection import Connection, Endpoint
from .enumerations import Enumeration
from .faults import FaultStyle
from .interceptors import Interceptor
from .log import RequestLog
from .service import Runner, Service
from .shells import Shell
from .subscriptions import Subscriptions
from .tls import TlsFiles

if t.TYPE_CHECKING:
    from ..machine import Machine

# How often idle shells are checked while there are no requests.
_HOUSEKEEPING = 1.0
_STOP_TIMEOUT = 5.0


class WinRMServer:
    """The WinRM service of a machine.

    Args:
        machine: the machine behind it.
        address, port: where it listens; the address must be a loopback address. Port 0: any that is free.
        scheme: "http" or "https".
        transports: the ways to log in that it accepts: "ntlm", "basic", "kerberos", "credssp", "certificate".
        credentials: the account that may use it, an administrator of the machine.
        tls: for https.
        strict_channel_binding: refuse logins over https that are not bound to the TLS channel.
        membership: of a domain, for Kerberos.
        client_authority: the authority of client certificates.
        latency: seconds that every round trip takes longer.
        runner: runs command lines; `cmd.run` unless a test wants another.
        now: the clock of idle shells and enumerations.

    Attributes:
        log: the requests.
        fault_style: how it sends all faults; None: as WinRM 3.0 and later do (see `faults`).
        max_shells_per_user: MaxShellsPerUser.
    """

    def __init__(  # noqa: PLR0913 - the settings of a server, all but the first three by name
        self,
        machine: Machine,
        address: str,
        port: int,
        *,
        scheme: str = "http",
        transports: t.Sequence[str] = ("ntlm", "basic"),
        credentials: Credentials,
        tls: TlsFiles | None = None,
        strict_channel_binding: bool = False,
        membership: Membership | None = None,
        client_authority: Path | None = None,
        latency: float = 0,
        runner: Runner | None = None,
        now: t.Callable[[], float] = time.monotonic,
    ) -> None:
        if not ipaddress.ip_address(address).is_loopback:
            raise ValueError(f"{address} is no loopback address")
        if scheme not in ("http", "https") or (scheme == "https") != (tls is not None):
            raise ValueError("scheme must be http without, or https with TLS files")
        self.machine = machine
        self.address = address
        self.port = port
        self.scheme = scheme
        self.transports = list(transports)
        self.latency = latency
        self.log = RequestLog()
        self._tls = tls
        self._settings = Settings(
            machine=machine.name,
            credentials=credentials,
            channel_binding=tls.channel_binding() if tls else None,
            strict_channel_binding=strict_channel_binding,
            membership=membership,
            client_authority=client_authority if tls else None,
        )
        self._service = Service(machine, self.log, self.transports, runner or run, now)
        self._authenticators: list[authentication.Authenticator] = []
        self._listener: socket.socket | None = None
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[Connection, threading.Thread] = {}
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where clients go."""
        return f"{self.scheme}://{self.address}:{self.port}/wsman"

    @property
    def interceptors(self) -> list[Interceptor]:
        """Called with every message, before it is acted on and before it is answered; see `interceptors`."""
        return self._service.interceptors

    @property
    def observers(self) -> list[t.Callable[[str], None]]:
        """Called with the line of every program before a command starts it; they may block."""
        return self._service.observers

    @property
    def shells(self) -> list[Shell]:
        """The command shells that are open now."""
        return self._service.shells.all()

    @property
    def enumerations(self) -> list[Enumeration]:
        """The enumerations that are open now."""
        return self._service.enumerations.all()

    @property
    def subscriptions(self) -> Subscriptions:
        """The subscriptions to events."""
        return self._service.subscriptions

    @property
    def max_shells_per_user(self) -> int:
        """MaxShellsPerUser."""
        return self._service.shells.max_per_user

    @max_shells_per_user.setter
    def max_shells_per_user(self, value: int) -> None:
        self._service.shells.max_per_user = value

    @property
    def fault_style(self) -> FaultStyle | None:
        """How all faults are sent; None: as WinRM 3.0 and later do."""
        return self._service.fault_style

    @fault_style.setter
    def fault_style(self, value: FaultStyle | None) -> None:
        self._service.fault_style = value

    def start(self) -> None:
        """Listen and answer, until `stop`."""
        if self._listener is not None:
            raise RuntimeError("the server runs already")
        context = self._tls.context() if self._tls else None
        self._authenticators = authentication.build(self.transports, self._settings)
        if context is not None:
            for authenticator in self._authenticators:
                authenticator.configure(context)
        try:
            listener = self._listen()
        except OSError:
            self._close_authenticators()
            raise
        self.port = listener.getsockname()[1]
        self._stopping = threading.Event()
        self._listener = listener
        endpoint = Endpoint(self._service, self.log, self._authenticators, context, self.latency, self._stopping)
        self._thread = threading.Thread(
            target=self._accept, args=(listener, endpoint), name=f"WinRM of {self.machine.name}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close everything: the port, all connections, all shells with their commands, all subscriptions."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self._stopping.set()
        # wakes the thread that accepts
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        self._service.shells.close_all()
        self._service.subscriptions.close_all()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            connection.close()
        for thread in [self._thread, *connections.values()]:
            if thread is not None and thread is not threading.current_thread():
                thread.join(_STOP_TIMEOUT)
        self._close_authenticators()

    def __enter__(self) -> t.Self:
        self.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self.stop()

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self.address, self.port))
            listener.listen(128)
            listener.settimeout(_HOUSEKEEPING)
        except OSError:
            listener.close()
            raise
        return listener

    def _close_authenticators(self) -> None:
        for authenticator in self._authenticators:
            authenticator.close()

    def _accept(self, listener: socket.socket, endpoint: Endpoint) -> None:
        while not self._stopping.is_set():
            try:
                raw, _unused = listener.accept()
            except TimeoutError:
                self._service.shells.expire()
                continue
            except OSError:
                return
            raw.settimeout(None)
            try:
                connection = Connection(endpoint, raw)
            except OSError:
                # gone already
                raw.close()
                continue
            thread = threading.Thread(target=self._serve, args=(connection,), name="WinRM connection", daemon=True)
            with self._lock:
                self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            connection.serve()
        finally:
            with self._lock:
                self._connections.pop(connection, None)
