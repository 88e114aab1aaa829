"""The WS-Management service of one machine: from a request's envelope to the envelope of its answer."""

from __future__ import annotations

import logging
import time
import typing as t
from threading import Event

from ..machine import Machine, Win32Error
from ..wmi.win32_operating_system import VERSION
from . import envelope, fault_codes
from .commands import Command, Write
from .describe import describe, is_invoke
from .enumerations import Enumerations
from .envelope import Message
from .exchange import Exchange, Operation
from .faults import QUOTAS, Fault, FaultStyle
from .interceptors import Answer, Interceptor, Stage
from .log import Request, RequestLog
from .namespaces import (
    CMD_RESOURCE,
    COMMAND,
    CREATE,
    DELETE,
    ENUMERATE,
    ENUMERATION,
    EVENTING,
    GET,
    PULL,
    RECEIVE,
    RELEASE,
    SEND,
    SHELL,
    SHELL_RESOURCE,
    SIGNAL,
    SUBSCRIBE,
    TRANSFER,
    UNSUBSCRIBE,
)
from .operations import command, delete, enumeration, eventing, get, invoke, shell
from .operations.identify import identify
from .operations.wmi_address import is_wmi
from .shells import Shell, Shells
from .subscriptions import Subscriptions

_log = logging.getLogger(__name__)
_FAULT_PREFIXES = "a x e n w p"

_WMI: dict[str, Operation] = {
    GET: get.get,
    DELETE: delete.delete,
    ENUMERATE: enumeration.enumerate_,
    PULL: eventing.pull,
    RELEASE: enumeration.release,
    SUBSCRIBE: eventing.subscribe,
    UNSUBSCRIBE: eventing.unsubscribe,
}
_CMD: dict[str, Operation] = {
    CREATE: shell.create,
    DELETE: shell.delete,
    COMMAND: command.command,
    SEND: command.send,
    RECEIVE: command.receive,
    SIGNAL: command.signal,
}
# [MS-WSMV] note 103: since Windows 7 a Get goes here, whatever kind of shell it is.
_SHELL: dict[str, Operation] = {GET: shell.get, DELETE: shell.delete}


class Runner(t.Protocol):
    """`cmd.run`."""

    def __call__(
        self,
        machine: Machine,
        command_line: str,
        environment: dict[str, str],
        cwd: str,
        write: Write,
        cancelled: Event,
        observe: t.Callable[[str], None] | None = None,
    ) -> int:
        """Run a command line and return its exit code."""


class Service:
    """Answers the messages of one machine, after HTTP and login.

    Attributes:
        machine: the machine.
        log: the requests.
        interceptors: called with every message.
        observers: called with the line of every program before a command starts it.
        shells, enumerations, subscriptions: what is open.
        fault_style: how to send all faults; None: as WinRM 3.0 does.
    """

    def __init__(
        self,
        machine: Machine,
        log: RequestLog,
        transports: t.Sequence[str],
        runner: Runner,
        now: t.Callable[[], float] = time.monotonic,
    ) -> None:
        self.machine = machine
        self.log = log
        self.interceptors: list[Interceptor] = []
        self.observers: list[t.Callable[[str], None]] = []
        self.shells = Shells(now)
        self.enumerations = Enumerations(now)
        self.subscriptions = Subscriptions(machine)
        self.fault_style: FaultStyle | None = None
        self._transports = list(transports)
        self._runner = runner

    def handle(self, data: bytes, request: Request, principal: str, peer: str, chunked: bool) -> tuple[int, bytes]:
        """Return the HTTP status and body of the answer to a message.

        Args:
            data: the message.
            request: its entry in the log, which gets its details here.
            principal: the account; empty without a login.
            peer: the address it came from.
            chunked: whether it came in chunks.

        Raises:
            Drop, Answer: raised by an interceptor.
        """
        message = Message()
        try:
            try:
                message.read(data)
            finally:
                describe(message, request)
            return 200, self._answer(Exchange(self, message, request, principal, peer, chunked)).encode()
        except Fault as fault:
            request.fault = fault.code
            return 500, self._fault(fault, message).encode()

    def environment(self) -> dict[str, str]:
        """Return what a new shell starts with."""
        with self.machine.lock:
            return dict(self.machine.environment)

    def start(self, started: Command, of: Shell, request: Request, *, without_cmd: bool) -> None:
        """Run a command as WinRM does: as `cmd.exe /C "line"`, unless the client wants no cmd.exe."""
        comspec = next(
            (value for name, value in of.environment.items() if name.upper() == "COMSPEC"),
            r"C:\Windows\system32\cmd.exe",
        )
        line = started.line if without_cmd else f'{comspec} /C "{started.line}"'

        def observe(program: str) -> None:
            started.begun.set()
            self.log.program(request, program)
            for observer in list(self.observers):
                observer(program)

        def run(write: Write, cancelled: Event) -> int:
            return self._runner(self.machine, line, dict(of.environment), of.cwd, write, cancelled, observe)

        started.start(run)
        if without_cmd:
            # cmd.exe always exists; the client's own program may not
            started.check_started()

    def _answer(self, exchange: Exchange) -> str:
        self._intercept(exchange.request, "received")
        try:
            answer = self._act(exchange)
        except Fault:
            self._intercept(exchange.request, "acted")
            raise
        self._intercept(exchange.request, "acted")
        return answer

    def _act(self, exchange: Exchange) -> str:
        message = exchange.message
        if message.identify:
            return identify(VERSION, self._transports, authenticated=bool(exchange.principal))
        if not exchange.principal:
            # without a login, only Identify is allowed
            raise Answer(401)
        if not self._authorized(exchange.principal):
            raise Fault(fault_codes.ACCESS_DENIED)
        operation = self._operation(message)
        try:
            reply = operation(exchange)
        except Win32Error as error:
            raise Fault(error.code, f"{error.message} ") from error
        except Fault:
            raise
        except Exception as error:
            # A bug of the virtual machine, not an answer of Windows: it must not pass for a result.
            _log.exception("%s %s failed in the virtual machine", exchange.request.kind, exchange.request.detail)
            what = f"The virtual machine failed: {type(error).__name__}: {error}"
            raise Fault(fault_codes.NOT_SUPPORTED, what) from error
        text = envelope.write(f"{message.action}Response", reply.body, reply.prefixes, message.message_id)
        if not envelope.fits(len(text), message.max_size):
            raise Fault(fault_codes.MAX_ENVELOPE_SIZE_EXCEEDED)
        return text

    def _operation(self, message: Message) -> Operation:
        if is_invoke(message):
            return invoke.invoke
        resource = message.resource.lower()
        table: dict[str, Operation]
        if is_wmi(resource):
            table = _WMI
        elif resource == CMD_RESOURCE:
            table = _CMD
        elif resource == SHELL_RESOURCE:
            table = _SHELL
        else:
            text = (
                f"The WS-Management service cannot process the request. The resource URI ({message.resource}) was not "
                "found in the WS-Management catalog. The catalog contains the metadata that describes resources, or "
                "logical endpoints. "
            )
            raise Fault(fault_codes.INVALID_RESOURCE_URI, text)
        if message.action in table:
            return table[message.action]
        known = message.action.startswith((TRANSFER, ENUMERATION, EVENTING, SHELL))
        elsewhere = is_wmi(message.action) and is_wmi(resource)
        raise Fault(fault_codes.ACTION_MISMATCH if elsewhere and not known else fault_codes.ACTION_NOT_SUPPORTED)

    def _authorized(self, principal: str) -> bool:
        """Return whether WinRM's RootSDDL lets the account in: administrators only."""
        try:
            account = self.machine.accounts.by_name(principal)
        except Win32Error:
            return True
        return account.sid in self.machine.administrators

    def _fault(self, fault: Fault, message: Message) -> str:
        style = self.fault_style or fault.style_for(message.resource.lower())
        early = fault.code in QUOTAS and style is FaultStyle.WMI_ERROR
        relates_to = "" if early else message.message_id
        host = message.host or self.machine.name
        return envelope.write(fault.action, fault.body(host, style), _FAULT_PREFIXES, relates_to, fault.header)

    def _intercept(self, request: Request, stage: Stage) -> None:
        for interceptor in list(self.interceptors):
            interceptor(request, stage)
