"""IM clients and how they behave towards Office: what they write, and when.

A client that starts sets its `UpAndRunning` to 0, 1 and then 2, and depending on its kind takes
`DefaultIMApp` for itself. One that stops sets it back to 0; one that crashes leaves it as it is. One
that fights watches `DefaultIMApp` while it runs, and takes it back a moment after a change. Clients that
do otherwise are in the catalogue.
"""

from __future__ import annotations

import typing as t
from contextlib import suppress

from .describe_users import ClientDescription
from .errors import Win32Error
from .keys import fold
from .processes import Process
from .registry import HKU
from .users import Session
from .values import Value, ValueType

if t.TYPE_CHECKING:
    from .machine import Machine

IM_PROVIDERS = r"Software\IM Providers"
DEFAULT = "DefaultIMApp"
UP_AND_RUNNING = "UpAndRunning"
PREVIOUS = "PreviousDefaultIMApp"


class Client:
    """One IM client of one user.

    Attributes:
        description: what it is and how it behaves.
        sid: its user.
        process: its process while it runs.
    """

    def __init__(self, machine: Machine, sid: str, description: ClientDescription) -> None:
        self._machine = machine
        self.sid = sid
        self.description = description
        self.process: Process | None = None
        self._reacting = False
        self._last_default: object = None

    @property
    def key(self) -> str:
        """The key of this provider in its user's hive."""
        return rf"{self._common}\{self.description.name}"

    @property
    def _common(self) -> str:
        return rf"{HKU}\{self.sid}\{IM_PROVIDERS}"

    @property
    def state(self) -> str:
        """`stopped`, `starting`, `running` or `crashed`, from its process and its value."""
        with self._machine.lock:
            up = self._read(self.key, UP_AND_RUNNING)
            if self.process is None:
                return "crashed" if up in (1, 2) else "stopped"
            return "running" if up == 2 else "starting"

    def start(self, seconds: float = 0, until: str = "running") -> None:
        """Start it; until it has signed in to its server it is `starting`.

        Args:
            seconds: how long that takes, in machine time.
            until: "starting" leaves it there; another `start` goes on.
        """
        machine = self._machine
        with machine.lock:
            session = machine.session_of(self.sid)
            if self.process is None:
                if self.description.says_starting:
                    self._write(self.key, Value(UP_AND_RUNNING, ValueType.DWORD, 0))
                self.launch(session)
            if self.description.says_starting:
                self._write(self.key, Value(UP_AND_RUNNING, ValueType.DWORD, 1))
            process = self.process
        if until == "starting":
            return
        if seconds:
            machine.clock.sleep(seconds)
        with machine.lock:
            if self.process is process:
                self._write(self.key, Value(UP_AND_RUNNING, ValueType.DWORD, 2))
                self._claim_at_start()

    def launch(self, session: Session) -> None:
        """Start its process, which writes nothing yet and watches the default."""
        name = self.description.process_name
        self.process = self._machine.processes.start(name, session.id, self.sid)
        self._last_default = self._read(self._common, DEFAULT)

    def stop(self) -> None:
        """End it in an orderly way; one that stored the previous default restores it."""
        with self._machine.lock:
            self._end_process()
            self._say_goodbye()
            previous = self._read(self.key, PREVIOUS)
            if self.description.remembers and isinstance(previous, str) and previous and self._is_default():
                self._write(self._common, Value(DEFAULT, ValueType.SZ, previous))

    def crash(self) -> None:
        """Crash it: what it wrote stays."""
        with self._machine.lock:
            self._end_process()

    def sign_out(self) -> None:
        """Shut down as its user signs out; its process ends with the session."""
        if self.process is not None:
            self._end_process()
            self._say_goodbye()

    def take_over(self) -> None:
        """Make itself the default, as an installer or a client's settings page does."""
        with self._machine.lock:
            current = self._read(self._common, DEFAULT)
            if self.description.remembers and isinstance(current, str) and not self._is_default():
                self._write(self.key, Value(PREVIOUS, ValueType.SZ, current))
            self._write(self._common, Value(DEFAULT, ValueType.SZ, self.description.name))

    def seen(self, path: str) -> None:
        """React to a changed key; called under the lock."""
        common = fold(self._common)
        if self.process is None or not (fold(path) == common or common.startswith(f"{fold(path)}\\")):
            return
        current = self._read(self._common, DEFAULT)
        changed, self._last_default = current != self._last_default, current
        if changed and self.description.fights and not self._is_default() and not self._reacting:
            self._reacting = True
            self._machine.clock.later(self.description.fights_after, self._hit_back)

    def _hit_back(self) -> None:
        with self._machine.lock:
            self._reacting = False
            if self.process is not None and not self._is_default():
                self._write(self._common, Value(DEFAULT, ValueType.SZ, self.description.name))

    def _claim_at_start(self) -> None:
        what = self.description.at_start
        is_empty = not self._read(self._common, DEFAULT)
        if not self._is_default() and (what == "take" or (what == "if_empty" and is_empty)):
            self.take_over()

    def _say_goodbye(self) -> None:
        if not self.description.deletes_at_stop:
            self._write(self.key, Value(UP_AND_RUNNING, ValueType.DWORD, 0))
            return
        with suppress(Win32Error):
            self._machine.registry.delete_value(self._common, DEFAULT)
            self._machine.registry.delete_key(self.key)

    def _is_default(self) -> bool:
        current = self._read(self._common, DEFAULT)
        return isinstance(current, str) and fold(current) == fold(self.description.name)

    def _end_process(self) -> None:
        if self.process is not None:
            with suppress(Win32Error):
                self._machine.processes.end(self.process.pid)
            self.process = None

    def _read(self, key: str, name: str) -> object:
        try:
            return self._machine.registry.value(key, name).data
        except Win32Error:
            return None

    def _write(self, key: str, value: Value) -> None:
        # A client that may not write its user's hive carries on silently, as real ones do.
        with suppress(Win32Error):
            self._machine.registry.create_key(key, volatile=self.description.volatile)
            self._machine.registry.set_value(key, value)


class Clients:
    """The IM clients of all users of one machine."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._clients: list[Client] = []
        machine.registry.watchers.append(self._changed)

    def add(self, sid: str, description: ClientDescription) -> Client:
        """Install a client for a user."""
        client = Client(self._machine, sid, description)
        self._clients.append(client)
        return client

    def of(self, account: str) -> list[Client]:
        """Return the clients of a user, by account or SID."""
        sid = self._machine.sid_of(account)
        return [client for client in self._clients if client.sid == sid]

    def get(self, account: str, name: str) -> Client:
        """Return a client of a user; KeyError with the known clients when there is none of that name."""
        clients = self.of(account)
        for client in clients:
            if fold(client.description.name) == fold(name):
                return client
        names = ", ".join(client.description.name for client in clients) or "none"
        raise KeyError(f"{account} has no client '{name}' (has: {names})")

    def all(self) -> list[Client]:
        """Return all clients of all users."""
        return list(self._clients)

    def forget(self) -> None:
        """Drop all clients, so that their pending actions do not affect the machine's new state."""
        for client in self._clients:
            client.process = None
        self._clients.clear()

    def _changed(self, path: str) -> None:
        for client in self._clients:
            client.seen(path)
