# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which programs run, and in whose session.

One query finds the processes by name. A session belongs to one user, so the owner of one process counts for the whole
session: one call for each session, not for each process. (Only a client that is started in a session as another user
is attributed wrongly.)

Source: Microsoft's Win32_Process reference (``GetOwnerSid``: 0 done, 2 access denied ...).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .. import limits
from ..wsman.errors import WSManFault
from ..wsman.messages import xml_text
from ..wsman.session import Session
from ..wsman.wql import quoted

# The most characters of a file name.
_LONGEST_FILE_NAME = 255

# Services run in session 0, users never do.
_SERVICES = "0"


@dataclass
class RunningPrograms:
    """Running programs, by user.

    Args:
        names: the file names (folded) that were searched for.
        by_sid: those that run, by SID.
        unowned: those in sessions whose user is unknown.
        cut: there were more sessions than are looked up.
    """

    names: frozenset[str]
    by_sid: dict[str, set[str]] = field(default_factory=dict)
    unowned: set[str] = field(default_factory=set)
    cut: bool = False

    def is_running(self, sid: str, name: str | None) -> bool | None:
        """Return whether a program with that name runs in a user's session; None if it is not known."""
        folded = (name or "").casefold()
        if folded not in self.names:
            return None
        if folded in self.by_sid.get(sid.upper(), ()):
            return True
        return None if folded in self.unowned else False


def find_running(session: Session, names: t.Iterable[str]) -> RunningPrograms:
    """Return who runs programs with these names: a request, and one for each session that has any."""
    wanted = {name.casefold(): name for name in names if _is_sendable(name)}
    chosen = list(wanted.values())[: limits.PROGRAMS]
    running = RunningPrograms(frozenset(name.casefold() for name in chosen))
    if not chosen:
        return running
    where = " OR ".join(f"Name = {quoted(name)}" for name in chosen)
    sessions: dict[str, set[str]] = {}
    handles: dict[str, str] = {}
    query = f"SELECT Handle, Name, SessionId FROM Win32_Process WHERE {where}"  # noqa: S608  (WQL, and quoted)
    for row in session.enumerate(query):
        handle, name, number = (str(row.get(column) or "") for column in ("Handle", "Name", "SessionId"))
        if number != _SERVICES and handle.isdecimal() and name.casefold() in running.names:
            sessions.setdefault(number, set()).add(name.casefold())
            handles.setdefault(number, handle)
    for count, (number, programs) in enumerate(sessions.items()):
        running.cut = count >= limits.SESSIONS
        sid = None if running.cut else _owner(session, handles[number])
        if sid is None:
            running.unowned |= programs
        else:
            running.by_sid.setdefault(sid.upper(), set()).update(programs)
    return running


def _owner(session: Session, handle: str) -> str | None:
    try:
        answer = session.invoke("Win32_Process", "GetOwnerSid", [], selectors={"Handle": handle}, repeatable=True)
    except WSManFault:
        # The process has ended meanwhile.
        return None
    sid = answer.get("Sid")
    return sid if answer.get("ReturnValue") == "0" and isinstance(sid, str) and sid else None


def _is_sendable(name: str) -> bool:
    try:
        return bool(name) and len(name) <= _LONGEST_FILE_NAME and bool(xml_text(name))
    except ValueError:
        return False
