"""The command line that visits hives, and the quoting of what it is given."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_command import (
    LOCK_FILE,
    PATIENCE,
    RELEASE_PATIENCE,
    RELEASE_TRIES,
    command_line,
    quoted,
)

from .support import LONGEST_LINE


@pytest.mark.parametrize("action", ["read", "set", "delete", "read_tree", "read_classes"])
def test_the_line_has_the_same_length_whatever_is_visited_and_fits(action):
    assert len(command_line(action, 1)) == len(command_line(action, 9))
    assert len(command_line(action, 9999)) < LONGEST_LINE / 2


def test_reading_starts_nothing_that_writes():
    line = command_line("read", 3)

    assert "reg add" not in line
    assert "reg delete" not in line


@given(st.text(alphabet='a\\" ', max_size=12))
def test_quoting_follows_the_c_runtime_s_rules(text):
    # Python's own quoting for CreateProcess, which Windows' Python relies on: same rules, other author.
    theirs = subprocess.list2cmdline([text + " "])[1:-1]

    assert quoted(text + " ") == theirs
    assert quoted(text).endswith("\\") is False or text.endswith("\\")


def test_every_program_that_prints_in_the_machine_s_language_is_silenced_when_classes_are_read():
    inside = command_line("read_classes", 3).removeprefix('cmd /v:on /d /q /c "').rpartition('" 2>>')[0]
    starts = inside.split("(reg ")[1:]

    assert starts
    for start in starts:
        assert "2>nul" in start.partition(")")[0], start


# --- The lock, and time ---


def test_the_only_variable_of_the_outer_cmd_comes_before_every_other_percent_sign():
    line = command_line("read", 3, "echo a question", MORE)

    assert line.startswith(r'cd /d "%SystemRoot%\System32\config\systemprofile"&& cmd /v:on /e:on /d /q /c "')
    assert line.count("%SystemRoot%") == 1
    assert "%" not in line.rpartition('" 2>>')[2]


def test_nothing_is_locked_or_released_where_nothing_is_mounted():
    line = command_line("read", 3, mounts=False)

    assert line.startswith("cmd /v:on /e:on /d /q /c ")
    assert not [one for one in (LOCK_FILE, "unload", "ping", "hivelist") if one in line]


def test_waiting_leaves_time_for_the_work_and_for_the_last_release():
    assert PATIENCE + RELEASE_PATIENCE + 2 * RELEASE_TRIES <= limits.COMMAND_TIME - 100


# --- What else is printed of each hive ---


MORE = r'(reg query "HKU\!root!\x" 2>nul)'


@pytest.mark.parametrize("mounts", [True, False])
def test_more_is_printed_after_its_own_mark_while_the_hive_is_still_there(mounts):
    line = command_line("read_tree", 3, more=MORE, mounts=mounts)

    assert line.count(f"& echo !mark! read !errorlevel!& echo !mark! more& {MORE}") == 1
    assert ("reg unload" in line.partition(MORE)[2]) is mounts
    assert "(if not !root!==none (if not !root!==absent (" in line.partition(MORE)[0]


def test_without_more_there_is_no_mark_of_it():
    assert "more" not in command_line("read_tree", 3)
    assert command_line("read_tree", 3, more=MORE).replace(f"& echo !mark! more& {MORE}", "") == command_line(
        "read_tree", 3
    )


def test_questions_come_before_the_first_hive_and_after_leftovers_are_gone():
    line = command_line("read", 2, "echo a question", MORE)
    leftovers, _question, hives = line.partition("& echo a question& ")

    assert "reg query HKU" in leftovers
    assert hives.startswith("(for /l %i in (1,1,2) do (")
    assert MORE in hives
