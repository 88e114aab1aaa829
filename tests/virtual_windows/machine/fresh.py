"""A freshly installed Windows 11: its hives, folders, services' profiles, processes and environment."""

from __future__ import annotations

import typing as t

from .hives import HiveFile
from .keys import Key
from .profile_list import PROFILE_LIST, list_profile
from .registry import HKLM, HKU
from .users import BY_SYSTEM, Account, Profile, account_sid, domain_sid, service_sid
from .values import Data, Value, ValueType

if t.TYPE_CHECKING:
    from .machine import Machine

CONFIG = r"C:\Windows\System32\config"
DEFAULT_PROFILE = r"C:\Users\Default"
_FOLDERS = (
    r"C:\Windows\Temp",
    CONFIG,
    rf"{CONFIG}\systemprofile",
    r"C:\Windows\SysWOW64",
    r"C:\Program Files",
    r"C:\Program Files (x86)",
    r"C:\ProgramData",
    r"C:\Users\Public",
)
_EXPAND = ValueType.EXPAND_SZ
_CURRENT_VERSION = rf"{HKLM}\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_SERVICE_PROFILES = {
    "S-1-5-19": ("LOCAL SERVICE", "LocalService"),
    "S-1-5-20": ("NETWORK SERVICE", "NetworkService"),
}
_SESSION_0 = (
    "smss.exe",
    "csrss.exe",
    "wininit.exe",
    "services.exe",
    "lsass.exe",
    "svchost.exe",
    "svchost.exe",
    "spoolsv.exe",
    "WmiPrvSE.exe",
)


def install(machine: Machine) -> None:
    """Install Windows on an empty machine, with no user signed in."""
    for folder in _FOLDERS:
        machine.files.add_directory(folder)
    machine.files.add_file(r"C:\Windows\System32\cmd.exe", b"MZ")
    machine.files.add_file(r"C:\Windows\System32\reg.exe", b"MZ")
    _system_hives(machine)
    _system_keys(machine)
    _accounts(machine)
    default = HiveFile(rf"{DEFAULT_PROFILE}\NTUSER.DAT", new_user_hive())
    machine.files.add_hive(default)
    _service_profiles(machine)
    machine.processes.start("System Idle Process", 0, "", pid=0)
    machine.processes.start("System", 0, "", pid=4)
    for name in _SESSION_0:
        machine.processes.start(name)
    machine.environment = environment(machine.name, machine.administrator.name)


def new_user_hive() -> Key:
    r"""Return what C:\Users\Default\NTUSER.DAT holds: the keys every new user starts with."""
    root = Key("ROOT")
    for path in (
        r"AppEvents\Schemes",
        r"Console",
        r"Control Panel\Desktop",
        r"EUDC",
        r"Keyboard Layout\Preload",
        r"Network",
        r"Software\Microsoft\Windows\CurrentVersion\Run",
        r"Software\Policies",
        r"System",
    ):
        root.ensure(path)
    environment = root.ensure("Environment")
    for name in ("TEMP", "TMP"):
        environment.set(Value(name, _EXPAND, r"%USERPROFILE%\AppData\Local\Temp"))
    root.ensure(r"Control Panel\Desktop").set(Value("WallPaper", ValueType.SZ, ""))
    root.ensure(r"Keyboard Layout\Preload").set(Value("1", ValueType.SZ, "00000409"))
    return root


def environment(computer: str, user: str) -> dict[str, str]:
    """Return the variables of a remote shell without a loaded profile (WINRS_NOPROFILE), as Windows 11 has them."""
    return {
        "ALLUSERSPROFILE": r"C:\ProgramData",
        "CommonProgramFiles": r"C:\Program Files\Common Files",
        "CommonProgramFiles(x86)": r"C:\Program Files (x86)\Common Files",
        "COMPUTERNAME": computer,
        "ComSpec": r"C:\Windows\system32\cmd.exe",
        "NUMBER_OF_PROCESSORS": "4",
        "OS": "Windows_NT",
        "Path": r"C:\Windows\system32;C:\Windows;C:\Windows\System32\Wbem",
        "PATHEXT": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
        "PROCESSOR_ARCHITECTURE": "AMD64",
        "ProgramData": r"C:\ProgramData",
        "ProgramFiles": r"C:\Program Files",
        "ProgramFiles(x86)": r"C:\Program Files (x86)",
        "ProgramW6432": r"C:\Program Files",
        "PROMPT": "$P$G",
        "PUBLIC": r"C:\Users\Public",
        "SystemDrive": "C:",
        "SystemRoot": r"C:\Windows",
        "TEMP": r"C:\Windows\TEMP",
        "TMP": r"C:\Windows\TEMP",
        "USERDOMAIN": computer,
        "USERNAME": user,
        "USERPROFILE": DEFAULT_PROFILE,
        "windir": r"C:\Windows",
    }


def _system_hives(machine: Machine) -> None:
    """Attach the hives that Windows loads when it starts."""
    registry = machine.registry
    # The list of hives must exist before the first hive is added to it.
    system = Key("SYSTEM")
    system.ensure(r"ControlSet001\Control\hivelist")
    system.attach(Key("CurrentControlSet", link=rf"{HKLM}\SYSTEM\ControlSet001", volatile=True))
    for name, root in (("SYSTEM", system), ("SOFTWARE", None), ("SAM", None), ("SECURITY", None)):
        hive = HiveFile(rf"{CONFIG}\{name}", root)
        machine.files.add_hive(hive)
        registry.hives.attach(rf"{HKLM}\{name}", hive, BY_SYSTEM)
    registry.key(HKLM).ensure(r"HARDWARE\DESCRIPTION\System\CentralProcessor\0")
    default = HiveFile(rf"{CONFIG}\DEFAULT", new_user_hive())
    machine.files.add_hive(default)
    registry.hives.attach(rf"{HKU}\.DEFAULT", default, BY_SYSTEM)
    registry.key(HKU).attach(Key("S-1-5-18", link=rf"{HKU}\.DEFAULT"))
    # Administrators may not look into these two; only LocalSystem may.
    for name in ("SAM", "SECURITY"):
        registry.ensure(rf"{HKLM}\{name}\{name if name == 'SAM' else 'Policy'}").denied = {"read", "write"}


def _system_keys(machine: Machine) -> None:
    registry = machine.registry
    software = registry.key(rf"{HKLM}\SOFTWARE")
    for path in (r"Classes\CLSID", r"Classes\WOW6432Node\CLSID", "Clients", "Policies", "WOW6432Node"):
        software.ensure(path)
    # Since Windows 7 the 32-bit view of the classes is kept below the classes themselves.
    software.ensure("WOW6432Node").attach(Key("Classes", link=rf"{HKLM}\SOFTWARE\Classes\WOW6432Node"))
    facts: dict[str, Data] = {
        "ProductName": "Windows 10 Enterprise",  # as on Windows 11
        "EditionID": "Enterprise",
        "CurrentBuild": "22631",
        "CurrentBuildNumber": "22631",
        "CurrentVersion": "6.3",
        "DisplayVersion": "23H2",
        "SystemRoot": r"C:\Windows",
    }
    for name, data in facts.items():
        registry.ensure(_CURRENT_VERSION).set(Value(name, ValueType.SZ, data))
    profile_list = registry.ensure(PROFILE_LIST)
    for name, data in (
        ("Default", r"%SystemDrive%\Users\Default"),
        ("ProfilesDirectory", r"%SystemDrive%\Users"),
        ("ProgramData", r"%SystemDrive%\ProgramData"),
        ("Public", r"%SystemDrive%\Users\Public"),
    ):
        profile_list.set(Value(name, _EXPAND, data))
    control = registry.ensure(rf"{HKLM}\SYSTEM\CurrentControlSet\Control")
    control.ensure(r"ComputerName\ComputerName").set(Value("ComputerName", ValueType.SZ, machine.name))
    variables = control.ensure(r"Session Manager\Environment")
    variables.set(Value("PROCESSOR_ARCHITECTURE", ValueType.SZ, "AMD64"))
    variables.set(Value("TEMP", _EXPAND, r"%SystemRoot%\TEMP"))
    variables.set(Value("windir", _EXPAND, "%SystemRoot%"))


def _accounts(machine: Machine) -> None:
    own = domain_sid(machine.name)
    for rid, name in ((500, "Administrator"), (501, "Guest"), (503, "DefaultAccount")):
        machine.accounts.add(Account(f"{own}-{rid}", machine.name, name))
    for sid, name in (("S-1-5-18", "SYSTEM"), *((sid, names[0]) for sid, names in _SERVICE_PROFILES.items())):
        machine.accounts.add(Account(sid, "NT AUTHORITY", name))
    machine.accounts.add(Account("S-1-5-32-544", "BUILTIN", "Administrators"))
    administrator = Account(account_sid(machine.name, "ansible"), machine.name, machine.administrator_name)
    machine.administrator = machine.accounts.add(administrator)
    machine.administrators = {administrator.sid, f"{own}-500", "S-1-5-18"}
    machine.registry.namespace.current_user_sid = administrator.sid


def _service_profiles(machine: Machine) -> None:
    system = machine.registry.mounts()[rf"{HKU}\.DEFAULT"]
    profile = Profile("S-1-5-18", rf"{CONFIG}\systemprofile", special=True, hive=system)
    machine.profiles.add(profile)
    list_profile(machine, profile, r"%systemroot%\system32\config\systemprofile")
    for sid, (_unused, folder) in _SERVICE_PROFILES.items():
        path = rf"C:\Windows\ServiceProfiles\{folder}"
        add_service_profile(machine, sid, path, rf"%systemroot%\ServiceProfiles\{folder}", special=True)


def add_service(machine: Machine, name: str) -> None:
    """Install a service that runs as its own virtual account and so has a profile of its own."""
    account = machine.accounts.add(Account(service_sid(name), "NT SERVICE", name))
    add_service_profile(machine, account.sid, rf"C:\Users\{name}", rf"C:\Users\{name}", special=False)
    machine.processes.start("sqlservr.exe" if name.startswith("MSSQL") else f"{name}.exe", 0, account.sid)


def add_service_profile(machine: Machine, sid: str, path: str, listed_as: str, *, special: bool) -> None:
    """Give a service its profile, which is loaded as long as Windows runs."""
    hive = HiveFile(rf"{path}\NTUSER.DAT", new_user_hive())
    machine.files.add_hive(hive)
    machine.registry.hives.attach(rf"{HKU}\{sid}", hive, BY_SYSTEM)
    classes = HiveFile(rf"{path}\AppData\Local\Microsoft\Windows\UsrClass.dat")
    machine.files.add_hive(classes)
    machine.registry.hives.attach(rf"{HKU}\{sid}_Classes", classes, BY_SYSTEM)
    profile = Profile(sid, path, special=special, hive=hive, classes=classes, last_use=machine.clock.now())
    machine.profiles.add(profile)
    list_profile(machine, profile, listed_as)
