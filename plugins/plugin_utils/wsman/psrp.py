# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the ``psrp`` connection (pypsrp) as a transport: the only file that uses its internals.

It relies on the following, unchanged from ansible-core 2.16 to 2.21:

* ``connection._build_kwargs()`` turns the host's options into ``connection._psrp_conn_kwargs``, the
  arguments of pypsrp's ``WSMan``. No runspace is opened: no PowerShell starts.
* ``WSMan.transport`` (pypsrp) has ``send`` and ``close``; its ``session`` is None until the first message, for which
  ``_build_session`` makes it.
"""
# ruff: noqa: SLF001  (connection plugins have no public way to this; the docstring lists what is used)

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from .endpoint import Endpoint
from .errors import UnreachableError, WSManError
from .http import LibraryErrors, operation_time
from .login import Login
from .response_guard import ResponseGuard
from .transport import LibraryTransport, quoted

try:
    from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError
    from pypsrp.wsman import WSMan
    from requests.exceptions import RequestException

    HAS_PYPSRP = True
except ImportError:
    HAS_PYPSRP = False


class PsrpTransport(LibraryTransport):
    """Carries messages through ``connection``, an Ansible connection of transport ``psrp``."""

    if HAS_PYPSRP:
        errors = LibraryErrors(WinRMTransportError, AuthenticationError, (RequestException, OSError, WinRMError))

    def __init__(self, connection: t.Any) -> None:
        if not HAS_PYPSRP:
            raise WSManError("the psrp connection needs pypsrp on the controller: pip install pypsrp")
        super().__init__(connection)
        self._kwargs: dict[str, t.Any] | None = None

    @property
    def operation_timeout(self) -> int:
        """See ``conversation.Transport``."""
        options = self._options()
        return operation_time(options.get("operation_timeout"), options.get("read_timeout"))

    @property
    def endpoint(self) -> Endpoint | None:
        """See ``LibraryTransport``."""
        options = self._kwargs
        if options is None:
            return None
        scheme = "https" if options["ssl"] else "http"
        return Endpoint(str(options["server"]), int(options["port"]), scheme, "ansible_psrp_protocol")

    def attempt(self, message: bytes) -> bytes:
        """See ``LibraryTransport``."""
        if self.client is None:
            login = _login(self._options())
            login.check()
            try:
                self.use(WSMan(**self._options()).transport, ResponseGuard(), login)
            except ValueError as error:
                raise UnreachableError(quoted(error)) from None
        return self.exchange(message)

    def post(self, client: t.Any, guard: ResponseGuard, message: bytes) -> bytes:
        """See ``LibraryTransport``."""
        if client.session is None:
            client.session = guard.over(client._build_session())
        return t.cast(bytes, client.send(message))

    def close_client(self, client: t.Any) -> None:
        """See ``LibraryTransport``."""
        client.close()

    def _options(self) -> dict[str, t.Any]:
        """Return the inventory's options as arguments of pypsrp's ``WSMan``."""
        if self._kwargs is None:
            try:
                self.connection._build_kwargs()
            except AnsibleError as error:
                raise UnreachableError(quoted(error)) from None
            self._kwargs = dict(self.connection._psrp_conn_kwargs)
        return self._kwargs


def _login(options: dict[str, t.Any]) -> Login:
    method, variable = str(options.get("auth")), "ansible_psrp_auth"
    if method == "certificate":
        return Login(method, variable)
    return Login(method, variable, options.get("username"), options.get("password"))
