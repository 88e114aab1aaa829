"""Negotiate with NTLM ([MS-N2HT], [MS-NLMP]), by pyspnego's acceptor.

pyspnego takes the accounts from the file that the environment variable NTLM_USER_FILE names, one for the whole
process, and finds an account by its name only. Several fleets in one process have accounts of the same name with
different passwords, so each server has a file of its own, and the variable names it only while one of its logins
makes a step; a lock makes the others wait (about a millisecond).
"""

from __future__ import annotations

import base64
import os
import tempfile
import threading
import typing as t
from contextlib import contextmanager
from pathlib import Path

import spnego
from spnego._ntlm_raw.messages import Authenticate, AvId, NTClientChallengeV2
from spnego.channel_bindings import GssChannelBindings

from ..encryption import SpnegoSealer
from .interface import Authenticator, Handshake, Peer, Settings, Step, local_names, transport

_USER_FILE = "NTLM_USER_FILE"
_AUTHENTICATE = b"NTLMSSP\0\3\0\0\0"
_environment = threading.Lock()


class Accounts:
    """The file with the accounts of one server."""

    def __init__(self, settings: Settings) -> None:
        credentials = settings.credentials
        if any(character in credentials.username + credentials.password for character in ":\r\n"):
            raise ValueError("a name or password for NTLM must not hold a colon or a line break")
        number, name = tempfile.mkstemp(prefix="virtual-windows-", suffix=".ntlm")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            for domain, username in local_names(settings.machine, credentials.username):
                file.write(f"{domain}:{username}:{credentials.password}\n")
        self._path = Path(name)

    @contextmanager
    def in_effect(self) -> t.Iterator[None]:
        """Make pyspnego use these accounts; other threads wait meanwhile."""
        with _environment:
            before = os.environ.get(_USER_FILE)
            os.environ[_USER_FILE] = str(self._path)
            try:
                yield
            finally:
                if before is None:
                    del os.environ[_USER_FILE]
                else:
                    os.environ[_USER_FILE] = before

    def remove(self) -> None:
        """Delete the file."""
        self._path.unlink(missing_ok=True)


class Channel:
    """The channel bindings of a login, and whether they are required."""

    def __init__(self, settings: Settings) -> None:
        binding = settings.channel_binding
        self._bindings = GssChannelBindings(application_data=binding) if binding else None
        self._strict = settings.strict_channel_binding

    def expected(self, token: bytes) -> GssChannelBindings | None:
        """Return the bindings for pyspnego to compare this token's with; it rejects a token that has none.

        Raises:
            ValueError: bindings are required, and there are none.
        """
        start = token.find(_AUTHENTICATE)
        if self._bindings is None or start < 0:
            return self._bindings
        response = Authenticate.unpack(token[start:]).nt_challenge_response or b""
        # NTLMv1 has no room for them.
        given = NTClientChallengeV2.unpack(response[16:]).av_pairs.get(AvId.channel_bindings) if response[24:] else None
        if given and any(given):
            return self._bindings
        if self._strict:
            raise ValueError("not bound to the channel")
        return None


@transport("ntlm")
class NegotiateAuthenticator(Authenticator):
    """What Windows offers as `Negotiate`; here, only NTLM."""

    challenges = ("Negotiate",)

    def __init__(self, settings: Settings) -> None:
        self._accounts = Accounts(settings)
        self._username = settings.credentials.username
        self._channel = Channel(settings)

    def accepts(self, authorization: str) -> bool:
        return authorization[:10].lower() == "negotiate "

    def begin(self, peer: Peer) -> Handshake:  # noqa: ARG002 - any peer may
        with self._accounts.in_effect():
            # use_negotiate: pyspnego's own negotiation even where GSSAPI is installed, which would want a keytab.
            context = spnego.server(
                protocol="negotiate",
                service="HTTP",
                options=spnego.NegotiateOptions.wrapping_winrm | spnego.NegotiateOptions.use_negotiate,
            )
        return _NegotiateHandshake(context, self._accounts, self._channel, self._username)

    def close(self) -> None:
        self._accounts.remove()


class _NegotiateHandshake(Handshake):
    def __init__(self, context: spnego.ContextProxy, accounts: Accounts, channel: Channel, username: str) -> None:
        self._context = context
        self._accounts = accounts
        self._channel = channel
        self._username = username

    def step(self, authorization: str) -> Step:
        try:
            token = base64.b64decode(authorization.partition(" ")[2], validate=True)
            bindings = self._channel.expected(token)
            with self._accounts.in_effect():
                answer = self._context.step(token, channel_bindings=bindings)
        except Exception:  # noqa: BLE001 - a hostile token raises anything, struct.error and IndexError among it
            return Step(refused=True)
        header = f"Negotiate {base64.b64encode(answer).decode()}" if answer else ""
        if not self._context.complete:
            return Step(header=header) if header else Step(refused=True)
        return Step(principal=self._username, header=header, sealer=SpnegoSealer(self._context))
