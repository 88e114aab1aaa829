"""What is kept of many hives' keys: so much in all, however many commands it takes to read them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import HiveFile
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read, value_of
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import (
    HiveTree,
    ValueAndTree,
    read_trees,
    read_values_and_trees,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_values import ValueName
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_visits import HiveVisitor
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue

from .support import CommandSession, Seen

HIVES = [HiveFile(f"C:\\Users\\u{n}\\NTUSER.DAT", f"S-1-5-21-1-2-3-{n}", HiveKind.LOADED, "") for n in range(4)]
KEY = r"Software\IM Providers"
VALUE = ValueName(KEY, "DefaultIMApp")
ROOT = rf"HKEY_USERS\S-1-5-21-1-2-3-0\{KEY}"
A_HIVE = len(f"\r\n{ROOT}\r\n") + 10 * len(f"\r\n{ROOT}\\p0\r\n")


class Session:
    """Every command prints more answers than there are questions, and ten keys of each hive."""

    retries = SimpleNamespace()

    def run(self, _line, environment, output, _errors):
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


# --- Other keys, and a value by itself ---


SID = HIVES[0].key
OFFICE = r"HKEY_USERS\{root}\Software\Microsoft\Office\16.0\Common\IM"
CLASSES = r"HKEY_USERS\{root}_Classes\TypeLib\{X}\1.0"
KEY_LINES = ("", rf"HKEY_USERS\{{root}}\{KEY}", "    DefaultIMApp    REG_SZ    Lync", "")


def seen(*more, at="loaded", lines=KEY_LINES, read=0):
    """Return what is printed of a hive, with more after the mark of it."""
    return Seen(at, (*lines, f"{{mark}} read {read}", "{mark} more", *more), read=None)


def visitor(session):
    return HiveVisitor(session)


def one_tree(printed):
    session = CommandSession([printed])
    visits = read_trees(visitor(session), HIVES[:1], KEY, "", "echo more", mounts=True)
    return visits.outcomes[HIVES[0]], session


@pytest.mark.parametrize("at", ["loaded", "mounted"])
def test_other_keys_are_kept_by_their_paths_below_the_hive_wherever_it_is(at):
    outcome, session = one_tree(seen("", OFFICE, "    TurnOffPresenceIcon    REG_DWORD    0x2", "", at=at))

    assert "echo more" in session.lines[0]
    assert list(outcome.value.keys) == [""]
    ((path, key),) = outcome.value.more.items()
    assert path == r"software\microsoft\office\16.0\common\im"
    assert key.number("TurnOffPresenceIcon") == 2


def test_keys_of_the_user_s_classes_differ_from_those_of_the_settings():
    outcome, _session = one_tree(seen("", CLASSES, "    (Default)    REG_SZ    x", "", "", OFFICE, ""))

    assert list(outcome.value.more) == [r"_classes\typelib\{x}\1.0", r"software\microsoft\office\16.0\common\im"]


def test_keys_of_anyone_else_are_not_believed():
    outcome, _session = one_tree(seen("", r"HKEY_USERS\S-1-5-21-9\Software\X", "", "", r"HKEY_LOCAL_MACHINE\X", ""))

    assert outcome.value.more == {}


def test_what_is_printed_as_more_is_none_of_the_tree():
    forged = rf"HKEY_USERS\{{root}}\{KEY}\Forged"
    outcome, _session = one_tree(seen("", forged, "    UpAndRunning    REG_DWORD    0x2", ""))

    assert list(outcome.value.keys) == [""]


def test_a_hive_that_cannot_be_read_has_no_other_keys_either():
    outcome, _session = one_tree(seen("", OFFICE, "", at="mounted", lines=(), read=1))

    assert outcome == Failed(HiveKind.UNLOADED, "the hive cannot be read")


def test_without_anything_more_there_is_none():
    outcome, _session = one_tree(Seen("loaded", KEY_LINES))

    assert (list(outcome.value.keys), outcome.value.more) == ([""], {})


def value_and_tree(printed):
    session = CommandSession([printed])
    visits = read_values_and_trees(visitor(session), HIVES[:1], VALUE, "echo a question", mounts=True)
    return visits.outcomes[HIVES[0]], session


def test_a_value_is_read_by_itself_beside_its_tree():
    lync = rf"HKEY_USERS\{{root}}\{KEY}\Lync"
    outcome, session = value_and_tree(seen(*KEY_LINES, lync, "    UpAndRunning    REG_DWORD    0x2", "", at="mounted"))

    assert (outcome.kind, outcome.value.value) == (HiveKind.UNLOADED, StringValue.of("Lync"))
    assert outcome.value.tree.keys["lync"].number("UpAndRunning") == 2
    assert (session.environments[0]["key"], session.environments[0]["name"]) == (KEY, "DefaultIMApp")
    assert "echo a question" in session.lines[0]


def test_no_text_of_the_tree_can_pass_for_the_value():
    forged = ("", rf"HKEY_USERS\{{root}}\{KEY}", "    A    REG_SZ    x", "    DefaultIMApp    REG_SZ    evil", "")
    outcome, _session = value_and_tree(seen(*forged))

    assert outcome.value.value == StringValue.of("Lync")


def test_a_user_without_the_key_has_a_missing_value_and_an_empty_tree():
    outcome, _session = value_and_tree(seen(lines=("{mark} missing 1", r"HKEY_USERS\{root}\Software\X")))

    assert outcome == Read(HiveKind.LOADED, ValueAndTree(StringValue.missing(key_exists=False), HiveTree({})))


def test_a_tree_that_was_cut_says_so(monkeypatch):
    monkeypatch.setattr(limits, "TREE_HIVE", 200)
    outcome, _session = value_and_tree(seen(*[f"    v{n}    REG_SZ    x" for n in range(20)]))

    assert (outcome.value.value, outcome.value.tree.cut) == (StringValue.of("Lync"), True)
