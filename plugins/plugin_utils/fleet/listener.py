# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a program that listens on a Unix socket while a fleet is held; the hold ends when it goes away."""

from __future__ import annotations

import select
import socket
from pathlib import Path

#: Seconds for which a line waits to be taken; who takes longer counts as gone.
_PATIENCE = 10.0


class Listener:
    """The other end of a connection.

    Raises:
        OSError: nobody listens there.
    """

    def __init__(self, path: Path) -> None:
        self._gone = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_PATIENCE)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise

    def send(self, line: bytes) -> None:
        """Send a line."""
        if self._gone:
            return
        try:
            self._socket.sendall(line)
        except OSError:  # a line may have been cut off, so no other may follow it
            self._gone = True

    def is_gone(self) -> bool:
        """Whether nobody listens any more; nothing is expected from there but the end."""
        readable, _writable, _failed = select.select([self._socket], [], [], 0)
        if readable and not self._gone:
            try:
                self._gone = not self._socket.recv(1)
            except OSError:
                self._gone = True
        return self._gone

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()
