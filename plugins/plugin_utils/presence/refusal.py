# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what is asked for does not fit a machine, so the task fails there before anything is changed."""

from __future__ import annotations

import typing as t


class RefusalError(Exception):
    """The options do not fit the machine; the message says which, and what to write instead."""

    def details(self) -> dict[str, t.Any]:
        """Return keys of the task's result."""
        return {}

    def to_dict(self) -> dict[str, t.Any]:
        """Return the result of the task."""
        return {"failed": True, "changed": False, "msg": str(self), **self.details()}
