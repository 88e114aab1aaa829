# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what happens during a hold, as JSON lines for other programs: in the state file, and to a listener."""

from __future__ import annotations

import datetime as dt
import json
import typing as t
from pathlib import Path

from ..presence.hold.happenings import Happening
from ..text import bounded
from .listener import Listener

#: Bytes after which the file is renamed to ``<file>.1``, in place of the one before.
MOST_BYTES = 10_000_000

_LONGEST_TEXT = 1_000


class Journal:
    """Appends lines. An error of writing later on does not end the hold.

    Args:
        path: the file, which is rotated; it is created if it does not exist. None for no file.
        listener: who gets the same lines; closed with the file.

    Attributes:
        error: the first error of writing, in words; empty if there was none.

    Raises:
        OSError: the file cannot be opened.
    """

    def __init__(self, path: Path | None, listener: Listener | None = None, *, most_bytes: int = MOST_BYTES) -> None:
        self.error = ""
        self._path = path
        self._listener = listener
        self._most_bytes = most_bytes
        self._file: t.BinaryIO | None = path.open("ab", buffering=0) if path is not None else None

    def note(self, event: str, **more: t.Any) -> None:
        """Append a line."""
        moment = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"time": moment, "event": event, **more}, separators=(",", ":")).encode() + b"\n"
        if self._listener is not None:
            self._listener.send(line)
        if self._file is None or self._path is None:
            return
        try:
            if self._file.tell() + len(line) > self._most_bytes:
                self._rotate(self._path)
            # One write a line, so that a reader sees whole lines.
            self._file.write(line)
        except OSError as error:
            self.error = self.error or f"{self._path}: {error.strerror or type(error).__name__}"

    def happened(self, host: str, happening: Happening) -> None:
        """Append a line about something that happened on a host."""
        texts = {
            "sid": happening.sid,
            "user": happening.user,
            "provider": happening.provider,
            "wanted": happening.wanted,
            "detail": happening.detail or None,
        }
        known = {name: bounded(text, _LONGEST_TEXT) for name, text in texts.items() if text is not None}
        self.note(happening.what.value, host=host, **known)

    def close(self) -> None:
        """Close the file and the connection."""
        if self._file is not None:
            self._file.close()
        if self._listener is not None:
            self._listener.close()

    def _rotate(self, path: Path) -> None:
        path.replace(path.with_name(f"{path.name}.1"))
        former, self._file = self._file, path.open("ab", buffering=0)
        if former is not None:
            former.close()
