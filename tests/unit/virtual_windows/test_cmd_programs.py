"""reg.exe and the other programs."""

from __future__ import annotations

import pytest

from tests.virtual_windows.cmd.console import Console
from tests.virtual_windows.cmd.programs import argv
from tests.virtual_windows.machine import Machine, Value, ValueType

HIVE = r"C:\Users\bob\NTUSER.DAT"
KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Things"


@pytest.fixture
def machine():
    machine = Machine("desk1", {"users": [{"account": "bob"}, {"account": "ada", "signed_in": True}]}, speed=1000)
    machine.registry.create_key(KEY)
    yield machine
    machine.close()


@pytest.fixture
def console(machine):
    return Console(machine)


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ('a "b c" d', ["a", "b c", "d"]),
        (r'a "b\"c" d', ["a", 'b"c', "d"]),
        (r'a "b\\" d', ["a", "b\\", "d"]),
        (r'a "b\" d', ["a", 'b" d']),
        (r"a b\c\\d \\e\ ", ["a", r"b\c\\d", "\\\\e\\"]),
        (r'a \\\"b \\"c d"', ["a", r"\"b", "\\c d"]),
        ('a "" "b""c"', ["a", "", 'b"c']),
        ('a b"c d"e\tf', ["a", "bc de", "f"]),
        (r'"C:\x y\a" b', [r"C:\x y\a", "b"]),
        ("a", ["a"]),
    ],
)
def test_arguments_are_split_as_the_c_runtime_does(line, arguments):
    assert argv.split(line) == arguments


def test_query_shows_every_type(console, machine):
    for value in (
        Value("text", ValueType.SZ, "a  b"),
        Value("lines", ValueType.SZ, "one\r\n    two    REG_SZ    three"),
        Value("expand", ValueType.EXPAND_SZ, "%TEMP%\\x"),
        Value("many", ValueType.MULTI_SZ, ["a", "b c"]),
        Value("number", ValueType.DWORD, 255),
        Value("long", ValueType.QWORD, 1 << 40),
        Value("bytes", ValueType.BINARY, b"\x01\xff"),
        Value("none", ValueType.NONE, b""),
        Value("odd", ValueType(0x100), b"\x02"),
        Value("", ValueType.SZ, "default"),
        Value("empty", ValueType.SZ, ""),
    ):
        machine.registry.set_value(KEY, value)
    machine.registry.create_key(rf"{KEY}\Below")
    assert console.run(r"reg query HKLM\SOFTWARE\Things").out == (
        "\r\n"
        f"{KEY}\r\n"
        "    text    REG_SZ    a  b\r\n"
        "    lines    REG_SZ    one\r\n    two    REG_SZ    three\r\n"
        "    expand    REG_EXPAND_SZ    %TEMP%\\x\r\n"
        "    many    REG_MULTI_SZ    a\\0b c\r\n"
        "    number    REG_DWORD    0xff\r\n"
        "    long    REG_QWORD    0x10000000000\r\n"
        "    bytes    REG_BINARY    01FF\r\n"
        "    none    REG_NONE    \r\n"
        "    odd    0x100    02\r\n"
        "    (Default)    REG_SZ    default\r\n"
        "    empty    REG_SZ    \r\n"
        "\r\n"
        f"{KEY}\\Below\r\n"
    )


def test_query_prints_names_as_they_were_typed(console, machine):
    machine.registry.set_value(KEY, Value("Name", ValueType.SZ, "x"))
    assert console.run(r"reg query hklm\software\THINGS /v nAME").out == (
        "\r\nHKEY_LOCAL_MACHINE\\software\\THINGS\r\n    nAME    REG_SZ    x\r\n\r\n"
    )


def test_query_below(console, machine):
    machine.registry.set_value(KEY, Value("a", ValueType.SZ, "1"))
    machine.registry.create_key(rf"{KEY}\x\y")
    machine.registry.set_value(rf"{KEY}\x\y", Value("a", ValueType.SZ, "2"))
    assert console.run(r"reg query HKLM\SOFTWARE\Things /s").out == (
        f"\r\n{KEY}\r\n    a    REG_SZ    1\r\n\r\n{KEY}\\x\r\n\r\n{KEY}\\x\\y\r\n    a    REG_SZ    2\r\n\r\n"
    )
    assert console.run(r"reg query HKLM\SOFTWARE\Things /s /v A").out == (
        f"\r\n{KEY}\r\n    a    REG_SZ    1\r\n\r\n{KEY}\\x\\y\r\n    a    REG_SZ    2\r\n\r\n"
        "End of search: 2 match(es) found.\r\n"
    )
    assert console.run(r"reg query HKLM\SOFTWARE\Things /s /v nope").code == 1


def test_the_default_value(console, machine):
    assert "    (Default)    REG_SZ    (value not set)\r\n" in console.run(r"reg query HKLM\SOFTWARE\Things /ve").out
    assert console.run(r"reg query HKLM\SOFTWARE\Nope /ve").code == 1
    machine.language = "de"
    assert (
        "    (Standard)    REG_SZ    (Wert nicht gesetzt)\r\n" in console.run(r"reg query HKLM\SOFTWARE\Things /ve").out
    )


def test_a_german_machine_answers_in_german_and_with_the_same_codes(console, machine):
    lines = ("reg query HKU\\nope", "nosuch", "echo (", "timeout 1", "type nosuch", "set NOPE")
    english = [console.run(line) for line in lines]
    machine.language = "de"
    german = [console.run(line) for line in lines]
    assert [one.code for one in german] == [one.code for one in english]
    assert german[0].err == "FEHLER: Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.\r\n"
    assert all(one.err != two.err for one, two in zip(german, english, strict=True) if two.err)
    assert console.run("reg add HKLM\\SOFTWARE\\Things /v a /f").out == "Der Vorgang wurde erfolgreich beendet.\r\n"


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ("/v a", Value("a", ValueType.SZ, "")),
        ("/ve /d x", Value("", ValueType.SZ, "x")),
        ("/d x", Value("", ValueType.SZ, "x")),
        ("-V a -D x", Value("a", ValueType.SZ, "x")),
        ('/v "a b" /d "c \\"d\\" %%NOPE%%"', Value("a b", ValueType.SZ, 'c "d" %%NOPE%%')),
        ("/v a /t reg_dword /d 010", Value("a", ValueType.DWORD, 10)),
        ("/v a /t REG_DWORD /d 0xffffffff", Value("a", ValueType.DWORD, 0xFFFFFFFF)),
        ("/v a /t REG_QWORD /d 0x100000000", Value("a", ValueType.QWORD, 1 << 32)),
        ("/v a /t REG_BINARY /d 0aF", Value("a", ValueType.BINARY, b"\x00\xaf")),
        ("/v a /t REG_MULTI_SZ /d x\\0y", Value("a", ValueType.MULTI_SZ, ["x", "y"])),
        ("/v a /t REG_MULTI_SZ /s ; /d x;y", Value("a", ValueType.MULTI_SZ, ["x", "y"])),
        ("/v a /t REG_MULTI_SZ", Value("a", ValueType.MULTI_SZ, [])),
        ("/v a /t REG_NONE /d x", Value("a", ValueType.NONE, b"x\0\0\0")),
        ("/v a /d x /reg:64", Value("a", ValueType.SZ, "x")),
    ],
)
def test_add(console, machine, options, value):
    result = console.run(rf"reg add HKLM\SOFTWARE\Things {options} /f")
    assert (result.out, result.code) == ("The operation completed successfully.\r\n", 0)
    assert machine.registry.values(KEY) == [value]


@pytest.mark.parametrize(
    "line",
    [
        "reg",
        "reg nonsense",
        "reg add",
        r"reg add HKLM\SOFTWARE\Things /v",
        r"reg add HKLM\SOFTWARE\Things /v a /v b /f",
        r"reg add HKLM\SOFTWARE\Things /v a /ve /f",
        r"reg add HKLM\SOFTWARE\Things /v a /x /f",
        r"reg add HKLM\SOFTWARE\Things /v a /t REG_DWORD /d -1 /f",
        r"reg add HKLM\SOFTWARE\Things /v a /t REG_DWORD /d 4294967296 /f",
        r"reg add HKLM\SOFTWARE\Things /v a /t REG_DWORD /f",
        r"reg add HKLM\SOFTWARE\Things /v a /t REG_BINARY /d xy /f",
        r"reg add HKLM\SOFTWARE\Things /v a /t REG_MULTI_SZ /d x\0\0y /f",
        r"reg add HKLM\SOFTWARE\Things /v a /reg:32 /reg:64 /f",
        r"reg add HKLM\SOFTWARE\Things\\ /f",
        r"reg add \HKLM\SOFTWARE\Things /f",
        r"reg add HKXX\SOFTWARE /f",
        r"reg add HKLM\ /v a /f",
        r"reg add HKU\new /f",
        r"reg query HKLM\SOFTWARE\nope",
        r"reg query HKLM\SOFTWARE\Things /v nope",
        r"reg delete HKLM\SOFTWARE\nope /f",
        r"reg delete HKLM\SOFTWARE\Things /v nope /f",
        r"reg delete HKLM\SOFTWARE\Things /ve /f",
        r"reg delete HKLM\SOFTWARE /va /ve /f",
        r"reg load HKLM\SOFTWARE C:\nope",
        r"reg load HKU\x C:\nope\x.dat",
        r"reg load HKU\x",
        r"reg load HKU\x\y C:\Users\bob\NTUSER.DAT",
        r"reg load HKCU\x C:\Users\bob\NTUSER.DAT",
        r"reg unload HKU\x",
        r"reg unload HKLM\SOFTWARE",
        r"reg query HKLM\SAM\SAM",
    ],
)
def test_errors_have_code_1_and_one_message_on_standard_error(console, line):
    result = console.run(line)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("ERROR: ")


def test_the_32_bit_view(console, machine):
    console.run(r"reg add HKLM\SOFTWARE\Things /v a /d 32 /f /reg:32")
    assert machine.registry.values(KEY) == []
    assert machine.registry.value(r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Things", "a").data == "32"
    assert f"\r\n{KEY}\r\n    a    REG_SZ    32\r\n" in console.run(r"reg query HKLM\SOFTWARE\Things /reg:32").out
    assert console.run(r"reg query HKLM\SOFTWARE\Things /reg:64 /v a").code == 1


def test_delete(console, machine):
    for name in ("a", "b", ""):
        machine.registry.set_value(KEY, Value(name, ValueType.SZ, name))
    machine.registry.create_key(rf"{KEY}\x\y")
    assert console.run(r"reg delete HKLM\SOFTWARE\Things /v A /f").code == 0
    assert console.run(r"reg delete HKLM\SOFTWARE\Things /ve /f").code == 0
    assert [value.name for value in machine.registry.values(KEY)] == ["b"]
    assert console.run(r"reg delete HKLM\SOFTWARE\Things /va /f").code == 0
    assert machine.registry.values(KEY) == []
    assert console.run(r"reg delete HKLM\SOFTWARE\Things /f").code == 0
    assert not machine.registry.exists(KEY)


def test_without_f_it_asks_and_gets_no_answer(console, machine):
    machine.registry.set_value(KEY, Value("a", ValueType.SZ, "1"))
    add = r"reg add HKLM\SOFTWARE\Things /v a /d 2"
    assert "overwrite(Yes/No)? " in console.run(add).out
    console.run(r"reg delete HKLM\SOFTWARE\Things")
    assert machine.registry.value(KEY, "a").data == "1"
    console.run(f"echo y| {add}")
    assert machine.registry.value(KEY, "a").data == "2"
    assert console.run(r"reg add HKLM\SOFTWARE\Things /v new /d 1").code == 0


def test_hives(console, machine):
    assert console.run(rf'reg load HKU\x "{HIVE}"').out == "The operation completed successfully.\r\n"
    assert console.run(r"reg query HKU\x\Software").code == 0
    again = console.run(rf'reg load HKU\y "{HIVE}"')
    assert (again.code, again.err) == (
        1,
        "ERROR: The process cannot access the file because it is being used by another process.\r\n",
    )
    assert console.run(r"reg load HKU\x C:\Users\Default\NTUSER.DAT").code == 1
    handle = machine.hold_key(r"HKEY_USERS\x\Software")
    assert console.run(r"reg unload HKU\x").err == "ERROR: Access is denied.\r\n"
    handle.close()
    assert console.run(r"reg unload HKU\x").code == 0
    assert console.run(r"reg query HKU\x").code == 1


def test_the_hive_of_a_signed_in_user_cannot_be_loaded(console):
    assert console.run(r"reg load HKU\x C:\Users\ada\NTUSER.DAT").code == 1


def test_ping_waits_a_second_less_than_its_count(machine, monkeypatch):
    waits = []

    def sleep(seconds, _unused):
        waits.append(seconds)
        return False

    monkeypatch.setattr(machine.clock, "sleep", sleep)
    result = Console(machine).run("ping -n 4 127.0.0.1")
    assert waits == [1, 1, 1]
    assert result.out.count("Reply from 127.0.0.1: bytes=32 time<1ms TTL=128\r\n") == 4
    assert Console(machine).run("ping -n 0 127.0.0.1").code == 1
    assert Console(machine).run("ping nosuchhost").code == 1
    assert Console(machine).run("ping -w 5 -n 1 localhost").code == 0


def test_timeout_needs_a_console(console):
    result = console.run("timeout /t 5")
    assert (result.code, result.out) == (1, "")
    assert result.err == "ERROR: Input redirection is not supported, exiting the process immediately.\r\n"


def test_there_is_no_sleep(console):
    assert console.run("sleep 5").err.startswith("'sleep' is not recognized")


@pytest.mark.parametrize(
    ("options", "matches"),
    [
        ("two", ["one two", "two THREE"]),
        ('"one three"', ["one two"]),
        ('/c:"one two"', ["one two"]),
        ("/i three", ["two THREE"]),
        ("three", []),
        ("/b two", ["two THREE"]),
        ("/e two", ["one two"]),
        ('/x /c:"one two"', ["one two"]),
        ('/x /c:"one"', []),
        ("/v two", ["a.b"]),
        ("/l a.b", ["a.b"]),
        ("/n /i THREE", ["2:two THREE"]),
        ("/b /e /i A.B /l", ["a.b"]),
    ],
)
def test_findstr(console, machine, options, matches):
    machine.files.add_file(rf"{console.cwd}\x", b"one two\r\ntwo THREE\r\na.b")
    result = console.run(f"findstr {options} x")
    assert (result.out.splitlines(), result.code) == (matches, 0 if matches else 1)
    assert console.run(f"type x | findstr {options}").out == result.out


def test_findstr_without_a_file(console):
    assert console.run("findstr a nosuch").code == 1
    assert console.run("findstr").code == 2
