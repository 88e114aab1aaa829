# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one Kerberos ticket for all hosts whose tickets Ansible gets itself (``winrm`` with a password).

The connection plugin runs ``kinit`` for each login, and names the ticket's file in the variable KRB5CCNAME of the whole
process. With many hosts in one process they would take each other's place away. So the first host's ticket serves all,
and is renewed long before it expires.

Relied on, unchanged from ansible-core 2.17 to 2.21: ``connection._kerb_auth(principal, password)`` does all that, and
keeps the file in ``connection._kerb_ccache``.
"""
# ruff: noqa: SLF001  (there is no public way to this; the docstring lists what is used)

from __future__ import annotations

import threading
import time
import typing as t

from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ..text import printable

#: Seconds for which a ticket is used, and after which a refused principal is tried again.
FRESH = 3_600.0
REFUSED_AGAIN = 900.0


class Tickets:
    """The ticket that hosts share."""

    def __init__(self, clock: t.Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._principal: str | None = None
        self._until = 0.0
        self._refusal: str | None = None
        # The file is gone when nobody refers to it any more.
        self._file: t.Any = None

    def share(self, connection: t.Any) -> t.Any:
        """Let a connection use the common ticket, if it would get one of its own; return it."""
        own = getattr(connection, "_kerb_auth", None)
        if own is not None:
            connection._kerb_auth = lambda principal, password: self._provide(connection, own, principal, password)
        return connection

    def _provide(self, connection: t.Any, own: t.Callable[[str, str], None], principal: str, password: str) -> None:
        with self._lock:
            if self._principal not in (None, principal):
                raise AnsibleConnectionFailure(
                    f"one hold can log in by Kerberos as one principal only: {printable(principal)} is not "
                    f"{printable(str(self._principal))}; hold these hosts by another run"
                )
            if self._clock() >= self._until:
                self._renew(connection, own, principal, password)
            if self._refusal is not None:
                raise AnsibleConnectionFailure(self._refusal)

    def _renew(self, connection: t.Any, own: t.Callable[[str, str], None], principal: str, password: str) -> None:
        try:
            own(principal, password)
        except AnsibleError as error:
            self._refusal = str(error)
            self._until = self._clock() + REFUSED_AGAIN
        else:
            self._refusal = None
            self._principal = principal
            self._file = connection._kerb_ccache
            self._until = self._clock() + FRESH
