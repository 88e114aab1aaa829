# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What somebody wants of a machine: which provider, in which hives, for whom."""

from __future__ import annotations

from dataclasses import dataclass

from ..windows.profiles import Kind
from .selection import Selection


def wants_files(kinds: frozenset[Kind]) -> bool:
    """Whether hives in files are wanted at all: not if only those of users who are signed in are."""
    return kinds != {Kind.LOADED}


@dataclass(frozen=True)
class Policy:
    """A wish, independent of any machine.

    Args:
        names: providers in order of preference; with ``present`` False, the ones to remove (empty: any).
        present: whether there shall be a default, or none.
        kinds: which hives.
        selection: whose.
        require_registered: refuse to set a provider that the machine does not register.
        record_previous: keep the old default where the new provider's client looks for it.
    """

    names: tuple[str, ...]
    present: bool
    kinds: frozenset[Kind]
    selection: Selection
    require_registered: bool = True
    record_previous: bool = False

    @property
    def mounts(self) -> bool:
        """Whether a hive may be mounted."""
        return wants_files(self.kinds)

    def names_include(self, name: str) -> bool:
        """Whether a provider is among the names: key names do not know case."""
        return name.casefold() in {n.casefold() for n in self.names}
