"""Profiles as Windows' profile service handles them: loaded, temporary, mandatory, on a disk, orphaned."""

from __future__ import annotations

import threading

import pytest

from tests.virtual_windows.machine import Machine, Value, ValueType, Win32Error
from tests.virtual_windows.machine.profile_list import PROFILE_LIST, sid_bytes
from tests.virtual_windows.machine.profile_service import SignInError
from tests.virtual_windows.machine.users import account_sid, service_sid

MOUNT = r"HKEY_USERS\mounted"
IM = r"Software\IM Providers"


def seeded(*users, **more):
    machine = Machine("desk1", speed=1000)
    machine.seed({"users": list(users), **more})
    return machine


def paths(machine):
    return {profile.path: profile for profile in machine.profiles.all()}


def test_a_fresh_machine_has_the_profiles_of_services():
    machine = Machine("desk1")
    service_profiles = {profile.sid: (profile.special, profile.loaded) for profile in machine.profiles.all()}
    assert service_profiles == {"S-1-5-18": (True, True), "S-1-5-19": (True, True), "S-1-5-20": (True, True)}
    assert {".DEFAULT", "S-1-5-18", "S-1-5-19_Classes"} <= {*machine.registry.subkeys("HKEY_USERS")}


def test_services_with_accounts_of_their_own():
    machine = seeded()
    # the published SID of SQL Server Express's default instance
    sid = "S-1-5-80-3880006512-4290199581-1648723128-3569869737-3631323133"
    assert service_sid("mssql$sqlexpress") == sid
    assert machine.profiles.get(sid).loaded
    assert not machine.profiles.get(sid).special
    assert machine.accounts.by_sid(sid).full_name == r"NT SERVICE\MSSQL$SQLEXPRESS"
    assert Machine("x").profiles.get(sid) is None


def test_the_profile_list():
    machine = seeded({"account": r"CONTOSO\ada"})
    values = {value.name: value for value in machine.registry.values(PROFILE_LIST)}
    assert values["Default"] == Value("Default", ValueType.EXPAND_SZ, r"%SystemDrive%\Users\Default")
    assert values["ProfilesDirectory"].data == r"%SystemDrive%\Users"
    entry = rf"{PROFILE_LIST}\{machine.sid_of('ada')}"
    assert machine.registry.value(entry, "ProfileImagePath").data == r"C:\Users\ada"
    assert machine.registry.value(rf"{PROFILE_LIST}\S-1-5-19", "Flags").data == 0xC


def test_sids_are_the_same_everywhere_and_of_the_right_kind():
    assert account_sid("CONTOSO", "ada") == account_sid("contoso", "ADA")
    assert account_sid("AzureAD", "ada").startswith("S-1-12-1-")
    assert sid_bytes("S-1-5-18") == bytes.fromhex("010100000000000512000000")
    machine = seeded({"account": r"AzureAD\ada"}, {"account": r".\eve"}, {"account": "mallory"})
    assert machine.accounts.by_name("eve").full_name == r"DESK1\eve"
    assert machine.sid_of("eve").rpartition("-")[0] == machine.sid_of("mallory").rpartition("-")[0]


def test_signing_in_and_out():
    machine = seeded({"account": r"CONTOSO\ada", "default": "Lync"})
    session = machine.sign_in("ada")
    key = machine.user_key("ada")
    assert machine.sign_in(r"contoso\ADA") is session
    assert machine.registry.value(rf"{key}\{IM}", "DefaultIMApp").data == "Lync"
    machine.registry.create_key(rf"{key}\Software\Classes\CLSID\{{1}}")
    assert machine.registry.exists(rf"{key}_Classes\CLSID\{{1}}")
    assert [one.owner_sid for one in machine.processes.find("EXPLORER.EXE", session.id)] == [session.sid]
    assert machine.profile_of("ada").loaded
    machine.sign_out("ada")
    assert not machine.profile_of("ada").loaded
    assert machine.processes.find("explorer.exe") == []
    assert not [name for name in machine.registry.subkeys("HKEY_USERS") if name.startswith(session.sid)]
    assert machine.damage == []


def test_a_user_who_signs_in_for_the_first_time_starts_from_the_template():
    machine = seeded(default_profile={"default": "Lync"})
    machine.accounts.add(type(machine.administrator)(account_sid("CONTOSO", "new"), "CONTOSO", "new"))
    machine.sign_in("new")
    assert machine.default_of("new") == "Lync"
    assert machine.default_of("Default") == "Lync"
    with pytest.raises(Win32Error, match="1332"):
        machine.sign_in("nobody")


def test_a_template_that_is_mounted_keeps_new_users_out():
    machine = seeded()
    machine.accounts.add(type(machine.administrator)(account_sid("CONTOSO", "new"), "CONTOSO", "new"))
    machine.registry.load_hive(MOUNT, r"C:\Users\Default\NTUSER.DAT")
    with pytest.raises(SignInError):
        machine.sign_in("new")
    assert len(machine.damage) == 1
    assert machine.profiles.get(machine.sid_of("new")) is None
    machine.registry.unload_hive(MOUNT)
    machine.sign_in("new")


def test_a_mounted_hive_costs_its_user_a_temporary_profile():
    machine = seeded({"account": r"CONTOSO\bob", "default": "Lync"})
    before = machine.dump()
    machine.registry.load_hive(MOUNT, r"C:\Users\bob\NTUSER.DAT")
    machine.sign_in("bob")
    profile = machine.profile_of("bob")
    assert (profile.path, profile.status, profile.loaded) == (r"C:\Users\TEMP", 1, True)
    assert machine.registry.exists(rf"{PROFILE_LIST}\{profile.sid}.bak")
    holder = r"C:\Users\bob\NTUSER.DAT was loaded at HKEY_USERS\mounted by reg load"
    assert machine.damage == [rf"CONTOSO\bob was signed in with a temporary profile: {holder}"]
    machine.registry.create_key(rf"{machine.user_key('bob')}\Software\lost")
    machine.registry.unload_hive(MOUNT)
    machine.sign_out("bob")
    assert {**machine.dump(), "damage": []} == before


def test_a_mount_under_the_users_own_sid_does_too():
    machine = seeded({"account": r"CONTOSO\bob"})
    machine.registry.load_hive(machine.user_key("bob"), r"C:\Users\bob\NTUSER.DAT")
    assert not machine.profile_of("bob").loaded
    before = machine.dump()
    with pytest.raises(SignInError):
        machine.sign_in("bob")
    assert len(machine.damage) == 1
    assert {**machine.dump(), "damage": []} == before


def test_a_mandatory_profile_discards_changes():
    machine = seeded({"account": "bob", "profile": "mandatory", "default": "Lync"})
    profile = machine.profile_of("bob")
    assert (profile.status, profile.hive.path) == (4, r"C:\Users\bob\NTUSER.MAN")
    assert not machine.files.exists(r"C:\Users\bob\NTUSER.DAT")
    for place, name in ((MOUNT, "load"), (machine.user_key("bob"), "")):
        machine.registry.load_hive(place, profile.hive.path) if name else machine.sign_in("bob")
        machine.registry.set_value(rf"{place}\{IM}", Value("DefaultIMApp", ValueType.SZ, "Teams"))
        machine.registry.unload_hive(place) if name else machine.sign_out("bob")
    machine.sign_in("bob")
    assert machine.default_of("bob") == "Lync"


def test_a_profile_disk_is_there_only_while_its_user_is():
    machine = seeded({"account": "bob", "profile": "no_hive", "default": "Lync"})
    assert not machine.files.exists(r"C:\Users\bob\NTUSER.DAT")
    assert not machine.profile_of("bob").loaded
    assert machine.default_of("bob") == "Lync"
    assert machine.dump()["hives"][r"C:\Users\bob\NTUSER.DAT"][IM] == {"DefaultIMApp": ["REG_SZ", "Lync"]}
    machine.sign_in("bob")
    assert machine.files.exists(r"C:\Users\bob\NTUSER.DAT")
    assert machine.profile_of("bob").loaded
    machine.sign_out("bob")
    assert not machine.files.exists(r"C:\Users\bob\NTUSER.DAT")


def test_a_temporary_profile_from_the_start():
    machine = seeded({"account": "bob", "profile": "temporary", "default": "Lync", "signed_in": True})
    assert machine.profile_of("bob").status == 1
    assert machine.default_of("bob") == "Lync"
    assert machine.damage == []


def test_a_deleted_account_keeps_its_profile():
    machine = seeded({"account": r"CONTOSO\gone", "profile": "deleted_account", "default": "Lync"})
    profile = paths(machine)[r"C:\Users\gone"]
    assert machine.accounts.by_sid(profile.sid) is None
    assert machine.default_of(profile.sid) == "Lync"
    assert machine.default_of("gone") == "Lync"
    with pytest.raises(Win32Error, match="1332"):
        machine.sign_in("gone")


def test_folders_of_namesakes():
    machine = seeded(
        {"account": r"CONTOSO\ada"}, {"account": r"FABRIKAM\ada"}, {"account": r"CONTOSO\x", "path": r"D:\p\x"}
    )
    assert {r"C:\Users\ada", r"C:\Users\ada.FABRIKAM", r"D:\p\x"} <= {*paths(machine)}
    with pytest.raises(Win32Error, match="1332"):
        machine.sign_in("ada")
    assert machine.sign_in(r"FABRIKAM\ada").id == 1


def test_many_threads_at_once_leave_a_sound_machine():
    machine = seeded({"count": 8, "account": r"CONTOSO\u{n}"})
    before = machine.dump()
    failures = []

    def in_and_out(user):
        try:
            for _unused in range(20):
                machine.sign_in(user)
                machine.registry.create_key(rf"{machine.user_key(user)}\Software\x")
                machine.registry.delete_key(rf"{machine.user_key(user)}\Software\x")
                machine.sign_out(user)
        except Exception as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=in_and_out, args=(rf"CONTOSO\u{n}",)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert machine.dump() == before


def test_seeding_again_starts_from_scratch():
    machine = seeded({"account": "bob", "signed_in": True})
    before = machine.dump()
    machine.damage.append("something")
    machine.hold_key(machine.user_key("bob"))
    machine.seed({"users": [{"account": "bob", "signed_in": True}]})
    assert machine.dump() == before
