# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one HTTP exchange, and which error its failure becomes.

pywinrm and pypsrp have the same exceptions under the same names, in two packages: see ``LibraryErrors``.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .. import limits
from .errors import LoginRefusedError, LostError, ProtocolError, UnreachableError, WSManError
from .http_statuses import describe_status
from .login_errors import describe_login_failure
from .network_errors import describe_failure
from .response_guard import ResponseGuard, is_encrypted, within

# Windows accepts no more ([MS-WSMV] 2.2.4.10, MaxTimeoutms), which also keeps an exchange far below its limit.
_LONGEST_OPERATION = 60

_ANSWER_WITH_A_FAULT = 500
_WANTS_A_LOGIN = 401

# The statuses of a login in progress; any other one ends it.
_LOGIN_STATUSES = frozenset({200, _WANTS_A_LOGIN})

# Another try over a new connection may succeed after these: the service is restarting, or has lost its session keys.
_TRANSIENT = frozenset({400, 503})


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
        body = bytes(send(message))
    except understood:
        raise
    except Exception:
        # The libraries for CredSSP and NTLM treat any answer as a step of the login, and fail if it is not one.
        answer = guard.last
        if answer is None or answer.status_code in _LOGIN_STATUSES or is_encrypted(answer):
            raise
        return _fault(answer.status_code, answer.content)
    if guard.sealed and guard.last is not None and not is_encrypted(guard.last):
        raise ProtocolError(
            "the machine answered an encrypted message without encryption; anybody in between could do that, so its "
            "answer is not used"
        )
    return body


def _failure(
    error: Exception, errors: LibraryErrors, guard: ResponseGuard, *, logged_in: bool
) -> UnreachableError | ProtocolError:
    """Return our error for a library's error that is not about an HTTP status."""
    login_wanted = guard.last is not None and guard.last.status_code == _WANTS_A_LOGIN
    if guard.last is not None and is_encrypted(guard.last) and not login_wanted and not isinstance(error, OSError):
        # Whoever encrypts has accepted the login, even if it is the login's library that fails.
        return ProtocolError(f"the machine's answer cannot be decrypted ({type(error).__name__})")
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
    if status in _TRANSIENT:
        raise LostError(describe_status(status), status=status) from None
    raise UnreachableError(describe_status(status)) from None
