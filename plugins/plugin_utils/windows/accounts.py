# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of accounts: what people call a SID."""

from __future__ import annotations

from ..wsman.errors import FaultCode, WSManFault
from ..wsman.session import Session


class Accounts:
    r"""Resolves SIDs to ``DOMAIN\name``, one request each, each SID once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[str, str | None] = {}
        self._out_of_reach = False

    def name(self, sid: str) -> str | None:
        """Return the account's name; None if the machine cannot tell (a deleted account, a domain out of reach)."""
        if sid not in self._names:
            self._names[sid] = self._ask(sid)
        return self._names[sid]

    def known(self, sid: str) -> str | None:
        """Return the name if it has been asked for already."""
        return self._names.get(sid)

    def is_untold(self, sid: str) -> bool:
        """Whether the machine could not tell the name that was asked for.

        Nobody knows whether the account is deleted or its domain out of reach: Windows answers both with an empty name
        (LookupAccountSid: ERROR_NONE_MAPPED).
        """
        return sid in self._names and self._names[sid] is None

    def _ask(self, sid: str) -> str | None:
        if self._out_of_reach:
            return None
        try:
            answer = self._session.get("Win32_SID", {"SID": sid}, patient=False)
        except WSManFault as fault:
            # Who it is remains unknown; what was found of them does not. A domain that does not answer once
            # would make every further name wait as long.
            self._out_of_reach = fault.code == FaultCode.TIMED_OUT
            return None
        name, domain = answer.get("AccountName"), answer.get("ReferencedDomainName")
        if not isinstance(name, str) or not name:
            return None
        return f"{domain}\\{name}" if isinstance(domain, str) and domain else name
