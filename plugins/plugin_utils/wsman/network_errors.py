# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: failures of the network and of TLS: which error each becomes, and whether another try may help.

They are recognised by the names and texts of an error and of its causes: requests, urllib3, ssl and sockets wrap each
other's.
"""

from __future__ import annotations

import enum
import typing as t

from ..text import printable
from .errors import LostError, UnreachableError, WrongSchemeError
from .http_statuses import describe_status


class _Loss(enum.Enum):
    """Whether another try may help: never (the first two), only if the machine has answered before, or always."""

    FINAL = enum.auto()
    WRONG_SCHEME = enum.auto()
    CONNECTING = enum.auto()
    TIMED_OUT = enum.auto()
    LOST = enum.auto()


# TLS alerts with which a machine rejects our client certificate.
_CLIENT_CERTIFICATE = {
    "certificate expired": "it has expired",
    "unknown ca": "it does not trust who issued it",
    "certificate revoked": "it was revoked",
    "certificate required": "there is none, and it wants one",
    "bad certificate": "it cannot be verified",
    "certificate unknown": "it is not acceptable",
    "unsupported certificate": "it is of a kind that is not supported",
}

# What OpenSSL's versions say of an answer that is no TLS; the beginning of an alert of TLS (RFC 8446, 5.1).
_NO_TLS = ("wrong version number", "unknown protocol")
_TLS_ALERT = "\x15\x03"

# Searched for in the names and texts of an error and of its causes, in this order.
_CAUSES = (
    ("certificate verify failed", "the machine's certificate is not trusted", _Loss.FINAL),
    ("too many 503 error responses", describe_status(503), _Loss.LOST),  # urllib3's retries, which pypsrp sets to none
    ("EOF occurred in violation of protocol", "the machine broke the connection", _Loss.LOST),
    ("ProxyError", "the proxy does not let the connection through", _Loss.FINAL),
    ("InvalidSchema", "the proxy is of a kind that needs a library (SOCKS: pip install requests[socks])", _Loss.FINAL),
    *(
        (name, "the address or the proxy that the inventory names makes no valid URL", _Loss.FINAL)
        for name in ("InvalidURL", "InvalidProxyURL", "LocationParseError", "LocationValueError")
    ),
    (
        "UnicodeEncodeError",
        "the address, the path or the proxy that the inventory names holds a letter that cannot be sent",
        _Loss.FINAL,
    ),
    *(
        (f"alert {word}", f"the machine refuses the client certificate: {meaning}", _Loss.FINAL)
        for word, meaning in _CLIENT_CERTIFICATE.items()
    ),
    *((sign, "what listens there speaks no TLS", _Loss.WRONG_SCHEME) for sign in _NO_TLS),
    ("SSLError", "the TLS handshake failed", _Loss.FINAL),
    (f"BadStatusLine {_TLS_ALERT}", "what listens there speaks TLS", _Loss.WRONG_SCHEME),
    ("BadStatusLine", "what listens there does not speak HTTP", _Loss.FINAL),
    ("got more than", "the machine's answer has too many headers, or a header line without end", _Loss.FINAL),
    (
        "ConnectTimeout",
        "no answer within the connection time-out: switched off, or a firewall drops us",
        _Loss.CONNECTING,
    ),
    ("ReadTimeout", "the connection was made, but no answer came within the read time-out", _Loss.TIMED_OUT),
    ("Connection refused", "connection refused: no WinRM service listens there", _Loss.CONNECTING),
    ("No route to host", "no route to the machine: switched off, or a firewall refuses us", _Loss.CONNECTING),
    ("Network is unreachable", "the controller has no route to the machine's network", _Loss.CONNECTING),
    ("NameResolutionError", "the host name is not known", _Loss.CONNECTING),
    ("RemoteDisconnected", "the machine closed the connection without an answer", _Loss.LOST),
    ("Connection reset", "the machine broke the connection", _Loss.LOST),
    ("IncompleteRead", "the machine broke the connection in the middle of its answer", _Loss.LOST),
    ("BrokenPipe", "the machine broke the connection", _Loss.LOST),
    ("NewConnectionError", "no connection could be made", _Loss.CONNECTING),
)


def describe_failure(error: BaseException) -> UnreachableError:
    """Return our error for one that requests, urllib3 or a socket raised."""
    text = " ".join(f"{type(e).__name__} {e}" for e in _chain(error))
    for sign, sentence, loss in _CAUSES:
        if sign in text:
            if loss is _Loss.WRONG_SCHEME:
                return WrongSchemeError(sentence)
            if loss is not _Loss.FINAL:
                return LostError(sentence, connecting=loss is _Loss.CONNECTING, timed_out=loss is _Loss.TIMED_OUT)
            shown = sentence if sign != "certificate verify failed" else f"{sentence} ({_verification(text)})"
            return UnreachableError(shown)
    return UnreachableError(_unforeseen(error))


def _unforeseen(error: BaseException) -> str:
    """Return a sentence for an unexpected error. Libraries quote URLs, and a proxy's URL holds its password."""
    kind = type(error)
    secretive = kind.__module__.partition(".")[0] in ("requests", "urllib3") or isinstance(error, UnicodeError)
    return kind.__name__ if secretive else printable(f"{kind.__name__}: {error}", 300)


def _verification(text: str) -> str:
    reason = text.partition("certificate verify failed: ")[2].partition(" (_ssl.c")[0]
    return printable(reason) or "verification failed"


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
