# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what a watcher tells while it holds a machine."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class What(enum.Enum):
    """The kinds of happenings; the values are for files and events."""

    HELD = "held"
    RESTORED = "restored"
    CONTESTED = "contested"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    FAILED = "failed"
    LOST = "lost"
    BACK = "back"


@dataclass(frozen=True)
class Happening:
    """Something that happened on one machine.

    Args:
        at: when, by the session's clock.
        sid, user: whom it is about, and how people call them; None if it is about the machine.
        provider: what overwrote the default; None if there is none, or nothing did.
        wanted: what was written; None for no default.
        detail: a sentence for people, printable.
    """

    what: What
    at: float
    sid: str | None = None
    user: str | None = None
    provider: str | None = None
    wanted: str | None = None
    detail: str = ""
