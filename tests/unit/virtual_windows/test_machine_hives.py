"""Hives are loaded, locked and unloaded as by RegLoadKey and RegUnLoadKey."""

from __future__ import annotations

import pytest

from tests.virtual_windows.cmd.console import Console
from tests.virtual_windows.machine import Machine, Value, ValueType, Win32Error
from tests.virtual_windows.machine.mounts import Refusals

MOUNT = r"HKEY_USERS\mounted"
BOB = r"C:\Users\bob\NTUSER.DAT"
USERS = {"users": [{"account": r"CONTOSO\ada", "signed_in": True}, {"account": r"CONTOSO\bob", "default": "Lync"}]}


def code_of(call, *args, **kwargs):
    """Return the code of the Win32Error that a call raises."""
    with pytest.raises(Win32Error) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.fixture
def machine():
    machine = Machine("desk1")
    machine.seed(USERS)
    return machine


def test_content_survives_a_mount(machine):
    registry = machine.registry
    registry.load_hive(MOUNT, BOB.lower())
    assert registry.value(rf"{MOUNT}\Software\IM Providers", "DefaultIMApp").data == "Lync"
    registry.set_value(rf"{MOUNT}\Software\IM Providers", Value("DefaultIMApp", ValueType.SZ, "Teams"))
    registry.unload_hive(MOUNT)
    assert not registry.exists(MOUNT)
    assert machine.default_of("bob") == "Teams"


def test_a_mount_shows_in_the_list_of_hives(machine):
    hive_list = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\hivelist"
    machine.registry.load_hive(MOUNT, BOB)
    value = machine.registry.value(hive_list, r"\REGISTRY\USER\mounted")
    assert value.data == r"\Device\HarddiskVolume3\Users\bob\NTUSER.DAT"
    machine.registry.unload_hive(MOUNT)
    assert code_of(machine.registry.value, hive_list, r"\REGISTRY\USER\mounted") == 2


def test_a_file_is_loaded_once_at_most(machine):
    machine.registry.load_hive(MOUNT, BOB)
    assert code_of(machine.registry.load_hive, r"HKEY_USERS\other", BOB) == 32
    assert code_of(machine.registry.load_hive, MOUNT, BOB) == 32
    assert code_of(machine.registry.load_hive, MOUNT, r"C:\Users\ada\NTUSER.DAT") == 32
    assert code_of(machine.registry.load_hive, MOUNT, r"C:\Users\Default\NTUSER.DAT") == 5


@pytest.mark.parametrize(
    ("name", "file", "code"),
    [
        (r"HKEY_USERS\a\b", BOB, 87),
        (r"HKEY_CLASSES_ROOT\a", BOB, 87),
        ("HKEY_USERS", BOB, 87),
        (r"HKEY_USERS\.DEFAULT", BOB, 5),
        (MOUNT, r"C:\no\such\NTUSER.DAT", 3),
        (MOUNT, r"C:\Windows\System32\cmd.exe", 1017),
        (MOUNT, r"C:\Users\bob", 5),
        (MOUNT, "NTUSER.DAT", 161),
    ],
)
def test_loads_that_fail(machine, name, file, code):
    before = machine.dump()
    assert code_of(machine.registry.load_hive, name, file) == code
    assert machine.dump() == before


def test_loading_a_file_that_is_not_there_creates_it_and_counts_as_damage(machine):
    machine.registry.load_hive(MOUNT, r"C:\Users\bob\other.dat")
    assert machine.registry.subkeys(MOUNT) == []
    assert machine.files.exists(r"c:\users\BOB\OTHER.DAT")
    assert len(machine.damage) == 1


def test_a_hive_cannot_be_unloaded_while_a_key_is_open(machine):
    machine.registry.load_hive(MOUNT, BOB)
    with machine.registry.hold_open(rf"{MOUNT}\Software"):
        assert code_of(machine.registry.unload_hive, MOUNT) == 5
        assert machine.dump()["open_keys"] == {MOUNT: 1}
    machine.registry.unload_hive(MOUNT.upper())
    assert code_of(machine.registry.unload_hive, MOUNT) == 2


def test_only_hives_of_others_can_be_unloaded(machine):
    assert code_of(machine.registry.unload_hive, r"HKEY_LOCAL_MACHINE\HARDWARE") == 87
    assert code_of(machine.registry.unload_hive, r"HKEY_LOCAL_MACHINE\SOFTWARE") == 5
    assert code_of(machine.registry.unload_hive, r"HKEY_USERS\S-1-5-18") == 87
    assert code_of(machine.registry.unload_hive, r"HKEY_USERS\S-1-5-19") == 5
    assert code_of(machine.registry.unload_hive, machine.user_key("ada")) == 5


def test_a_held_file_cannot_be_loaded_and_damages_the_next_sign_in(machine):
    held = machine.hold_hive("bob", "backup.exe")
    assert code_of(machine.registry.load_hive, MOUNT, BOB) == 32
    assert machine.dump()["files_held"] == [[BOB, "backup.exe"]]
    machine.sign_in("bob")
    assert machine.profile_of("bob").path == r"C:\Users\TEMP"
    assert machine.damage == [rf"CONTOSO\bob was signed in with a temporary profile: {BOB} was held by backup.exe"]
    held.close()
    machine.sign_out("bob")
    machine.sign_in("bob")
    assert machine.profile_of("bob").path == r"C:\Users\bob"


def test_release_lets_go_of_everything(machine):
    machine.hold_hive("bob")
    machine.hold_key(machine.user_key("ada"))
    assert machine.release() == [BOB, machine.user_key("ada")]
    assert machine.release() == []
    machine.registry.load_hive(MOUNT, BOB)


def test_signing_out_unloads_although_keys_are_open(machine):
    handle = machine.registry.hold_open(machine.user_key("ada"))
    machine.sign_out("ada")
    assert not machine.registry.exists(machine.user_key("ada"))
    handle.close()
    machine.registry.load_hive(MOUNT, r"C:\Users\ada\NTUSER.DAT")
    machine.registry.unload_hive(MOUNT)


def test_a_hive_on_its_way_out_answers_1018(machine):
    key = machine.user_key("ada")
    machine.sign_out("ada", linger=True)
    for call in (machine.registry.exists, machine.registry.subkeys, machine.registry.values):
        assert code_of(call, rf"{key}\Software") == 1018
    assert code_of(machine.registry.load_hive, MOUNT, r"C:\Users\ada\NTUSER.DAT") == 32
    machine.sign_out("ada")
    assert not machine.registry.exists(key)


def test_volatile_keys_are_gone_after_a_sign_out(machine):
    key = machine.user_key("ada")
    assert machine.registry.value(rf"{key}\Volatile Environment", "USERNAME").data == "ada"
    assert code_of(machine.registry.create_key, rf"{key}\Volatile Environment\more") == 1021
    machine.registry.create_key(rf"{key}\Volatile Environment\more", volatile=True)
    machine.sign_out("ada")
    machine.registry.load_hive(MOUNT, r"C:\Users\ada\NTUSER.DAT")
    assert "Volatile Environment" not in machine.registry.subkeys(MOUNT)
    assert not machine.registry.exists(rf"{MOUNT}\Software\Classes")


def test_a_damaged_hive_cannot_be_loaded():
    machine = Machine("desk1")
    machine.seed({"users": [{"account": "bob", "profile": "corrupted"}]})
    assert code_of(machine.registry.load_hive, MOUNT, BOB) == 1009
    machine.sign_in("bob")
    assert machine.profile_of("bob").status == 1
    assert machine.damage == []


@pytest.mark.parametrize("tries", [0, 2, None])
def test_releases_that_are_refused_for_a_while(machine, tries):
    registry = machine.registry
    registry.hives.refusals = Refusals(tries, lambda file: file == BOB)
    registry.load_hive(MOUNT, BOB)
    for _again in range(5 if tries is None else tries):
        assert code_of(registry.unload_hive, MOUNT) == 5
    registry.hives.refusals = registry.hives.refusals if tries is not None else Refusals(0)

    registry.unload_hive(MOUNT)
    assert not registry.exists(MOUNT)


def test_a_sign_out_is_not_refused(machine):
    machine.registry.hives.refusals = Refusals(None)

    machine.sign_out("ada")
    assert machine.registry.mounts().keys().isdisjoint({machine.user_key("ada")})


def test_a_folder_that_programs_may_not_look_into_is_still_listed(machine):
    machine.files.close_folder(r"C:\Users\bob")
    console = Console(machine)
    seen = [console.run(f"if exist C:\\Users\\{one} echo yes").out for one in ("bob", r"bob\*", r"bob\NTUSER.DAT")]

    assert seen == ["yes\r\n", "", ""]
    assert console.run("echo x> C:\\Users\\bob\\new.txt").code == 1
    assert code_of(machine.registry.load_hive, MOUNT, BOB) == 5
