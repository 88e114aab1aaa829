"""The control interface, over HTTP as the command line uses it."""

from __future__ import annotations

import http.client
import json
import stat
from urllib.parse import urlsplit

import pytest

from tests.virtual_windows import control_client
from tests.virtual_windows.control_actions import ACTIONS
from tests.virtual_windows.control_client import Control, ControlError
from tests.virtual_windows.fleet import Fleet

SOURCE = {
    "machines": {
        "desk1": {
            "providers": ["Lync", "Cisco Jabber"],
            "users": [
                {"account": r"CONTOSO\ada", "signed_in": True, "default": "Lync", "clients": {"Lync": "stopped"}},
                {"account": r"CONTOSO\bob", "default": "Lync"},
            ],
        },
        "off": {"power": "off"},
    }
}
IM = r"Software\IM Providers"


@pytest.fixture
def fleet():
    with Fleet.load(SOURCE) as fleet:
        yield fleet


@pytest.fixture
def control_file(fleet, tmp_path):
    return fleet.write_control(tmp_path / "control.json")


@pytest.fixture
def control(control_file):
    return Control.read(control_file)


@pytest.fixture
def command(control_file, capsys):
    """Return a function that runs the command line client; it returns exit code and output."""

    def run(*words):
        code = control_client.main([str(control_file), *words])
        captured = capsys.readouterr()
        return code, (captured.out + captured.err).rstrip("\n")

    return run


def test_the_file_is_for_its_owner_alone(control_file):
    assert stat.S_IMODE(control_file.stat().st_mode) == 0o600
    assert json.loads(control_file.read_text())["machines"] == ["desk1", "off"]


def test_the_token_is_required(control_file):
    url = urlsplit(json.loads(control_file.read_text())["url"])
    assert url.hostname.startswith("127.")
    for method, path in (("GET", "/machines"), ("POST", "/machines/desk1/dump")):
        connection = http.client.HTTPConnection(url.netloc, timeout=5)
        connection.request(method, path, headers={"Authorization": "Bearer wrong\xe9"})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())) == (401, {"error": "the token is missing or wrong"})
        connection.close()


def test_machines(control, fleet):
    assert control.machines()[0] == {
        "name": "desk1",
        "address": fleet["desk1"].address,
        "port": fleet["desk1"].port,
        "power": "on",
        "signed_in": [r"CONTOSO\ada"],
        "damage": [],
    }
    assert control.machines()[1]["power"] == "off"


def test_signing_in_and_out(control, fleet):
    machine = fleet["desk1"].machine
    assert control.do("desk1", "sign-in", user=r"CONTOSO\bob")["temporary"] == 0
    assert machine.profile_of("bob").loaded
    control.do("desk1", "sign-out", user="bob", linger=True)
    assert machine.profile_of("bob").loaded
    control.do("desk1", "sign-out", user="bob")
    assert not machine.profile_of("bob").loaded


def test_clients(control, fleet):
    for action, state in (("start", "running"), ("crash", "crashed"), ("start", "running"), ("stop", "stopped")):
        control.do("desk1", action, user="ada", client="lync")
        assert fleet["desk1"].machine.clients.get("ada", "Lync").state == state
    control.do("desk1", "start", user="ada", client="Lync", until="starting")
    assert fleet["desk1"].machine.clients.get("ada", "Lync").state == "starting"
    control.do("desk1", "set", key=IM, name="DefaultIMApp", data="x", user="ada")
    control.do("desk1", "take-over", user="ada", client="Lync")
    assert control.do("desk1", "default", user="ada")["default"] == "Lync"


@pytest.mark.parametrize("user", ["ada", "bob"])
def test_values_of_users_signed_in_or_not(control, fleet, user):
    control.do("desk1", "set", key=IM, name="DefaultIMApp", data="Teams", user=user)
    assert fleet["desk1"].machine.default_of(user) == "Teams"
    control.do("desk1", "delete", key=IM, name="DefaultIMApp", user=user)
    assert fleet["desk1"].machine.default_of(user) is None
    with pytest.raises(ControlError):
        control.do("desk1", "delete", key=IM, name="DefaultIMApp", user=user)


def test_values_anywhere(control, fleet):
    control.do("desk1", "set", key=r"HKLM\SOFTWARE\Test", name="a", data="00ff", type="REG_BINARY")
    assert fleet["desk1"].machine.registry.value(r"HKEY_LOCAL_MACHINE\SOFTWARE\Test", "a").data == b"\x00\xff"
    control.do("desk1", "delete", key=r"HKLM\SOFTWARE\Test", name="a")
    assert fleet["desk1"].machine.registry.values(r"HKEY_LOCAL_MACHINE\SOFTWARE\Test") == []


def test_holding_and_releasing(control, fleet):
    machine = fleet["desk1"].machine
    control.do("desk1", "hold", user="bob", owner="av.exe")
    control.do("desk1", "hold-key", key=rf"HKU\{machine.sid_of('ada')}\Software")
    assert control.do("desk1", "dump")["files_held"] == [[r"C:\Users\bob\NTUSER.DAT", "av.exe"]]
    assert list(control.do("desk1", "dump")["open_keys"].values()) == [1]
    control.do("desk1", "release")
    assert control.do("desk1", "dump")["files_held"] == []
    assert control.do("desk1", "dump") == machine.dump()


def test_mounting(control, fleet):
    control.do("desk1", "mount", key=r"HKU\m", what=r"CONTOSO\bob")
    assert fleet["desk1"].machine.registry.exists(r"HKEY_USERS\m\Software")
    control.do("desk1", "unmount", key=r"HKU\m")
    with pytest.raises(ControlError, match="unmount: 2"):
        control.do("desk1", "unmount", key=r"HKU\m")


def test_seeding(control, fleet):
    control.do("desk1", "seed", description={"users": [{"account": "new"}]})
    assert fleet["desk1"].machine.profile_of("new").path == r"C:\Users\new"
    with pytest.raises(ControlError, match="there is no key 'x'"):
        control.do("desk1", "seed", description={"x": 1})


def test_power(control, fleet):
    control.do("off", "power-on")
    assert fleet["off"].powered
    control.do("off", "power-off")
    assert not fleet["off"].powered


@pytest.mark.parametrize(
    ("machine", "action", "arguments", "sentence"),
    [
        ("desk9", "dump", {}, "no machine is called 'desk9'"),
        ("desk1", "nope", {}, "there is no action 'nope'"),
        ("desk1", "sign-in", {}, "missing a required argument: 'user'"),
        ("desk1", "sign-in", {"user": "eve"}, "1332"),
        ("desk1", "start", {"user": "ada", "client": "Zoom"}, "has no client 'Zoom'"),
        ("desk1", "start", {"user": "ada", "client": "Lync", "until": "x"}, "until must be"),
        ("desk1", "set", {"key": r"HKLM\x", "name": "a", "data": "b"}, "87"),
        ("desk1", "set", {"key": "x", "name": "a", "data": 1.5}, "must be text"),
    ],
)
def test_refusals(control, machine, action, arguments, sentence):
    with pytest.raises(ControlError, match=sentence):
        control.do(machine, action, **arguments)


def test_an_unexpected_type_is_refused_and_not_fatal(control):
    with pytest.raises(ControlError):
        control.do("desk1", "sign-in", user=5)
    assert control.machines()


def test_the_command_line(command, tmp_path):
    code, text = command("list")
    assert code == 0
    assert text.splitlines()[0].split() == ["machine", "address", "power", "signed", "in"]
    assert command("desk1", "set", IM, "DefaultIMApp", "Teams", "--user", "bob") == (
        0,
        rf"{IM}, DefaultIMApp is 'Teams'",
    )
    assert command("desk1", "default", "bob") == (0, "Teams")
    assert command("desk1", "sign-in", "bob")[1].startswith("bob is signed in (session ")
    assert command("desk9", "default", "bob")[0] == 1
    assert command("desk1", "requests")[1].endswith("0 requests, 0 of them writing")
    assert json.loads(command("desk1", "dump")[1])["name"] == "DESK1"
    (tmp_path / "seed.json").write_text('{"users": [{"account": "new"}]}')
    assert command("desk1", "seed", str(tmp_path / "seed.json")) == (0, "desk1 is as described")
    assert command("desk1", "seed", str(tmp_path / "missing.json"))[0] == 1
    with pytest.raises(SystemExit):
        command("desk1")


def test_every_action_has_a_description():
    assert all((function.__doc__ or "").endswith(".") for function in ACTIONS.values())


def test_invalid_control_files(tmp_path):
    with pytest.raises(ControlError, match="is no control file"):
        Control.read(tmp_path / "missing.json")


def test_a_fleet_that_is_gone(tmp_path):
    with Fleet.load(SOURCE) as fleet:
        control = Control.read(fleet.write_control(tmp_path / "control.json"))
    with pytest.raises(ControlError, match="does not answer"):
        control.machines()
