"""Kerberos ([RFC 4120], [RFC 4121]) with tickets from a real KDC, by the system's GSSAPI.

The machine is a member of a domain (see `tests/virtual_windows/domain.py`) and has a keytab with the keys of its own
services, so a ticket for another machine is refused. Windows takes these tokens under `Negotiate`, bare or within
SPNEGO, and under `Kerberos`.
"""

from __future__ import annotations

import base64
import typing as t

from ..encryption import KERBEROS_PROTOCOL, SPNEGO_PROTOCOL, SpnegoSealer
from .interface import Authenticator, Handshake, Peer, Settings, Step, transport

try:
    import gssapi
except ImportError:
    gssapi = None

# The mechanism's number 1.2.840.113554.1.2.2, and the one of Windows 2000, as encoded in a token.
_MECHANISMS = (bytes.fromhex("06092a864886f712010202"), bytes.fromhex("06092a864882f712010202"))
# GSS_C_CHANNEL_BOUND_FLAG: MIT sets it if the client sent bindings, and the right ones.
_CHANNEL_BOUND = 2048
# The part of a token that may have a mechanism's number: after the frames of SPNEGO.
_HEAD = 80


def is_kerberos(token: bytes) -> bool:
    """Return whether this is Kerberos's first token, bare or as SPNEGO's preferred one."""
    return not token.startswith(b"NTLMSSP\0") and any(one in token[:_HEAD] for one in _MECHANISMS)


@transport("kerberos")
class KerberosAuthenticator(Authenticator):
    """Tickets for this machine's HTTP and WSMAN services."""

    challenges = ("Negotiate", "Kerberos")
    precedence = 1

    def __init__(self, settings: Settings) -> None:
        if gssapi is None:
            raise ValueError("the transport kerberos needs the Python package gssapi: see `make authentication`")
        if settings.membership is None:
            raise ValueError("the transport kerberos needs a domain")
        self._settings = settings
        self.principal = f"{settings.credentials.username}@{settings.membership.realm}"
        store = {"keytab": f"FILE:{settings.membership.keytab}", "rcache": "none:"}
        self._keys = gssapi.Credentials(usage="accept", store=store)
        binding = settings.channel_binding
        self._bindings = gssapi.raw.ChannelBindings(application_data=binding) if binding else None

    def accepts(self, authorization: str) -> bool:
        scheme, _space, text = authorization.partition(" ")
        if scheme.lower() == "kerberos":
            return True
        return scheme.lower() == "negotiate" and is_kerberos(_decode(text))

    def begin(self, peer: Peer) -> Handshake:  # noqa: ARG002 - any peer may
        context = gssapi.SecurityContext(creds=self._keys, usage="accept", channel_bindings=self._bindings)
        return _KerberosHandshake(context, self)

    def check(self, context: t.Any) -> bool:
        """Check that the account may log in, and over this channel."""
        if str(context.initiator_name) != self.principal:
            return False
        strict = self._settings.strict_channel_binding and self._bindings is not None
        return not strict or bool(int(context.actual_flags) & _CHANNEL_BOUND)

    @property
    def username(self) -> str:
        """The account's own name for itself."""
        return self._settings.credentials.username


class _KerberosHandshake(Handshake):
    def __init__(self, context: t.Any, authenticator: KerberosAuthenticator) -> None:
        self._context = context
        self._authenticator = authenticator

    def step(self, authorization: str) -> Step:
        scheme, _space, text = authorization.partition(" ")
        try:
            answer = self._context.step(_decode(text))
            if self._context.complete and not self._authenticator.check(self._context):
                return Step(refused=True)
        except Exception:  # noqa: BLE001 - a hostile token, or a ticket that is not for us
            return Step(refused=True)
        header = f"{scheme} {base64.b64encode(answer).decode()}" if answer else ""
        if not self._context.complete:
            return Step(header=header) if header else Step(refused=True)
        protocol = KERBEROS_PROTOCOL if scheme.lower() == "kerberos" else SPNEGO_PROTOCOL
        return Step(
            principal=self._authenticator.username,
            header=header,
            sealer=SpnegoSealer(_Wrapping(self._context), protocol),
        )


class _Wrapping:
    """Seals messages as WinRM does: with DCE's buffers, the token's head apart from the encrypted data."""

    def __init__(self, context: t.Any) -> None:
        self._context = context

    def wrap_winrm(self, data: bytes) -> tuple[bytes, bytes, int]:
        """Return head, encrypted data and the number of bytes of padding in it."""
        kind = gssapi.raw.IOVBufferType
        buffers = gssapi.raw.IOV(kind.header, data, kind.padding, std_layout=False)
        gssapi.raw.wrap_iov(self._context, buffers, confidential=True)
        padding = buffers[2].value or b""
        return buffers[0].value or b"", (buffers[1].value or b"") + padding, len(padding)

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        """Return the plain data."""
        plain = gssapi.raw.unwrap(self._context, header + data)
        if not plain.encrypted:
            raise ValueError("signed but not encrypted")
        return bytes(plain.message)


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
