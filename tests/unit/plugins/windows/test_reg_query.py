"""What `reg query` prints of many keys, and how it is read: whatever a value holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.windows.command_output import (
    CommandOutput,
    Output,
    OutputLimits,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.reg_query import (
    PrintedKey,
    PrintedValue,
    default_value,
    for_each_guid,
    parse_keys,
    tree,
)

MARK = "0123456789abcdef"
ROOT = r"HKEY_USERS\S-1-5-21-1\Software\IM Providers"


def printed(*lines):
    return Output(bytearray("".join(f"{line}\r\n" for line in lines).encode()))


def test_keys_and_values():
    keys = parse_keys(
        printed("", ROOT, "    DefaultIMApp    REG_SZ    Lync", "    n    REG_DWORD    0x2", "", rf"{ROOT}\Lync")
    )

    assert [key.path for key in keys] == [ROOT, rf"{ROOT}\Lync"]
    assert keys[0].value("DEFAULTimapp") == PrintedValue("REG_SZ", "Lync")
    assert keys[0].text("n") is None
    assert keys[1].values == {}


@pytest.mark.parametrize(
    "data",
    ["two\r\nlines", "blank\r\n\r\nline", "\r\nleading", "a\nb\rc", "tab\there", "    x", "日本 \u200b", "{{ 7*7 }}"],
)
def test_a_text_with_line_breaks_keeps_what_does_not_look_like_another_value(data):
    keys = parse_keys(printed("", ROOT, f"    DefaultIMApp    REG_SZ    {data}", "    Last    REG_SZ    x", ""))

    assert keys[0].text("DefaultIMApp") == data
    assert keys[0].text("Last") == "x"


def test_a_text_can_forge_values_in_its_own_frame_only():
    forged = f"a\r\n\r\n{ROOT}\\Forged\r\n    GUID    REG_SZ    x\r\n{MARK[:-1]}0 root none 2"
    text = f"{MARK} root S-1-5-21-1 1\r\n\r\n{ROOT}\r\n    D    REG_SZ    {forged}\r\n\r\n{MARK} read 0\r\n"
    text += f"{MARK} root none 2\r\n{MARK} done\r\n"
    output = CommandOutput(MARK, 2)
    output.feed(text.encode())

    assert [key.path for key in parse_keys(output.hives[0])] == [ROOT, rf"{ROOT}\Forged"]
    assert output.hives[1].data == b""


def test_a_huge_line_costs_little_and_what_follows_is_read():
    text = f"{MARK} answer x\r\n\r\n{ROOT}\r\n    Big    REG_SZ    {'x' * 1_000_000}\r\n    D    REG_SZ    y\r\n\r\n"
    output = CommandOutput(MARK, 0, OutputLimits(line=4096, hive=10_000, total=20_000))
    for start in range(0, len(text), 70_000):
        output.feed(text[start : start + 70_000].encode())

    (answer,) = output.answers["x"]
    assert not answer.cut
    assert len(answer.data) < 5_000
    assert parse_keys(answer)[0].text("D") == "y"


def test_frames_have_limits_each_and_together():
    lines = "".join(f"{MARK} answer x\r\n" + "y" * 99 + "\r\n" for _unused in range(5))
    output = CommandOutput(MARK, 0, OutputLimits(line=100, hive=50, total=120))
    output.feed(lines.encode())

    assert [len(one.data) for one in output.answers["x"]] == [50, 50, 20, 0, 0]
    assert all(one.cut for one in output.answers["x"])


@given(st.binary(max_size=400))
def test_nothing_that_is_printed_breaks_the_reading(noise):
    output = CommandOutput(MARK, 1)
    output.feed(f"{MARK} answer x64\r\n".encode() + noise + f"\r\n{MARK} root S-1-5 1\r\n".encode() + noise)
    output.feed(f"\r\n{MARK} done\r\n".encode())

    assert output.done
    for printed_output in (output.answers["x64"][0], output.hives[0]):
        assert all(key.path.startswith("HKEY_") for key in parse_keys(printed_output))


SERVER = r"HKEY_LOCAL_MACHINE\SOFTWARE\Classes\CLSID\{X}\LocalServer32"


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("    (Standard)    REG_SZ    C:\\a.exe", "C:\\a.exe"),
        ("    (Default)    REG_EXPAND_SZ    %x%\\a.exe", "%x%\\a.exe"),
        ("    (Standard)    REG_SZ    (Wert nicht festgelegt)", None),
        ("    (Standard)    REG_SZ", None),
        ("    (Standard)    REG_DWORD    0x1", None),
        ("", None),
    ],
)
def test_a_com_server_in_any_language(line, command):
    (key,) = parse_keys(printed("", SERVER, line, ""))

    assert (key.path, key.default_command("(Wert nicht festgelegt)")) == (SERVER, command)


def test_no_com_server_key():
    assert parse_keys(printed()) == []


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (PrintedValue("REG_DWORD", "0x0"), 0),
        (PrintedValue("REG_DWORD", "0xFFFFffff"), 0xFFFFFFFF),
        (PrintedValue("REG_DWORD", "0x100000000"), None),
        (PrintedValue("REG_DWORD", "1"), None),
        (PrintedValue("REG_DWORD", "0x"), None),
        (PrintedValue("REG_DWORD", "0x\u0661"), None),
        (PrintedValue("REG_QWORD", "0x1"), None),
        (PrintedValue("REG_SZ", "0x1"), None),
    ],
)
def test_a_number_is_a_dword(value, number):
    key = PrintedKey(rf"{ROOT}\Lync", {"upandrunning": value})

    assert (value.number, key.number("UpAndRunning"), key.number("Another"), key.name) == (number, number, None, "Lync")


# --- Questions ---


def test_a_question_prints_its_label_and_then_what_is_asked():
    assert tree("x64", r"HKLM\A B") == r'echo !mark! answer x64& (reg query "HKLM\A B" /s 2>nul)'
    assert default_value("x", r"HKLM\A B") == r'echo !mark! answer x& (reg query "HKLM\A B" /ve 2>nul)'


def test_for_each_guid_there_is_one_answer_with_all_that_is_asked_about_it():
    question = for_each_guid("servers", r"HKLM\A", [r"HKLM\B\%c\C", r"HKLM\D\%c"], 7)

    assert question == (
        '(set asked=0)& (for /f "tokens=1-3" %a in (\'reg query "HKLM\\A" /s /v GUID\') do '
        '(if /i "%a"=="GUID" (if !asked! LSS 7 ((set /a asked+=1 >nul)& echo !mark! answer servers& '
        r'(reg query "HKLM\B\%c\C" /ve 2>nul)& (reg query "HKLM\D\%c" /ve 2>nul)))))'
    )
