# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: where a machine's WinRM service is meant to be: for errors, and for a scheme that does not fit the port.

Windows listens on 5985 for HTTP and on 5986 for HTTPS. The scheme is a variable of its own, whose default depends on
the port, so it is easily left behind when the port changes. What comes of it looks like a broken machine: TLS with a
"wrong version number", or a connection that is closed without an answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..text import printable
from .errors import LostError, UnreachableError, WrongSchemeError

_PORTS = {"http": 5985, "https": 5986}
_BAD_REQUEST = 400


@dataclass(frozen=True)
class Endpoint:
    """An address, a port and a scheme (``http``, ``https``), and the variable that sets the scheme."""

    host: str
    port: int
    scheme: str
    variable: str

    def __str__(self) -> str:
        host = printable(self.host)
        return f"{f'[{host}]' if ':' in host else host}:{self.port} ({self.scheme.upper()})"

    def explain(self, error: UnreachableError) -> UnreachableError:
        """Return the error of a machine that has never answered: a better one if the scheme is, or may be, wrong."""
        other = "http" if self.scheme == "https" else "https"
        if isinstance(error, WrongSchemeError):
            return UnreachableError(f"{error}, but the inventory says {self.scheme.upper()}: {self._advice(other)}")
        if self.port == _PORTS[other] and isinstance(error, LostError) and _understood_nothing(error):
            return UnreachableError(
                f"{error}; port {self.port} is that of {other.upper()}, but the inventory says "
                f"{self.scheme.upper()}: {self._advice(other)}"
            )
        return error

    def _advice(self, other: str) -> str:
        port = f" or ansible_port to {_PORTS[self.scheme]}" if self.port != _PORTS[self.scheme] else ""
        return f"set {self.variable} to {other}{port}"


def _understood_nothing(error: LostError) -> bool:
    """Return whether this is what becomes of HTTP on a port for TLS, and of TLS on one for HTTP, among other causes."""
    return not error.connecting and error.status in (None, _BAD_REQUEST)
