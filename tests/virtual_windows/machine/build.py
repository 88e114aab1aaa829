"""Build a machine from its description: Windows first, then Office and providers, then users."""

from __future__ import annotations

import typing as t

from .classes import local_server, machine_type_library, own_class, own_type_library
from .clients import DEFAULT, IM_PROVIDERS, UP_AND_RUNNING
from .describe_providers import OfficeDescription, ProviderDescription
from .describe_users import ClientDescription, HiveDescription, UserDescription
from .description import MachineDescription
from .errors import Win32Error
from .fresh import DEFAULT_PROFILE, add_service
from .keys import Key, fold, split
from .reader import DescriptionError
from .registry import HKLM
from .users import CORRUPTED, MANDATORY, ROAMING, Account, Profile, account_sid
from .values import Value, ValueType

if t.TYPE_CHECKING:
    from .machine import Machine

_SOFTWARE = {"x64": rf"{HKLM}\SOFTWARE", "x86": rf"{HKLM}\SOFTWARE\WOW6432Node"}
_STATUS = {"roaming": ROAMING, "mandatory": MANDATORY, "corrupted": CORRUPTED}
_UP_AND_RUNNING = {"stopped": 0, "starting": 1, "running": 2, "crashed": 2}


def build(machine: Machine, description: MachineDescription) -> None:
    """Set a fresh machine up by its description; called under its lock."""
    for service in description.services:
        add_service(machine, service)
    if description.office is not None:
        install_office(machine, description.office)
    for provider in description.providers:
        register(machine, provider)
    template = machine.files.hive(rf"{DEFAULT_PROFILE}\NTUSER.DAT")
    fill_hive(template.root, description.default_profile)
    for user in description.users:
        add_user(machine, user, description)
    if description.administrator_profile != "none":
        _administrator_profile(machine, description.administrator_profile == "loaded")
    for path, values in description.registry.items():
        _write(machine.registry.ensure(path), values)
    for path, what in description.mounts.items():
        _leave_mounted(machine, path, what)
    machine.language = description.language
    machine.events = description.events
    machine.scheduler.has_classes = description.task_classes
    for number in range(description.processes):
        machine.processes.start(f"svchost-{number + 1}.exe")


def install_office(machine: Machine, office: OfficeDescription) -> None:
    """Write the values that show Office's bitness."""
    if office.installation == "click_to_run":
        key = machine.registry.ensure(rf"{HKLM}\SOFTWARE\Microsoft\Office\ClickToRun\Configuration")
        for name, data in (
            ("Platform", office.platform),
            ("ProductReleaseIds", "O365ProPlusRetail"),
            ("ClientCulture", "en-us"),
            ("VersionToReport", f"{office.version}.17328.20162"),
        ):
            key.set(Value(name, ValueType.SZ, data))
        return
    views = {"native": ("x64",), "wow6432node": ("x86",), "both": ("x64", "x86")}[office.bitness_at]
    for view in views:
        key = machine.registry.ensure(rf"{_SOFTWARE[view]}\Microsoft\Office\{office.version}\Outlook")
        key.set(Value("Bitness", ValueType.SZ, office.platform))


def register(machine: Machine, provider: ProviderDescription) -> None:
    """Register a provider with Office, and its COM server and type library."""
    registry = machine.registry
    for view in provider.views:
        key = registry.ensure(rf"{_SOFTWARE[view]}\IM Providers\{provider.name}")
        for name, data in (
            ("FriendlyName", provider.friendly_name),
            ("GUID", provider.guid),
            ("ProcessName", provider.process_name),
        ):
            if data is not None:
                key.set(Value(name, ValueType.SZ, data))
        if provider.com_scope == "machine":
            local_server(registry.ensure(rf"{_SOFTWARE[view]}\Classes"), provider)
    if provider.type_library:
        machine_type_library(registry.ensure(rf"{HKLM}\SOFTWARE\Classes"), provider)


def add_user(machine: Machine, user: UserDescription, description: MachineDescription) -> None:
    """Give a machine a user: account, profile, hive, clients, and a session when signed in."""
    account = _account(machine, user)
    profile = _profile(machine, account, user)
    if profile.hive is None or profile.classes is None:
        raise AssertionError(profile)
    _classes(profile, profile.classes.root, user, description)
    fill_hive(profile.hive.root, user.hive, profile.classes.root)
    for client in user.clients:
        if not client.volatile:
            _client_key(profile.hive.root, client)
        machine.clients.add(account.sid, client)
    profile.hive.root.denied = set(user.denied)
    profile.pristine = profile.hive.root.copy() if user.profile == "mandatory" else None
    profile.hive.damaged = user.profile == "corrupted"
    profile.disk_detached = user.profile == "no_hive"
    if profile.disk_detached:
        machine.profile_service.detach_disk(profile)
    machine.profile_service.enlist(profile)
    if user.set_aside:
        machine.profiles.list_aside(Profile(account.sid, user.set_aside, CORRUPTED))
    if user.profile == "temporary":
        _stand_in(machine, account, profile)
    if user.signed_in:
        _sign_in(machine, account)
    if user.profile == "deleted_account":
        machine.accounts.remove(account.sid)


def _classes(profile: Profile, classes: Key, user: UserDescription, description: MachineDescription) -> None:
    """Write what providers and the user's clients register for this user only."""
    for provider in description.providers:
        if provider.com_scope == "user":
            local_server(classes, provider)
            if "x86" in provider.views:
                local_server(classes.ensure("WOW6432Node"), provider)
    platform = description.office.platform if description.office else "x64"
    for client in user.clients:
        own_class(classes, client)
        own_type_library(classes, client, profile.path, platform)


def fill_hive(root: Key, hive: HiveDescription, classes: Key | None = None) -> None:
    r"""Write the described values into a hive.

    Args:
        classes: the user's other hive, to which Software\Classes leads while the user is signed in.
    """
    if hive.default is not None:
        root.ensure(IM_PROVIDERS).set(hive.default)
    for path, values in hive.registry.items():
        names = split(path)
        if classes is not None and [fold(name) for name in names[:2]] == ["SOFTWARE", "CLASSES"]:
            _write(classes.ensure("\\".join(names[2:])), values)
        else:
            _write(root.ensure(path), values)


def _client_key(root: Key, client: ClientDescription) -> None:
    """Write the state of a client, unless the description has another."""
    if client.deletes_at_stop and client.state == "stopped":
        return
    common = root.at(IM_PROVIDERS) or root.ensure("Software").attach(Key("IM Providers", volatile=client.volatile))
    key = common.child(client.name) or common.attach(Key(client.name, volatile=client.volatile))
    if key.value(UP_AND_RUNNING) is None:
        key.set(Value(UP_AND_RUNNING, ValueType.DWORD, _UP_AND_RUNNING[client.state]))


def _write(key: Key, values: list[Value]) -> None:
    for value in values:
        key.set(value)


def _account(machine: Machine, user: UserDescription) -> Account:
    domain, backslash, name = user.account.rpartition("\\")
    if not backslash or domain == ".":
        domain = machine.name
    accounts = {fold(account.full_name): account for account in machine.accounts.all()}
    if not user.sid and (existing := accounts.get(fold(rf"{domain}\{name}"))):
        return existing  # such as the local Administrator, or the account WinRM uses
    taken = {account.sid for account in accounts.values()}
    sid = user.sid or account_sid(domain, name)
    while not user.sid and sid in taken:
        head, _unused, last = sid.rpartition("-")
        sid = f"{head}-{int(last) + 1}"
    return machine.accounts.add(Account(sid, domain, name))


def _profile(machine: Machine, account: Account, user: UserDescription) -> Profile:
    hive_name = "NTUSER.MAN" if user.profile == "mandatory" else "NTUSER.DAT"
    profile = machine.profile_service.new_profile(account, user.path, hive_name)
    profile.status = _STATUS.get(user.profile, 0)
    profile.last_use = machine.clock.now()
    return profile


def _stand_in(machine: Machine, account: Account, profile: Profile) -> None:
    """Replace a profile by a temporary one with the same content."""
    stand_in = machine.profile_service.temporary(account, profile)
    for own, copied in ((stand_in.hive, profile.hive), (stand_in.classes, profile.classes)):
        if own is not None and copied is not None:
            own.root = copied.root.copy()
    stand_in.last_use = machine.clock.now()


def _sign_in(machine: Machine, account: Account) -> None:
    session = machine.profile_service.sign_in(account)
    for client in machine.clients.of(account.sid):
        if client.description.volatile:
            _client_key(machine.hive_of(account.sid), client.description)
        if client.description.state in ("starting", "running"):
            client.launch(session)


def _leave_mounted(machine: Machine, path: str, what: str) -> None:
    try:
        machine.mount(path, what)
    except (Win32Error, ValueError) as failure:
        raise DescriptionError(f"machine {machine.name}, mounts: {what} cannot be at {path}: {failure}") from failure


def _administrator_profile(machine: Machine, loaded: bool) -> None:
    profile = machine.profile_service.new_profile(machine.administrator)
    machine.profile_service.enlist(profile)
    if loaded:
        machine.profile_service.sign_in(machine.administrator)


def default_of(root: Key) -> object:
    """Return the data of DefaultIMApp in a hive, or None."""
    key = root.at(IM_PROVIDERS)
    value = key.value(DEFAULT) if key else None
    return value.data if value else None
