# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what the ``winrm`` and ``psrp`` transports share: guarded exchanges by a library's HTTP client."""

from __future__ import annotations

import abc
import typing as t

from ..text import printable
from .endpoint import Endpoint
from .errors import LoginRefusedError, UnreachableError
from .http import LibraryErrors, exchange
from .login import Login, refused
from .response_guard import ResponseGuard

# The most characters quoted of an error text from Ansible or a library.
_QUOTED = 500


class LibraryTransport(abc.ABC):
    """Sends messages with the HTTP client of pywinrm or pypsrp, which is opened when it is first needed."""

    #: The library's exceptions.
    errors: t.ClassVar[LibraryErrors]

    def __init__(self, connection: t.Any) -> None:
        self.connection = connection
        self.client: t.Any = None
        self.guard = ResponseGuard()
        #: How the open client logs in.
        self.login: Login | None = None
        self._logged_in = False
        self._answered = False

    @property
    @abc.abstractmethod
    def endpoint(self) -> Endpoint | None:
        """Where the inventory says that the service is; None while its options are not read, or are wrong."""

    @abc.abstractmethod
    def attempt(self, message: bytes) -> bytes:
        """Send the message, with a new client if none is open; return the answer's body."""

    @abc.abstractmethod
    def post(self, client: t.Any, guard: ResponseGuard, message: bytes) -> bytes:
        """Post the message, with the client's HTTP session under guard; return the answer's body."""

    @abc.abstractmethod
    def close_client(self, client: t.Any) -> None:
        """Close the client's HTTP connection."""

    def send(self, message: bytes) -> bytes:
        """See ``conversation.Transport``."""
        try:
            answer = self.attempt(message)
        except UnreachableError as error:
            raise self._located(error) from None
        self._answered = True
        return answer

    def exchange(self, message: bytes) -> bytes:
        """Send the message with the open client; return the answer's body, even if it is a fault."""
        client, guard = self.client, self.guard
        try:
            answer = exchange(
                lambda body: self.post(client, guard, body), message, self.errors, guard, logged_in=self._logged_in
            )
        except LoginRefusedError as error:
            raise refused(error, self.login) from None
        self._logged_in = True
        return answer

    def _located(self, error: UnreachableError) -> UnreachableError:
        """Return an error that names the machine's address and port."""
        endpoint = self.endpoint
        if endpoint is None:
            return error
        if not self._answered:
            error = endpoint.explain(error)
        error.locate(str(endpoint))
        return error

    def use(self, client: t.Any, guard: ResponseGuard, login: Login | None = None) -> None:
        """Use a new client, with its own guard: an abandoned thread may still wait for the old client's answer."""
        self.client, self.guard, self.login = client, guard, login

    def close(self) -> None:
        """See ``conversation.Transport``."""
        if self.client is not None:
            self.close_client(self.client)
            self.client = None
            self._logged_in = False


def quoted(error: Exception | str) -> str:
    """Return an error text from Ansible or a library in a form that is safe to show."""
    return printable(str(error), _QUOTED)
