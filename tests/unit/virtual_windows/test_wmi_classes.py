"""The WMI classes as plain data."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.virtual_windows.machine import Machine, Value, ValueType
from tests.virtual_windows.wmi import CimType, WbemError, WbemStatus, find, known

HKCU, HKLM, HKU = 0x80000001, 0x80000002, 0x80000003
SOFTWARE = r".DEFAULT\Software"
TYPE_MISMATCH = 0x80041005


@pytest.fixture
def machine():
    return Machine(
        "desk1",
        {"users": [{"account": r"CONTOSO\ada", "signed_in": True}, {"account": r"CONTOSO\bob"}]},
        speed=1000,
    )


@pytest.fixture
def call(machine):
    """Call a method of StdRegProv; return the ReturnValue, and the outputs if there are any."""
    registry = find("root/default", "StdRegProv")(machine)

    def invoke(name, key=SOFTWARE, root=HKU, **more):
        method = registry.method(name)
        inputs = {"hDefKey": root, "sSubKeyName": key, **more}
        result = registry.invoke(method, None, {one.name: inputs.get(one.name, one.default) for one in method.inputs})
        status = result.pop("ReturnValue")
        return (status, *result.values()) if result else status

    return invoke


def test_the_classes():
    assert known() == {
        "root/default": ["RegistryValueChangeEvent", "StdRegProv"],
        "root/cimv2": [
            "StdRegProv",
            "Win32_ComputerSystem",
            "Win32_OperatingSystem",
            "Win32_Process",
            "Win32_SID",
            "Win32_UserProfile",
        ],
        "root/microsoft/windows/taskscheduler": ["MSFT_ScheduledTask", "PS_ScheduledTask"],
    }
    assert find(r"ROOT\CIMV2", "win32_process").name == "Win32_Process"
    for namespace, name, status in (
        ("root/nowhere", "StdRegProv", WbemStatus.INVALID_NAMESPACE),
        ("root/default", "Win32_Process", WbemStatus.INVALID_CLASS),
    ):
        with pytest.raises(WbemError) as caught:
            find(namespace, name)
        assert caught.value.status is status
    with pytest.raises(WbemError) as caught:
        find("root/cimv2", "StdRegProv").method("Nothing")
    assert caught.value.status is WbemStatus.INVALID_METHOD


def test_every_instance_has_every_property_in_the_order_of_names(machine):
    for name in known()["root/cimv2"]:
        cls = find("root/cimv2", name)
        assert [one.name.lower() for one in cls.properties] == sorted(one.name.lower() for one in cls.properties)
        if name in ("Win32_SID", "StdRegProv"):
            with pytest.raises(WbemError) as caught:
                cls(machine).instances()
            assert caught.value.status is WbemStatus.PROVIDER_NOT_CAPABLE
            continue
        instances = list(cls(machine).instances())
        assert instances
        for instance in instances:
            assert set(instance) >= {one.name for one in cls.properties}
            for one in cls.properties:
                assert_fits(one, instance[one.name])


def assert_fits(one, value):
    """Assert that a value has the type of a property or parameter."""
    if value is None:
        return
    expected = {CimType.STRING: str, CimType.BOOLEAN: bool, CimType.DATETIME: datetime}.get(one.type, int)
    for item in value if one.array else [value]:
        assert item.__class__ is expected, one.name  # a boolean is no integer here


WRITE_AND_READ = [
    ("SetStringValue", "GetStringValue", "sValue", "text", ValueType.SZ, "text"),
    ("SetStringValue", "GetStringValue", "sValue", "", ValueType.SZ, ""),
    ("SetExpandedStringValue", "GetExpandedStringValue", "sValue", "%windir%", ValueType.EXPAND_SZ, r"C:\Windows"),
    ("SetMultiStringValue", "GetMultiStringValue", "sValue", ["a", ""], ValueType.MULTI_SZ, ["a", ""]),
    ("SetMultiStringValue", "GetMultiStringValue", "sValue", None, ValueType.MULTI_SZ, []),
    ("SetDWORDValue", "GetDWORDValue", "uValue", 2**32 - 1, ValueType.DWORD, 2**32 - 1),
    ("SetQWORDValue", "GetQWORDValue", "uValue", 2**64 - 1, ValueType.QWORD, 2**64 - 1),
    ("SetBinaryValue", "GetBinaryValue", "uValue", [0, 255], ValueType.BINARY, [0, 255]),
    ("SetBinaryValue", "GetBinaryValue", "uValue", None, ValueType.BINARY, []),
]


@pytest.mark.parametrize("case", WRITE_AND_READ)
def test_written_values_are_read_back(machine, call, case):
    setter, getter, parameter, given, kind, read = case
    assert call(setter, sValueName="It", **{parameter: given}) == 0
    assert machine.registry.value(rf"HKEY_USERS\{SOFTWARE}", "it").type is kind
    assert call(getter, sValueName="IT") == (0, read)
    assert call("EnumValues") == (0, ["It"], [int(kind)])
    for other in {one[1] for one in WRITE_AND_READ} - {getter}:
        assert call(other, sValueName="It") == (TYPE_MISMATCH, None)
    assert call("DeleteValue", sValueName="iT") == 0
    assert call("EnumValues") == (0, None, None)


def test_no_name_means_the_default_value(machine, call):
    assert call("SetStringValue", sValue="x") == 0
    assert machine.registry.value(rf"HKEY_USERS\{SOFTWARE}", "").data == "x"
    assert call("GetStringValue") == (0, "x")
    assert call("EnumValues") == (0, [""], [1])


def test_environment_variables_that_are_not_known_stay(call):
    call("SetExpandedStringValue", sValueName="e", sValue="%SystemRoot%\\%nothing%\\100%")
    assert call("GetExpandedStringValue", sValueName="e") == (0, r"C:\Windows\%nothing%\100%")


def test_a_string_ends_at_its_first_zero(call):
    call("SetStringValue", sValueName="z", sValue="a\0b")
    assert call("GetStringValue", sValueName="z") == (0, "a")


NOWHERE = r".DEFAULT\Nowhere"


@pytest.mark.parametrize("getter", sorted({one[1] for one in WRITE_AND_READ}))
def test_a_value_and_a_key_that_are_missing_have_different_numbers(call, getter):
    assert call(getter, sValueName="nothing") == (1, None)
    assert call(getter, NOWHERE, sValueName="nothing") == (2, None)


@pytest.mark.parametrize(("setter", "parameter", "given"), [(one[0], *one[2:4]) for one in WRITE_AND_READ])
def test_writing_needs_the_key(call, setter, parameter, given):
    assert call(setter, NOWHERE, sValueName="x", **{parameter: given}) == 2


def test_keys(call):
    assert call("EnumKey", NOWHERE) == (2, None)
    assert call("CreateKey", rf"{NOWHERE}\Below") == 0
    assert call("CreateKey", rf"{NOWHERE}\Below") == 0
    assert call("EnumKey", NOWHERE) == (0, ["Below"])
    assert call("EnumKey", rf"{NOWHERE}\Below") == (0, None)
    assert call("DeleteKey", NOWHERE) == 5
    assert call("DeleteKey", rf"{NOWHERE}\below") == 0
    assert call("DeleteKey", NOWHERE) == 0
    assert call("DeleteKey", NOWHERE) == 2
    assert call("DeleteValue", NOWHERE, sValueName="x") == 2
    assert call("DeleteValue", sValueName="nothing") == 2
    assert call("CreateKey", "S-1-5-21-new") == 87
    assert ".DEFAULT" in call("EnumKey", "")[1]
    assert call("EnumValues", NOWHERE) == (2, None, None)


def test_roots(machine, call):
    assert call("EnumKey", "", 0x80000000)[0] == 0
    assert "SOFTWARE" in call("EnumKey", "", HKLM)[1]
    assert call("EnumKey", "Software", HKCU)[0] == 0
    for wrong in (0, 1, 0x80000005, 0xFFFFFFFF):
        assert call("EnumKey", "", wrong) == (6, None)


def test_access_that_is_denied(machine, call):
    machine.registry.deny(rf"HKEY_USERS\{SOFTWARE}", "read")
    assert call("EnumKey") == (5, None)
    assert call("EnumValues") == (5, None, None)
    assert call("GetStringValue", sValueName="x") == (5, None)
    assert call("CheckAccess", uRequired=1) == (5, False)
    assert call("CheckAccess", rf"{SOFTWARE}\Microsoft", uRequired=0x20019) == (5, False)
    assert call("CheckAccess", uRequired=2) == (0, True)
    machine.registry.deny(rf"HKEY_USERS\{SOFTWARE}", "write")
    assert call("SetDWORDValue", sValueName="x", uValue=1) == 5
    assert call("CreateKey", rf"{SOFTWARE}\New") == 5
    assert call("CheckAccess") == (5, False)
    assert call("CheckAccess", uRequired=1) == (0, True)
    machine.registry.deny(rf"HKEY_USERS\{SOFTWARE}")
    assert call("CheckAccess", uRequired=0xF003F) == (0, True)
    assert call("CheckAccess", NOWHERE) == (2, None)


def test_a_hive_that_is_being_unloaded(machine, call):
    sid = machine.accounts.by_name("ada").sid
    machine.profiles.get(sid).hive.unloading = True
    assert call("EnumKey", sid) == (1018, None)
    assert call("SetDWORDValue", rf"{sid}\Software", sValueName="x", uValue=1) == 1018


def test_values_of_kinds_that_have_no_method_are_listed(machine, call):
    key = rf"HKEY_USERS\{SOFTWARE}"
    machine.registry.set_value(key, Value("none", ValueType.NONE, b""))
    machine.registry.set_value(key, Value("odd", ValueType(77), b"x"))
    assert call("EnumValues") == (0, ["none", "odd"], [0, 77])


def test_profiles(machine):
    used = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    bob = machine.accounts.by_name("bob").sid
    machine.profiles.get(bob).last_use = used
    profiles = {one["SID"]: one for one in find("root/cimv2", "Win32_UserProfile")(machine).instances()}
    ada = profiles[machine.accounts.by_name("ada").sid]
    assert (ada["Loaded"], ada["Special"], ada["Status"], ada["RefCount"]) == (True, False, 0, 1)
    assert ada["LocalPath"] == r"C:\Users\ada"
    assert (profiles[bob]["Loaded"], profiles[bob]["LastUseTime"], profiles[bob]["RefCount"]) == (False, used, 0)
    assert profiles["S-1-5-18"]["Special"] is True


def test_a_profile_by_its_key(machine):
    profiles = find("root/cimv2", "Win32_UserProfile")(machine)
    sid = machine.accounts.by_name("bob").sid
    assert profiles.find({"SID": sid.lower()})["SID"] == sid
    with pytest.raises(WbemError) as caught:
        profiles.find({"SID": "S-1-5-21-0"})
    assert caught.value.status is WbemStatus.NOT_FOUND


def test_processes_and_their_owners(machine):
    processes = find("root/cimv2", "Win32_Process")(machine)
    ada = machine.accounts.by_name("ada").sid
    started = machine.processes.start("lync.exe", 2, ada)
    instance = processes.find({"Handle": str(started.pid)})
    assert (instance["Name"], instance["ProcessId"], instance["SessionId"]) == ("lync.exe", started.pid, 2)
    owner = processes.method("GetOwnerSid")
    assert processes.invoke(owner, instance, {}) == {"Sid": ada, "ReturnValue": 0}
    assert processes.invoke(owner, processes.find({"Handle": "0"}), {}) == {"Sid": None, "ReturnValue": 2}
    machine.processes.end(started.pid)
    assert processes.invoke(owner, instance, {}) == {"Sid": None, "ReturnValue": 2}


def test_accounts_by_sid(machine):
    sids = find("root/cimv2", "Win32_SID")(machine)
    ada = machine.accounts.by_name("ada")
    assert sids.find({"SID": ada.sid.lower()}) == {
        "AccountName": "ada",
        "ReferencedDomainName": "CONTOSO",
        "SID": ada.sid,
        "SidLength": 28,
        "BinaryRepresentation": sids.find({"SID": ada.sid})["BinaryRepresentation"],
    }
    system = sids.find({"SID": "S-1-5-18"})
    assert (system["ReferencedDomainName"], system["AccountName"]) == ("NT AUTHORITY", "SYSTEM")
    assert system["BinaryRepresentation"] == [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]
    machine.accounts.remove(ada.sid)
    gone = sids.find({"SID": ada.sid})
    assert (gone["AccountName"], gone["ReferencedDomainName"]) == ("", "")
    for wrong in ("", "ada", "S-1", "S-1-5-x"):
        with pytest.raises(WbemError) as caught:
            sids.find({"SID": wrong})
        assert caught.value.status is WbemStatus.NOT_FOUND


def test_the_computer(machine):
    (system,) = find("root/cimv2", "Win32_ComputerSystem")(machine).instances()
    assert (system["Name"], system["UserName"]) == ("DESK1", r"CONTOSO\ada")
    (windows,) = find("root/cimv2", "Win32_OperatingSystem")(machine).instances()
    assert (windows["CSName"], windows["WindowsDirectory"], windows["NumberOfUsers"]) == ("DESK1", r"C:\Windows", 1)
    assert windows["MUILanguages"] == ["en-US"]
