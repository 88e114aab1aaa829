# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: from an Ansible connection to a session."""

from __future__ import annotations

import typing as t

from .conversation import Transport
from .psrp import PsrpTransport
from .session import Session
from .winrm import WinrmTransport

_TRANSPORTS: dict[str, t.Callable[[t.Any], Transport]] = {"winrm": WinrmTransport, "psrp": PsrpTransport}


class UnsupportedConnectionError(Exception):
    """The host's connection does not carry WS-Management."""


def transport_over(connection: t.Any) -> Transport:
    """Return a transport over an Ansible connection plugin's connection; nothing is sent yet.

    Raises:
        UnsupportedConnectionError: the connection is neither ``winrm`` nor ``psrp``.
    """
    transport = _TRANSPORTS.get(connection.transport)
    if transport is None:
        raise UnsupportedConnectionError(
            f"presence.office speaks WS-Management and needs the connection 'winrm' or 'psrp', but this host uses "
            f"'{connection.transport}': set ansible_connection to winrm or psrp in the inventory"
        )
    return transport(connection)


def session_over(connection: t.Any) -> Session:
    """Return a session over an Ansible connection plugin's connection; raises what ``transport_over`` raises."""
    return Session(transport_over(connection))
