"""The catalogue is docs/field.md, and the states seen in the field come out as tests/integration/field.yml has them."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest

from tests.virtual_windows.fleet_file import read_fleet
from tests.virtual_windows.machine import Machine, Value, ValueType, Win32Error
from tests.virtual_windows.machine.catalogue import CATALOGUE
from tests.virtual_windows.wmi.std_reg_prov import StdRegProv

ROOT = Path(__file__).parents[3]
FIELD = ROOT / "tests" / "integration" / "field.yml"

IM = r"Software\IM Providers"
HKLM = "HKEY_LOCAL_MACHINE"
SOFTWARE = {"x64": rf"{HKLM}\SOFTWARE", "x86": rf"{HKLM}\SOFTWARE\WOW6432Node"}
TYPE_LIBRARY = r"TypeLib\{B9AA1F11-F480-4054-A84E-B5D9277E40A8}\1.0"

LYNC = "Lync"
JABBER = "Cisco Jabber"
TEAMS = ("Microsoft Teams", "{00425F68-FFC1-445F-8EDF-EF78B84BA1C7}", "Teams.exe")
MS_TEAMS = ("Microsoft Teams", "{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}", "ms-teams.exe")
JITSI = ("Jitsi", "{8885370D-B33E-44B7-875D-28E403CF9270}", "Jitsi.exe")


@pytest.fixture(scope="module")
def field() -> dict[str, Machine]:
    """Return the machines of the file by name, for tests that only read."""
    return {member.name: Machine(member.name, member.machine) for member in read_fleet(FIELD)}


def one(providers: list[t.Any], clients: dict[str, t.Any] | None = None, **more: t.Any) -> Machine:
    """Return a machine with these providers and a user who is signed in."""
    user = {"account": r"CONTOSO\ada", "signed_in": True, "clients": clients or {}}
    return Machine("desk1", {"providers": providers, "users": [user], **more})


def data(machine: Machine, key: str) -> dict[str, t.Any] | None:
    """Return the data of a key's values; None when there is no such key."""
    if not machine.registry.exists(key):
        return None
    return {value.name: value.data for value in machine.registry.values(key)}


def registered(machine: Machine) -> dict[str, list[str]]:
    """Return the names that are registered in each view that has any."""
    keys = {view: rf"{software}\IM Providers" for view, software in SOFTWARE.items()}
    return {view: machine.registry.subkeys(key) for view, key in keys.items() if machine.registry.exists(key)}


def registration(machine: Machine, name: str, view: str = "x64") -> tuple[t.Any, ...]:
    """Return FriendlyName, GUID and ProcessName; more values are a failure."""
    values = data(machine, rf"{SOFTWARE[view]}\IM Providers\{name}") or {}
    parts = tuple(values.pop(part, None) for part in ("FriendlyName", "GUID", "ProcessName"))
    assert values == {}
    return parts


def classes(machine: Machine) -> list[str]:
    """Return the CLSIDs of the machine, of either view."""
    return [one for software in SOFTWARE.values() for one in machine.registry.subkeys(rf"{software}\Classes\CLSID")]


def own(machine: Machine, user: str = "ada") -> dict[str, t.Any]:
    """Return what a user's hive has of providers: the default at "", the others' values by their names."""
    key = machine.hive_of(user).at(IM)
    if key is None:
        return {}
    values = {part.name: {value.name: value.data for value in part.values()} for part in key.children()}
    return {**values, "": {value.name: value.data for value in key.values()}}


def running(machine: Machine, program: str, user: str = "ada") -> bool:
    """Return whether a program runs in the user's session."""
    session = machine.session_of(user).id
    return [one.session_id for one in machine.processes.find(program)] == [session]


# -- the catalogue


def test_each_client_is_a_row_of_the_table():
    table = (ROOT / "docs" / "field.md").read_text(encoding="utf-8").split("## Who registers what")[1].split("\n##")[0]
    names = re.findall(r"^\|[^|]+\|[^|`]*`([^`]+)`", table, re.MULTILINE)
    # MaX UC and Accession are in a row with Communicator, whose name they can use.
    assert {name.casefold() for name in names} == set(CATALOGUE)
    for guid in filter(None, (known.guid for known in CATALOGUE.values())):
        assert guid in table


@pytest.mark.parametrize("entry", ["MsTeams", {"name": "msteams"}, {"name": "MsTeams", "com_server": None}])
def test_new_teams_is_registered_as_the_repair_scripts_do(entry):
    machine = one([entry], {"MsTeams": "running"}, com_servers="made_up")
    (name,) = registered(machine)["x64"]
    assert registered(machine) == {"x64": [name]}
    assert registration(machine, name) == MS_TEAMS
    assert classes(machine) == []


def test_new_teams_writes_the_keys_of_its_user_only():
    machine = Machine("desk1", {"users": [{"account": "ada", "signed_in": True, "clients": {"MsTeams": "stopped"}}]})
    before = machine.dump()["hives"]
    client = machine.clients.get("ada", "MsTeams")
    client.start()
    assert own(machine) == {"MsTeams": {"UpAndRunning": 2}, "": {"DefaultIMApp": "MsTeams"}}
    assert running(machine, "ms-teams.exe")
    changed = [path for path, hive in machine.dump()["hives"].items() if hive != before[path]]
    assert changed == [r"C:\Users\ada\NTUSER.DAT"]
    client.stop()
    assert own(machine) == {"MsTeams": {"UpAndRunning": 0}, "": {"DefaultIMApp": "MsTeams"}}


@pytest.mark.parametrize("name", [LYNC, "Communicator", JABBER, "RCIM", "Teams", "Jitsi"])
def test_others_are_registered_in_both_views_without_an_invented_com_server(name):
    machine = one([name])
    assert registered(machine) == {"x64": [name], "x86": [name]}
    assert registration(machine, name, "x64") == registration(machine, name, "x86")
    assert None not in registration(machine, name)
    assert classes(machine) == []


def test_made_up_com_servers_are_for_clients_whose_own_are_not_known():
    names = [LYNC, JABBER, "Teams", "MsTeams", "Jitsi"]
    machine = one(names, com_servers="made_up")
    wanted = {registration(machine, name)[1] for name in (LYNC, JABBER)}
    assert set(classes(machine)) == wanted


@pytest.mark.parametrize("name", ["Zoom", "DesktopCommunicator", "MattermostPresenceProvider"])
def test_clients_of_a_user_only(name):
    machine = one([], {name: "running"})
    assert registered(machine) == {}
    assert own(machine)[name] == {"UpAndRunning": 2}
    assert running(machine, f"{name}.exe")
    described = one([{"name": name, "views": ["x86"]}])
    assert registered(described) == {"x86": [name]}


def test_mattermosts_provider_deletes_what_it_wrote():
    machine = one([LYNC], {LYNC: "stopped", "MattermostPresenceProvider": "stopped"})
    client = machine.clients.get("ada", "MattermostPresenceProvider")
    assert own(machine) == {LYNC: {"UpAndRunning": 0}, "": {}}
    seen = []
    machine.registry.watchers.append(lambda path: seen.append(own(machine).get(client.description.name)))
    client.start()
    assert {"UpAndRunning": 0} not in seen
    assert {"UpAndRunning": 1} not in seen
    assert own(machine)[client.description.name] == {"UpAndRunning": 2}
    assert machine.default_of("ada") == "MattermostPresenceProvider"
    client.stop()
    assert own(machine) == {LYNC: {"UpAndRunning": 0}, "": {}}
    client.start()
    machine.sign_out("ada")
    assert own(machine) == {LYNC: {"UpAndRunning": 0}, "": {}}


def test_jitsis_keys_are_volatile():
    machine = one(["Jitsi"], {"Jitsi": "running"})
    user = machine.user_key("ada")
    assert data(machine, rf"{user}\{IM}\Jitsi") == {"UpAndRunning": 2}
    assert machine.dump()["hives"][r"C:\Users\ada\NTUSER.DAT"].keys().isdisjoint({IM, rf"{IM}\Jitsi"})
    with pytest.raises(Win32Error, match="1021"):
        machine.registry.create_key(rf"{user}\{IM}\Lync")
    machine.sign_out("ada")
    assert own(machine) == {}
    machine.sign_in("ada")
    client = machine.clients.get("ada", "Jitsi")
    assert client.state == "stopped"
    client.start()
    assert own(machine) == {"Jitsi": {"UpAndRunning": 2}, "": {"DefaultIMApp": "Jitsi"}}


def test_a_key_that_was_there_before_jitsi_lasts():
    user = {"account": "ada", "signed_in": True, "default": "Jitsi", "clients": {"Jitsi": "crashed"}}
    machine = Machine("desk1", {"users": [user, {**user, "account": "bob", "signed_in": False}]})
    assert own(machine) == {"Jitsi": {"UpAndRunning": 2}, "": {"DefaultIMApp": "Jitsi"}}
    assert own(machine, "bob") == {"": {"DefaultIMApp": "Jitsi"}}
    machine.sign_out("ada")
    assert own(machine) == {"": {"DefaultIMApp": "Jitsi"}}


# -- COM servers and the type library


@pytest.mark.parametrize(("platform", "part", "file"), [("x64", "Win64", "Uc.tlb"), ("x86", "Win32", "Uc.win32.tlb")])
def test_classic_teams_in_the_classes_of_the_users_who_have_it(platform, part, file):
    users = [
        {"account": "ada", "signed_in": True, "clients": {"Teams": "running"}},
        {"account": "bob", "signed_in": True},
        {"account": "cyd", "clients": {"Teams": "stopped"}},
    ]
    machine = Machine("desk1", {"office": {"platform": platform}, "providers": ["Teams"], "users": users})
    machine.sign_in("cyd")
    path = rf"AppData\Local\Microsoft\TeamsPresenceAddin\{file}"
    for user in ("ada", "cyd"):
        own_classes = rf"{machine.user_key(user)}\Software\Classes"
        library = rf"{own_classes}\{TYPE_LIBRARY}"
        assert data(machine, library) == {"": "Unified Collaboration API 1.0 Type Library"}
        assert data(machine, rf"{library}\0\{part}") == {"": rf"C:\Users\{user}\{path}"}
        assert machine.registry.subkeys(rf"{library}\0") == [part]
        for below in ("CLSID", r"WOW6432Node\CLSID"):
            assert data(machine, rf"{own_classes}\{below}\{TEAMS[1]}\LocalServer") == {
                "": r'"C:\Program Files (x86)\Microsoft\Teams\current\Teams.exe"'
            }
    assert machine.registry.subkeys(rf"{machine.user_key('bob')}_Classes") == []
    assert data(machine, rf"{SOFTWARE['x64']}\Classes\{TYPE_LIBRARY}") is None


@pytest.mark.parametrize(("views", "parts"), [(["x64", "x86"], ["Win32", "Win64"]), (["x86"], ["Win32"])])
def test_lync_brings_the_type_library_for_the_machine(views, parts):
    machine = one([{"name": LYNC, "views": views}])
    library = rf"{SOFTWARE['x64']}\Classes\{TYPE_LIBRARY}"
    assert data(machine, library) == {"": "Unified Collaboration API 1.0 Type Library"}
    assert machine.registry.subkeys(rf"{library}\0") == parts


@pytest.mark.parametrize(("entry", "there"), [({"name": LYNC, "type_library": False}, False), (JABBER, False),
                                              ({"name": JABBER, "type_library": True}, True)])  # fmt: skip
def test_a_machine_with_or_without_the_type_library(entry, there):
    assert one([entry]).registry.exists(rf"{SOFTWARE['x64']}\Classes\{TYPE_LIBRARY}") is there


def test_values_in_a_users_classes_are_there_signed_in_or_not():
    values = {r"software\classes\CLSID\{X}\LocalServer32": {"(default)": "x.exe"}}
    users = [
        {"account": "ada", "signed_in": True, "registry": values},
        {"account": "bob", "registry": values},
        {"account": "cyd", "signed_in": True, "profile": "temporary", "registry": values},
    ]
    machine = Machine("desk1", {"users": users})
    machine.sign_in("bob")
    for user in ("ada", "bob", "cyd"):
        for path in (r"\Software\Classes", "_Classes"):
            key = rf"{machine.user_key(user)}{path}\CLSID\{{X}}\LocalServer32"
            assert data(machine, key) == {"": "x.exe"}


def test_wmi_reads_and_writes_all_of_it():
    machine = one([LYNC, "MsTeams"], {"Jitsi": "running", "Teams": "running"})
    prov = StdRegProv(machine)
    hklm, hku, sid = 0x80000002, 0x80000003, machine.sid_of("ada")
    library = rf"SOFTWARE\Classes\{TYPE_LIBRARY}"
    assert prov.get_string_value(hklm, library, "") == (0, {"sValue": "Unified Collaboration API 1.0 Type Library"})
    assert prov.enum_key(hklm, rf"{library}\0") == (0, {"sNames": ["Win32", "Win64"]})
    assert prov.enum_key(hku, rf"{sid}_Classes\CLSID") == (0, {"sNames": [TEAMS[1]]})
    assert prov.enum_values(hku, rf"{sid}\{IM}\Jitsi") == (0, {"sNames": ["UpAndRunning"], "Types": [4]})
    assert prov.get_dword_value(hku, rf"{sid}\{IM}\Jitsi", "UpAndRunning") == (0, {"uValue": 2})
    assert prov.set_string_value(hku, rf"{sid}\{IM}\Jitsi", "PreviousDefaultIMApp", LYNC) == 0
    assert prov.delete_value(hku, rf"{sid}\{IM}\Jitsi", "PreviousDefaultIMApp") == 0
    assert prov.create_key(hku, rf"{sid}\{IM}\Jitsi\more") == 1021
    assert prov.delete_key(hku, rf"{sid}\{IM}\Jitsi") == 0
    machine.registry.deny(rf"{SOFTWARE['x64']}\Classes\TypeLib", "read")
    assert prov.get_string_value(hklm, library, "") == 5


# -- the states of the file


def test_every_machine_of_the_file_is_tested_here(field):
    tests = {name for name in globals() if name.startswith("test_state_")}
    assert tests == {f"test_state_{name.replace('-', '_')}" for name in field}
    for machine in field.values():
        assert machine.damage == []
        key = rf"{SOFTWARE['x64']}\Microsoft\Office\ClickToRun\Configuration"
        assert machine.registry.value(key, "Platform").data in ("x64", "x86")


def test_state_new_teams_user_only(field):
    machine = field["new-teams-user-only"]
    assert registered(machine) == {}
    assert classes(machine) == []
    assert own(machine) == {"MsTeams": {"UpAndRunning": 2}, "": {"DefaultIMApp": "MsTeams"}}
    assert running(machine, "ms-teams.exe")


def test_state_new_teams_user_only_and_lync(field):
    machine = field["new-teams-user-only-and-lync"]
    assert registered(machine) == {"x64": [LYNC], "x86": [LYNC]}
    assert own(machine, "ada") == {
        LYNC: {"UpAndRunning": 0},
        "MsTeams": {"UpAndRunning": 2},
        "": {"DefaultIMApp": "MsTeams"},
    }
    assert own(machine, "bob") == {**own(machine, "ada"), "": {"DefaultIMApp": LYNC}}
    assert own(machine, "cyd") == {"": {"DefaultIMApp": "MsTeams"}}
    sessions = {machine.session_of(user).id for user in ("ada", "bob")}
    assert {one.session_id for one in machine.processes.find("ms-teams.exe")} == sessions
    assert machine.processes.find("lync.exe") == []


def test_state_new_teams_repaired_x64(field):
    machine = field["new-teams-repaired-x64"]
    assert registered(machine) == {"x64": ["MsTeams"]}
    assert registration(machine, "MsTeams") == MS_TEAMS
    assert classes(machine) == []
    packaged = rf"{SOFTWARE['x64']}\Classes\PackagedCom"
    (package,) = machine.registry.subkeys(rf"{packaged}\ClassIndex\{MS_TEAMS[1]}")
    assert package.startswith("MSTeams_")
    assert data(machine, rf"{packaged}\ClassIndex\{MS_TEAMS[1]}\{package}") == {}
    assert data(machine, rf"{packaged}\Package\{package}\Class\{MS_TEAMS[1]}") == {"ServerId": 0}
    assert data(machine, rf"{packaged}\Package\{package}\Server\0") == {"Executable": "ms-teams.exe"}
    assert own(machine, "bob") == {"": {"DefaultIMApp": "MsTeams"}}
    assert running(machine, "ms-teams.exe")


def test_state_classic_teams_localserver(field):
    machine = field["classic-teams-localserver"]
    assert registration(machine, "Teams", "x64") == registration(machine, "Teams", "x86") == TEAMS
    assert classes(machine) == []
    own_classes = rf"{machine.user_key('ada')}\Software\Classes"
    assert machine.registry.subkeys(rf"{own_classes}\CLSID\{TEAMS[1]}") == ["LocalServer"]
    assert data(machine, rf"{own_classes}\CLSID\{TEAMS[1]}\LocalServer") == {
        "": r'"C:\Program Files (x86)\Microsoft\Teams\current\Teams.exe"'
    }
    assert not machine.registry.exists(rf"{own_classes}\WOW6432Node")
    assert own(machine) == {"Teams": {"UpAndRunning": 2}, "": {"DefaultIMApp": "Teams"}}
    assert running(machine, "Teams.exe")


def test_state_policy_off(field):
    machine = field["policy-off"]
    key = rf"{machine.user_key('ada')}\Software\Policies\Microsoft\Office\16.0\Common\IM"
    assert machine.registry.values(key) == [
        Value("TurnOffPresenceIntegration", ValueType.DWORD, 1),
        Value("TurnOffPresenceIcon", ValueType.DWORD, 2),
    ]
    assert own(machine) == {LYNC: {"UpAndRunning": 2}, "": {"DefaultIMApp": LYNC}}


def test_state_missing_lync(field):
    machine = field["missing-lync"]
    assert registered(machine) == {"x64": [JABBER, LYNC], "x86": [JABBER, LYNC]}
    assert own(machine) == {
        JABBER: {"UpAndRunning": 0},
        LYNC: {"UpAndRunning": 2},
        "": {"DefaultIMApp": JABBER},
    }
    assert running(machine, "lync.exe")
    assert not running(machine, "CiscoJabber.exe")


def test_state_jitsi(field):
    machine = field["jitsi"]
    assert registration(machine, "Jitsi", "x64") == registration(machine, "Jitsi", "x86") == JITSI
    assert classes(machine) == []
    assert own(machine) == {"Jitsi": {"UpAndRunning": 2}, "": {"DefaultIMApp": "Jitsi"}}
    assert running(machine, "Jitsi.exe")


def test_state_per_user_installer(field):
    machine = field["per-user-installer"]
    assert registered(machine) == {"x64": [LYNC], "x86": [LYNC]}
    assert own(machine) == {
        "DesktopCommunicator": {"UpAndRunning": 2},
        LYNC: {"UpAndRunning": 0},
        "": {"DefaultIMApp": LYNC},
    }
    assert not running(machine, "DesktopCommunicator.exe")


def test_state_ringcentral_gone(field):
    machine = field["ringcentral-gone"]
    assert registered(machine) == {"x64": [LYNC], "x86": [LYNC]}
    assert own(machine) == {LYNC: {"UpAndRunning": 2}, "": {"DefaultIMApp": "RCIM"}}
    assert own(machine, "bob") == {"": {"DefaultIMApp": "RCIM"}}


def test_state_previous_loop(field):
    machine = field["previous-loop"]
    assert registered(machine) == {"x64": [LYNC, "Teams"], "x86": [LYNC, "Teams"]}
    assert own(machine) == {
        "Teams": {"PreviousDefaultIMApp": "Teams", "UpAndRunning": 2},
        "": {"DefaultIMApp": "Teams"},
    }


def test_state_click_to_run_registry(field):
    machine = field["click-to-run-registry"]
    assert registered(machine) == {}
    own_registry = rf"{SOFTWARE['x64']}\Microsoft\Office\ClickToRun\REGISTRY\MACHINE\Software"
    assert machine.registry.subkeys(own_registry) == ["Wow6432Node"]
    values = data(machine, rf"{own_registry}\WOW6432Node\IM Providers\Teams")
    assert values == dict(zip(("FriendlyName", "GUID", "ProcessName"), TEAMS, strict=True))
    assert own(machine) == {"Teams": {"UpAndRunning": 2}, "": {"DefaultIMApp": "Teams"}}
    assert running(machine, "Teams.exe")


def test_state_jabber_silent(field):
    machine = field["jabber-silent"]
    assert own(machine) == {JABBER: {"UpAndRunning": 0}, "": {"DefaultIMApp": JABBER}}
    assert running(machine, "CiscoJabber.exe")


def test_state_lync_x86_icon(field):
    machine = field["lync-x86-icon"]
    assert registered(machine) == {"x86": [LYNC]}
    values = data(machine, rf"{SOFTWARE['x86']}\IM Providers\Lync") or {}
    assert set(values) == {"FriendlyName", "GUID", "ProcessName", "Icon"}
    assert values["Icon"] == r"C:\Program Files (x86)\Microsoft Office\root\Office16\lync.ico"


def test_state_empty_default(field):
    machine = field["empty-default"]
    assert own(machine) == {LYNC: {"UpAndRunning": 2}, "": {"DefaultIMApp": ""}}


def test_state_new_teams_x64_office_x86(field):
    machine = field["new-teams-x64-office-x86"]
    assert registered(machine) == {"x64": [LYNC, "MsTeams"], "x86": [LYNC]}
    assert registration(machine, "MsTeams") == MS_TEAMS
    assert own(machine) == {
        LYNC: {"UpAndRunning": 2},
        "MsTeams": {"UpAndRunning": 2},
        "": {"DefaultIMApp": LYNC},
    }
    assert running(machine, "ms-teams.exe")
