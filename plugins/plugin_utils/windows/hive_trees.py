# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a key with all keys below it, in many hives, and answers to questions about the machine: by one command.

The main job needs one value and chooses between typed calls and a command (see ``user_values``). Here the command is
always cheaper: a key of which only the name is known would take a call for its values, a call for its subkeys and one
for each value, and the command runs anyway to answer the questions.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .. import limits
from .command_output import HiveOutput, Output, OutputLimits
from .hive_files import HiveFile
from .hive_visits import HiveTask, HiveVisitor, Visits
from .reg_query import PrintedKey, parse_keys


@dataclass(frozen=True)
class HiveTree:
    """A key and those below it.

    Args:
        keys: by their folded path below the key; the key itself has the empty path.
        cut: more was printed than is kept.
    """

    keys: t.Mapping[str, PrintedKey]
    cut: bool = False


class _ReadTree(HiveTask[HiveTree]):
    action = "read_tree"

    def __init__(self, key: str) -> None:
        self._key = key
        self.bounds = OutputLimits(line=limits.TREE_LINE, hive=limits.TREE_HIVE, total=limits.TREE_TOTAL)

    def environment(self) -> dict[str, str]:
        return {"key": self._key}

    def parse(self, _hive: HiveFile, output: HiveOutput) -> HiveTree | None:
        if not output.can_read(self._key):
            return None
        keys = _keys_below(output, f"HKEY_USERS\\{output.root}\\{self._key}")
        return HiveTree(keys, output.cut)


def read_trees(
    visitor: HiveVisitor, hives: t.Iterable[HiveFile], key: str, questions: str, *, mounts: bool
) -> Visits[HiveTree]:
    """Ask the questions, and read the key in each hive; ``mounts``: also in those that are not loaded.

    Raises:
        WSManError: the machine itself fails.
    """
    return visitor.visit(hives, _ReadTree(key), mounts=mounts, questions=questions)


def _keys_below(output: Output, root: str) -> dict[str, PrintedKey]:
    folded = root.casefold()
    below: dict[str, PrintedKey] = {}
    for key in parse_keys(output, root):
        path = key.path.casefold()
        if path == folded or path.startswith(f"{folded}\\"):
            below.setdefault(path[len(folded) + 1 :], key)
    return below
