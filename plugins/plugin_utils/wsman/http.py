# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sentences for what HTTP and the network do when there is no conversation: no answer (200), no fault (500)."""

from __future__ import annotations

import typing as t

from ..text import printable

_MEANING = {
    401: "the login was refused: wrong user name or password, or an authentication method that is not accepted",
    403: "the login is valid but may not use WinRM on this machine",
    404: "there is no WinRM service at this path",
    503: "the WinRM service is stopping or too busy",
}

# Looked for in the names and texts of an error and everything that caused it, in this order.
_CAUSES = (
    ("certificate verify failed", "the machine's certificate is not trusted"),
    ("SSLError", "the TLS handshake failed"),
    ("ConnectTimeout", "no answer within the connection time-out: switched off, or a firewall drops us"),
    ("ReadTimeout", "the connection was made, but no answer came within the read time-out"),
    ("Connection refused", "connection refused: no WinRM service listens there"),
    ("NameResolutionError", "the host name is not known"),
    ("RemoteDisconnected", "the machine closed the connection without an answer"),
    ("Connection reset", "the machine broke the connection"),
)


def refusal(status: int) -> str:
    """Return a sentence for an HTTP status that ends the conversation."""
    return f"{_MEANING.get(status, 'the WinRM service answered with an unexpected HTTP status')} (HTTP {status})"


def no_conversation(error: BaseException) -> str:
    """Return a sentence for what requests, urllib3 or a socket raised."""
    told = " ".join(f"{type(e).__name__} {e}" for e in _chain(error))
    for sign, sentence in _CAUSES:
        if sign in told:
            return sentence if sign != "certificate verify failed" else f"{sentence} ({_verification(told)})"
    return printable(f"{type(error).__name__}: {error}", 300)


def _verification(told: str) -> str:
    return told.partition("certificate verify failed: ")[2].partition(" (_ssl.c")[0] or "verification failed"


def _chain(error: BaseException) -> t.Iterator[BaseException]:
    """Yield the error and its causes; urllib3 keeps them in ``args`` and ``reason``, Python in its dunders."""
    todo: list[t.Any] = [error]
    seen: set[int] = set()
    while todo:
        item = todo.pop(0)
        if isinstance(item, BaseException) and id(item) not in seen:
            seen.add(id(item))
            yield item
            todo += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
