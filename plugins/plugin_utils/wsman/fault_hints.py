# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what a SOAP fault means for what was asked, in words for people.

The same code says different things: one stands for a WQL filter that cannot be processed, and is also sent for an
unknown class or method; another for a wrong selector, and for a shell that is gone. A fault without a code has a
subcode at least (DSP0226, WS-Addressing, WS-Enumeration), which says the same more coarsely.

Codes and their subcodes: WsmError.h. See ``docs/windows-facts.md``.
"""

from __future__ import annotations

from .errors import Asked, FaultCode, WSManFault

_ACCESS_DENIED = "access denied: the account is not an administrator of this machine, or UAC filters its token"

_HINTS: dict[int, str] = {
    FaultCode.ACCESS_DENIED: _ACCESS_DENIED,
    FaultCode.NOT_FOUND: "there is no such resource on this machine",
    FaultCode.CANNOT_PROCESS_FILTER: "this machine cannot process the filter, or does not know what it is for",
    FaultCode.TIMED_OUT: "the operation timed out on the machine",
    FaultCode.SHELL_GONE: "this machine does not accept the selectors of the request",
    FaultCode.SHELL_QUOTA: "too many remote shells are open for this user (winrm/config/winrs MaxShellsPerUser)",
    FaultCode.OPERATION_QUOTA: (
        "too many operations at once for this user (winrm/config/service MaxConcurrentOperationsPerUser)"
    ),
}

_HINTS_FOR: dict[tuple[int, Asked], str] = {
    (FaultCode.NOT_FOUND, Asked.QUERY): "this machine does not know the class or its namespace",
    (FaultCode.NOT_FOUND, Asked.INSTANCE): "there is no such instance on this machine, or it does not know the class",
    (FaultCode.NOT_FOUND, Asked.METHOD): (
        "this machine does not know the class, or the instance whose method was called is not there"
    ),
    (FaultCode.NOT_FOUND, Asked.SHELL): "this machine has no such remote shell",
    (FaultCode.CANNOT_PROCESS_FILTER, Asked.QUERY): (
        "this machine cannot process the query: it does not know the class or one of its properties"
    ),
    (FaultCode.CANNOT_PROCESS_FILTER, Asked.INSTANCE): "this machine does not know the class",
    (FaultCode.CANNOT_PROCESS_FILTER, Asked.METHOD): "this machine does not know the class or method",
    (FaultCode.SHELL_GONE, Asked.INSTANCE): "this machine knows the class by another key than the one asked for",
    (FaultCode.SHELL_GONE, Asked.METHOD): "this machine knows the class by another key than the one asked for",
    (FaultCode.SHELL_GONE, Asked.SHELL): "the shell is gone from the machine (it was closed, or WinRM was restarted)",
}

# What a subcode amounts to where there is no code, by its local name.
_CODES: dict[str, FaultCode] = {
    "AccessDenied": FaultCode.ACCESS_DENIED,
    "DestinationUnreachable": FaultCode.NOT_FOUND,
    "CannotProcessFilter": FaultCode.CANNOT_PROCESS_FILTER,
    "InvalidEnumerationContext": FaultCode.LIST_GONE,
    "InvalidSelectors": FaultCode.SHELL_GONE,
    "QuotaLimit": FaultCode.OPERATION_QUOTA,
    "TimedOut": FaultCode.TIMED_OUT,
}


def fault(subject: str, asked: Asked, code: int | None, subcode: str, reason: str) -> WSManFault:
    """Return our error for a fault.

    Args:
        subject, asked: the request.
        code: None if the fault carries none.
        subcode: its ``s:Subcode``, empty if there is none; printable.
        reason: the machine's words; printable.
    """
    meaning = _CODES.get(subcode.rpartition(":")[2])
    effective = code if code is not None else meaning
    hint = _HINTS_FOR.get((effective, asked)) or _HINTS.get(effective) if effective is not None else None
    if hint is None and meaning is FaultCode.ACCESS_DENIED:
        hint = _ACCESS_DENIED  # there are several such codes, one for each layer that may say so
    shown = subcode if code is None else ""
    return WSManFault(subject, effective, reason, asked=asked, hint=hint or "", shown=shown)
