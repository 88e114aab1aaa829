"""The matrix: which machines there are, how the inventory logs in to each, and what has to come of it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

CONNECTIONS = ("winrm", "psrp")

DONE = "done"
REFUSED = "the login was refused"

#: The case of a login with nothing wrong.
RIGHT = "right secret"

#: Messages that are encrypted twice.
BOTH = "HTTPS, encrypted messages"

#: Seconds after which machines that do not answer are given up; a lot on loopback, and short for a test.
PATIENCE = 2


@dataclass(frozen=True)
class Cell:
    """One machine and one way to log in to it.

    Attributes:
        name: of the machine.
        login, over, case: where it stands in the table.
        machine: what the fleet file says about it.
        winrm, psrp: host variables beside those that the fleet's inventory has; None: the connection has no such
            thing. `{word}` stands for what `places` in `matrix` says.
        expected: DONE, or a part of the sentence with which the machine is unreachable; where the two connections
            do not say the same, a pair.
        sealed: whether all messages are to be encrypted.
        silent: nothing but the listener of its port is there: connections are never taken.
    """

    name: str
    login: str
    over: str
    case: str
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
        """Return what has to come of it over one of the connections."""
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
_QUICK = (
    {"ansible_winrm_operation_timeout_sec": PATIENCE - 1, "ansible_winrm_read_timeout_sec": PATIENCE},
    {
        "ansible_psrp_operation_timeout": PATIENCE - 1,
        "ansible_psrp_read_timeout": PATIENCE,
        "ansible_psrp_connection_timeout": PATIENCE,
    },
)

#: What is wrong with a server's certificate: in the fleet file, in the table, in the sentence.
_CERTIFICATES = (
    ("other_authority", "of another authority", "unable to get local issuer certificate"),
    ("other_name", "for another host name", "certificate is not valid for '{address}'"),
    ("expired", "expired", "certificate has expired"),
)


def cells() -> list[Cell]:
    """Return all cells, in the table's order."""
    return [*_secrets(), *_client_certificates(), *_server_certificates(), *_bindings(), *_several(), *_no_answer()]


def _secrets() -> t.Iterator[Cell]:
    """Each way in over HTTP and HTTPS with the right and with the wrong secret; encrypted where the login has keys."""
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
            yield Cell(f"{login}-{scheme}", LOGINS[login], over, RIGHT, machine, sealed=sealed and scheme == "http")
            yield Cell(f"{login}-{scheme}-bad", LOGINS[login], over, "wrong secret", machine, _WRONG, _WRONG, expected)
        if sealed:
            machine = {"transports": [login], "scheme": "https"}
            yield Cell(
                f"{login}-both",
                LOGINS[login],
                BOTH,
                RIGHT,
                machine,
                *_ALWAYS,
                sealed=True,
            )
    yield Cell(
        "basic-sealed",
        LOGINS["basic"],
        "HTTP, encrypted messages",
        "it has no keys to encrypt with",
        {"transports": ["basic"]},
        *_ALWAYS,
        expected=("selected auth method basic does not support it", "Cannot use message encryption with auth 'basic'"),
    )
    yield Cell(
        "krb-stranger",
        LOGINS["kerberos"],
        "HTTP, encrypted messages",
        "a ticket for another machine",
        {"transports": ["kerberos"]},
        {"ansible_winrm_kerberos_hostname_override": "{other_host}"},
        {"ansible_psrp_negotiate_hostname_override": "{other_host}"},
        REFUSED,
    )
    yield Cell(
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
    yield Cell(
        "krb-no-kdc",
        LOGINS["kerberos"],
        "HTTP, encrypted messages",
        "a domain that the controller cannot find",
        {"transports": ["kerberos"]},
        {"ansible_user": "ansible@NOWHERE.EXAMPLE"},
        {"ansible_user": "ansible@NOWHERE.EXAMPLE"},
        "Cannot find KDC for realm",
    )


def _client_certificates() -> t.Iterator[Cell]:
    machine = {"transports": ["certificate"], "scheme": "https"}
    login = LOGINS["certificate"]
    yield Cell("cert-https", login, "HTTPS", RIGHT, machine)
    for name, case, expected in (
        ("stranger", "of nobody whom the machine knows", REFUSED),
        ("expired", "expired", "the machine refuses the client certificate: it has expired"),
        ("unknown", "of another authority", "the machine refuses the client certificate: it does not trust"),
    ):
        own, key = f"{{{name}_pem}}", f"{{{name}_key}}"
        yield Cell(
            f"cert-{name}",
            login,
            "HTTPS",
            f"wrong secret: {case}",
            machine,
            {"ansible_winrm_cert_pem": own, "ansible_winrm_cert_key_pem": key},
            {"ansible_psrp_certificate_pem": own, "ansible_psrp_certificate_key_pem": key},
            expected,
        )
    yield Cell(
        "cert-missing",
        login,
        "HTTPS",
        "no file at that place",
        machine,
        {"ansible_winrm_cert_pem": "/nowhere/account.pem"},
        {"ansible_psrp_certificate_pem": "/nowhere/account.pem"},
        ("cert_pem file not found", "Could not find the TLS certificate file"),
    )


def _server_certificates() -> t.Iterator[Cell]:
    for login, words in LOGINS.items():
        for kind, case, expected in _CERTIFICATES:
            yield Cell(
                f"{login[:5]}-{kind.replace('_', '-')}",
                words,
                "HTTPS",
                f"the machine's certificate is {case}",
                {"transports": [login], "scheme": "https", "certificate": kind},
                expected=expected,
            )


def _bindings() -> t.Iterator[Cell]:
    for login in _BINDING:
        strict = {"transports": [login], "scheme": "https", "channel_binding": "strict"}
        relaxed = strict | {"channel_binding": "relaxed"}
        between = {"certificate": "intercepted"}
        name, words, over = login[:4], LOGINS[login], "HTTPS"
        # pywinrm's first token of Kerberos goes out before it has seen the certificate, bound to nothing.
        intercepted = (DONE, REFUSED) if login == "kerberos" else REFUSED
        yield Cell(f"{name}-strict", words, over, "bound to the channel, machine is strict", strict)
        yield Cell(f"{name}-unbound", words, over, "bound to none, machine is strict", strict, *_UNBOUND, REFUSED)
        yield Cell(f"{name}-relaxed", words, over, "bound to none, machine is relaxed", relaxed, *_UNBOUND)
        somebody = "somebody in between has a certificate that we trust"
        yield Cell(f"{name}-relay-1", words, over, f"{somebody}, machine is strict", strict | between, expected=REFUSED)
        yield Cell(
            f"{name}-relay-2", words, over, f"{somebody}, machine is relaxed", relaxed | between, expected=intercepted
        )


def _several() -> t.Iterator[Cell]:
    """Several methods for one host: a list for winrm, Negotiate for psrp."""

    def tried(*methods: str, **more: t.Any) -> dict[str, t.Any]:
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
        yield Cell(
            f"tried-{name}",
            " then ".join(LOGINS[method] for method in methods),
            over,
            f"machine takes {' and '.join(LOGINS[one] for one in accepted)}"
            + (", wrong secret" if more is _WRONG else "")
            + (", no kinit" if name == "no-kinit" else ""),
            {"transports": accepted},
            tried(*methods, **more),
            None,
            expected,
        )
    yield Cell(
        "tried-cert",
        f"{LOGINS['certificate']} then {LOGINS['ntlm']}",
        "HTTPS",
        "machine takes NTLM",
        {"transports": ["ntlm"], "scheme": "https"},
        tried("certificate", "ntlm", **own),
        None,
    )
    for taken in ("kerberos", "ntlm"):
        yield Cell(
            f"nego-{taken}",
            "Negotiate",
            "HTTP, encrypted messages",
            f"machine takes {LOGINS[taken]}",
            {"transports": [taken]},
            None,
            {"ansible_psrp_auth": "negotiate"},
            sealed=True,
        )


_UNCONNECTED = "no answer within the connection time-out"
_UNANSWERED = "no answer came within the read time-out"

#: What takes its time.
PATIENT = (_UNCONNECTED, _UNANSWERED)


def _no_answer() -> t.Iterator[Cell]:
    machine = {"transports": ["ntlm"]}
    for name, case, more, variables, expected in (
        ("refused", "the port is refused", {"power": "off"}, ({}, {}), "connection refused"),
        ("silent", "no answer to the connection", {}, _QUICK, _UNCONNECTED),
        (
            "slow",
            "no answer to the request",
            {"latency_ms": PATIENCE * 2000},
            _QUICK,
            _UNANSWERED,
        ),
    ):
        silent = name == "silent"
        yield Cell(name, "any", "HTTP", case, machine | more, *variables, expected=expected, silent=silent)
