# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: sentences for HTTP statuses that end a conversation."""

from __future__ import annotations

_MEANING = {
    400: "the WinRM service could not read the message (an encrypted conversation that it no longer knows?)",
    401: "the login was refused: wrong user name or password, or an authentication method that is not accepted",
    403: "the login is valid but may not use WinRM on this machine",
    404: "there is no WinRM service at this path",
    503: "the WinRM service is stopping or too busy",
}


def describe_status(status: int) -> str:
    """Return a sentence for an HTTP status that ends the conversation."""
    return f"{_MEANING.get(status, 'the WinRM service answered with an unexpected HTTP status')} (HTTP {status})"
