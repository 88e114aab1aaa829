"""The User Profile Service: creates profiles, loads them at sign-in, unloads them at sign-out.

When a profile's hive cannot be loaded, the user gets a temporary one, whose content is lost at sign-out. If another
program had the hive, that counts as damage done to the user.
"""

from __future__ import annotations

import itertools
import typing as t

from . import errors
from .errors import Win32Error
from .fresh import DEFAULT_PROFILE
from .hives import HiveFile
from .keys import Key
from .profile_list import list_profile, put_back, set_aside
from .registry import HKU
from .users import BY_SIGN_IN, MANDATORY, TEMPORARY, Account, Profile, Session
from .values import Value, ValueType

if t.TYPE_CHECKING:
    from .machine import Machine

_CLASSES = r"AppData\Local\Microsoft\Windows\UsrClass.dat"
_SESSION_PROCESSES = ("sihost.exe", "taskhostw.exe", "explorer.exe")


class SignInError(Exception):
    """The user could not sign in at all."""


class ProfileService:
    """Signs the users of one machine in and out."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._next_session = 1

    def new_profile(self, account: Account, path: str = "", hive_name: str = "NTUSER.DAT") -> Profile:
        """Make a profile from the Default template; it is not loaded and not on the list yet."""
        machine = self._machine
        template = machine.files.hive(rf"{DEFAULT_PROFILE}\NTUSER.DAT")
        if template.in_use:
            holder = f"{template.mounted_at} by {template.mounted_by}"
            self._damage(f"{account.full_name} could not sign in: {template.path} was loaded at {holder}")
            raise SignInError("The User Profile Service service failed the sign-in.")
        profile = Profile(account.sid, path or self._free_folder(account))
        profile.hive = HiveFile(rf"{profile.path}\{hive_name}", template.root.copy())
        profile.classes = HiveFile(rf"{profile.path}\{_CLASSES}")
        machine.files.add_hive(profile.hive)
        machine.files.add_hive(profile.classes)
        machine.files.add_directory(rf"{profile.path}\AppData\Local\Temp")
        return profile

    def enlist(self, profile: Profile) -> None:
        """Put a profile on Windows' list."""
        self._machine.profiles.add(profile)
        list_profile(self._machine, profile)

    def sign_in(self, account: Account) -> Session:
        """Load the user's profile, or a temporary one, and start a session."""
        machine = self._machine
        profile = machine.profiles.get(account.sid)
        if profile is None:
            profile = self.new_profile(account)
            self.enlist(profile)
        try:
            self._load(profile)
        except Win32Error as failure:
            profile = self._temporary(account, profile, failure)
            self._load_temporary(profile)
        session = Session(self._next_session, account.sid)
        self._next_session += 1
        machine.sessions.append(session)
        machine.processes.start("winlogon.exe", session.id)
        for name in _SESSION_PROCESSES:
            machine.processes.start(name, session.id, account.sid)
        self._session_keys(account, profile, session)
        profile.last_use = machine.clock.now()
        return session

    def begin_sign_out(self, session: Session) -> None:
        """End the session; its hives are on their way out: their keys answer 1018."""
        machine = self._machine
        machine.processes.end_session(session.id)
        machine.sessions.remove(session)
        for hive in self._hives(session.sid):
            hive.unloading = True

    def finish_sign_out(self, sid: str) -> None:
        """Unload the hives and remove what does not last."""
        machine = self._machine
        for hive in self._hives(sid):
            # The service unloads even if a program leaked open keys, and says so in its log.
            if hive.handles:
                machine.warnings.append(f"1530: {len(hive.handles)} open handles were leaked from {hive.mounted_at}")
            machine.registry.unload_hive(hive.mounted_at, force=True)
        profile = machine.profiles.get(sid)
        if profile is None:
            return
        profile.last_use = machine.clock.now()
        if profile.disk_detached:
            self.detach_disk(profile)
        self._discard_temporary(profile)

    def detach_disk(self, profile: Profile) -> None:
        """Detach the disk with the hives; the folder it was mounted at stays."""
        for hive in (profile.hive, profile.classes):
            if hive is not None:
                self._machine.files.remove_hive(hive)

    def _load(self, profile: Profile) -> None:
        machine = self._machine
        if profile.hive is None or profile.classes is None:
            raise Win32Error(errors.FILE_NOT_FOUND, profile.path)
        if profile.disk_detached:
            machine.files.add_hive(profile.hive)
            machine.files.add_hive(profile.classes)
        if profile.status & MANDATORY and profile.pristine is not None and not profile.hive.in_use:
            profile.hive.root = profile.pristine.copy()
        machine.registry.load_hive(rf"{HKU}\{profile.sid}", profile.hive.path, BY_SIGN_IN)
        try:
            machine.registry.load_hive(rf"{HKU}\{profile.sid}_Classes", profile.classes.path, BY_SIGN_IN)
        except Win32Error:
            machine.registry.unload_hive(rf"{HKU}\{profile.sid}", force=True)
            raise
        link = Key("Classes", link=rf"{HKU}\{profile.sid}_Classes", volatile=True)
        profile.hive.root.ensure("Software").attach(link)

    def _load_temporary(self, profile: Profile) -> None:
        try:
            self._load(profile)
        except Win32Error as failure:
            # Something else is at HKEY_USERS\<SID>, so not even a temporary hive can be loaded there.
            self._discard_temporary(profile)
            raise SignInError("The User Profile Service service failed the sign-in.") from failure

    def _discard_temporary(self, profile: Profile) -> None:
        if profile.status & TEMPORARY and profile.hidden is not None:
            self._machine.files.delete_tree(profile.path)
            self._machine.profiles.add(profile.hidden)
            put_back(self._machine, profile.hidden)

    def _temporary(self, account: Account, profile: Profile, failure: Win32Error) -> Profile:
        if failure.code in (errors.SHARING_VIOLATION, errors.ACCESS_DENIED):
            reason = ", ".join(self._holders(profile)) or str(failure)
            self._damage(f"{account.full_name} was signed in with a temporary profile: {reason}")
        return self.temporary(account, profile)

    def _holders(self, profile: Profile) -> list[str]:
        """Return a phrase for each program that holds a file of a profile."""
        held = dict(self._machine.files.held())
        hives = [hive for hive in (profile.hive, profile.classes) if hive is not None]
        loaded = [f"{one.path} was loaded at {one.mounted_at} by {one.mounted_by}" for one in hives if one.in_use]
        return loaded + [f"{one.path} was held by {held[one.path]}" for one in hives if one.path in held]

    def temporary(self, account: Account, profile: Profile) -> Profile:
        """Return a temporary profile that stands in for `profile` until the user signs out."""
        stand_in = self.new_profile(account, self._free_temporary_folder(account))
        stand_in.status = TEMPORARY
        stand_in.hidden = profile
        set_aside(self._machine, profile)
        self.enlist(stand_in)
        return stand_in

    def _session_keys(self, account: Account, profile: Profile, session: Session) -> None:
        key = Key("Volatile Environment", volatile=True)
        for name, data in (
            ("LOGONSERVER", rf"\\{account.domain}"),
            ("USERDOMAIN", account.domain),
            ("USERNAME", account.name),
            ("USERPROFILE", profile.path),
            ("APPDATA", rf"{profile.path}\AppData\Roaming"),
            ("LOCALAPPDATA", rf"{profile.path}\AppData\Local"),
        ):
            key.set(Value(name, ValueType.SZ, data))
        name = "Console" if session.id == 1 else f"RDP-Tcp#{session.id}"
        key.ensure(str(session.id)).set(Value("SESSIONNAME", ValueType.SZ, name))
        if profile.hive is not None:
            profile.hive.root.attach(key)

    def _hives(self, sid: str) -> list[HiveFile]:
        mounts = self._machine.registry.mounts()
        by_path = {path.upper(): hive for path, hive in mounts.items()}
        places = (rf"{HKU}\{sid}_Classes", rf"{HKU}\{sid}")
        candidates = (by_path.get(place.upper()) for place in places)
        return [hive for hive in candidates if hive is not None and hive.mounted_by == BY_SIGN_IN]

    def _free_folder(self, account: Account) -> str:
        first = rf"C:\Users\{account.name}"
        return self._first_free([first, rf"{first}.{account.domain}"], rf"{first}.{account.domain}")

    def _free_temporary_folder(self, account: Account) -> str:
        return self._first_free([r"C:\Users\TEMP", rf"C:\Users\TEMP.{account.domain}"], r"C:\Users\TEMP")

    def _first_free(self, names: list[str], numbered: str) -> str:
        candidates = itertools.chain(names, (f"{numbered}.{number:03}" for number in itertools.count()))
        return next(path for path in candidates if not self._machine.files.exists(path))

    def _damage(self, sentence: str) -> None:
        self._machine.damage.append(sentence)
