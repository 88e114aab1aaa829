"""Command shells that are open on a server, and how they end: deleted, idle for too long, or too old."""

from __future__ import annotations

import threading
import typing as t
import uuid
from dataclasses import dataclass, field

from . import fault_codes
from .commands import Command
from .faults import Fault

# [MS-WSMV] 2.2.4.42: MaxShellsPerUser, and IdleTimeout since Server 2012.
MAX_PER_USER = 30
IDLE_TIMEOUT = 7_200.0
MAX_IDLE_TIMEOUT = 0x7FFFFFFF / 1000


@dataclass
class Shell:
    """A shell.

    Attributes:
        id: its ShellId.
        owner, client: who opened it, from which address.
        environment, cwd: what its commands start with.
        code_page: of their output.
        inputs, outputs: the streams that were agreed on.
        idle_timeout, lifetime: seconds; no lifetime: for ever.
        commands: by CommandId.
        opened, last_used: on the clock of the shells.
        requests: how many are being answered; while there are any it is not idle.
        closed: it has ended.
    """

    owner: str
    client: str
    environment: dict[str, str]
    cwd: str
    code_page: int = 65001
    inputs: str = "stdin"
    outputs: str = "stdout stderr"
    idle_timeout: float = IDLE_TIMEOUT
    lifetime: float | None = None
    id: str = ""
    commands: dict[str, Command] = field(default_factory=dict)
    opened: float = 0.0
    last_used: float = 0.0
    requests: int = 0
    closed: bool = False

    def command(self, command_id: str) -> Command:
        """Return the command of that id."""
        match = self.commands.get(command_id.upper())
        if match is None:
            raise Fault(
                fault_codes.UNEXPECTED_SELECTORS,
                "The Windows Remote Shell received a request to perform an operation on a command identifier that "
                "does not exist. Either the command has completed execution or the client specified an invalid "
                "command identifier. ",
            )
        return match


def new_shell_id() -> str:
    """Return an id for a shell or a command."""
    return str(uuid.uuid4()).upper()


class Shells:
    """The shells of one server.

    Attributes:
        max_per_user: the quota; it can be changed while the server runs.
    """

    def __init__(self, now: t.Callable[[], float]) -> None:
        self.max_per_user = MAX_PER_USER
        self._now = now
        self._lock = threading.RLock()
        self._open: dict[str, Shell] = {}

    def all(self) -> list[Shell]:
        """Return those that are open now."""
        with self._lock:
            self.expire()
            return list(self._open.values())

    def add(self, shell: Shell) -> Shell:
        """Open a shell; raise Fault when its owner has reached the quota, or the id is taken."""
        with self._lock:
            self.expire()
            if sum(one.owner == shell.owner for one in self._open.values()) >= self.max_per_user:
                limit = (
                    "The WS-Management service cannot process the request. This user is allowed a maximum number of "
                    f"{self.max_per_user} concurrent shells, which has been exceeded. Close existing shells or raise "
                    "the quota for this user. "
                )
                raise Fault(fault_codes.MAX_SHELLS, limit)
            if shell.id in self._open:
                raise Fault(fault_codes.SHELL_ID_TAKEN)
            shell.opened = shell.last_used = self._now()
            self._open[shell.id] = shell
            return shell

    def enter(self, shell_id: str | None) -> Shell:
        """Return the shell a request is for, which is not idle until `leave`."""
        if not shell_id:
            raise Fault(fault_codes.INSUFFICIENT_SELECTORS)
        with self._lock:
            self.expire()
            shell = self._open.get(shell_id.strip().upper())
            if shell is None:
                raise Fault(
                    fault_codes.UNEXPECTED_SELECTORS,
                    f"The request for the Windows Remote Shell with ShellId {shell_id} failed because the shell was "
                    "not found on the server. Possible causes are: the specified ShellId is incorrect or the shell "
                    "no longer exists on the server. Provide the correct ShellId or create a new shell and retry the "
                    "operation. ",
                )
            shell.requests += 1
            shell.last_used = self._now()
            return shell

    def leave(self, shell: Shell) -> None:
        """Note that the request is answered."""
        with self._lock:
            shell.requests -= 1
            shell.last_used = self._now()

    def age(self, shell: Shell) -> tuple[float, float]:
        """Return for how many seconds a shell has been open, and for how many it has been idle."""
        now = self._now()
        return now - shell.opened, now - shell.last_used

    def close(self, shell: Shell) -> None:
        """End a shell and its commands."""
        with self._lock:
            self._open.pop(shell.id, None)
            shell.closed = True
        for command in list(shell.commands.values()):
            command.terminate()

    def expire(self) -> None:
        """End the shells whose time is over."""
        with self._lock:
            now = self._now()
            over = [one for one in self._open.values() if _is_over(one, now)]
            for shell in over:
                self.close(shell)

    def close_all(self) -> None:
        """End all shells."""
        for shell in self.all():
            self.close(shell)


def _is_over(shell: Shell, now: float) -> bool:
    idle = not shell.requests and now - shell.last_used >= shell.idle_timeout
    return idle or (shell.lifetime is not None and now - shell.opened >= shell.lifetime)
