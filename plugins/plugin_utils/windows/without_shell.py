# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what becomes of hives that only a command could reach, on a machine that allows no remote shells.

Typed WMI calls need no shell, and reach every hive that is loaded.
"""

from __future__ import annotations

import typing as t

from ..wsman.errors import NoShellError
from .hive_files import HiveFile
from .hive_outcomes import Failed, Skipped
from .profiles import HiveKind, SkipReason


def out_of_reach(hive: HiveFile, error: NoShellError, *, mounts: bool) -> Skipped | Failed[t.Any]:
    """Return the outcome for a hive that is not, or no longer, loaded: it has to be mounted, and cannot be."""
    was_loaded = hive.kind is HiveKind.LOADED
    kind = HiveKind.UNLOADED if was_loaded else hive.kind
    if not mounts:
        return Skipped(HiveKind.UNLOADED, SkipReason.SIGNED_OUT if was_loaded else None)
    if hive.key is None:
        return Failed(
            kind,
            f"{error}, and without one the template for new users is out of reach: allow them, or leave it out: "
            f"{hive.how_to_skip}",
        )
    return Failed(
        kind,
        f"{error}, and without one nobody who is signed out can be reached: allow them, run again while this user is "
        "signed in, or leave out all who are signed out: profiles: [loaded]",
    )
