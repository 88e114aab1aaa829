# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the desired state of a machine: which provider, in which hives, for whom."""

from __future__ import annotations

from dataclasses import dataclass

from ...windows.profiles import HiveKind
from ..selection import Selection
from ..users import may_mount


@dataclass(frozen=True)
class Policy:
    """The desired state, independent of any machine.

    Args:
        names: providers in order of preference; with ``present`` False, the ones to remove (empty: any).
        present: whether there should be a default provider, or none.
        kinds: which hives.
        selection: whose.
        require_registered: refuse to set a provider that the machine does not register.
        skip_unregistered: that no provider can be set for a user is no failure.
        record_previous: keep the old default where the new provider's client looks for it.
    """

    names: tuple[str, ...]
    present: bool
    kinds: frozenset[HiveKind]
    selection: Selection
    require_registered: bool = True
    record_previous: bool = False
    skip_unregistered: bool = False

    @property
    def mounts(self) -> bool:
        """Whether a hive may be mounted."""
        return may_mount(self.kinds)

    def names_include(self, name: str) -> bool:
        """Whether a provider is among the names: key names are case-insensitive."""
        return name.casefold() in {n.casefold() for n in self.names}
