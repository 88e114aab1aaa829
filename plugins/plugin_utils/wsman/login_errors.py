# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: sentences for failed logins, from the errors of the libraries for NTLM, Kerberos and CredSSP.

The errors are recognised by the names of their classes, because most of these libraries are optional.
"""

from __future__ import annotations

import re

from ..text import printable

# Package and class. ImportError: a library for the login is missing. PermissionError: raised by requests-ntlm if the
# machine does not respond to the login.
_RAISED_BY_LOGINS = frozenset(
    {
        ("builtins", "ImportError"),
        ("builtins", "PermissionError"),
        ("gssapi", "GSSError"),
        ("krb5", "Krb5Error"),
        ("requests_credssp", "AuthenticationException"),
        ("requests_credssp", "InvalidConfigurationException"),
        ("requests_credssp", "NTStatusException"),
        ("spnego", "FeatureMissingError"),
        ("spnego", "SpnegoError"),
        ("winrm", "KerberosExchangeError"),
        ("winrm", "MutualAuthenticationError"),
    }
)

# [MS-ERREF] 2.3.1; Windows gives the reason with CredSSP only.
_STATUS = {
    0xC000006D: "wrong user name or password",
    0xC000006E: "a restriction of the account forbids it",
    0xC000006F: "not at this time of day",
    0xC0000070: "not from this computer",
    0xC0000071: "the password has expired",
    0xC0000072: "the account is disabled",
    0xC0000193: "the account has expired",
    0xC0000224: "the password must be changed first",
    0xC0000234: "the account is locked out",
}

# krb5.h: a KDC's answers to a request for a ticket with a password.
_KERBEROS = {
    -1765328378: "the domain does not know this user",
    -1765328366: "the account is disabled or locked out",
    -1765328361: "the password has expired",
    -1765328360: "wrong user name or password",
    -1765328353: "wrong user name or password",
    -1765328347: "the clocks of the controller and the domain differ too much",
}

# Where pyspnego and pykerberos put the Kerberos library's message.
_MINOR = re.compile(r"Minor \(-?\d+\): (.+?)(?:, Context: |$)|\('([^']+)', -?\d+\)\)?$")

_LENGTH = 300


def describe_login_failure(error: BaseException) -> str | None:
    """Return a sentence for an error of a login, None for any other."""
    kinds = {(kind.__module__.partition(".")[0], kind.__name__) for kind in type(error).__mro__}
    if not kinds & _RAISED_BY_LOGINS:
        return None
    status = getattr(error, "status", None)
    if isinstance(status, int):
        reason = _STATUS.get(status, "the machine gives a reason that is not known here")
        return f"the login was refused: {reason} (status 0x{status:08X})"
    code = getattr(error, "err_code", None)
    if code in _KERBEROS:
        return f"the login was refused: {_KERBEROS[code]} (Kerberos error {code})"
    text = " ".join(str(error).split())
    minor = _MINOR.search(text)
    if minor:
        text = f"Kerberos: {minor[1] or minor[2]}"
    return f"the login failed: {printable(text or type(error).__name__, _LENGTH)}"
