"""CredSSP ([MS-CSSP]) by pyspnego's acceptor: TLS within HTTP's headers, NTLM within that, then the password itself.

TLS 1.2 at most, as on the Windows Servers up to 2019; each server makes a new certificate, as clients do not check it
(the login is bound to its key instead).
"""

from __future__ import annotations

import base64
import ssl
import tempfile
import typing as t
from pathlib import Path

import spnego
import spnego.tls
from spnego.exceptions import ErrorCode, SpnegoError

from ..encryption import CredSspSealer
from .interface import Authenticator, Handshake, Peer, Settings, Step, transport
from .negotiate import Accounts

# STATUS_LOGON_FAILURE 0xC000006D, as the signed number that TSRequest carries.
_LOGON_FAILURE = 0xC000006D - (1 << 32)


@transport("credssp")
class CredSspAuthenticator(Authenticator):
    """A login that hands the machine the user's password."""

    challenges = ("CredSSP",)

    def __init__(self, settings: Settings) -> None:
        self._credentials = settings.credentials
        self._accounts = Accounts(settings)
        self._tls = _tls()

    def accepts(self, authorization: str) -> bool:
        return authorization[:8].lower() == "credssp "

    def begin(self, peer: Peer) -> Handshake:  # noqa: ARG002 - any peer may
        with self._accounts.in_effect():
            inner = spnego.server(protocol="negotiate", options=spnego.NegotiateOptions.use_negotiate)
            context = spnego.server(
                protocol="credssp",
                options=spnego.NegotiateOptions.wrapping_winrm,
                credssp_tls_context=self._tls,
                credssp_negotiate_context=_Inner(inner),
            )
        return _CredSspHandshake(context, self)

    def step(self, context: spnego.ContextProxy, token: bytes) -> bytes | None:
        """Make one step, with this server's accounts."""
        with self._accounts.in_effect():
            return context.step(token)

    def delegated(self, context: spnego.ContextProxy) -> bool:
        """Return whether the client has handed over the account's password, which Windows logs it on with."""
        given = context.get_extra_info("client_credential")
        return getattr(given, "password", None) == self._credentials.password

    @property
    def username(self) -> str:
        """The account's own name for itself."""
        return self._credentials.username

    def close(self) -> None:
        self._accounts.remove()


class _CredSspHandshake(Handshake):
    def __init__(self, context: spnego.ContextProxy, authenticator: CredSspAuthenticator) -> None:
        self._context = context
        self._authenticator = authenticator

    def step(self, authorization: str) -> Step:
        try:
            token = base64.b64decode(authorization.partition(" ")[2], validate=True)
            answer = self._authenticator.step(self._context, token)
        except Exception:  # noqa: BLE001 - a hostile token raises anything
            return Step(refused=True)
        if not self._context.complete:
            # A client with a wrong password gets an error, within TLS.
            return Step(header=f"CredSSP {base64.b64encode(answer).decode()}") if answer else Step(refused=True)
        if not self._authenticator.delegated(self._context):
            return Step(refused=True)
        return Step(principal=self._authenticator.username, sealer=CredSspSealer(self._context))


class _Inner:
    """A context that reports every failed login as Windows does: STATUS_LOGON_FAILURE."""

    def __init__(self, context: spnego.ContextProxy) -> None:
        self._context = context

    def step(self, token: bytes | None = None) -> bytes | None:
        """Make one step."""
        try:
            return self._context.step(token)
        except Exception as failure:
            error = SpnegoError(ErrorCode.invalid_token)
            error._SSPI_CODE = _LOGON_FAILURE  # type: ignore[attr-defined]  # noqa: SLF001 - what nt_status returns
            raise error from failure

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._context, name)


def _tls() -> spnego.tls.CredSSPTLSContext:
    tls = spnego.tls.default_tls_context("accept")
    tls.context.maximum_version = ssl.TLSVersion.TLSv1_2
    certificate, key, tls.public_key = spnego.tls.generate_tls_certificate()
    with tempfile.TemporaryDirectory(prefix="virtual-windows-") as folder:
        both = Path(folder) / "credssp.pem"
        both.touch(mode=0o600)
        both.write_bytes(certificate + key)
        tls.context.load_cert_chain(both)
    return tls
