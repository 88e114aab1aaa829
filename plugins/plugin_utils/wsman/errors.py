# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the errors of this package, as one family.

The package raises nothing else: the transports convert the exceptions of pywinrm, pypsrp and requests, ``messages``
converts parse errors. Every error is one sentence that can be shown to people.
"""

from __future__ import annotations

import enum


class WSManError(Exception):
    """Base of all errors of this package."""


class UnreachableError(WSManError):
    """The machine cannot be reached: refused, lost, timed out, or the login was refused."""

    def locate(self, place: str) -> None:
        """Begin the sentence with the place that could not be reached."""
        self.args = (f"{place}: {self}",)


class LostError(UnreachableError):
    """The answer was lost. Another try may succeed, but the machine may have acted on the request.

    Args:
        connecting: there was no connection at all.
        timed_out: there was a connection, and we have waited in vain.
        status: the HTTP status that was answered instead, if any.

    Attributes:
        sent: whether the request itself was sent, so that the machine may have acted on it.
    """

    def __init__(
        self, message: str, *, connecting: bool = False, timed_out: bool = False, status: int | None = None
    ) -> None:
        self.connecting = connecting
        self.timed_out = timed_out
        self.status = status
        self.sent = not connecting
        super().__init__(message)


class WrongSchemeError(UnreachableError):
    """What listens there speaks HTTP where we speak HTTPS, or the other way round."""


class LoginRefusedError(UnreachableError):
    """The login was refused; another authentication method may still be accepted."""


class ProtocolError(WSManError):
    """The service's answer does not fit the request."""


class NoShellError(WSManError):
    """The machine allows no remote shells: no command can run there; everything else may work.

    Source: ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED (WsmError.h); the policy "Allow Remote Shell Access".
    """

    def __init__(self) -> None:
        super().__init__(
            'this machine allows no remote shells (its policy "Allow Remote Shell Access" is disabled, '
            f"WS-Management fault 0x{FaultCode.SHELLS_FORBIDDEN:08X})"
        )


class FaultCode(enum.IntEnum):
    """Codes of ``f:WSManFault`` with special treatment ([MS-WSMV] 2.2.4.43)."""

    ACCESS_DENIED = 5
    NOT_FOUND = 0x80338000
    CANNOT_PROCESS_FILTER = 0x8033801A
    LIST_GONE = 0x8033801B
    TIMED_OUT = 0x80338029
    #: Unexpected selectors: of a shell that is gone, or of an instance that has other keys.
    SHELL_GONE = 0x8033805B
    SHELL_QUOTA = 0x803381A5
    OPERATION_QUOTA = 0x803381A6
    SHELLS_FORBIDDEN = 0x803381AC


class Asked(enum.Enum):
    """What a request was for: some codes mean different things."""

    QUERY = enum.auto()
    INSTANCE = enum.auto()
    METHOD = enum.auto()
    SHELL = enum.auto()
    OTHER = enum.auto()


#: The service refused before it did anything, so it is always safe to wait and ask again.
BUSY = frozenset({FaultCode.SHELL_QUOTA, FaultCode.OPERATION_QUOTA})


class WSManFault(WSManError):
    """A SOAP fault: the service accepted the login, but refused the request or failed to carry it out.

    Args:
        subject: the request, as shown to people: ``StdRegProv.GetStringValue``, ``command shell`` ...
        code: the decimal ``Code`` of ``f:WSManFault``, or that which a fault without one amounts to; None if unknown.
        reason: the machine's own words, in the machine's language; already bounded and printable.
        asked: what the request was for.
        hint: what the fault means, in words of ours; see ``fault_hints``.
        shown: how the fault is named; by default by its code.
    """

    def __init__(
        self,
        subject: str,
        code: int | None,
        reason: str,
        *,
        asked: Asked = Asked.OTHER,
        hint: str = "",
        shown: str = "",
    ) -> None:
        self.subject = subject
        self.code = code
        self.reason = reason
        self.asked = asked
        shown = shown or (f"0x{code:08X}" if code is not None else "no code")
        super().__init__(f"{subject}: {hint or reason or 'the request failed'} (WS-Management fault {shown})")

    @property
    def is_unsettled(self) -> bool:
        """Whether the service may have carried out the request, or may still be doing so."""
        if self.code == FaultCode.SHELL_GONE:
            return self.asked is Asked.SHELL
        return self.code == FaultCode.TIMED_OUT


def may_have_acted(error: WSManError) -> bool:
    """Whether the machine may have carried out the request although no answer says so."""
    if isinstance(error, LostError):
        return error.sent
    return isinstance(error, WSManFault) and error.is_unsettled


def cannot_have_acted(error: WSManError) -> bool:
    """Whether it is certain that the machine did nothing: the request was refused or not sent.

    Not the opposite of ``may_have_acted``: a broken answer is neither. The machine answered, so there is no answer to
    wait for, but what it did is not known.
    """
    if isinstance(error, LostError | WSManFault):
        return not may_have_acted(error)
    return isinstance(error, LoginRefusedError)
