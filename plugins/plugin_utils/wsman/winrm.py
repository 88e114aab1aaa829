# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the ``winrm`` connection (pywinrm) as a transport: the only file that uses its internals.

It relies on the following, unchanged from ansible-core 2.16 to 2.21:

* ``connection._build_winrm_kwargs()`` turns the host's options into attributes, among them
  ``_winrm_transport``: the authentication methods to try, in order, ``_winrm_kwargs``: pywinrm's arguments, and
  ``_winrm_host``, ``_winrm_port`` and ``_winrm_scheme``: where it connects to, and ``_kerb_managed``: whether it gives
  the password to kinit.
* ``connection._winrm_connect()`` returns a pywinrm ``Protocol`` (after kinit, where Ansible manages the
  Kerberos tickets). It opens a shell on the machine unless ``connection.shell_id`` is set; a placeholder is
  set during the call, so nothing is sent. Opening the shell would also have shown which of several methods works;
  without it, they are tried here.
* ``protocol.transport`` (pywinrm) has ``send_message`` and ``close_session``; ``build_session`` makes the ``requests``
  session, and calls ``setup_encryption`` with it before the first message of an encrypted login.
"""
# ruff: noqa: SLF001  (connection plugins have no public way to this; the docstring lists what is used)

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from .endpoint import Endpoint
from .errors import LoginRefusedError, UnreachableError, WSManError
from .http import LibraryErrors, operation_time
from .login import Login
from .response_guard import ResponseGuard
from .transport import LibraryTransport, quoted

try:
    from requests.exceptions import RequestException
    from winrm.exceptions import AuthenticationError, WinRMError, WinRMTransportError

    HAS_WINRM = True
except ImportError:
    HAS_WINRM = False


class WinrmTransport(LibraryTransport):
    """Carries messages through ``connection``, an Ansible connection of transport ``winrm``."""

    if HAS_WINRM:
        errors = LibraryErrors(WinRMTransportError, AuthenticationError, (RequestException, OSError, WinRMError))

    def __init__(self, connection: t.Any) -> None:
        if not HAS_WINRM:
            raise WSManError("the winrm connection needs pywinrm on the controller: pip install pywinrm")
        super().__init__(connection)
        # The authentication methods to try, in order; once one has worked, only that one.
        self._methods: list[str] | None = None

    @property
    def operation_timeout(self) -> int:
        """See ``conversation.Transport``."""
        self._allowed_methods()
        options = self.connection._winrm_kwargs
        return operation_time(options.get("operation_timeout_sec"), options.get("read_timeout_sec"))

    @property
    def endpoint(self) -> Endpoint | None:
        """See ``LibraryTransport``."""
        if self._methods is None:
            return None
        host, port = self.connection._winrm_host, self.connection._winrm_port
        return Endpoint(str(host), int(port), self.connection._winrm_scheme, "ansible_winrm_scheme")

    def attempt(self, message: bytes) -> bytes:
        """See ``LibraryTransport``."""
        if self.client is not None:
            return self.exchange(message)
        refusals: dict[str, LoginRefusedError] = {}
        for method in self._allowed_methods():
            try:
                self._open(method)
                answer = self.exchange(message)
            except LoginRefusedError as error:
                refusals[method] = error
                self.close()
            else:
                self._methods = [method]
                return answer
        raise _combined(refusals)

    def post(self, client: t.Any, guard: ResponseGuard, message: bytes) -> bytes:
        """See ``LibraryTransport``."""
        guard.over(client.build_session())
        return t.cast(bytes, client.send_message(message))

    def close_client(self, client: t.Any) -> None:
        """See ``LibraryTransport``."""
        client.close_session()

    def _allowed_methods(self) -> list[str]:
        """Return the authentication methods that the inventory allows, in order."""
        if self._methods is None:
            try:
                self.connection._build_winrm_kwargs()
            except AnsibleError as error:
                raise UnreachableError(quoted(error)) from None
            self._methods = list(self.connection._winrm_transport)
        return self._methods

    def _open(self, method: str) -> None:
        """Make pywinrm's client for an authentication method, after kinit where Ansible does that."""
        connection = self.connection
        login = self._login(method)
        login.check()
        connection._winrm_transport = [method]
        shell_id, connection.shell_id = connection.shell_id, "none"
        guard = ResponseGuard()
        try:
            self.use(_guard_login(connection._winrm_connect().transport, guard), guard, login)
        except AnsibleError as error:
            # A file, a library or a ticket is missing: another method may work, as in Ansible itself.
            raise LoginRefusedError(quoted(str(error).removeprefix(f"{method}: "))) from None
        finally:
            connection.shell_id = shell_id

    def _login(self, method: str) -> Login:
        options = self.connection._winrm_kwargs
        variable = "ansible_winrm_transport"
        if method == "certificate" or (method == "ssl" and options.get("cert_pem")):
            return Login(method="certificate", variable=variable)
        user, password = options.get("username"), options.get("password")
        if method == "kerberos" and not self.connection._kerb_managed:
            password = None
        return Login(method, variable, user, password, as_line=True)


def _combined(refusals: dict[str, LoginRefusedError]) -> LoginRefusedError:
    """Return one error for all methods that were tried."""
    if not refusals:
        return LoginRefusedError("no authentication method is set (ansible_winrm_transport is empty)")
    if len(refusals) == 1:
        return next(iter(refusals.values()))
    return LoginRefusedError("; ".join(f"{method}: {error}" for method, error in refusals.items()))


def _guard_login(client: t.Any, guard: ResponseGuard) -> t.Any:
    """Guard the answers of an encrypted login as well, which happens inside ``build_session``."""
    log_in = client.setup_encryption

    def log_in_guarded(session: t.Any) -> None:
        log_in(guard.over(session))

    client.setup_encryption = log_in_guarded
    return client
