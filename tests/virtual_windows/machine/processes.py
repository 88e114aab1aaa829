"""The process list of a machine."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass

from . import errors
from .errors import Win32Error
from .keys import fold

SYSTEM_SID = "S-1-5-18"


@dataclass(frozen=True)
class Process:
    """One process; `owner_sid` is empty where asking for the owner is denied (the kernel's own)."""

    pid: int
    name: str
    session_id: int
    owner_sid: str


class Processes:
    """The processes that run now; numbers are multiples of four and are not used twice."""

    def __init__(self, lock: threading.RLock) -> None:
        self.lock = lock
        self._running: dict[int, Process] = {}
        self._numbers = itertools.count(648, 4)

    def start(self, name: str, session_id: int = 0, owner_sid: str = SYSTEM_SID, pid: int | None = None) -> Process:
        """Start a process and return it."""
        with self.lock:
            process = Process(next(self._numbers) if pid is None else pid, name, session_id, owner_sid)
            self._running[process.pid] = process
            return process

    def end(self, pid: int) -> None:
        """End a process; 87 when there is none of that number (as OpenProcess answers)."""
        with self.lock:
            if self._running.pop(pid, None) is None:
                raise Win32Error(errors.INVALID_PARAMETER, f"process {pid}")

    def end_session(self, session_id: int) -> None:
        """End all processes of a session."""
        with self.lock:
            self._running = {pid: one for pid, one in self._running.items() if one.session_id != session_id}

    def get(self, pid: int) -> Process | None:
        """Return the process of that number, if it runs."""
        with self.lock:
            return self._running.get(pid)

    def all(self) -> list[Process]:
        """Return all processes, by number."""
        with self.lock:
            return [self._running[pid] for pid in sorted(self._running)]

    def find(self, name: str, session_id: int | None = None) -> list[Process]:
        """Return the processes of that name (in one session)."""
        folded = fold(name)
        return [
            one
            for one in self.all()
            if fold(one.name) == folded and (session_id is None or one.session_id == session_id)
        ]
