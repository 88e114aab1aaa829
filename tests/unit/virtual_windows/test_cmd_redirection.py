"""Redirections of output, and their use as a lock."""

from __future__ import annotations

import pytest

from tests.virtual_windows.cmd.console import Console
from tests.virtual_windows.machine import Machine

LOCK = r"C:\Windows\Temp\some.lock"


@pytest.fixture
def machine():
    machine = Machine("desk1", speed=1000)
    yield machine
    machine.close()


@pytest.fixture
def console(machine):
    return Console(machine, cwd=r"C:\Windows\Temp")


def test_the_lock_idiom(console, machine):
    line = r'9>"%SystemRoot%\Temp\some.lock" (ping -n 1 127.0.0.1 >nul& echo done) || echo busy'
    seen = []
    other = Console(machine)
    console.before = lambda _unused: seen.append(other.run(line).out)
    assert console.run(line).out == "done\r\n"
    assert seen == ["busy\r\n"]
    assert console.run(line).out == "done\r\n"
    assert machine.files.held() == []


def test_the_lock_of_a_nested_cmd_is_held_by_its_standard_error(console, machine):
    line = rf'cmd /d /q /c "ping -n 1 127.0.0.1 >nul& echo done" 2>>"{LOCK}"& del "{LOCK}" 2>nul'
    inside = []
    console.before = lambda _unused: inside.append((Console(machine).run(line), machine.files.held()))
    # The blank before `2>>` follows the closing quote and stays when /c removes the quotes.
    assert console.run(line).out == "done \r\n"
    ((second, held),) = inside
    assert (second.out, second.programs) == ("", ())
    assert "being used by another process" in second.err
    assert [path for path, _unused in held] == [LOCK]
    assert not machine.files.exists(LOCK)


def test_a_lock_held_by_another_program(console, machine):
    with machine.files.open_exclusive(LOCK):
        result = console.run(rf'cmd /v:on /c "(call )& (9>>{LOCK} (echo in) || echo out !errorlevel!)"')
    assert result.out == "out 1\r\n"
    assert result.err == "The process cannot access the file because it is being used by another process.\r\n"


def test_the_message_of_a_failed_redirection_goes_where_errors_go(console, machine):
    with machine.files.open_exclusive(LOCK):
        assert console.run(rf"2>nul (9>{LOCK} echo in || echo out)").err == ""


@pytest.mark.parametrize(
    ("line", "content"),
    [
        ("echo a>x", b"a\r\n"),
        ("echo a>x& echo b>>x", b"a\r\nb\r\n"),
        ("echo a>x& echo b>x", b"b\r\n"),
        ('echo a>"x"', b"a\r\n"),
        (r'echo a>"%CD%\x"', b"a\r\n"),
        (r"(echo a& echo b)>..\Temp\x", b"a\r\nb\r\n"),
        ("echo a>x 2>&1", b"a \r\n"),
        ("timeout 1 2>x", b"ERROR: Input redirection is not supported, exiting the process immediately.\r\n"),
        ("(echo a 1>&2) 2>x", b"a \r\n"),
        ("echo a>y>x", b"a\r\n"),
        ("echo a 9>&1 1>x 1>&9", None),
        ("whoami>x", b"desk1\\ansible\r\n"),
        ('cmd /v:on /c "set F=x& echo a>!F!"', b"a\r\n"),
        ("for %i in (x) do @echo a>%i", b"a\r\n"),
    ],
)
def test_output_to_files(console, machine, line, content):
    console.run(line)
    assert not machine.files.exists(r"C:\Windows\Temp\y")
    if content is None:  # a later redirection of a handle replaces the earlier one
        assert not machine.files.exists(r"C:\Windows\Temp\x")
    else:
        assert machine.files.read(r"C:\Windows\Temp\x") == content
    assert machine.files.held() == []


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("type x", "one two\r\nthree\r\n"),
        ("findstr three <x", "three\r\n"),
        ("findstr three x", "three\r\n"),
        ("type x | findstr /v three", "one two\r\n"),
        ('for /f "tokens=2" %a in (x) do @echo %a', "two\r\n"),
        ('for /f "usebackq delims=" %a in ("C:\\Windows\\Temp\\x") do @echo [%a]', "[one two]\r\n[three]\r\n"),
        ("for %i in (x*) do @echo %i", "x\r\n"),
        ("for %i in (?.txt x) do @echo %i", "x\r\n"),
        ('cmd /v:on /c "<x set /p L=& echo [!L!]"', "[one two]\r\n"),
        ("if exist ? (echo x) else echo none", "x\r\n"),
        ("if exist y* (echo x) else echo none", "none\r\n"),
        ("del x& if not exist x echo gone", "gone\r\n"),
        ("del *& if not exist x echo gone", "gone\r\n"),
    ],
)
def test_input_from_files(console, machine, line, out):
    machine.files.add_file(r"C:\Windows\Temp\x", b"one two\r\nthree\r\n")
    assert console.run(line).out == out


@pytest.mark.parametrize(
    ("line", "code", "err"),
    [
        (r"echo a>C:\nosuch\x", 1, "The system cannot find the path specified.\r\n"),
        ("type nosuch", 1, "The system cannot find the file specified.\r\n"),
        ("echo a<nosuch", 1, "The system cannot find the file specified.\r\n"),
        ("echo a>C:\\Windows", 1, "Access is denied.\r\n"),
        ("del nosuch", 0, "Could Not Find C:\\Windows\\Temp\\nosuch\r\n"),
        (r"del C:\nosuch\x", 1, "The system cannot find the path specified.\r\n"),
        ("del", 1, "The syntax of the command is incorrect.\r\n"),
        ("echo a 1>&7", 1, "The handle could not be duplicated\r\nduring redirection of handle 1.\r\n"),
    ],
)
def test_targets_that_cannot_be_opened(console, line, code, err):
    result = console.run(line)
    assert (result.out, result.code, result.err) == ("", code, err)


def test_a_file_that_is_open_is_not_deleted(console, machine):
    result = console.run(rf"9>{LOCK} (del {LOCK})")
    assert machine.files.exists(LOCK)
    assert result.code == 0
    assert result.err.startswith(f"{LOCK}\r\nThe process cannot access")
