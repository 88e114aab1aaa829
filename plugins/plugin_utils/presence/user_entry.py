# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: one entry of ``users`` or ``exclude_users``: the ways to write an account, and whom each one means.

Windows tells an account as ``DOMAIN\name``, where a domain has its NetBIOS name and a local account that of the
computer (LookupAccountSid). It tells neither user principal names nor DNS names of domains, and none is guessed: a UPN
is refused (``check_form``), and so is a DNS name where somebody may be meant by it (``UserEntry.is_unclear``).
"""

from __future__ import annotations

import fnmatch
import functools
import re
import unicodedata
from dataclasses import dataclass

from ..text import printable

_SID_LIKE = re.compile(r"S-1-[\d*?-]+", re.ASCII | re.IGNORECASE)

#: A NetBIOS name has no more characters; a computer's name may have ("Naming conventions in Active Directory").
_NETBIOS_LENGTH = 15


def check_form(option: str, text: str) -> None:
    """Raise ValueError for an entry that cannot mean an account as Windows tells it, saying what to write instead.

    "@" separates the parts of a UPN; whose name has one all the same can be meant by the SID. Names of accounts have no
    slash (NetUserAdd).
    """
    domain, backslash, name = text.rpartition("\\")
    wrong = None
    if "@" in text:
        wrong = "is a user principal name, and Windows does not tell those of a machine's users"
    elif "/" in text:
        wrong = "contains a slash, and no account's name does"
    elif "\\" in domain:
        wrong = "contains more than one backslash (in YAML, one is enough in single quotes and without quotes)"
    elif backslash and not (domain.strip() and name.strip()):
        wrong = "is a domain without a name, or a name without its domain"
    if wrong:
        raise ValueError(
            rf"{option}: '{printable(text)}' {wrong}: write DOMAIN\name as whoami shows it, the name alone, or the SID"
        )


@dataclass(frozen=True)
class UserEntry:
    r"""``CONTOSO\ada``, ``ada`` (of any domain), ``.\ada`` (of this machine), a SID, or a pattern of one of these.

    Case does not matter, nor whether letters with accents are composed. Patterns have ``*``, ``?`` and ``[...]``.
    """

    text: str

    @property
    def is_pattern(self) -> bool:
        """Whether it may mean several people, or nobody."""
        return _is_pattern(self.text)

    @property
    def is_name(self) -> bool:
        """Whether a SID alone cannot tell whom it means."""
        return self.text != "*" and not _SID_LIKE.fullmatch(self.text)

    @property
    def is_local(self) -> bool:
        """Whether it means accounts of the machine itself, so that the computer's name has to be known."""
        return self._domain == "."

    def means(self, sid: str, account: str | None, computer: str) -> bool:
        r"""Whether it means this user.

        Args:
            account: ``DOMAIN\name``; None if it is not known.
            computer: the machine's name; only needed if the entry ``is_local``.
        """
        if self.is_local:
            domain, backslash, name = (account or "").rpartition("\\")
            own = {fold(computer), fold(computer[:_NETBIOS_LENGTH])}
            return bool(backslash) and fold(domain) in own and _same(self._name, name)
        forms = [sid] if account is None else [sid, account, account.rpartition("\\")[2]]
        return any(_same(self._folded, form) for form in forms)

    def may_mean(self, account: str | None) -> bool:
        """Whether nothing but the domain speaks against it: Windows named none for this account."""
        return bool(account and self._domain and "\\" not in account and _same(self._name, account))

    def is_unclear(self, account: str) -> bool:
        """Whether its domain, which is none of this machine's accounts', has the form of a DNS name.

        The name must be this account's. NetBIOS names can contain periods as well, so the form alone decides nothing.
        """
        dotted = "." in self._domain and not self.is_local and not _is_pattern(self._domain)
        return dotted and _same(self._name, account.rpartition("\\")[2])

    def has_domain_of(self, account: str) -> bool:
        """Whether its domain is the account's."""
        return fold(account.rpartition("\\")[0]) == self._domain

    @functools.cached_property
    def _folded(self) -> str:
        return fold(self.text)

    @property
    def _domain(self) -> str:
        return self._folded.rpartition("\\")[0]

    @property
    def _name(self) -> str:
        return self._folded.rpartition("\\")[2]


def fold(text: str) -> str:
    """Return the text as account names are compared: without regard to case, and letters with accents composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _same(folded: str, form: str) -> bool:
    return fnmatch.fnmatchcase(fold(form), folded) if _is_pattern(folded) else fold(form) == folded


def _is_pattern(text: str) -> bool:
    return any(sign in text for sign in "*?[")
