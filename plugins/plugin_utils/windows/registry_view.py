# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: the two views of ``HKLM\Software`` on 64-bit Windows.

Source: Microsoft, "Registry Keys Affected by WOW64" and "Registry Redirector".
"""

from __future__ import annotations

import enum


class View(enum.Enum):
    """A view of the registry, by the bitness of the programs that read it; the values are part of results."""

    X64 = "x64"
    X86 = "x86"

    def software(self, path: str) -> str:
        r"""Return where this view stores a path below ``HKLM\Software``, as a 64-bit program sees it."""
        return rf"SOFTWARE\{path}" if self is View.X64 else rf"SOFTWARE\WOW6432Node\{path}"

    @property
    def clsid_key(self) -> str:
        """Where this view stores COM classes, below a root of classes."""
        return "CLSID" if self is View.X64 else r"WOW6432Node\CLSID"

    @classmethod
    def parse(cls, text: str) -> View | None:
        """Return the view with this name, None for anything else."""
        return next((view for view in cls if view.value == text.strip().casefold()), None)
