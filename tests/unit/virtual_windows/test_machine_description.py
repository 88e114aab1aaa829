"""What a description says ends up in the machine; each mistake gets one clear message."""

from __future__ import annotations

import pytest

from tests.virtual_windows.machine import Machine, Value, ValueType
from tests.virtual_windows.machine.reader import DescriptionError

SOFTWARE = r"HKEY_LOCAL_MACHINE\SOFTWARE"
WOW = rf"{SOFTWARE}\WOW6432Node"
ADA = {"account": r"CONTOSO\ada"}


def mistake(description):
    with pytest.raises(DescriptionError) as caught:
        Machine("desk1", description)
    return str(caught.value)


def user_mistake(**user):
    return mistake({"users": [{**ADA, **user}]}).removeprefix(r"machine DESK1, user 1 (CONTOSO\ada): ")


def data(machine, key):
    return {value.name: value.data for value in machine.registry.values(key)}


def test_a_provider_of_the_catalogue_is_registered_as_it_is_known_to_be():
    registry = Machine("x", {"providers": ["teams"]}).registry
    guid = "{00425F68-FFC1-445F-8EDF-EF78B84BA1C7}"
    for software in (SOFTWARE, WOW):
        key = rf"{software}\IM Providers\Teams"
        assert {value.name: value.data for value in registry.values(key)} == {
            "FriendlyName": "Microsoft Teams",
            "GUID": guid,
            "ProcessName": "Teams.exe",
        }
        assert registry.subkeys(rf"{software}\Classes\CLSID") == []


def test_a_provider_in_one_view_only():
    registry = Machine("x", {"providers": [{"name": "Lync", "views": ["x86"]}], "com_servers": "made_up"}).registry
    assert not registry.exists(rf"{SOFTWARE}\IM Providers")
    assert registry.subkeys(rf"{SOFTWARE}\Classes\CLSID") == []
    assert registry.subkeys(rf"{WOW}\IM Providers") == ["Lync"]
    assert len(registry.subkeys(rf"{WOW}\Classes\CLSID")) == 1


def test_parts_of_a_registration_can_be_missing_or_odd():
    providers = [
        {"name": "Bare", "guid": None, "process_name": None, "friendly_name": None},
        {"name": "No server", "com_server": None},
        {"name": "Odd", "guid": "none", "odd_guid": True},
        {"name": "Expands", "com_server": r"%ProgramFiles%\x.exe"},
    ]
    machine = Machine("x", {"providers": providers})
    im = rf"{SOFTWARE}\IM Providers"
    assert data(machine, rf"{im}\Bare") == {}
    guid = data(machine, rf"{im}\No server")["GUID"]
    assert not machine.registry.exists(rf"{SOFTWARE}\Classes\CLSID\{guid}")
    assert data(machine, rf"{im}\Odd")["GUID"] == "none"
    guid = data(machine, rf"{im}\Expands")["GUID"]
    server = machine.registry.value(rf"{SOFTWARE}\Classes\CLSID\{guid}\LocalServer32", "")
    assert server == Value("", ValueType.EXPAND_SZ, r"%ProgramFiles%\x.exe")


def test_a_com_server_in_each_users_own_classes():
    provider = {"name": "Lync", "com_scope": "user"}
    machine = Machine("x", {"providers": [provider], "users": [{**ADA, "signed_in": True}]})
    guid = data(machine, rf"{SOFTWARE}\IM Providers\Lync")["GUID"]
    assert machine.registry.subkeys(rf"{SOFTWARE}\Classes\CLSID") == []
    assert machine.registry.exists(rf"{machine.user_key('ada')}_Classes\CLSID\{guid}\LocalServer32")
    assert machine.registry.exists(rf"{machine.user_key('ada')}\Software\Classes\WOW6432Node\CLSID\{guid}")


def test_office():
    configuration = rf"{SOFTWARE}\Microsoft\Office\ClickToRun\Configuration"
    assert data(Machine("x", {"office": {"platform": "x86"}}), configuration)["Platform"] == "x86"
    assert not Machine("x", {}).registry.exists(rf"{SOFTWARE}\Microsoft\Office")
    office = {"platform": "x64", "installation": "msi", "version": "15.0"}
    machine = Machine("x", {"office": office})
    assert not machine.registry.exists(configuration)
    assert data(machine, rf"{SOFTWARE}\Microsoft\Office\15.0\Outlook") == {"Bitness": "x64"}
    machine = Machine("x", {"office": {**office, "platform": "x86", "bitness_at": "wow6432node"}})
    assert data(machine, rf"{WOW}\Microsoft\Office\15.0\Outlook") == {"Bitness": "x86"}
    assert not machine.registry.exists(rf"{SOFTWARE}\Microsoft\Office")


def test_many_users_in_a_line():
    machine = Machine(
        "x", {"users": [{"account": r"CONTOSO\user{n}", "count": 3, "default": "Any", "path": r"D:\{n}"}]}
    )
    assert [machine.default_of(rf"CONTOSO\user{n}") for n in (1, 2, 3)] == ["Any"] * 3
    assert machine.profile_of("user2").path == r"D:\2"


def test_accounts_that_every_machine_has():
    machine = Machine("x", {"users": [{"account": r"X\administrator", "default": "Lync"}, {"account": "ansible"}]})
    assert machine.sid_of("Administrator").endswith("-500")
    assert machine.default_of("Administrator") == "Lync"
    assert machine.sid_of("ansible") == machine.administrator.sid


def test_values_of_every_type():
    values = {
        "text": "x",
        "number": 7,
        "list": ["a", "b"],
        "(default)": "unnamed",
        "expands": {"type": "REG_EXPAND_SZ", "data": "%x%"},
        "binary": {"type": "REG_BINARY", "data": "00 ff"},
        "large": {"type": "REG_QWORD", "data": 2**40},
    }
    machine = Machine("x", {"users": [{**ADA, "registry": {r"Software\Test": values, r"Software\Empty": None}}]})
    stored = {
        value.name: (value.type, value.data) for value in machine.hive_of("ada").ensure(r"Software\Test").values()
    }
    assert stored == {
        "text": (ValueType.SZ, "x"),
        "number": (ValueType.DWORD, 7),
        "list": (ValueType.MULTI_SZ, ["a", "b"]),
        "": (ValueType.SZ, "unnamed"),
        "expands": (ValueType.EXPAND_SZ, "%x%"),
        "binary": (ValueType.BINARY, b"\x00\xff"),
        "large": (ValueType.QWORD, 2**40),
    }
    assert machine.hive_of("ada").at(r"Software\Empty") is not None


def test_defaults_that_are_no_text():
    users: list[dict[str, object]] = [
        {"account": "a", "default": 5, "default_type": "REG_DWORD"},
        {"account": "b", "default": "%x%", "default_type": "REG_EXPAND_SZ"},
        {"account": "c", "default": "00", "default_type": "REG_BINARY"},
        {"account": "d", "default": ""},
        {"account": "e", "default": "Never Heard Of"},
        {"account": "f"},
    ]
    machine = Machine("x", {"users": users})
    assert [machine.default_of(str(one["account"])) for one in users] == [5, "%x%", b"\0", "", "Never Heard Of", None]


def test_the_machines_own_registry_processes_and_services():
    registry = {r"HKLM\SOFTWARE\Test": {"a": "b"}, r"HKU\.DEFAULT\Software\Test": {"c": 1}}
    machine = Machine("x", {"registry": registry, "processes": 300, "services": []})
    assert data(machine, rf"{SOFTWARE}\Test") == {"a": "b"}
    assert data(machine, r"HKEY_USERS\S-1-5-18\Software\Test") == {"c": 1}
    assert len(machine.processes.all()) > 300
    assert len(machine.profiles.all()) == 3


def test_leftover_mounts():
    mounts = {r"HKU\one": r"CONTOSO\ada", r"HKLM\two": r"C:\Users\Default\NTUSER.DAT"}
    machine = Machine("x", {"users": [ADA], "mounts": mounts})
    assert machine.registry.exists(r"HKEY_USERS\one\Software")
    assert machine.dump()["mounts"][r"HKEY_LOCAL_MACHINE\two"] == [r"C:\Users\Default\NTUSER.DAT", "reg load"]
    assert mistake({"users": [{**ADA, "signed_in": True}], "mounts": {r"HKU\one": r"CONTOSO\ada"}}).startswith(
        r"machine DESK1, mounts: CONTOSO\ada cannot be at HKEY_USERS\one: 32: "
    )
    assert "eve cannot be at" in mistake({"mounts": {r"HKU\one": "eve"}})
    assert "begin with HKLM or HKU" in mistake({"mounts": {"one": "eve"}})


@pytest.mark.parametrize("state", ["unloaded", "loaded"])
def test_the_winrm_accounts_own_profile(state):
    machine = Machine("x", {"administrator_profile": state})
    assert machine.profile_of("ansible").loaded is (state == "loaded")


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        ({"user": []}, "machine DESK1: there is no key 'user' (did you mean 'users'?)"),
        ({"office": {"platform": "arm"}}, "machine DESK1, office: platform must be x64 or x86, not 'arm'"),
        ({"office": {}}, "machine DESK1, office: platform must be x64 or x86, not nothing"),
        ({"office": "x64"}, "machine DESK1, office: must be a mapping, not 'x64'"),
        ({"providers": "Lync"}, "machine DESK1: providers must be a list, not 'Lync'"),
        (
            {"providers": ["Linc"]},
            (
                "machine DESK1: provider 'Linc' is not in the catalogue (did you mean 'Lync'?); "
                "describe it with a mapping of name, process_name, ..."
            ),
        ),
        (
            {"providers": ["zoom"]},
            (
                "machine DESK1: no registration of 'Zoom' was ever seen (docs/field.md); "
                "describe it with a mapping of name, views, guid, ..."
            ),
        ),
        ({"com_servers": "all"}, "machine DESK1: com_servers must be one of known, made_up, not 'all'"),
        ({"providers": ["Lync", {"name": "LYNC"}]}, "machine DESK1: provider 'LYNC' is there twice"),
        (
            {"providers": [{"name": "x", "view": []}]},
            "machine DESK1, provider 1: there is no key 'view' (did you mean 'views'?)",
        ),
        (
            {"providers": [{"name": "x", "views": ["x32"]}]},
            "machine DESK1, provider 1: views must be a list from x64, x86, but 'x32' is in it",
        ),
        ({"users": [ADA, ADA]}, r"machine DESK1: the user 'CONTOSO\ada' is there twice"),
        ({"users": [{}]}, "machine DESK1, user 1: account is missing"),
        ({"processes": 1.5}, "machine DESK1: processes must be a whole number, not 1.5"),
        ({"processes": -1}, "machine DESK1: processes must be a number of at least 0, not -1"),
        (
            {"registry": {"SOFTWARE": {}}},
            "machine DESK1: registry has the key 'SOFTWARE', but keys here begin with HKLM or HKU",
        ),
        (
            {"default_profile": {"defualt": "x"}},
            "machine DESK1, default_profile: there is no key 'defualt' (did you mean 'default'?)",
        ),
        ({1: 2}, "machine DESK1: the key 1 must be text (put it in quotes)"),
    ],
)
def test_mistakes(description, sentence):
    assert mistake(description) == sentence


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        ({"signed_in": "yes"}, "signed_in must be true or false, not 'yes'"),
        ({"signedin": True}, "there is no key 'signedin' (did you mean 'signed_in'?)"),
        ({"count": 2}, "count is 2, so account must have {n} where the number goes"),
        ({"sid": "S-1-5-19"}, "sid S-1-5-19 belongs to a service that every machine has"),
        ({"sid": "S-1"}, "sid must look like S-1-5-21-..., not 'S-1'"),
        ({"default": 5}, "default must be the name of a provider, not 5"),
        (
            {"default": "Lync", "default_type": "REG_DWORD"},
            "default must be a number when default_type is REG_DWORD, not 'Lync'",
        ),
        (
            {"default": "x", "default_type": "REG_DWARD"},
            "default_type must be a registry type, not 'REG_DWARD' (did you mean 'REG_DWORD'?)",
        ),
        (
            {"profile": "roming"},
            (
                "profile must be one of normal, roaming, mandatory, temporary, corrupted, no_hive, deleted_account, "
                "not 'roming'"
            ),
        ),
        (
            {"profile": "corrupted", "signed_in": True},
            "a user whose profile is corrupted cannot be signed in",
        ),
        (
            {"registry": {r"HKCU\Software": {}}},
            r"registry has the key 'HKCU\Software', but keys here are relative to the user's hive",
        ),
    ],
)
def test_mistakes_about_users(user, sentence):
    assert user_mistake(**user) == sentence


def test_mistakes_deeper_down_say_where():
    where = r"machine DESK1, user 1 (CONTOSO\ada)"
    assert mistake({"users": [{**ADA, "clients": {"Lync": "running"}}]}) == (
        f"{where}, client Lync: the client of a user who is not signed in cannot be running"
    )
    assert mistake({"users": [{**ADA, "clients": {"Linc": "stopped"}}], "providers": ["Lync"]}) == (
        f"{where}, client Linc: nothing is known about this client (did you mean 'Lync'?); register it in providers"
    )
    assert mistake({"users": [{**ADA, "registry": {"Software": {"a": 1.5}}}]}) == (
        f"{where}, registry, Software: the value 'a' must be text, a whole number of 32 bits, a list of text "
        "or a mapping of type and data, not 1.5"
    )
    assert mistake({"users": [{**ADA, "registry": {"S": {"a": {"type": "REG_BINARY", "data": "xx"}}}}]}) == (
        f"{where}, registry, S, value 'a': REG_BINARY data must be hexadecimal, not 'xx'"
    )


def test_a_mistake_leaves_a_machine_as_it_was():
    machine = Machine("desk1", {"users": [ADA]})
    before = machine.dump()
    for wrong in ({"nonsense": 1}, {"mounts": {r"HKU\one": "eve"}}):
        with pytest.raises(DescriptionError):
            machine.seed(wrong)
        assert machine.dump() == before
