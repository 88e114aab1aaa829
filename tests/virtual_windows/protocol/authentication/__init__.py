"""The ways to authenticate: one file each, found by importing this package."""

from __future__ import annotations

import importlib
import pkgutil
import typing as t

from .interface import TRANSPORTS, Authenticator, Credentials, Handshake, Membership, Peer, Settings, Step

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["Authenticator", "Credentials", "Handshake", "Membership", "Peer", "Settings", "Step", "build"]


def build(transports: t.Iterable[str], settings: Settings) -> list[Authenticator]:
    """Return the authenticators of a server, in the order in which its 401 offers them."""
    names = list(transports)
    unknown = [name for name in names if name not in TRANSPORTS]
    if unknown or not names:
        known = ", ".join(sorted(TRANSPORTS))
        raise ValueError(f"transports must name some of {known}; not known: {', '.join(unknown) or '(none given)'}")
    return [TRANSPORTS[name](settings) for name in names]
