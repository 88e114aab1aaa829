# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what happens to a fleet, as lines for a terminal: few, however often the same thing happens."""

from __future__ import annotations

import typing as t
from collections import Counter

from ..presence.hold.happenings import Happening, What
from ..text import counted, printable

#: Things of one host that are kept apart by whom they happen to; further ones count as the host's.
_MOST_KINDS = 64


class Lines:
    """Turns happenings into lines. The same thing that happens again is shown the 2nd, 4th, 8th ... time."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[tuple[What, str | None]]] = {}

    def line(self, host: str, happening: Happening) -> str | None:
        """Return a line, or None if this one is left out."""
        counts = self._counts.setdefault(host, Counter())
        kind = (happening.what, happening.sid)
        if happening.what is What.HELD and not counts[What.LOST, None]:
            # As it should be, and the same of all hosts.
            return None
        if kind not in counts and len(counts) >= _MOST_KINDS:
            kind = (happening.what, None)
        counts[kind] += 1
        count = counts[kind]
        if count & (count - 1):
            return None
        where = f"{host}, {happening.user}" if happening.user else host
        times = f" ({counted(count, 'time')} so far)" if count > 1 else ""
        return f"{where}: {_said(happening)}{times}"


def _said(happening: Happening) -> str:
    wanted = printable(happening.wanted) if happening.wanted else "no default"
    provider = printable(happening.provider) if happening.provider else "no default"
    sentences: dict[What, str] = {
        What.RESTORED: f"{wanted} again instead of {provider}",
        What.CONTESTED: f"contested: {happening.detail}",
        What.SIGNED_IN: f"signed in; {wanted} is held",
        What.SIGNED_OUT: "signed out",
        What.FAILED: f"failed: {happening.detail}",
        What.LOST: f"lost: {happening.detail}",
        What.HELD: "held now",
        What.BACK: "back",
    }
    return sentences[happening.what]


def shown(hosts: t.Sequence[str], most: int = 5) -> str:
    """Return the names of some hosts."""
    rest = len(hosts) - most
    return ", ".join([*hosts[:most], *([f"{rest} more"] if rest > 0 else [])])
