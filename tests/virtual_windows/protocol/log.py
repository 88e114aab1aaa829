"""The request log of a server: an entry per round trip, and the programs that its command shells started."""

from __future__ import annotations

import re
import threading
import typing as t
from dataclasses import dataclass, field

# Methods of StdRegProv that change the registry.
WRITING_METHODS = frozenset(
    name.lower()
    for name in (
        "CreateKey",
        "DeleteKey",
        "DeleteValue",
        "SetBinaryValue",
        "SetDWORDValue",
        "SetExpandedStringValue",
        "SetMultiStringValue",
        "SetQWORDValue",
        "SetSecurityDescriptor",
        "SetStringValue",
    )
)
_WRITING_PROGRAM = re.compile(
    r'^\s*"?(?:[^"]*[\\/])?reg(?:\.exe)?"?\s+(?:add|delete|copy|import|restore)\b', re.IGNORECASE
)


@dataclass
class Request:
    """One round trip.

    Attributes:
        number: counted from 1, also across `RequestLog.clear()`.
        kind: Identify, Enumerate, Pull, Release, Get, Invoke, Create, Command, Send, Receive, Signal, Delete, Subscribe
            or Unsubscribe; empty for what never became a message of WS-Management.
        resource: the resource URI.
        detail: method and parameters, WQL text, command line or selectors, for reading and for substring checks.
        method, parameters: of an Invoke; a parameter that is repeated is a list.
        bytes_in, bytes_out: HTTP, headers included.
        status: of HTTP; 0 when the connection was dropped without an answer.
        fault: the code of the fault in the answer.
        encrypted: whether the message was.
        authentication: it only served to log in (a 401, or an empty body).
        programs: lines of the programs this command started so far.
    """

    number: int
    kind: str = ""
    resource: str = ""
    detail: str = ""
    method: str = ""
    parameters: dict[str, t.Any] = field(default_factory=dict)
    bytes_in: int = 0
    bytes_out: int = 0
    status: int = 0
    fault: int | None = None
    encrypted: bool = False
    authentication: bool = False
    programs: list[str] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Whether this changed the registry or a scheduled task, or tried to."""
        resource = self.resource.lower()
        if "/taskscheduler/" in resource:
            return self.kind == "Delete" or self.method.lower().startswith("register")
        if self.kind == "Invoke" and resource.endswith("/stdregprov"):
            return self.method.lower() in WRITING_METHODS
        return any(_WRITING_PROGRAM.match(line) for line in self.programs)


class RequestLog:
    """The round trips of one server, in the order in which they came in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Request] = []
        self._programs: list[str] = []
        self._last = 0

    @property
    def entries(self) -> list[Request]:
        """All round trips so far; an entry whose answer is still to come has status 0."""
        with self._lock:
            return list(self._entries)

    @property
    def programs(self) -> list[str]:
        """The line of every program that cmd started."""
        with self._lock:
            return list(self._programs)

    def count(self, kind: str | None = None) -> int:
        """Return the number of requests, authentication aside."""
        return len([one for one in self.entries if not one.authentication and kind in (None, one.kind)])

    def writes(self) -> list[Request]:
        """Return the requests that changed the registry or a task: by a writing method, or by a command's reg.exe."""
        return [one for one in self.entries if one.writes]

    def clear(self) -> None:
        """Forget everything so far."""
        with self._lock:
            self._entries.clear()
            self._programs.clear()

    # -- for the server

    def begin(self) -> Request:
        """Return an entry for a round trip that just came in."""
        with self._lock:
            self._last += 1
            request = Request(self._last)
            self._entries.append(request)
            return request

    def program(self, request: Request, line: str) -> None:
        """Note a program that a command started."""
        with self._lock:
            request.programs.append(line)
            self._programs.append(line)
