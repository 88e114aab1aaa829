# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one HTTP exchange, and its failures: which error each becomes, and whether another try may help.

pywinrm and pypsrp have the same exceptions under the same names, in two packages: see ``LibraryErrors``.
"""

from __future__ import annotations

import enum
import re
import typing as t
from dataclasses import dataclass

from .. import limits
from ..text import printable
from .errors import LoginRefusedError, LostError, ProtocolError, UnreachableError, WSManError
from .login_errors import describe_login_failure
from .response_guard import ResponseGuard, within

# Windows accepts no more ([MS-WSMV] 2.2.4.10, MaxTimeoutms), which also keeps an exchange far below its limit.
_LONGEST_OPERATION = 60

_ANSWER_WITH_A_FAULT = 500
_WANTS_A_LOGIN = 401

# The statuses of a login in progress; any other one ends it.
_LOGIN_STATUSES = frozenset({200, _WANTS_A_LOGIN})

# Another try over a new connection may succeed after these: the service is restarting, or has lost its session keys.
_TRANSIENT = frozenset({400, 503})

_MEANING = {
    400: "the WinRM service could not read the message (an encrypted conversation that it no longer knows?)",
    401: "the login was refused: wrong user name or password, or an authentication method that is not accepted",
    403: "the login is valid but may not use WinRM on this machine",
    404: "there is no WinRM service at this path",
    503: "the WinRM service is stopping or too busy",
}


class _Loss(enum.Enum):
    """Whether another try may help: never, only after the machine has answered before, or always."""

    FINAL = enum.auto()
    CONNECTING = enum.auto()
    LOST = enum.auto()


_TOO_BUSY = f"{_MEANING[503]} (HTTP 503)"

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

# Searched for in the names and texts of an error and of its causes, in this order.
_CAUSES = (
    ("certificate verify failed", "the machine's certificate is not trusted", _Loss.FINAL),
    ("too many 503 error responses", _TOO_BUSY, _Loss.LOST),  # urllib3's retries, which pypsrp sets to none
    ("EOF occurred in violation of protocol", "the machine broke the connection", _Loss.LOST),
    ("ProxyError", "the proxy does not let the connection through", _Loss.FINAL),
    ("InvalidSchema", "the proxy is of a kind that needs a library (SOCKS: pip install requests[socks])", _Loss.FINAL),
    *(
        (name, "the address or the proxy that the inventory names makes no valid URL", _Loss.FINAL)
        for name in ("InvalidURL", "InvalidProxyURL", "LocationParseError", "LocationValueError")
    ),
    *(
        (f"alert {word}", f"the machine refuses the client certificate: {meaning}", _Loss.FINAL)
        for word, meaning in _CLIENT_CERTIFICATE.items()
    ),
    ("SSLError", "the TLS handshake failed", _Loss.FINAL),
    ("got more than", "the machine's answer has too many headers, or a header line without end", _Loss.FINAL),
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


def operation_time(operation: object, reading: object) -> int:
    """Return the seconds that the service may take for an operation, from the connection's two time-outs.

    Args:
        operation: the service's time for an operation (both libraries: 20).
        reading: how long it waits for an answer (both: 30). If that is less, the service must finish earlier, while the
            client is still waiting.
    """
    return max(1, min(_seconds(operation, 20), _seconds(reading, 30) - 1, _LONGEST_OPERATION))


def _seconds(value: object, default: int) -> int:
    # Anything but a number is reported by the library itself.
    text = str(value)
    return int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else default


@dataclass(frozen=True)
class LibraryErrors:
    """The exceptions of pywinrm or pypsrp.

    Args:
        http_error: for an HTTP status, with ``code`` and ``response_text``.
        authentication_error: for a login that was refused.
        lost: everything else that the library raises deliberately.
    """

    http_error: type[Exception]
    authentication_error: type[Exception]
    lost: tuple[type[Exception], ...]


def exchange(
    send: t.Callable[[bytes], bytes], message: bytes, errors: LibraryErrors, guard: ResponseGuard, *, logged_in: bool
) -> bytes:
    """Send a message; return the answer's body, even if it is a fault.

    Args:
        send: the library's function.
        errors: what it raises.
        guard: the guard over the library's session, which knows the last answer.
        logged_in: whether the login was done before. If so, and unless the machine asks for another one, errors
            of the login libraries mean that an answer cannot be decrypted.
    """
    guard.begin(logged_in=logged_in)
    try:
        return _exchange(send, message, errors, guard, logged_in=logged_in)
    except LostError as error:
        # The guard notes a message just before it is sent, so even if no connection can be made for it.
        error.sent = guard.sent and not error.connecting
        raise


def _exchange(
    send: t.Callable[[bytes], bytes], message: bytes, errors: LibraryErrors, guard: ResponseGuard, *, logged_in: bool
) -> bytes:
    try:
        return within(limits.EXCHANGE_TIME, lambda: _answer(send, message, errors, guard))
    except WSManError:
        raise
    except errors.http_error as error:
        return _fault(t.cast(t.Any, error).code, str(t.cast(t.Any, error).response_text).encode(errors="replace"))
    except errors.authentication_error:
        raise LoginRefusedError(describe_status(401)) from None
    except Exception as error:  # noqa: BLE001  (decrypting and decoding what a hostile machine sent can break anywhere)
        raise _failure(error, errors, guard, logged_in=logged_in) from None


def _answer(send: t.Callable[[bytes], bytes], message: bytes, errors: LibraryErrors, guard: ResponseGuard) -> bytes:
    """Return the answer's body, even if it is a fault in answer to the last step of a login."""
    understood: tuple[type[Exception], ...] = (
        WSManError, errors.http_error, errors.authentication_error, *errors.lost,
    )  # fmt: skip
    try:
        return bytes(send(message))
    except understood:
        raise
    except Exception:
        # The libraries for CredSSP and NTLM treat any answer as a step of the login, and fail if it is not one.
        answer = guard.last
        if answer is None or answer.status_code in _LOGIN_STATUSES or _is_encrypted(answer):
            raise
        return _fault(answer.status_code, answer.content)


def _failure(
    error: Exception, errors: LibraryErrors, guard: ResponseGuard, *, logged_in: bool
) -> UnreachableError | ProtocolError:
    """Return our error for a library's error that is not about an HTTP status."""
    login_wanted = guard.last is not None and guard.last.status_code == _WANTS_A_LOGIN
    sentence = describe_login_failure(error) if login_wanted or not logged_in else None
    if sentence is not None:
        return LoginRefusedError(sentence)
    if isinstance(error, errors.lost) or guard.last is None:
        return describe_failure(error)
    if login_wanted:
        return LoginRefusedError(describe_status(401))
    return ProtocolError(f"the machine's answer cannot be decoded ({type(error).__name__})")


def _fault(status: int, body: bytes) -> bytes:
    """Return the fault in an answer that is not HTTP 200; raise an error if there is none."""
    if status == _ANSWER_WITH_A_FAULT and body:
        return body
    raise (LostError if status in _TRANSIENT else UnreachableError)(describe_status(status)) from None


def _is_encrypted(answer: t.Any) -> bool:
    return str(answer.headers.get("Content-Type", "")).lower().startswith("multipart/")


def describe_status(status: int) -> str:
    """Return a sentence for an HTTP status that ends the conversation."""
    return f"{_MEANING.get(status, 'the WinRM service answered with an unexpected HTTP status')} (HTTP {status})"


def describe_failure(error: BaseException) -> UnreachableError:
    """Return our error for one that requests, urllib3 or a socket raised."""
    text = " ".join(f"{type(e).__name__} {e}" for e in _chain(error))
    for sign, sentence, loss in _CAUSES:
        if sign in text:
            if loss is not _Loss.FINAL:
                return LostError(sentence, connecting=loss is _Loss.CONNECTING)
            shown = sentence if sign != "certificate verify failed" else f"{sentence} ({_verification(text)})"
            return UnreachableError(shown)
    return UnreachableError(_unforeseen(error))


def _unforeseen(error: BaseException) -> str:
    """Return a sentence for an unexpected error. Libraries quote URLs, and a proxy's URL holds its password."""
    kind = type(error)
    secretive = kind.__module__.partition(".")[0] in ("requests", "urllib3") or isinstance(error, UnicodeError)
    return kind.__name__ if secretive else printable(f"{kind.__name__}: {error}", 300)


def _verification(text: str) -> str:
    return text.partition("certificate verify failed: ")[2].partition(" (_ssl.c")[0] or "verification failed"


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
