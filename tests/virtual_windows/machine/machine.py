"""One virtual Windows machine: its state, and the events on it."""

from __future__ import annotations

import threading
import typing as t
from contextlib import suppress

from . import dump as dumping
from .build import build, default_of
from .clients import Clients
from .clock import Clock
from .description import MachineDescription, read_machine
from .errors import Win32Error
from .files import Files
from .fresh import install
from .history import History
from .interference import Interference
from .keys import Key
from .processes import Processes
from .profile_service import ProfileService
from .reader import Reader
from .registry import HKU, Registry
from .scheduler import Runner, Scheduler
from .users import Account, Accounts, Profile, Profiles, Session


class Machine(Interference):
    """One virtual Windows machine; without a description: Windows, and no user signed in.

    Args:
        name: its name.
        description: its content (see `seed`).
        speed: how much faster than the wall clock its clock runs.
        clock: its clock, if it is not to be one that follows the wall clock.
        administrator: the name of the local account that WinRM signs in as.

    Attributes:
        name: its computer name (upper case, at most 15 characters, as NetBIOS has it).
        lock: guards the whole model; never wait for anything while holding it.
        registry, files, accounts, profiles, processes, clients, scheduler: its parts. `seed` replaces them, so ask
            the machine for them each time.
        clock: its time.
        history: what stood in DefaultIMApp of its users, and when.
        sessions: who is signed in.
        environment: the variables of a shell without a loaded profile.
        administrator: the account that WinRM signs in as.
        administrators: SIDs whose owners may do everything.
        language: of its tools, `en` or `de`.
        events: whether its WMI tells of registry changes over WS-Management; Server 2008 R2's does not.
        damage: harm done to users by what programs did to the machine.
        warnings: what its event log says about hives that were unloaded although programs had keys of them open.
        runner: runs the command lines of scheduled tasks.
    """

    accounts: Accounts
    processes: Processes
    clients: Clients
    history: History
    profile_service: ProfileService
    scheduler: Scheduler
    sessions: list[Session]
    damage: list[str]
    warnings: list[str]
    language: str
    events: bool
    environment: dict[str, str]
    administrator: Account
    administrators: set[str]

    def __init__(
        self,
        name: str,
        description: dict[str, t.Any] | MachineDescription | None = None,
        *,
        speed: float = 1.0,
        clock: Clock | None = None,
        administrator: str = "ansible",
    ) -> None:
        self.name = name.upper()[:15]
        self.administrator_name = administrator
        self.lock = threading.RLock()
        self.clock = clock or Clock(speed)
        self.runner: Runner | None = None
        self._build(None if description is None else self._read(description))

    def _reset(self) -> None:
        self.files = Files(self.lock)
        self.registry = Registry(self.files, self.lock)
        self.accounts = Accounts(self.lock)
        self.profiles = Profiles(self.lock)
        self.processes = Processes(self.lock)
        self.sessions = []
        self.damage = []
        self.warnings = []
        self.language = "en"
        self.events = True
        self._held = []
        self.profile_service = ProfileService(self)
        self.clients = Clients(self)
        self.history = History(self)
        self.scheduler = Scheduler(self)
        self.registry.hives.on_created = self._hive_created
        install(self)

    def seed(self, description: dict[str, t.Any] | MachineDescription) -> None:
        """Reset it to a description; the previous content is gone.

        Raises:
            DescriptionError: for the first mistake; the machine is as it was.
        """
        self._build(self._read(description))

    def _read(self, description: dict[str, t.Any] | MachineDescription) -> MachineDescription:
        if isinstance(description, MachineDescription):
            return description
        return read_machine(Reader(description, f"machine {self.name}"))

    def _build(self, description: MachineDescription | None) -> None:
        with self.lock:
            before = dict(vars(self))
            try:
                self._reset()
                if description is not None:
                    build(self, description)
            except BaseException:
                vars(self).update(before)
                raise
            if "clients" in before:
                before["clients"].forget()
                before["scheduler"].forget()

    def dump(self) -> dict[str, t.Any]:
        """Return its whole state, as plain data."""
        return dumping.dump(self)

    def close(self) -> None:
        """Stop what it does on its own."""
        self.clock.close()

    # -- users

    def sign_in(self, account: str) -> Session:
        """Sign a user in and start the clients that start then; a second time: the session there is.

        Raises:
            Win32Error: 1332 for an account that does not exist.
            SignInError: when not even a temporary profile could be made.
        """
        with self.lock:
            resolved = self.accounts.by_name(account)
            for session in self.sessions:
                if session.sid == resolved.sid:
                    return session
            session = self.profile_service.sign_in(resolved)
            for client in self.clients.of(resolved.sid):
                if client.description.autostart:
                    client.start()
            self.scheduler.signed_in()
            return session

    def sign_out(self, account: str, *, linger: bool = False) -> None:
        """Sign a user out.

        Args:
            account: who.
            linger: stop where the hive is being unloaded (its keys answer 1018); signing out once more
                finishes it.
        """
        with self.lock:
            sid = self.sid_of(account)
            for session in [one for one in self.sessions if one.sid == sid]:
                for client in self.clients.of(sid):
                    client.sign_out()
                self.profile_service.begin_sign_out(session)
            if not linger:
                self.profile_service.finish_sign_out(sid)

    def sid_of(self, account: str) -> str:
        """Return the SID of an account given by name or SID, of a deleted one only by SID or folder."""
        with self.lock:
            if account.upper().startswith("S-1-"):
                return account.upper()
            with suppress(Win32Error):
                return self.accounts.by_name(account).sid
            name = account.rpartition("\\")[2].casefold()
            for profile in self.profiles.all():
                if profile.path.rpartition("\\")[2].casefold() == name:
                    return profile.sid
            return self.accounts.by_name(account).sid

    def session_of(self, account: str) -> Session:
        """Return the session of a user; ValueError when there is none."""
        sid = self.sid_of(account)
        for session in self.sessions:
            if session.sid == sid:
                return session
        raise ValueError(f"{account} is not signed in to {self.name}")

    def profile_of(self, account: str) -> Profile:
        """Return the profile of a user; ValueError when there is none."""
        profile = self.profiles.get(self.sid_of(account))
        if profile is None:
            raise ValueError(f"{account} has no profile on {self.name}")
        return profile

    def user_key(self, account: str) -> str:
        """Return the key of a signed-in user's hive."""
        return rf"{HKU}\{self.sid_of(account)}"

    def hive_of(self, account: str) -> Key:
        """Return the content of a user's hive, wherever it is now; `.Default` is the template of new users."""
        if account.casefold() in (".default", "default"):
            return self.files.hive(r"C:\Users\Default\NTUSER.DAT").root
        hive = self.profile_of(account).hive
        if hive is None:
            raise ValueError(f"the profile of {account} has no hive")
        return hive.root

    def default_of(self, account: str) -> object:
        """Return the data of a user's DefaultIMApp, hive loaded or not; None when there is none."""
        with self.lock:
            return default_of(self.hive_of(account))

    def _hive_created(self, path: str) -> None:
        self.damage.append(f"an empty hive was created at {path}: something was loaded that was not there")
