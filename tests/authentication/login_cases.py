"""The login cases: a machine each, how the inventory logs in to it, and the expected result."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

CONNECTIONS = ("winrm", "psrp")

DONE = "done"
REFUSED = "the login was refused"

#: The condition of a login with nothing wrong.
RIGHT = "right secret"

#: Messages that are encrypted twice.
BOTH = "HTTPS, encrypted messages"

#: Seconds after which a machine that does not answer is given up: long for loopback, short for a test.
TIMEOUT_SECONDS = 2


@dataclass(frozen=True)
class LoginCase:
    """A machine and a way to log in to it.

    Attributes:
        name: of the machine.
        login, over, condition: its columns in the table.
        machine: its description in the fleet file.
        winrm, psrp: host variables in addition to those of the fleet's inventory; None where the connection does not
            support the case. `{word}` is replaced by `replacements` in `login_runs`.
        expected: DONE, or part of the message with which the machine is unreachable; a pair where the two
            connections differ.
        sealed: whether all messages must be encrypted.
        silent: the port is listened on, but connections are never accepted.
    """

    name: str
    login: str
    over: str
    condition: str
    machine: dict[str, t.Any]
    winrm: dict[str, t.Any] | None = field(default_factory=dict)
    psrp: dict[str, t.Any] | None = field(default_factory=dict)
    expected: str | tuple[str, str] = DONE
    sealed: bool = False
    silent: bool = False

    def variables(self, connection: str) -> dict[str, t.Any] | None:
        """Return the host variables for one of the connections."""
        return self.winrm if connection == "winrm" else self.psrp

    def expects(self, connection: str) -> str:
        """Return the expected result over one of the connections."""
        if isinstance(self.expected, tuple):
            return self.expected[CONNECTIONS.index(connection)]
        return self.expected


LOGINS = {
    "basic": "basic",
    "ntlm": "NTLM",
    "kerberos": "Kerberos",
    "credssp": "CredSSP",
    "certificate": "client certificate",
}
_SEALING = ("ntlm", "kerberos", "credssp")
_BINDING = ("ntlm", "kerberos")

_WRONG = {"ansible_password": "{wrong}"}
_ALWAYS = ({"ansible_winrm_message_encryption": "always"}, {"ansible_psrp_message_encryption": "always"})
_UNBOUND = ({"ansible_winrm_send_cbt": False}, {"ansible_psrp_negotiate_send_cbt": False})
_SHORT_TIMEOUTS = (
    {"ansible_winrm_operation_timeout_sec": TIMEOUT_SECONDS - 1, "ansible_winrm_read_timeout_sec": TIMEOUT_SECONDS},
    {
        "ansible_psrp_operation_timeout": TIMEOUT_SECONDS - 1,
        "ansible_psrp_read_timeout": TIMEOUT_SECONDS,
        "ansible_psrp_connection_timeout": TIMEOUT_SECONDS,
    },
)

#: What is wrong with a server's certificate: in the fleet file, in the table, in the message.
_CERTIFICATES = (
    ("other_authority", "of another authority", "unable to get local issuer certificate"),
    ("other_name", "for another host name", "certificate is not valid for '{address}'"),
    ("expired", "expired", "certificate has expired"),
)


def login_cases() -> list[LoginCase]:
    """Return all login cases, in the table's order."""
    return [*_secrets(), *_client_certificates(), *_server_certificates(), *_bindings(), *_several(), *_no_answer()]


def _secrets() -> t.Iterator[LoginCase]:
    """Yield each login over HTTP and HTTPS, with the right and the wrong secret; encrypted where the login has keys."""
    wrong: dict[str, str | tuple[str, str]] = {
        "basic": REFUSED,
        "ntlm": REFUSED,
        "credssp": REFUSED,
        "kerberos": ("kinit: Password incorrect", REFUSED),
    }
    for login, expected in wrong.items():
        sealed = login in _SEALING
        for scheme in ("http", "https"):
            over = scheme.upper() + (", encrypted messages" if sealed and scheme == "http" else "")
            machine = {"transports": [login], "scheme": scheme}
            yield LoginCase(
                f"{login}-{scheme}", LOGINS[login], over, RIGHT, machine, sealed=sealed and scheme == "http"
            )
            yield LoginCase(
                f"{login}-{scheme}-bad", LOGINS[login], over, "wrong secret", machine, _WRONG, _WRONG, expected
            )
        if sealed:
            machine = {"transports": [login], "scheme": "https"}
            yield LoginCase(
                f"{login}-both",
                LOGINS[login],
                BOTH,
                RIGHT,
                machine,
                *_ALWAYS,
                sealed=True,
            )
    yield LoginCase(
        "basic-sealed",
        LOGINS["basic"],
        "HTTP, encrypted messages",
        "it has no keys to encrypt with",
        {"transports": ["basic"]},
        *_ALWAYS,
        expected=("selected auth method basic does not support it", "Cannot use message encryption with auth 'basic'"),
    )
    yield LoginCase(
        "krb-stranger",
        LOGINS["kerberos"],
        "HTTP, encrypted messages",
        "a ticket for another machine",
        {"transports": ["kerberos"]},
        {"ansible_winrm_kerberos_hostname_override": "{other_host}"},
        {"ansible_psrp_negotiate_hostname_override": "{other_host}"},
        REFUSED,
    )
    yield LoginCase(
        "krb-nowhere",
        LOGINS["kerberos"],
        "HTTP, encrypted messages",
        "a machine that the domain does not know",
        {"transports": ["kerberos"]},
        {"ansible_winrm_kerberos_hostname_override": "nowhere.virtual.example"},
        {
            "ansible_psrp_negotiate_hostname_override": "nowhere.virtual.example",
            "ansible_psrp_negotiate_service": "WSMAN",
        },
        "nowhere.virtual.example@VIRTUAL.EXAMPLE not found in Kerberos database",
    )
    yield LoginCase(
        "krb-no-kdc",
        LOGINS["kerberos"],
        "HTTP, encrypted messages",
        "a domain that the controller cannot find",
        {"transports": ["kerberos"]},
        {"ansible_user": "ansible@NOWHERE.EXAMPLE"},
        {"ansible_user": "ansible@NOWHERE.EXAMPLE"},
        "Cannot find KDC for realm",
    )


def _client_certificates() -> t.Iterator[LoginCase]:
    machine = {"transports": ["certificate"], "scheme": "https"}
    login = LOGINS["certificate"]
    yield LoginCase("cert-https", login, "HTTPS", RIGHT, machine)
    for name, case, expected in (
        ("stranger", "of nobody whom the machine knows", REFUSED),
        ("expired", "expired", "the machine refuses the client certificate: it has expired"),
        ("unknown", "of another authority", "the machine refuses the client certificate: it does not trust"),
    ):
        own, key = f"{{{name}_pem}}", f"{{{name}_key}}"
        yield LoginCase(
            f"cert-{name}",
            login,
            "HTTPS",
            f"wrong secret: {case}",
            machine,
            {"ansible_winrm_cert_pem": own, "ansible_winrm_cert_key_pem": key},
            {"ansible_psrp_certificate_pem": own, "ansible_psrp_certificate_key_pem": key},
            expected,
        )
    yield LoginCase(
        "cert-missing",
        login,
        "HTTPS",
        "no file at that place",
        machine,
        {"ansible_winrm_cert_pem": "/nowhere/account.pem"},
        {"ansible_psrp_certificate_pem": "/nowhere/account.pem"},
        ("cert_pem file not found", "Could not find the TLS certificate file"),
    )


def _server_certificates() -> t.Iterator[LoginCase]:
    for login, words in LOGINS.items():
        for kind, case, expected in _CERTIFICATES:
            yield LoginCase(
                f"{login[:5]}-{kind.replace('_', '-')}",
                words,
                "HTTPS",
                f"the machine's certificate is {case}",
                {"transports": [login], "scheme": "https", "certificate": kind},
                expected=expected,
            )


def _bindings() -> t.Iterator[LoginCase]:
    for login in _BINDING:
        strict = {"transports": [login], "scheme": "https", "channel_binding": "strict"}
        relaxed = strict | {"channel_binding": "relaxed"}
        between = {"certificate": "intercepted"}
        name, words, over = login[:4], LOGINS[login], "HTTPS"
        # pywinrm sends its first Kerberos token before it has seen the certificate, so it is not bound to the channel.
        intercepted = (DONE, REFUSED) if login == "kerberos" else REFUSED
        yield LoginCase(f"{name}-strict", words, over, "bound to the channel, machine is strict", strict)
        yield LoginCase(f"{name}-unbound", words, over, "bound to none, machine is strict", strict, *_UNBOUND, REFUSED)
        yield LoginCase(f"{name}-relaxed", words, over, "bound to none, machine is relaxed", relaxed, *_UNBOUND)
        intercepted_by = "somebody in between has a certificate that we trust"
        yield LoginCase(
            f"{name}-relay-1", words, over, f"{intercepted_by}, machine is strict", strict | between, expected=REFUSED
        )
        yield LoginCase(
            f"{name}-relay-2",
            words,
            over,
            f"{intercepted_by}, machine is relaxed",
            relaxed | between,
            expected=intercepted,
        )


def _several() -> t.Iterator[LoginCase]:
    """Yield several methods for one host: a list for winrm, Negotiate for psrp."""

    def in_order(*methods: str, **more: t.Any) -> dict[str, t.Any]:
        return {"ansible_winrm_transport": list(methods), "ansible_winrm_kinit_env_vars": ["KRB5_CONFIG"], **more}

    own = {"ansible_winrm_cert_pem": "{account_pem}", "ansible_winrm_cert_key_pem": "{account_key}"}
    over = "HTTP"
    for name, methods, accepted, more, expected in (
        ("two", ("basic", "ntlm"), ["ntlm"], {}, DONE),
        ("first", ("ntlm", "basic"), ["basic", "ntlm"], {}, DONE),
        ("no-ticket", ("kerberos", "ntlm"), ["ntlm"], {}, DONE),
        ("no-kinit", ("kerberos", "basic"), ["basic"], {"ansible_winrm_kinit_cmd": "/nowhere/kinit"}, DONE),
        ("no-file", ("certificate", "credssp"), ["credssp"], {}, DONE),
        ("not-credssp", ("credssp", "basic"), ["basic"], {}, DONE),
        ("none", ("basic", "credssp"), ["ntlm"], {}, "basic: the login was refused"),
        ("wrong", ("ntlm", "basic"), ["basic", "ntlm"], _WRONG, "ntlm: the login was refused"),
    ):
        yield LoginCase(
            f"tried-{name}",
            " then ".join(LOGINS[method] for method in methods),
            over,
            f"machine takes {' and '.join(LOGINS[one] for one in accepted)}"
            + (", wrong secret" if more is _WRONG else "")
            + (", no kinit" if name == "no-kinit" else ""),
            {"transports": accepted},
            in_order(*methods, **more),
            None,
            expected,
        )
    yield LoginCase(
        "tried-cert",
        f"{LOGINS['certificate']} then {LOGINS['ntlm']}",
        "HTTPS",
        "machine takes NTLM",
        {"transports": ["ntlm"], "scheme": "https"},
        in_order("certificate", "ntlm", **own),
        None,
    )
    for taken in ("kerberos", "ntlm"):
        yield LoginCase(
            f"nego-{taken}",
            "Negotiate",
            "HTTP, encrypted messages",
            f"machine takes {LOGINS[taken]}",
            {"transports": [taken]},
            None,
            {"ansible_psrp_auth": "negotiate"},
            sealed=True,
        )


_CONNECT_TIMEOUT = "no answer within the connection time-out"
_READ_TIMEOUT = "no answer came within the read time-out"

#: Results that take a while.
TIMEOUTS = (_CONNECT_TIMEOUT, _READ_TIMEOUT)


def _no_answer() -> t.Iterator[LoginCase]:
    machine = {"transports": ["ntlm"]}
    for name, case, more, variables, expected in (
        ("refused", "the port is refused", {"power": "off"}, ({}, {}), "connection refused"),
        ("silent", "no answer to the connection", {}, _SHORT_TIMEOUTS, _CONNECT_TIMEOUT),
        (
            "slow",
            "no answer to the request",
            {"latency_ms": TIMEOUT_SECONDS * 2000},
            _SHORT_TIMEOUTS,
            _READ_TIMEOUT,
        ),
    ):
        silent = name == "silent"
        yield LoginCase(name, "any", "HTTP", case, machine | more, *variables, expected=expected, silent=silent)
