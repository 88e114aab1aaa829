# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a key with all keys below it, in many hives, and answers to questions about the machine: by one command.

The main job needs one value and chooses between typed calls and a command (see ``user_values``). Here the command is
always cheaper: by typed calls, a key takes one call for its values, one for its subkeys and one for each value, and the
command runs anyway to answer the questions.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .. import limits
from .command_output import HiveOutput, Output, OutputLimits
from .hive_command import READ_TREE
from .hive_files import HiveFile
from .hive_task import HiveTask
from .hive_values import ReadValue, ValueName
from .hive_visits import HiveVisitor, Visits
from .reg_query import PrintedKey, parse_keys
from .registry_values import StringValue


@dataclass(frozen=True)
class HiveTree:
    """A key and those below it.

    Args:
        keys: by their folded path below the key; the key itself has the empty path.
        cut: more was printed than is kept.
        more: other keys of the user that were asked for, by their folded path below the hive; those of the user's
            classes begin with ``_classes``.
    """

    keys: t.Mapping[str, PrintedKey]
    cut: bool = False
    more: t.Mapping[str, PrintedKey] = field(default_factory=dict)


class _ReadTree(HiveTask[HiveTree]):
    action = "read_tree"

    def __init__(self, key: str, more: str) -> None:
        self._key = key
        self.more = more
        self.bounds = OutputLimits(line=limits.TREE_LINE, hive=limits.TREE_HIVE, total=limits.TREE_TOTAL)

    def environment(self) -> dict[str, str]:
        return {"key": self._key}

    def parse(self, _hive: HiveFile, output: HiveOutput) -> HiveTree | None:
        if not output.can_read(self._key):
            return None
        root = f"HKEY_USERS\\{output.root}"
        keys = _keys_below(output, f"{root}\\{self._key}")
        more: dict[str, PrintedKey] = {}
        for key in parse_keys(output.more, root):
            # The first one counts, as policies are printed before what users can write.
            more.setdefault(key.path[len(root) :].removeprefix("\\").casefold(), key)
        return HiveTree(keys, output.cut or output.more.cut, more)


@dataclass(frozen=True)
class ValueAndTree:
    """A value, read by itself so that no other text can pass for it, and its key with those below it."""

    value: StringValue
    tree: HiveTree


class _ReadValueAndTree(HiveTask[ValueAndTree]):
    action = "read"
    more = READ_TREE
    # Little is needed of each tree, so even many large ones leave room for the others.
    bounds = OutputLimits(more_hive=limits.VALUE_OUTPUT)

    def __init__(self, value: ValueName) -> None:
        self._key = value.key
        self._read_value = ReadValue(value)

    def environment(self) -> dict[str, str]:
        return self._read_value.environment()

    def parse(self, hive: HiveFile, output: HiveOutput) -> ValueAndTree | None:
        value = self._read_value.parse(hive, output)
        if value is None:
            return None
        keys = _keys_below(output.more, rf"HKEY_USERS\{output.root}\{self._key}")
        # A key whose value was just read, and that is not printed: its user signed out in between.
        gone = value.key_exists and not keys
        return ValueAndTree(value, HiveTree(keys, output.more.cut or gone))


def read_values_and_trees(
    visitor: HiveVisitor, hives: t.Iterable[HiveFile], value: ValueName, questions: str, *, mounts: bool
) -> Visits[ValueAndTree]:
    """Like ``read_trees``, with one value of the key read by itself."""
    return visitor.visit(hives, _ReadValueAndTree(value), mounts=mounts, questions=questions)


def read_trees(
    visitor: HiveVisitor, hives: t.Iterable[HiveFile], key: str, questions: str, more: str = "", *, mounts: bool
) -> Visits[HiveTree]:
    """Ask the questions, and read the key in each hive; ``mounts``: also in those that are not loaded.

    Args:
        more: of ``hive_command``: commands that print other keys of each hive.

    Raises:
        WSManError: the machine itself fails.
    """
    return visitor.visit(hives, _ReadTree(key, more), mounts=mounts, questions=questions)


def _keys_below(output: Output, root: str) -> dict[str, PrintedKey]:
    folded = root.casefold()
    below: dict[str, PrintedKey] = {}
    for key in parse_keys(output, root):
        path = key.path.casefold()
        if path == folded or path.startswith(f"{folded}\\"):
            below.setdefault(path[len(folded) + 1 :], key)
    return below
