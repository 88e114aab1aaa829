"""The interface of an authentication method; a new one is a new file beside this one.

A module in this package that decorates a class with `@transport("name")` is found automatically, and "name" can
then be one of the `transports` of a machine.
"""

from __future__ import annotations

import ssl
import typing as t
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

from ..encryption import Sealer


@dataclass(frozen=True)
class Credentials:
    """The account that may use WinRM on a machine."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Membership:
    """A machine's membership of a domain: its realm, and the keys of its services."""

    realm: str
    keytab: Path


@dataclass(frozen=True)
class Settings:
    r"""The settings of an authenticator.

    Attributes:
        machine: the computer name; local accounts can be written `MACHINE\name`.
        credentials: the account.
        channel_binding: the application data that binds a login to this server's TLS channel; None over HTTP.
        strict_channel_binding: a login that is not bound to the channel is refused (CbtHardeningLevel Strict); else
            only one that is bound to another channel (Relaxed, as Windows comes).
        membership: of a domain, for Kerberos.
        client_authority: the authority of client certificates.
    """

    machine: str
    credentials: Credentials
    channel_binding: bytes | None = None
    strict_channel_binding: bool = False
    membership: Membership | None = None
    client_authority: Path | None = None


@dataclass(frozen=True)
class Peer:
    """The client's end of a TCP connection."""

    address: str
    certificate: bytes | None = None


@dataclass(frozen=True)
class Step:
    """The result of one Authorization header.

    Attributes:
        principal: the authenticated account, once known.
        header: what to send back in WWW-Authenticate; empty: nothing.
        sealer: of this connection, where the login has agreed on keys.
        refused: wrong login.
        per_request: the client sends its login with every request (else it counts for the connection).
    """

    principal: str = ""
    header: str = ""
    sealer: Sealer | None = None
    refused: bool = False
    per_request: bool = False


class Handshake(ABC):
    """The login of one connection, which may take several round trips."""

    @abstractmethod
    def step(self, authorization: str) -> Step:
        """Take the Authorization header of a request."""


class Authenticator(ABC):
    """An authentication method, for one server."""

    # What a 401 offers in WWW-Authenticate, a header each; client certificates offer nothing.
    challenges: tuple[str, ...] = ()
    # The order of those that accept the same header.
    precedence: int = 0

    @abstractmethod
    def accepts(self, authorization: str) -> bool:
        """Return whether this header is meant for this authenticator."""

    @abstractmethod
    def begin(self, peer: Peer) -> Handshake:
        """Return a login on a connection."""

    def configure(self, context: ssl.SSLContext) -> None:  # noqa: B027 - most have nothing to do here
        """Prepare TLS, where that takes part in the login."""

    def close(self) -> None:  # noqa: B027 - nor here
        """Release all resources."""


TRANSPORTS: dict[str, t.Callable[[Settings], Authenticator]] = {}
_Class = t.TypeVar("_Class", bound=t.Callable[[Settings], Authenticator])


def transport(name: str) -> t.Callable[[_Class], _Class]:
    """Register the decorated authenticator under the name that a machine lists in `transports`."""

    def register(authenticator: _Class) -> _Class:
        TRANSPORTS[name] = authenticator
        return authenticator

    return register


def local_names(machine: str, username: str) -> list[tuple[str, str]]:
    """Return the ways (domain, user) in which Windows lets a local account be written."""
    return [(domain, username) for domain in ("", ".", machine)]
