"""The output of the command that visits hives, parsed: whatever a machine prints."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.command_output import CommandOutput, OutputLimits
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import HiveFile
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_values import ReadValue, ValueName
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import (
    StringValue,
    ValueState,
)

MARK = "0123456789abcdef"
KEY = r"Software\IM Providers"


HIVE = HiveFile(r"C:\Users\ada\NTUSER.DAT", "S-1-5-21-1", HiveKind.LOADED, "")


def hive(number, value_lines, *, root="presence.office.0a1b2c3d.1", read=0):
    return "".join(
        [
            f"{MARK} root {root} {number}\r\n",
            value_lines,
            f"{MARK} read {read}\r\n",
        ]
    )


def reg_query(data, *, name="DefaultIMApp", type_="REG_SZ"):
    key = r"HKEY_USERS\presence.office.1\Software\IM Providers"
    return f"\r\n{key}\r\n    {name}    {type_}    {data}\r\n\r\n"


def fed(text, hives=1, bounds=None):
    output = CommandOutput(MARK, hives, bounds)
    output.feed(text.encode())
    return output


def value_in(hive_output):
    return ReadValue(ValueName(KEY, "DefaultIMApp")).parse(HIVE, hive_output)


@pytest.mark.parametrize("data", ["Lync", "", "Cisco Jabber", "  spaces  ", "Übung 日本", "a    REG_SZ    b"])
def test_a_text_is_read_as_it_stands(data):
    value = value_in(fed(hive(1, reg_query(data))).hives[0])

    assert value == StringValue.of(data)


def test_the_value_s_name_is_compared_without_case():
    value = value_in(fed(hive(1, reg_query("Lync", name="defaultimapp"))).hives[0])

    assert value.text == "Lync"


def test_another_type_is_no_text():
    value = value_in(fed(hive(1, reg_query("0x1", type_="REG_DWORD"))).hives[0])

    assert value.state is ValueState.OTHER_TYPE


BESIDE = "\r\nHKEY_USERS\\presence.office.0a1b2c3d.1\\Software\\{}\r\n"


def test_a_value_that_is_missing_from_its_key():
    seen = fed(hive(1, f"{MARK} missing 0\r\n")).hives[0]

    assert seen.can_read(KEY)
    assert value_in(seen) == StringValue.missing(key_exists=True)


def test_a_key_that_is_missing():
    seen = fed(hive(1, f"{MARK} missing 1\r\n{BESIDE.format('Microsoft')}")).hives[0]

    assert seen.can_read(KEY)
    assert value_in(seen) == StringValue.missing(key_exists=False)


@pytest.mark.parametrize("beside", [BESIDE.format("im providers"), BESIDE.format("x") * 10_000])
def test_a_key_that_is_denied_or_may_be(beside):
    assert not fed(hive(1, f"{MARK} missing 1\r\n{beside}")).hives[0].can_read(KEY)


@pytest.mark.parametrize("type_", ["0x20", "REG_FULL_RESOURCE_DESCRIPTOR"])
def test_a_type_that_reg_exe_does_not_know_is_no_text(type_):
    value = value_in(fed(hive(1, reg_query("0102", type_=type_))).hives[0])

    assert value.state is ValueState.OTHER_TYPE


@pytest.mark.parametrize("root", ["x" * 50_000, "\x1b]0;owned\x07", "S-1-5-21-1\\Software", "presence.office.1"])
def test_a_root_that_can_be_none_is_not_believed(root):
    assert fed(hive(1, reg_query("Lync"), root=root)).hives[0].root is None


@pytest.mark.parametrize("number", ["0", "2", "--5", "9" * 5000, "\u0661"])
def test_a_number_that_is_no_hive_of_ours_is_not_believed(number):
    assert fed(hive(number, reg_query("Lync"))).hives[0].root is None


@pytest.mark.parametrize("code", ["--5", "9" * 5000, "\u0661", ""])
def test_an_exit_code_that_is_none_is_a_failure(code):
    assert fed(hive(1, "", read=code)).hives[0].read == 1


@pytest.mark.parametrize("forged", ["root S-1 2", "0000 root none 2", f" {MARK} stuck"])
def test_a_text_with_line_breaks_cannot_pass_for_our_own_lines(forged):
    data = f"Lync\r\n{forged}\r\n    DefaultIMApp    REG_SZ    Lync"
    read = fed(hive(1, reg_query(data)) + hive(2, reg_query("Jabber")), hives=2)

    assert value_in(read.hives[0]).text == data
    assert value_in(read.hives[1]).text == "Jabber"
    assert not read.hives[0].stuck


def test_the_output_may_arrive_in_pieces_of_any_size():
    text = (hive(1, reg_query("Zoë")) + f"{MARK} stuck\r\n{MARK} done\r\n").encode()
    read = CommandOutput(MARK, 1)
    for byte in text:
        read.feed(bytes([byte]))

    assert value_in(read.hives[0]).text == "Zoë"
    assert read.hives[0].stuck
    assert read.done


def test_a_huge_text_is_cut_and_costs_the_next_hive_nothing():
    read = fed(hive(1, reg_query("x" * 10_000_000)) + hive(2, reg_query("Lync")), hives=2)

    assert len(read.hives[0].data) <= limits.VALUE_OUTPUT
    assert value_in(read.hives[1]).text == "Lync"


def test_a_command_that_never_started_differs_from_one_that_ended_early():
    assert not fed("").started
    assert fed(f"{MARK} root none 1\r\n").started
    assert not fed(f"{MARK} root none 1\r\n").done


# --- What else is printed of each hive ---


def test_what_is_printed_after_the_mark_of_more_is_kept_apart():
    text = hive(1, reg_query("Lync")) + f"{MARK} more\r\none\r\n" + hive(2, reg_query("Zoom")) + f"{MARK} more\r\n"
    read = fed(f"{text}two\r\n{MARK} stuck\r\nafter\r\n{MARK} done\r\n", hives=2)

    assert [value_in(one).text for one in read.hives] == ["Lync", "Zoom"]
    assert [one.more.text for one in read.hives] == ["one\r\n", "two\r\nafter\r\n"]
    assert [one.stuck for one in read.hives] == [False, True]
    assert read.done


def test_more_belongs_to_a_hive_and_answers_to_none():
    read = fed(f"{MARK} more\r\nlost\r\n" + hive(1, "") + f"{MARK} answer x\r\na\r\n{MARK} more\r\nb\r\n")

    assert (read.hives[0].more.text, read.hives[0].text) == ("", "")
    assert read.answers["x"][0].text == "a\r\nb\r\n"


def test_a_text_with_line_breaks_cannot_begin_what_is_more():
    read = fed(hive(1, reg_query(f"a\r\n {MARK} more\r\n0123 more\r\nb")))

    assert read.hives[0].more.text == ""


def test_more_has_limits_of_its_own_so_that_it_never_takes_room_from_values():
    lines = [f"{MARK} root none {n}\r\n{'x' * 40}\r\n{MARK} more\r\n{'y' * 40}\r\n" for n in (1, 2)]
    seen = fed("".join(lines), hives=2, bounds=OutputLimits(line=50, hive=30, total=70, more_hive=35, more_total=50))

    assert [(len(one.data), one.cut) for one in seen.hives] == [(30, True), (30, True)]
    assert [(len(one.more.data), one.more.cut) for one in seen.hives] == [(35, True), (15, True)]
    assert (seen.left, seen.more_left) == (10, 0)


def test_a_hive_that_finds_no_room_left_is_told_from_one_that_prints_too_much():
    lines = [f"{MARK} root none {n}\r\n{'x' * size}\r\n" for n, size in ((1, 45), (2, 20))]
    seen = fed("".join(lines), hives=2, bounds=OutputLimits(line=50, hive=30, total=50))

    assert [(one.cut, one.crowded_out) for one in seen.hives] == [(True, False), (True, True)]
