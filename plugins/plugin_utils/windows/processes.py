# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose processes run: which programs, in whose session.

One query finds the processes of the names that matter. A session belongs to one user, so the owner of one process
is taken for all in it: one call a session, not one a process. (A client that somebody starts as another user in
their own session is the one thing that this gets wrong.)

Source: Microsoft's Win32_Process reference (``GetOwnerSid``: 0 done, 2 access denied ...).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..wsman.errors import WSManFault
from ..wsman.messages import xml_text
from ..wsman.session import Session

#: Names that are asked for in one query, and how long one may be.
MOST_NAMES = 64
LONGEST_FILE_NAME = 255

#: Sessions whose owner is asked for, a request each.
MOST_SESSIONS = 50

# Services live in session 0, and no user.
_SERVICES = "0"


@dataclass
class Running:
    """Programs that run, by their users.

    Args:
        asked: names (folded) that were looked for.
        of: names by SID.
        nobodys: names that run in sessions whose user is unknown.
        cut: there were more sessions than are asked for.
    """

    asked: frozenset[str]
    of: dict[str, set[str]] = field(default_factory=dict)
    nobodys: set[str] = field(default_factory=set)
    cut: bool = False

    def alive(self, sid: str, name: str | None) -> bool | None:
        """Whether a program of that name runs in a user's session; None if that is not known."""
        folded = (name or "").casefold()
        if folded not in self.asked:
            return None
        if folded in self.of.get(sid.upper(), ()):
            return True
        return None if folded in self.nobodys else False


def running(session: Session, names: t.Iterable[str]) -> Running:
    """Return who runs programs of these names: a request, and one for each session that has any."""
    wanted = {name.casefold(): name for name in names if _is_sendable(name)}
    chosen = list(wanted.values())[:MOST_NAMES]
    found = Running(frozenset(name.casefold() for name in chosen))
    if not chosen:
        return found
    where = " OR ".join(f"Name = '{_escaped(name)}'" for name in chosen)
    sessions: dict[str, set[str]] = {}
    handles: dict[str, str] = {}
    query = f"SELECT Handle, Name, SessionId FROM Win32_Process WHERE {where}"  # noqa: S608  (WQL, and escaped)
    for row in session.enumerate(query):
        handle, name, number = (str(row.get(column) or "") for column in ("Handle", "Name", "SessionId"))
        if number != _SERVICES and handle.isdecimal() and name.casefold() in found.asked:
            sessions.setdefault(number, set()).add(name.casefold())
            handles.setdefault(number, handle)
    for count, (number, there) in enumerate(sessions.items()):
        found.cut = count >= MOST_SESSIONS
        sid = None if found.cut else _owner(session, handles[number])
        if sid is None:
            found.nobodys |= there
        else:
            found.of.setdefault(sid.upper(), set()).update(there)
    return found


def _owner(session: Session, handle: str) -> str | None:
    try:
        answer = session.invoke("Win32_Process", "GetOwnerSid", [], selectors={"Handle": handle}, repeatable=True)
    except WSManFault:
        # It has ended meanwhile.
        return None
    sid = answer.get("Sid")
    return sid if answer.get("ReturnValue") == "0" and isinstance(sid, str) and sid else None


def _is_sendable(name: str) -> bool:
    try:
        return bool(name) and len(name) <= LONGEST_FILE_NAME and bool(xml_text(name))
    except ValueError:
        return False


def _escaped(text: str) -> str:
    """Return the text as it must stand between quotes in WQL."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
