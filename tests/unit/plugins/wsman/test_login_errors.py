"""Sentences for what libraries raise when a login fails."""

from __future__ import annotations

import typing as t

import pytest
from spnego.exceptions import InvalidTokenError, SpnegoError

from ansible_collections.presence.office.plugins.plugin_utils.wsman.login_errors import describe_login_failure


def like(package, name, *args, **attributes):
    """An error of a library that need not be here."""
    kind: t.Any = type(name, (Exception,), {"__module__": f"{package}.exceptions", **attributes})
    return kind(*args)


class GssError(Exception):
    """As pyspnego takes it from python-gssapi."""

    maj_code = 851968

    def __str__(self):
        return (
            "Major (851968): Unspecified GSS failure.  Minor code may provide more information, "
            "Minor (2529638919): Server WSMAN/desk1@X not found in Kerberos database"
        )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            like("requests_credssp", "NTStatusException", status=0xC0000234),
            "the login was refused: the account is locked out (status 0xC0000234)",
        ),
        (
            like("requests_credssp", "NTStatusException", status=7),
            "the login was refused: the machine gives a reason that is not known here (status 0x00000007)",
        ),
        (
            like("krb5", "Krb5Error", "Clock skew too great", err_code=-1765328347),
            (
                "the login was refused: the clocks of the controller and the domain differ too much "
                "(Kerberos error -1765328347)"
            ),
        ),
        (like("krb5", "Krb5Error", "Odd\n thing", err_code=1), "the login failed: Odd thing"),
        (
            SpnegoError(base_error=GssError(), context_msg="Processing security token"),
            "the login failed: Kerberos: Server WSMAN/desk1@X not found in Kerberos database",
        ),
        (
            like(
                "winrm.vendor.requests_kerberos",
                "KerberosExchangeError",
                "authGSSClientStep() failed: (('Unspecified GSS failure.', 851968), ('Ticket expired', 2529638944))",
            ),
            "the login failed: Kerberos: Ticket expired",
        ),
        (ModuleNotFoundError("no gssapi here"), "the login failed: no gssapi here"),
        (InvalidTokenError(context_msg="\x1b[2J"), None),
        (ValueError("x"), None),
        (like("elsewhere", "SpnegoError", "x"), None),
    ],
)
def test_sentences(error, sentence):
    description = describe_login_failure(error)
    if isinstance(error, InvalidTokenError):
        assert description is not None
        assert r"\x1b[2J" in description
    else:
        assert description == sentence
