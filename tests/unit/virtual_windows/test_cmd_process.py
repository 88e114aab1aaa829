"""Starting, watching and terminating a command."""

from __future__ import annotations

import threading

import pytest

from tests.virtual_windows.cmd import NOT_IMPLEMENTED, Cancelled, run
from tests.virtual_windows.cmd.console import Console
from tests.virtual_windows.machine import Machine, Win32Error

HIVE = r"C:\Users\bob\NTUSER.DAT"


@pytest.fixture
def machine():
    machine = Machine("desk1", {"users": [{"account": "bob"}]}, speed=1000)
    yield machine
    machine.close()


@pytest.fixture
def console(machine):
    return Console(machine)


def test_every_program_is_seen_before_it_starts_but_not_cmd_itself(console):
    result = console.run(
        'cmd /v:on /c "(reg query HKU\\a || reg  query HKU\\b) >nul 2>nul & echo x | findstr y"'
        " & for /f %a in ('reg query HKU') do @type nul"
    )
    assert result.programs == (r"reg query HKU\a", r"reg  query HKU\b", "findstr y", "reg query HKU")


def test_an_observer_does_not_see_what_is_not_run(console):
    assert console.run("if 1==2 (reg query HKU) else rem reg query HKU").programs == ()
    assert console.run("echo reg add HKU").programs == ()


def test_others_act_between_two_programs(console, machine):
    console.before = lambda line: machine.sign_in("bob") if "unload" in line else None
    result = console.run(rf'reg load HKU\x "{HIVE}" & reg unload HKU\x')
    assert result.code == 0
    assert machine.damage  # bob signed in while his hive was mounted elsewhere


def test_a_cancelled_command_stops_before_the_next_program_and_leaves_things_as_they_are(console, machine):
    console.before = lambda line: console.cancelled.set() if "unload" in line else None
    with pytest.raises(Cancelled):
        console.run(rf'9>C:\Windows\Temp\x.lock (reg load HKU\x "{HIVE}" & reg unload HKU\x)')
    assert machine.registry.exists(r"HKEY_USERS\x")
    assert machine.files.held() == []
    assert machine.files.exists(r"C:\Windows\Temp\x.lock")


def test_waiting_is_cancelled_too(machine):
    slow = Machine("desk2", speed=0.001)
    console = Console(slow)
    timer = threading.Timer(0.05, console.cancelled.set)
    console.before = lambda _unused: timer.start()
    with pytest.raises(Cancelled):
        console.run("ping -n 60 127.0.0.1")
    slow.close()


def test_an_endless_loop_can_be_cancelled(console):
    console.before = lambda _unused: console.cancelled.set()
    with pytest.raises(Cancelled):
        console.run("for /l %i in (1,0,2) do @whoami")


@pytest.mark.parametrize(
    ("command_line", "out"),
    [
        ("whoami", "desk1\\ansible\r\n"),
        (r"C:\Windows\System32\whoami.exe", "desk1\\ansible\r\n"),
        (r'"C:\Windows\System32\whoami.exe"', "desk1\\ansible\r\n"),
        ("cmd /c echo a&echo b", "a\r\nb\r\n"),
        ("findstr /c:a nul", ""),
    ],
)
def test_without_a_shell_the_command_line_is_the_programs(console, command_line, out):
    assert console.start(command_line).out == out


@pytest.mark.parametrize("command_line", ["echo a", "nosuch.exe /x", r"C:\Windows\nosuch.exe", '"quo ted"'])
def test_without_a_shell_there_are_no_internal_commands(console, command_line):
    with pytest.raises(Win32Error) as caught:
        console.start(command_line)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    "line",
    ["dir", "copy a b", "echo a & dir & echo b", "call echo a", "for /r %i in (*) do echo", "cmd", "cmd /k echo",
     "findstr a.b nul", "reg export HKU x", "whoami /all", "(dir) 2>nul", "echo a | dir", "reg query /?",
     "echo a /? b", "set /?",
     "for %i in (a) do @echo %~zi", "dir/b", "md x"],
)  # fmt: skip
def test_unsupported_features_end_the_whole_command_with_an_error(console, line):
    result = console.run(line)
    assert result.code == NOT_IMPLEMENTED
    assert "is not built here" in result.err
    assert "b\r\n" not in result.out


def test_a_program_in_the_current_directory_comes_first(console, machine):
    machine.files.add_file(rf"{console.cwd}\reg.cmd", b"")
    hijacked = console.run("reg query HKU")
    assert hijacked.programs == (rf"{console.cwd}\reg.CMD query HKU",)
    assert hijacked.code == NOT_IMPLEMENTED
    careful = Console(machine, environment={"NoDefaultCurrentDirectoryInExePath": "1"})
    assert careful.run("reg query HKU").code == 0
    assert console.run("reg.exe query HKU").code == 0
    assert console.run(r"%SystemRoot%\System32\reg query HKU").code == 0


def test_programs_are_found_by_the_path(machine):
    assert Console(machine, environment={"Path": r"C:\Windows"}).run("reg query HKU").code == 1
    quoted = Console(machine, environment={"Path": r'C:\nosuch;"C:\Windows\System32"'})
    assert quoted.run("REG query HKU").code == 0
    assert Console(machine, environment={"Path": "", "PATHEXT": ""}).run("cmd /c echo a").code == 1


def test_a_nested_cmd_inherits_and_gives_nothing_back(console):
    assert console.run('set A=1& cmd /c "echo %A%& set A=2"& cmd /v:on /c echo !A!').out == "1\r\n1\r\n"
    assert console.run(r"cd C:\Windows& cmd /c cd& cmd /c cd C:\& cd").out == "C:\\Windows\r\nC:\\Windows\r\n"


def test_output_is_utf8_and_comes_as_it_is_written(machine):
    chunks = []
    run(
        machine,
        'cmd /c "echo ä&nosuch& echo €"',
        machine.environment,
        "C:\\",
        lambda handle, data: chunks.append((handle, data)),
        threading.Event(),
    )
    assert [handle for handle, _unused in chunks] == [1, 2, 1]
    assert chunks[0] == (1, "ä\r\n".encode())
    assert chunks[2] == (1, "€\r\n".encode())


def test_commands_of_two_clients_interleave(machine):
    first, second = Console(machine), Console(machine)
    order = []
    first.before = lambda line: order.extend(["first", *second.run("whoami").programs])
    first.run("whoami & whoami")
    assert order == ["first", "whoami", "first", "whoami"]


def test_nothing_is_locked_while_a_program_waits_to_start(console, machine):
    def other():
        with machine.lock:
            done.set()

    done = threading.Event()

    def before(_unused):
        threading.Thread(target=other, daemon=True).start()
        assert done.wait(5)

    console.before = before
    assert console.run("reg query HKU").code == 0
