"""What is kept of many hives' keys: so much in all, however many commands it takes to read them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows import hive_trees, hives, questions, transcript
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import HiveTrees
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import Kind, Profile
from ansible_collections.presence.office.plugins.plugin_utils.windows.transcript import Limits, Transcript

MARK = "0123456789abcdef"
PEOPLE = [Profile(f"S-1-5-21-1-2-3-{n}", f"C:\\Users\\u{n}", Kind.LOADED) for n in range(4)]
KEY = r"Software\IM Providers"
ROOT = rf"HKEY_USERS\S-1-5-21-1-2-3-0\{KEY}"
A_HIVE = len(f"\r\n{ROOT}\r\n") + 10 * len(f"\r\n{ROOT}\\p0\r\n")


class Printing:
    """In the place of `Hives`: every command prints more answers than questions, and of each hive ten keys."""

    def command(self, _line, environment, number, limits):
        told = Transcript(MARK, number, limits)
        for n in range(transcript.MOST_ANSWERS + 1):
            self.print(told, f"{MARK} answer of-{environment['sid1']}-{n}")
        for n in range(1, number + 1):
            root = f"HKEY_USERS\\{environment[f'sid{n}']}\\{KEY}"
            below = [line for k in range(10) for line in ("", f"{root}\\p{k}")]
            self.print(told, f"{MARK} root {environment[f'sid{n}']} {n}", "", root, *below, f"{MARK} read 0")
        self.print(told, f"{MARK} done")
        return told

    @staticmethod
    def print(told, *lines):
        told.feed("".join(f"{line}\r\n" for line in lines).encode())


@pytest.fixture
def read(monkeypatch):
    def read_(**bounds):
        monkeypatch.setattr(hives, "MOST_HIVES", 2)
        for module, name, value in bounds.pop("set", []):
            monkeypatch.setattr(module, name, value)
        monkeypatch.setattr(hive_trees, "LIMITS", Limits(**bounds))
        reading = HiveTrees(Printing()).read(PEOPLE, KEY, "echo a question")  # type: ignore[arg-type]
        return SimpleNamespace(
            answers=reading.answers,
            keys=[len(tree.keys or {}) for tree in reading.visited.values()],
            cut=[tree.cut for tree in reading.visited.values()],
        )

    return read_


def test_as_much_as_there_is_room_for(read):
    told = read()

    assert (told.keys, told.cut) == ([11] * 4, [False] * 4)


def test_all_commands_share_the_room(read):
    """Two hives a command, and room for three and a half."""
    told = read(total=int(3.5 * A_HIVE))

    assert told.cut == [False, False, False, True]
    assert told.keys[:3] == [11, 11, 11]
    assert told.keys[3] < 11


def test_a_hive_with_more_keys_than_are_read_is_a_cut_one(read):
    told = read(set=[(questions, "MOST_KEYS", 5)])

    assert (told.keys, told.cut) == ([5] * 4, [True] * 4)


def test_only_the_command_that_was_asked_answers_and_not_without_end(read):
    answers = read().answers

    assert len(answers) == transcript.MOST_ANSWERS
    assert {label.rpartition("-")[0] for label in answers} == {f"of-{PEOPLE[0].sid}"}
