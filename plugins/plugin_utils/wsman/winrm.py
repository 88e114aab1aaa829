# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ``winrm`` connection (pywinrm) as a transport: the only file that touches its inside.

Relied on, present and unchanged from ansible-core 2.16 to 2.21:

* ``connection._build_winrm_kwargs()`` turns the host's options into attributes, among them
  ``_winrm_transport``: the authentication methods to try, in order, and ``_winrm_kwargs``: pywinrm's arguments.
* ``connection._winrm_connect()`` returns a pywinrm ``Protocol`` (after kinit, where Ansible manages the
  Kerberos tickets). It opens a shell on the machine unless ``connection.shell_id`` is set: it is, to a
  placeholder, while we call it, so nothing is sent. The shell would also have told which of several
  methods works; without it, we try them ourselves.
* ``protocol.transport`` (pywinrm) has ``send_message`` and ``close_session``; ``build_session`` makes the ``requests``
  session, and calls ``setup_encryption`` with it before the first message of an encrypted login.
"""
# ruff: noqa: SLF001  (connection plugins have no public way to this; the docstring lists what is used)

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from ..text import printable
from .bounded import Guard
from .errors import TurnedAwayError, UnreachableError, WSManError
from .http import exchange, operation_time

try:
    from requests.exceptions import RequestException
    from winrm.exceptions import AuthenticationError, WinRMError, WinRMTransportError

    HAS_WINRM = True
except ImportError:
    HAS_WINRM = False

_QUOTED = 500


class WinrmTransport:
    """Carries messages through ``connection``, an Ansible connection of transport ``winrm``."""

    def __init__(self, connection: t.Any) -> None:
        if not HAS_WINRM:
            raise WSManError("the winrm connection needs pywinrm on the controller: pip install pywinrm")
        self._connection = connection
        self._wire: t.Any = None
        self._guard = Guard()
        self._logged_in = False
        # What to try, in order; once one has worked, that one.
        self._methods: list[str] | None = None

    @property
    def operation_timeout(self) -> int:
        """See ``conversation.Transport``."""
        self._allowed()
        options = self._connection._winrm_kwargs
        return operation_time(options.get("operation_timeout_sec"), options.get("read_timeout_sec"))

    def send(self, message: bytes) -> bytes:
        """See ``conversation.Transport``."""
        if self._wire is not None:
            return self._send(message)
        refusals: dict[str, TurnedAwayError] = {}
        for method in self._allowed():
            try:
                self._wire = self._open(method)
                answer = self._send(message)
            except TurnedAwayError as error:
                refusals[method] = error
                self.close()
            else:
                self._methods = [method]
                return answer
        raise _all(refusals)

    def close(self) -> None:
        """See ``conversation.Transport``."""
        if self._wire is not None:
            self._wire.close_session()
            self._wire = None
            self._logged_in = False

    def _allowed(self) -> list[str]:
        """Return the authentication methods that the inventory allows, in order."""
        if self._methods is None:
            try:
                self._connection._build_winrm_kwargs()
            except AnsibleError as error:
                raise UnreachableError(printable(str(error), _QUOTED)) from None
            self._methods = list(self._connection._winrm_transport)
        return self._methods

    def _open(self, method: str) -> t.Any:
        """Return pywinrm's transport for an authentication method, after kinit where Ansible does that."""
        connection = self._connection
        connection._winrm_transport = [method]
        shell_id, connection.shell_id = connection.shell_id, "none"
        # A new one for each session: a thread that waits for an old one's answer may be left behind.
        self._guard = Guard()
        try:
            return _guarded(connection._winrm_connect().transport, self._guard)
        except AnsibleError as error:
            # A file or a library is missing, or there is no ticket: another method may do, as for Ansible itself.
            raise TurnedAwayError(printable(str(error).removeprefix(f"{method}: "), _QUOTED)) from None
        finally:
            connection.shell_id = shell_id

    def _send(self, message: bytes) -> bytes:
        wire, guard = self._wire, self._guard

        def speak(message: bytes) -> bytes:
            guard.over(wire.build_session())
            return t.cast(bytes, wire.send_message(message))

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


def _all(refusals: dict[str, TurnedAwayError]) -> TurnedAwayError:
    """Return one error for all methods that were tried."""
    if not refusals:
        return TurnedAwayError("no authentication method is set (ansible_winrm_transport is empty)")
    if len(refusals) == 1:
        return next(iter(refusals.values()))
    return TurnedAwayError("; ".join(f"{method}: {error}" for method, error in refusals.items()))


def _guarded(wire: t.Any, guard: Guard) -> t.Any:
    """Have the login of an encrypted conversation bounded as well: it happens inside ``build_session``."""
    log_in = wire.setup_encryption

    def log_in_guarded(session: t.Any) -> None:
        log_in(guard.over(session))

    wire.setup_encryption = log_in_guarded
    return wire
