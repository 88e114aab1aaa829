"""A whole program like those of the collection: find the hives of some users, read them, release them.

It mounts the hive of a user who is not signed in, under a name of its own; takes the loaded hive of one who
is; waits and tries again when a hive is busy; releases what an earlier run left behind; and its nested cmd
holds a lock file open as its standard error.
"""

from __future__ import annotations

import pytest

from tests.virtual_windows.cmd import Cancelled
from tests.virtual_windows.cmd.console import Console
from tests.virtual_windows.machine import Machine

LOCK = r"C:\Windows\presence.office.lock"
RELEASE_LEFTOVERS = (
    r"""(for /f "tokens=2-5 delims=\." %a in ('reg query HKU') do (if /i "%a.%b"=="presence.office" """
    r'(reg unload "HKU\presence.office.%c.%d" >nul 2>nul)))'
)
LOADED = r'(reg query "HKU\!sid%i!\Software" >nul 2>nul& if !errorlevel!==0 (set root=!sid%i!))'
MOUNTED = (
    r'(if exist "!file%i!" (reg load "HKU\presence.office.!run!.%i" "!file%i!" >nul 2>nul'
    r"& if !errorlevel!==0 (set root=presence.office.!run!.%i)))"
)
FIND = (
    "(for /l %t in (1,1,4) do (if !root!==none ((if %t GTR 1 (ping -n 2 127.0.0.1 >nul))"
    f"& (if !kind%i!==loaded (if !root!==none {LOADED}))& (if !root!==none {MOUNTED})& (if !root!==none {LOADED})"
    '& (if !root!==none (if not exist "!file%i!" (set root=absent))))))'
)
READ = (
    r'(reg query "HKU\!root!\!key!" /v "!name!" 2>nul)'
    r'& (if not !errorlevel!==0 (reg query "HKU\!root!\Software" >nul 2>nul))& echo !mark! read !errorlevel!'
)
UNMOUNT = (
    "(if !root!==presence.office.!run!.%i ((for /l %t in (1,1,10) do (if not !root!==none "
    "((if %t GTR 1 (ping -n 2 127.0.0.1 >nul))"
    r'& (reg unload "HKU\presence.office.!run!.%i" >nul 2>nul)& if !errorlevel!==0 (set root=none))))'
    "& (if not !root!==none (echo !mark! stuck))))"
)
PROGRAM = (
    f'cmd /v:on /d /q /c "{RELEASE_LEFTOVERS}& (for /l %i in (1,1,3) do ((set root=none)& {FIND}'
    "& echo !mark! root !root! %i"
    f"& (if not !root!==none (if not !root!==absent ({READ}& {UNMOUNT})))))& echo !mark! done"
    r'" 2>>"%SystemRoot%\presence.office.lock"& del "%SystemRoot%\presence.office.lock" 2>nul'
)


@pytest.fixture
def machine():
    description = {
        "providers": ["Lync", "Cisco Jabber"],
        "users": [
            {"account": r"CONTOSO\ada", "signed_in": True, "default": "Cisco Jabber"},
            {"account": r"CONTOSO\bob o'neill & sons!", "default": "Lync"},
            {"account": r"CONTOSO\carla"},
        ],
    }
    machine = Machine("desk1", description, speed=1000)
    yield machine
    machine.close()


@pytest.fixture
def console(machine):
    profiles = [profile for profile in machine.profiles.all() if profile.sid.startswith("S-1-5-21-")]
    profiles.sort(key=lambda profile: profile.path)
    environment = {"run": "7f3a", "mark": "#7f3a#", "key": r"Software\IM Providers", "name": "DefaultIMApp"}
    for number, profile in enumerate(profiles[:3], 1):
        environment |= {f"sid{number}": profile.sid, f"file{number}": rf"{profile.path}\NTUSER.DAT"}
    environment["kind1"] = "loaded"
    return Console(machine, environment=environment)


def shown(result):
    return [line.strip() for line in result.out.splitlines() if line.strip()]


def test_it_reads_everybody_and_leaves_nothing_behind(console, machine):
    result = console.run(PROGRAM)
    ada = console.environment["sid1"]
    assert result.err == ""
    assert shown(result) == [
        f"#7f3a# root {ada} 1",
        rf"HKEY_USERS\{ada}\Software\IM Providers",
        "DefaultIMApp    REG_SZ    Cisco Jabber",
        "#7f3a# read 0",
        "#7f3a# root presence.office.7f3a.2 2",
        r"HKEY_USERS\presence.office.7f3a.2\Software\IM Providers",
        "DefaultIMApp    REG_SZ    Lync",
        "#7f3a# read 0",
        "#7f3a# root presence.office.7f3a.3 3",
        "#7f3a# read 0",
        "#7f3a# done",
    ]
    assert not [name for name in machine.registry.subkeys("HKEY_USERS") if name.startswith("presence")]
    assert not machine.files.exists(LOCK)
    assert machine.files.held() == []
    assert machine.damage == []


def test_a_second_one_stays_out_while_the_first_one_runs(console, machine):
    results = []
    other = Console(machine, environment=console.environment)

    def before(line):
        if "reg load" in line:
            results.append(other.run(PROGRAM))

    console.before = before
    assert shown(console.run(PROGRAM))[-1] == "#7f3a# done"
    assert {(result.out, result.programs) for result in results} == {("", ())}


def test_a_hive_that_is_busy_for_a_while_is_tried_again(console, machine):
    handle = machine.hold_hive(console.environment["sid2"])
    console.before = lambda line: handle.close() if line.startswith("ping") else None
    result = console.run(PROGRAM)
    assert result.programs.count("ping -n 2 127.0.0.1") == 1
    assert "#7f3a# root presence.office.7f3a.2 2" in shown(result)


def test_a_hive_that_stays_busy_is_given_up(console, machine):
    machine.hold_hive(console.environment["sid2"])
    assert "#7f3a# root none 2" in shown(console.run(PROGRAM))


def test_a_user_who_signs_in_meanwhile_is_read_from_the_loaded_hive(console, machine):
    sid = console.environment["sid2"]
    console.before = lambda line: (
        machine.sign_in(sid_account(machine, sid)) if f'.2" "{machine.profile_of(sid).path}' in line else None
    )
    result = console.run(PROGRAM)
    assert f"#7f3a# root {sid} 2" in shown(result)
    assert machine.damage == []


def sid_account(machine, sid):
    return machine.accounts.by_sid(sid).full_name


def test_a_mount_that_cannot_be_released_is_reported_and_released_by_the_next_run(console, machine):
    mount = r"HKU\presence.office.7f3a.2"
    held: set[object] = set()

    def before(line):
        if line.startswith("reg query") and mount in line and not held:
            held.add(machine.hold_key(mount.replace("HKU", "HKEY_USERS")))

    console.before = before
    assert "#7f3a# stuck" in shown(console.run(PROGRAM))
    assert machine.registry.exists(mount.replace("HKU", "HKEY_USERS"))
    machine.release()
    console.environment["run"] = "9999"
    assert shown(console.run(PROGRAM))[-1] == "#7f3a# done"
    assert not [name for name in machine.registry.subkeys("HKEY_USERS") if name.startswith("presence")]


def test_terminated_in_the_middle_it_leaves_a_mount_that_the_next_run_releases(console, machine):
    console.before = lambda line: console.cancelled.set() if "unload" in line else None
    with pytest.raises(Cancelled):
        console.run(PROGRAM)
    assert machine.registry.exists(r"HKEY_USERS\presence.office.7f3a.2")
    assert machine.files.held() == []
    next_one = Console(machine, environment={**console.environment, "run": "9999"})
    assert shown(next_one.run(PROGRAM))[-1] == "#7f3a# done"
    assert not [name for name in machine.registry.subkeys("HKEY_USERS") if name.startswith("presence")]


def test_a_profile_without_a_hive_is_absent(console, machine):
    machine.files.delete(console.environment["file3"])
    result = console.run(PROGRAM)
    assert "#7f3a# root absent 3" in shown(result)
    assert machine.damage == []


def test_a_german_machine_gives_the_same_answers(console, machine):
    english = console.run(PROGRAM)
    machine.language = "de"
    assert console.run(PROGRAM) == english
