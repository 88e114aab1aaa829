# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A key with all below it, in many user hives, and questions to the machine: all by one command.

The main job asks for one value and chooses between typed calls and a command (see ``user_values``). Here the
command is always the cheaper way: a key of which only the name is known would take a call for its values, a call for
its subkeys and one for each value, and the command is there anyway to answer what is asked of the machine.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass, field

from ..wsman.errors import ProtocolError
from .hive_command import command_line
from .hives import Hives, batches, hive_variables
from .profiles import Kind, Profile, Unusable
from .questions import Key, keys
from .transcript import Frame, Limits
from .visited import kind_found, not_reached, not_visited, trouble

#: A line holds one value; a frame is one hive's key with 10,000 subkeys; the rest is for machines with many hives,
#: however many commands it takes to visit them.
LIMITS = Limits(line=4_096, frame=2_000_000, total=16_000_000)


@dataclass(frozen=True)
class VisitedTree:
    """What became of one hive.

    Args:
        kind: where the hive was found.
        keys: the key and those below it, by their path below the key; None if they were not read.
        unusable: the hive cannot be visited, and that is no failure.
        error: why it could not be read.
        cut: more was printed than is kept.
        stuck: the hive could not be released.
    """

    kind: Kind
    keys: dict[str, Key] | None = None
    unusable: Unusable | None = None
    error: str | None = None
    cut: bool = False
    stuck: bool = False


@dataclass
class Reading:
    """What the hives hold, and what the machine answered to the questions, by label."""

    visited: dict[Profile, VisitedTree] = field(default_factory=dict)
    answers: dict[str, list[Frame]] = field(default_factory=dict)


class HiveTrees:
    """Reads one key with all below it; raises the session's errors when the machine itself is lost."""

    def __init__(self, hives: Hives) -> None:
        self._hives = hives

    def read(self, profiles: t.Sequence[Profile], key: str, questions: str, *, mounts: bool = True) -> Reading:
        """Ask the questions, and read the key in each profile's hive.

        Args:
            mounts: whether hives that nobody has mounted are; they are told as unread otherwise.
        """
        reading = Reading()
        limits = LIMITS
        for batch in list(batches(profiles, lambda profile: hive_variables(0, profile))) or [[]]:
            line = command_line("read_tree", len(batch), questions, mounts=mounts and bool(batch))
            environment = {"key": key}
            for number, profile in enumerate(batch, 1):
                environment |= hive_variables(number, profile)
            transcript = self._hives.command(line, environment, len(batch), limits)
            if not transcript.started or transcript.expanded or (questions and not transcript.done):
                raise ProtocolError(f"reading the registry: {not_reached(transcript)}")
            if questions:
                reading.answers, questions = transcript.answers, ""
            limits = dataclasses.replace(limits, total=transcript.left)
            for profile, visit in zip(batch, transcript.visits, strict=True):
                barred = not_visited(profile, visit, transcript, mounts=mounts)
                if barred is None:
                    found = _below(visit, f"HKEY_USERS\\{visit.root}\\{key}") if visit.readable(key) else None
                    error = trouble(profile, visit, found is not None)
                    kind = kind_found(profile, visit)
                    tree = VisitedTree(kind, found, error=error, cut=visit.cut, stuck=visit.stuck)
                else:
                    tree = VisitedTree(barred.kind, unusable=barred.unusable, error=barred.error)
                visit.output.clear()
                reading.visited[profile] = tree
        return reading


def _below(visit: Frame, root: str) -> dict[str, Key]:
    """Return the keys by their path below ``root``, folded; ``root`` itself as the empty path."""
    folded = root.casefold()
    below: dict[str, Key] = {}
    for key in keys(visit, root):
        path = key.path.casefold()
        if path == folded or path.startswith(f"{folded}\\"):
            below.setdefault(path[len(folded) + 1 :], key)
    return below
