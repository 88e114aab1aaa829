# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what is done in each hive that a command visits, and how its output is parsed."""

from __future__ import annotations

import abc
import typing as t

from .command_output import HiveOutput, OutputLimits
from .hive_files import HiveFile
from .hive_outcomes import Outcome, Skipped
from .profiles import SkipReason

T = t.TypeVar("T")


class HiveTask(abc.ABC, t.Generic[T]):
    """What is done in each hive, and how its output is parsed.

    Attributes:
        action: of ``hive_command``.
        writes: whether it changes anything.
        more: of ``hive_command``: commands that print something more of each hive.
        bounds: what is kept of the output.
    """

    action: str
    writes = False
    more = ""
    bounds = OutputLimits()

    def environment(self) -> dict[str, str]:
        """Return the variables that are the same for all hives."""
        return {}

    def variables(self, hive: HiveFile, number: int) -> dict[str, str]:  # noqa: ARG002
        """Return the variables for the hive with this number in the command."""
        return {}

    @abc.abstractmethod
    def parse(self, hive: HiveFile, output: HiveOutput) -> T | None:
        """Return the hive's content; None if it could not be read."""

    def without_file(self, hive: HiveFile) -> Outcome[T]:
        """Return the outcome for a hive whose file does not exist."""
        return Skipped(hive.kind, SkipReason.NO_HIVE_FILE)
