# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which letters of a user name and a password a login can carry; no sentence shows any of a password.

* Basic: requests encodes both in Latin-1 and cannot encode anything else (ansible/ansible#21183); the first colon ends
  the name, and control characters are not allowed (RFC 7617, 2). How Windows reads letters beyond ASCII is not known.
* Kerberos: the password is a line that kinit reads, or a C string; neither can hold what ends it.
* NTLM and CredSSP: UTF-16, so everything. But pyspnego makes a name's capitals with Python, which writes one letter's
  capital with two ("SS"), where Windows has one for each ([MS-NLMP] 3.3.2, UpperCase).
* Client certificates: no password is sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .errors import LoginRefusedError

_BASIC = frozenset({"basic", "plaintext", "ssl"})
_NTLM = frozenset({"ntlm", "credssp", "negotiate"})

_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
# NetUserAdd allows no code point below 32 in a name; RFC 7617 no control character at all.
_CONTROL = re.compile("[\0-\x1f]")
_CONTROL_OR_DELETE = re.compile("[\0-\x1f\x7f]")
_BEYOND_LATIN_1 = re.compile("[^\0-\xff]")
_BEYOND_ASCII = re.compile("[^\0-\x7f]")


@dataclass(frozen=True)
class Login:
    """A login as the inventory has it.

    Args:
        method: as the connection plugin names it.
        variable: the one that sets the method.
        user, password: None where there is none, or where it is not used.
        as_line: the password is given to a program as a line.
    """

    method: str
    variable: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    as_line: bool = False

    def check(self) -> None:
        """Raise LoginRefusedError, before anything is sent, for what this login cannot carry."""
        user, password = self.user or "", self.password or ""
        for name, text in (("user name", user), ("password", password)):
            if _HALF_A_PAIR.search(text):
                raise LoginRefusedError(
                    f"the {name} holds a character that no login can carry (U+D800 to U+DFFF): what the inventory "
                    "has it from is not UTF-8"
                )
        if _CONTROL.search(user):
            raise LoginRefusedError(
                "the user name holds a control character (a line break at its end?), which Windows allows in none"
            )
        if self.method in _BASIC:
            self._check_basic(user, password)
        elif self.method == "kerberos" and ("\0" in password or (self.as_line and "\n" in password)):
            raise LoginRefusedError(
                f"Kerberos cannot carry a password with a line break or a NUL: {self._others('credssp', 'ntlm')}"
            )

    def _check_basic(self, user: str, password: str) -> None:
        others = self._others("ntlm", "credssp", "kerberos")
        for name, text in (("user name", user), ("password", password)):
            if _BEYOND_LATIN_1.search(text):
                raise LoginRefusedError(
                    f"basic authentication cannot carry the {name}, which holds letters beyond Latin-1: {others}"
                )
        if ":" in user:
            raise LoginRefusedError(f"basic authentication cannot carry a user name with a colon: {others}")
        if _CONTROL_OR_DELETE.search(password):
            raise LoginRefusedError(
                f"basic authentication cannot carry the password, which holds a control character (a line break at its "
                f"end?): {others}"
            )

    def doubt(self) -> str:
        """Return what about these letters may have made the machine refuse the login; empty if nothing."""
        user, password = self.user or "", self.password or ""
        if self.method in _BASIC:
            if _BEYOND_ASCII.search(user + password):
                return (
                    "user name or password hold letters beyond ASCII, which machines may read in another way from "
                    f"basic authentication: {self._others('ntlm', 'credssp', 'kerberos')}"
                )
            return ""
        if self.method in _NTLM and any(len(letter.upper()) > 1 for letter in user):
            return (
                "the user name holds a letter whose capital is several letters (like ß), which the library for "
                "NTLM writes in another way than Windows: log in with Kerberos, or as an account without such a letter"
            )
        if password[-1:] in ("\n", "\r"):
            return "the password ends with a line break: is that meant?"
        return ""

    def _others(self, *methods: str) -> str:
        return f"set {self.variable} to {', '.join(methods[:-1])} or {methods[-1]}"


def refused(error: LoginRefusedError, login: Login | None) -> LoginRefusedError:
    """Return the error of a refused login, with a doubt about its letters if there is one."""
    doubt = login.doubt() if login is not None else ""
    return LoginRefusedError(f"{error}; {doubt}") if doubt else error
