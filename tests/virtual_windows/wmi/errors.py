"""Errors of WMI operations: WBEMSTATUS numbers ([MS-WMI] 2.2.11)."""

from __future__ import annotations

from enum import IntEnum


class WbemStatus(IntEnum):
    """The numbers in use here."""

    FAILED = 0x80041001
    NOT_FOUND = 0x80041002
    ACCESS_DENIED = 0x80041003
    TYPE_MISMATCH = 0x80041005
    INVALID_NAMESPACE = 0x8004100E
    INVALID_CLASS = 0x80041010
    INVALID_QUERY = 0x80041017
    PROVIDER_NOT_CAPABLE = 0x80041024
    INVALID_METHOD = 0x8004102E
    INVALID_METHOD_PARAMETERS = 0x8004102F
    INVALID_OBJECT_PATH = 0x8004103A


class WbemError(Exception):
    """An operation that WMI refuses.

    Args:
        status: its number; an HRESULT of something else where a provider hands that on.
        subject: the class, method, key or query.
    """

    def __init__(self, status: int, subject: str = "") -> None:
        self.status = status
        self.subject = subject
        named = f"{status.name} " if isinstance(status, IntEnum) else ""
        super().__init__(f"{named}({int(status):#010x}){f': {subject}' if subject else ''}")
