"""What is kept of many hives' keys: so much in all, however many commands it takes to read them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import HiveFile
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import value_of
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import read_trees
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_visits import HiveVisitor
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind

HIVES = [HiveFile(f"C:\\Users\\u{n}\\NTUSER.DAT", f"S-1-5-21-1-2-3-{n}", HiveKind.LOADED, "") for n in range(4)]
KEY = r"Software\IM Providers"
ROOT = rf"HKEY_USERS\S-1-5-21-1-2-3-0\{KEY}"
A_HIVE = len(f"\r\n{ROOT}\r\n") + 10 * len(f"\r\n{ROOT}\\p0\r\n")


class Session:
    """Every command prints more answers than there are questions, and ten keys of each hive."""

    retries = SimpleNamespace()

    def run(self, _line, environment, output):
        mark = environment["mark"]
        for n in range(limits.QUESTION_ANSWERS + 1):
            self.print(output, f"{mark} answer of-{environment['sid1']}-{n}")
        for n in range(1, 3):
            root = f"HKEY_USERS\\{environment[f'sid{n}']}\\{KEY}"
            below = [line for k in range(10) for line in ("", f"{root}\\p{k}")]
            self.print(output, f"{mark} root {environment[f'sid{n}']} {n}", "", root, *below, f"{mark} read 0")
        self.print(output, f"{mark} done")

    @staticmethod
    def print(output, *lines):
        output("".join(f"{line}\r\n" for line in lines).encode())


@pytest.fixture
def read(monkeypatch):
    """Read the key in all hives, with other bounds than usual."""

    def read_(**bounds):
        monkeypatch.setattr(limits, "COMMAND_HIVES", 2)
        for name, value in bounds.items():
            monkeypatch.setattr(limits, name, value)
        visitor = HiveVisitor(Session())  # type: ignore[arg-type]
        visits = read_trees(visitor, HIVES, KEY, "echo a question", mounts=True)
        trees = [tree for outcome in visits.outcomes.values() if (tree := value_of(outcome))]
        return SimpleNamespace(
            answers=visits.answers, keys=[len(tree.keys) for tree in trees], cut=[tree.cut for tree in trees]
        )

    return read_


def test_as_much_as_there_is_room_for(read):
    seen = read()

    assert (seen.keys, seen.cut) == ([11] * 4, [False] * 4)


def test_all_commands_share_the_room(read):
    """Two hives a command, and room for three and a half."""
    seen = read(TREE_TOTAL=int(3.5 * A_HIVE))

    assert seen.cut == [False, False, False, True]
    assert seen.keys[:3] == [11, 11, 11]
    assert seen.keys[3] < 11


def test_a_hive_with_more_keys_than_are_read_is_a_cut_one(read):
    seen = read(KEYS=5)

    assert (seen.keys, seen.cut) == ([5] * 4, [True] * 4)


def test_the_answers_of_the_first_command_count_and_not_without_end(read):
    answers = read().answers

    assert len(answers) == limits.QUESTION_ANSWERS
    assert {label.rpartition("-")[0] for label in answers} == {f"of-{HIVES[0].key}"}
