# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One HTTP exchange, and sentences for what HTTP and the network do when it is none: no answer, no fault.

pywinrm and pypsrp have the same family of exceptions under the same names, in two packages: the adapters
say which is which.
"""

from __future__ import annotations

import enum
import typing as t

from ..text import printable
from . import limits
from .bounded import within
from .errors import LostError, ProtocolError, TurnedAwayError, UnreachableError, WSManError

_ANSWER_WITH_A_FAULT = 500

# Another try over a fresh connection may succeed after these: a service that restarts, and keys that it forgot.
_PASSING = frozenset({400, 503})

_MEANING = {
    400: "the WinRM service could not read the message (an encrypted conversation that it no longer knows?)",
    401: "the login was refused: wrong user name or password, or an authentication method that is not accepted",
    403: "the login is valid but may not use WinRM on this machine",
    404: "there is no WinRM service at this path",
    503: "the WinRM service is stopping or too busy",
}


class _Loss(enum.Enum):
    """What an error means for another try: none helps, one may help once a conversation is under way, one may help."""

    FINAL = enum.auto()
    CONNECTING = enum.auto()
    LOST = enum.auto()


_TOO_BUSY = f"{_MEANING[503]} (HTTP 503)"

# Alerts of TLS by which a machine says what it has against our client certificate.
_CLIENT_CERTIFICATE = {
    "certificate expired": "it has expired",
    "unknown ca": "it does not trust who issued it",
    "certificate revoked": "it was revoked",
    "certificate required": "there is none, and it wants one",
    "bad certificate": "it cannot be verified",
    "certificate unknown": "it is not acceptable",
    "unsupported certificate": "it is of a kind that is not supported",
}

# Looked for in the names and texts of an error and everything that caused it, in this order.
_CAUSES = (
    ("certificate verify failed", "the machine's certificate is not trusted", _Loss.FINAL),
    ("too many 503 error responses", _TOO_BUSY, _Loss.LOST),  # urllib3's retries, which pypsrp sets to none
    ("EOF occurred in violation of protocol", "the machine broke the connection", _Loss.LOST),
    ("ProxyError", "the proxy between us does not let us through", _Loss.FINAL),
    *(
        (f"alert {word}", f"the machine refuses the client certificate: {meaning}", _Loss.FINAL)
        for word, meaning in _CLIENT_CERTIFICATE.items()
    ),
    ("SSLError", "the TLS handshake failed", _Loss.FINAL),
    (
        "ConnectTimeout",
        "no answer within the connection time-out: switched off, or a firewall drops us",
        _Loss.CONNECTING,
    ),
    ("ReadTimeout", "the connection was made, but no answer came within the read time-out", _Loss.LOST),
    ("Connection refused", "connection refused: no WinRM service listens there", _Loss.CONNECTING),
    ("NameResolutionError", "the host name is not known", _Loss.CONNECTING),
    ("RemoteDisconnected", "the machine closed the connection without an answer", _Loss.LOST),
    ("Connection reset", "the machine broke the connection", _Loss.LOST),
    ("IncompleteRead", "the machine broke the connection in the middle of its answer", _Loss.LOST),
    ("BrokenPipe", "the machine broke the connection", _Loss.LOST),
    ("NewConnectionError", "no connection could be made", _Loss.CONNECTING),
)


def exchange(
    send: t.Callable[[bytes], bytes],
    message: bytes,
    *,
    http_error: type[Exception],
    turned_away: type[Exception],
    lost: tuple[type[Exception], ...],
) -> bytes:
    """Send a message; return the answer's body, a fault's as well.

    Args:
        send: the library's function.
        http_error: what it raises for an HTTP status, with ``code`` and ``response_text``.
        turned_away: what it raises for a login that was refused.
        lost: what else it raises.
    """
    try:
        return bytes(within(limits.EXCHANGE_TIME, lambda: send(message)))
    except WSManError:
        raise
    except http_error as error:
        status, body = t.cast(t.Any, error).code, t.cast(t.Any, error).response_text
        if status == _ANSWER_WITH_A_FAULT and body:
            return str(body).encode(errors="replace")
        raise (LostError if status in _PASSING else UnreachableError)(refusal(status)) from None
    except turned_away:
        raise TurnedAwayError(refusal(401)) from None
    except lost as error:
        raise no_conversation(error) from None
    except Exception as error:  # noqa: BLE001  (decrypting and decoding what a hostile machine sent can break anywhere)
        raise ProtocolError(f"the machine's answer cannot be decoded ({type(error).__name__})") from None


def refusal(status: int) -> str:
    """Return a sentence for an HTTP status that ends the conversation."""
    return f"{_MEANING.get(status, 'the WinRM service answered with an unexpected HTTP status')} (HTTP {status})"


def no_conversation(error: BaseException) -> UnreachableError:
    """Return an error with a sentence for what requests, urllib3 or a socket raised."""
    told = " ".join(f"{type(e).__name__} {e}" for e in _chain(error))
    for sign, sentence, loss in _CAUSES:
        if sign in told:
            if loss is not _Loss.FINAL:
                return LostError(sentence, connecting=loss is _Loss.CONNECTING)
            shown = sentence if sign != "certificate verify failed" else f"{sentence} ({_verification(told)})"
            return UnreachableError(shown)
    return UnreachableError(printable(f"{type(error).__name__}: {error}", 300))


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
