"""The command that visits hives: what it says, and how what it prints is read."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_command import command_line, quoted
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import (
    Found,
    StringValue,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.transcript import KEPT_OUTPUT, Transcript

MARK = "0123456789abcdef"

# cmd.exe takes no longer line ("Command prompt line string limitation", Microsoft).
LONGEST_LINE = 8191


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


def transcript(text, hives=1):
    read = Transcript(MARK, hives)
    read.feed(text.encode())
    return read


@pytest.mark.parametrize("action", ["read", "set", "delete"])
def test_the_line_has_the_same_length_whatever_is_visited_and_fits(action):
    assert len(command_line(action, 1)) == len(command_line(action, 9))
    assert len(command_line(action, 9999)) < LONGEST_LINE / 2


def test_reading_starts_nothing_that_writes():
    line = command_line("read", 3)

    assert "reg add" not in line
    assert "reg delete" not in line


@pytest.mark.parametrize("data", ["Lync", "", "Cisco Jabber", "  spaces  ", "Übung 日本", "a    REG_SZ    b"])
def test_a_text_is_read_as_it_stands(data):
    value = transcript(hive(1, reg_query(data))).visits[0].value("DefaultIMApp")

    assert (value.found, value.text) == (Found.TEXT, data)


def test_the_value_s_name_is_compared_without_case():
    value = transcript(hive(1, reg_query("Lync", name="defaultimapp"))).visits[0].value("DefaultIMApp")

    assert value.text == "Lync"


def test_another_type_is_no_text():
    value = transcript(hive(1, reg_query("0x1", type_="REG_DWORD"))).visits[0].value("DefaultIMApp")

    assert value.found is Found.OTHER_TYPE


KEY = r"Software\IM Providers"
BESIDE = "\r\nHKEY_USERS\\presence.office.0a1b2c3d.1\\Software\\{}\r\n"


def test_a_value_that_is_missing_from_its_key():
    visit = transcript(hive(1, f"{MARK} missing 0\r\n")).visits[0]

    assert visit.readable(KEY)
    assert visit.value("DefaultIMApp") == StringValue(Found.NOTHING, key_exists=True)


def test_a_key_that_is_missing():
    visit = transcript(hive(1, f"{MARK} missing 1\r\n{BESIDE.format('Microsoft')}")).visits[0]

    assert visit.readable(KEY)
    assert visit.value("DefaultIMApp") == StringValue(Found.NOTHING, key_exists=False)


@pytest.mark.parametrize("beside", [BESIDE.format("im providers"), BESIDE.format("x") * 10_000])
def test_a_key_that_is_denied_or_may_be(beside):
    assert not transcript(hive(1, f"{MARK} missing 1\r\n{beside}")).visits[0].readable(KEY)


@pytest.mark.parametrize("type_", ["0x20", "REG_FULL_RESOURCE_DESCRIPTOR"])
def test_a_type_that_reg_exe_does_not_know_is_no_text(type_):
    value = transcript(hive(1, reg_query("0102", type_=type_))).visits[0].value("DefaultIMApp")

    assert value.found is Found.OTHER_TYPE


@pytest.mark.parametrize("root", ["x" * 50_000, "\x1b]0;owned\x07", "S-1-5-21-1\\Software", "presence.office.1"])
def test_a_root_that_can_be_none_is_not_believed(root):
    assert transcript(hive(1, reg_query("Lync"), root=root)).visits[0].root is None


@pytest.mark.parametrize("number", ["0", "2", "--5", "9" * 5000, "\u0661"])
def test_a_number_that_is_no_hive_of_ours_is_not_believed(number):
    assert transcript(hive(number, reg_query("Lync"))).visits[0].root is None


@pytest.mark.parametrize("code", ["--5", "9" * 5000, "\u0661", ""])
def test_an_exit_code_that_is_none_is_a_failure(code):
    assert transcript(hive(1, "", read=code)).visits[0].read == 1


@pytest.mark.parametrize("forged", ["root S-1 2", "0000 root none 2", f" {MARK} stuck"])
def test_a_text_with_line_breaks_cannot_pass_for_our_own_lines(forged):
    data = f"Lync\r\n{forged}\r\n    DefaultIMApp    REG_SZ    Lync"
    read = transcript(hive(1, reg_query(data)) + hive(2, reg_query("Jabber")), hives=2)

    assert read.visits[0].value("DefaultIMApp").text == data
    assert read.visits[1].value("DefaultIMApp").text == "Jabber"
    assert not read.visits[0].stuck


def test_the_output_may_arrive_in_pieces_of_any_size():
    text = (hive(1, reg_query("Zoë")) + f"{MARK} stuck\r\n{MARK} done\r\n").encode()
    read = Transcript(MARK, 1)
    for byte in text:
        read.feed(bytes([byte]))

    assert read.visits[0].value("DefaultIMApp").text == "Zoë"
    assert read.visits[0].stuck
    assert read.done


def test_a_huge_text_is_cut_and_costs_the_next_hive_nothing():
    read = transcript(hive(1, reg_query("x" * 10_000_000)) + hive(2, reg_query("Lync")), hives=2)

    assert len(read.visits[0].output) <= KEPT_OUTPUT
    assert read.visits[1].value("DefaultIMApp").text == "Lync"


def test_a_command_that_never_started_is_told_from_one_that_ended_early():
    assert not transcript("").started
    assert transcript(f"{MARK} root none 1\r\n").started
    assert not transcript(f"{MARK} root none 1\r\n").done


@given(st.text(alphabet='a\\" ', max_size=12))
def test_quoting_follows_the_c_runtime_s_rules(text):
    # Python's own quoting for CreateProcess, which Windows' Python relies on: same rules, other author.
    theirs = subprocess.list2cmdline([text + " "])[1:-1]

    assert quoted(text + " ") == theirs
    assert quoted(text).endswith("\\") is False or text.endswith("\\")
