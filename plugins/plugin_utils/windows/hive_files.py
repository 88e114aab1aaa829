# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: the registry hives of users: which file holds one, and at which key of ``HKEY_USERS`` Windows loads it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..text import printable
from .profiles import HiveKind, Profile

_CLASSES_FILE = r"AppData\Local\Microsoft\Windows\UsrClass.dat"


@dataclass(frozen=True)
class HiveFile:
    r"""One hive.

    Args:
        path: its file.
        key: the subkey of ``HKEY_USERS`` at which Windows loads it for its user; None for the template.
        kind: where it is.
        how_to_skip: options that exclude it, for a sentence about a hive that cannot be mounted.
    """

    path: str
    key: str | None
    kind: HiveKind
    how_to_skip: str

    @property
    def label(self) -> str:
        """The file, safe to show to people."""
        return printable(self.path)

    @property
    def folder(self) -> str:
        """The profile's folder, which the file is in."""
        below = _CLASSES_FILE if self.path.endswith(f"\\{_CLASSES_FILE}") else self.path.rpartition("\\")[2]
        return self.path[: -len(below) - 1]

    def now(self, kind: HiveKind) -> HiveFile:
        """Return the same hive with its current kind: users sign in and out."""
        return replace(self, kind=kind)


def settings_hive(profile: Profile) -> HiveFile:
    r"""Return the hive of a user's settings (``HKU\<SID>``), or the template's."""
    path = f"{profile.path}\\NTUSER.DAT"
    if profile.sid is None:
        return HiveFile(path, None, HiveKind.DEFAULT, "profiles without default")
    return HiveFile(path, profile.sid, profile.kind, _how_to_skip(profile))


def classes_hive(profile: Profile) -> HiveFile:
    r"""Return the hive of a user's COM classes (``HKU\<SID>_Classes``)."""
    return HiveFile(f"{profile.path}\\{_CLASSES_FILE}", f"{profile.sid}_Classes", profile.kind, _how_to_skip(profile))


def _how_to_skip(profile: Profile) -> str:
    return f"exclude_users: [{profile.sid}]"
