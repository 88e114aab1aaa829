# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ``psrp`` connection (pypsrp) as a transport: the only file that touches its inside.

Relied on, present and unchanged from ansible-core 2.16 to 2.21:

* ``connection._build_kwargs()`` turns the host's options into ``connection._psrp_conn_kwargs``, the
  arguments of pypsrp's ``WSMan``. No runspace is opened: no PowerShell starts.
* ``WSMan.transport`` (pypsrp) has ``send`` and ``close``; its ``session`` is None until the first message, for which
  ``_build_session`` makes it.
"""
# ruff: noqa: SLF001  (connection plugins have no public way to this; the docstring lists what is used)

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from ..text import printable
from .bounded import Guard
from .errors import UnreachableError, WSManError
from .http import exchange, operation_time

try:
    from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError
    from pypsrp.wsman import WSMan
    from requests.exceptions import RequestException

    HAS_PYPSRP = True
except ImportError:
    HAS_PYPSRP = False


class PsrpTransport:
    """Carries messages through ``connection``, an Ansible connection of transport ``psrp``."""

    def __init__(self, connection: t.Any) -> None:
        if not HAS_PYPSRP:
            raise WSManError("the psrp connection needs pypsrp on the controller: pip install pypsrp")
        self._connection = connection
        self._kwargs: dict[str, t.Any] | None = None
        self._wire: t.Any = None
        self._guard = Guard()
        self._logged_in = False

    @property
    def operation_timeout(self) -> int:
        """See ``conversation.Transport``."""
        options = self._options()
        return operation_time(options.get("operation_timeout"), options.get("read_timeout"))

    def send(self, message: bytes) -> bytes:
        """See ``conversation.Transport``."""
        if self._wire is None:
            self._wire = self._open()
        wire, guard = self._wire, self._guard

        def speak(message: bytes) -> bytes:
            if wire.session is None:
                wire.session = guard.over(wire._build_session())
            return t.cast(bytes, wire.send(message))

        answer = exchange(
            speak,
            message,
            http_error=WinRMTransportError,
            turned_away=AuthenticationError,
            lost=(RequestException, OSError, WinRMError),
            guard=guard,
            logged_in=self._logged_in,
        )
        self._logged_in = True
        return answer

    def close(self) -> None:
        """See ``conversation.Transport``."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None
            self._logged_in = False

    def _options(self) -> dict[str, t.Any]:
        """Return the arguments of pypsrp's ``WSMan`` that the inventory comes to."""
        if self._kwargs is None:
            try:
                self._connection._build_kwargs()
            except AnsibleError as error:
                raise UnreachableError(printable(str(error), 500)) from None
            self._kwargs = dict(self._connection._psrp_conn_kwargs)
        return self._kwargs

    def _open(self) -> t.Any:
        # A new one for each session: a thread that waits for an old one's answer may be left behind.
        self._guard = Guard()
        try:
            return WSMan(**self._options()).transport
        except ValueError as error:
            raise UnreachableError(printable(str(error), 500)) from None
