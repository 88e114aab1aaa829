"""Basic authentication (RFC 7617), for local accounts.

Windows refuses it over HTTP unless AllowUnencrypted is set, and here listing `basic` sets it.
"""

from __future__ import annotations

import base64
import binascii

from .interface import Authenticator, Handshake, Peer, Settings, Step, local_names, transport


@transport("basic")
class BasicAuthenticator(Authenticator):
    """Name and password with every request."""

    challenges = ('Basic realm="WSMAN"',)

    def __init__(self, settings: Settings) -> None:
        credentials = settings.credentials
        names = local_names(settings.machine, credentials.username)
        self._names = {(f"{domain}\\{user}" if domain else user).lower() for domain, user in names}
        self._credentials = credentials

    def accepts(self, authorization: str) -> bool:
        return authorization[:6].lower() == "basic "

    def begin(self, peer: Peer) -> Handshake:  # noqa: ARG002 - any peer may
        return _BasicHandshake(self)

    def check(self, authorization: str) -> bool:
        """Return whether the header holds the right name and password."""
        try:
            username, _unused, password = base64.b64decode(authorization[6:], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return username.lower() in self._names and password == self._credentials.password

    @property
    def username(self) -> str:
        """The account's own name for itself."""
        return self._credentials.username


class _BasicHandshake(Handshake):
    def __init__(self, authenticator: BasicAuthenticator) -> None:
        self._authenticator = authenticator

    def step(self, authorization: str) -> Step:
        if self._authenticator.check(authorization):
            return Step(principal=self._authenticator.username, per_request=True)
        return Step(refused=True)
