"""The command line that visits hives, and the quoting of what it is given."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_command import command_line, quoted

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
