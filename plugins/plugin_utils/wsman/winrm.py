# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ``winrm`` connection (pywinrm) as a transport: the only file that touches its inside.

Relied on, present and unchanged from ansible-core 2.16 to 2.21:

* ``connection._build_winrm_kwargs()`` turns the host's options into attributes, among them
  ``_winrm_transport``: the authentication methods to try, in order.
* ``connection._winrm_connect()`` returns a pywinrm ``Protocol`` (after kinit, where Ansible manages the
  Kerberos tickets). It opens a shell on the machine unless ``connection.shell_id`` is set: it is, to a
  placeholder, while we call it, so nothing is sent. The shell would also have told which of several
  methods works; without it, we try them ourselves.
* ``protocol.transport`` (pywinrm) has ``send_message`` and ``close_session``.
"""
# ruff: noqa: SLF001  (connection plugins have no public way to this; the docstring lists what is used)

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from ..text import printable
from .errors import TurnedAwayError, UnreachableError, WSManError
from .http import exchange

try:
    from requests.exceptions import RequestException
    from winrm.exceptions import AuthenticationError, WinRMError, WinRMTransportError

    HAS_WINRM = True
except ImportError:
    HAS_WINRM = False


class WinrmTransport:
    """Carries messages through ``connection``, an Ansible connection of transport ``winrm``."""

    def __init__(self, connection: t.Any) -> None:
        if not HAS_WINRM:
            raise WSManError("the winrm connection needs pywinrm on the controller: pip install pywinrm")
        self._connection = connection
        self._wire: t.Any = None

    def send(self, message: bytes) -> bytes:
        """See ``session.Transport``."""
        if self._wire is not None:
            return self._send(message)
        turned_away = UnreachableError("no authentication method is set (ansible_winrm_transport is empty)")
        for wire in self._wires():
            self._wire = wire
            try:
                return self._send(message)
            except TurnedAwayError as error:
                turned_away = error
                self.close()
        raise turned_away

    def close(self) -> None:
        """See ``session.Transport``."""
        if self._wire is not None:
            self._wire.close_session()
            self._wire = None

    def _wires(self) -> t.Iterator[t.Any]:
        """Yield pywinrm's transport for each authentication method that the inventory allows."""
        connection = self._connection
        try:
            connection._build_winrm_kwargs()
            for method in connection._winrm_transport:
                connection._winrm_transport = [method]
                shell_id, connection.shell_id = connection.shell_id, "none"
                try:
                    protocol = connection._winrm_connect()
                finally:
                    connection.shell_id = shell_id
                yield protocol.transport
        except AnsibleError as error:
            raise UnreachableError(printable(str(error), 500)) from None

    def _send(self, message: bytes) -> bytes:
        return exchange(
            self._wire.send_message,
            message,
            http_error=WinRMTransportError,
            turned_away=AuthenticationError,
            lost=(RequestException, OSError, WinRMError),
        )
