# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the names of accounts, by their SIDs, and of the machine that local ones belong to."""

from __future__ import annotations

import contextlib
import typing as t

from ..wsman.errors import FaultCode, ProtocolError, WSManError, WSManFault
from ..wsman.session import Session


class Accounts:
    r"""Resolves SIDs to ``DOMAIN\name``, one request each, each SID once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[str, str | None] = {}
        self._out_of_reach = False

    def name(self, sid: str) -> str | None:
        """Return the account's name; None if it is unknown (deleted, or its domain cannot be reached)."""
        if sid not in self._names:
            self._names[sid] = self._look_up(sid)
        return self._names[sid]

    def computer_name(self) -> str:
        """Return the machine's NetBIOS name: one request. It is the domain of the local accounts (LookupAccountSid).

        Raises:
            ProtocolError: the machine does not tell it.
        """
        for row in self._session.enumerate("SELECT Name FROM Win32_ComputerSystem"):
            name = row.get("Name")
            if isinstance(name, str) and name:
                return name
        raise ProtocolError("Win32_ComputerSystem: the answer holds no Name")

    def look_up(self, sids: t.Iterable[str | None], most: int) -> None:
        """Look up the names of up to ``most`` accounts, for a result that is otherwise complete.

        Losing the machine meanwhile does not affect that result.
        """
        with contextlib.suppress(WSManError):
            for sid in [sid for sid in sids if sid][:most]:
                self.name(sid)

    def cached_name(self, sid: str) -> str | None:
        """Return the name if it has been looked up."""
        return self._names.get(sid)

    def is_unknown(self, sid: str) -> bool:
        """Whether the name was looked up, but is unknown.

        Deleted accounts and domains that cannot be reached look alike: Windows answers both with an empty name
        (LookupAccountSid: ERROR_NONE_MAPPED).
        """
        return sid in self._names and self._names[sid] is None

    def _look_up(self, sid: str) -> str | None:
        if self._out_of_reach:
            return None
        try:
            answer = self._session.get("Win32_SID", {"SID": sid}, patient=False)
        except (WSManFault, ProtocolError) as error:
            # A missing name is no failure. If a domain does not answer once, every other name would take as long.
            self._out_of_reach = isinstance(error, WSManFault) and error.code == FaultCode.TIMED_OUT
            return None
        name, domain = answer.get("AccountName"), answer.get("ReferencedDomainName")
        if not isinstance(name, str) or not name:
            return None
        return f"{domain}\\{name}" if isinstance(domain, str) and domain else name
