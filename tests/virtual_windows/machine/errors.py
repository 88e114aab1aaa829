"""Windows error numbers and the one exception the machine model raises.

The model answers like the Win32 API: a call either works or fails with a number. WMI classes turn
the number into a ReturnValue, `reg.exe` into a message and an exit code.
Numbers: [MS-ERREF] section 2.2.
"""

from __future__ import annotations

FILE_NOT_FOUND = 2
PATH_NOT_FOUND = 3
ACCESS_DENIED = 5
INVALID_HANDLE = 6
SHARING_VIOLATION = 32
FILE_EXISTS = 80
INVALID_PARAMETER = 87
INVALID_NAME = 123
DIR_NOT_EMPTY = 145
BAD_PATHNAME = 161
BUSY = 170
BADDB = 1009
NOT_REGISTRY_FILE = 1017
KEY_DELETED = 1018
CHILD_MUST_BE_VOLATILE = 1021
NONE_MAPPED = 1332

MESSAGES: dict[int, str] = {
    FILE_NOT_FOUND: "The system cannot find the file specified.",
    PATH_NOT_FOUND: "The system cannot find the path specified.",
    ACCESS_DENIED: "Access is denied.",
    INVALID_HANDLE: "The handle is invalid.",
    SHARING_VIOLATION: "The process cannot access the file because it is being used by another process.",
    FILE_EXISTS: "The file exists.",
    INVALID_PARAMETER: "The parameter is incorrect.",
    INVALID_NAME: "The filename, directory name, or volume label syntax is incorrect.",
    DIR_NOT_EMPTY: "The directory is not empty.",
    BAD_PATHNAME: "The specified path is invalid.",
    BUSY: "The requested resource is in use.",
    BADDB: "The configuration registry database is corrupt.",
    NOT_REGISTRY_FILE: (
        "The system has attempted to load or restore a file into the registry, but the specified file is "
        "not in a registry file format."
    ),
    KEY_DELETED: "Illegal operation attempted on a registry key that has been marked for deletion.",
    CHILD_MUST_BE_VOLATILE: "Cannot create a stable subkey under a volatile parent key.",
    NONE_MAPPED: "No mapping between account names and security IDs was done.",
}


class Win32Error(Exception):
    """A Win32 call that failed.

    Args:
        code: the Windows error number.
        subject: the key or file of the call, for tracebacks.
    """

    def __init__(self, code: int, subject: str = "") -> None:
        self.code = code
        self.subject = subject
        super().__init__(f"{code}: {self.message}{f' ({subject})' if subject else ''}")

    @property
    def message(self) -> str:
        """The text Windows has for this number (English)."""
        return MESSAGES.get(self.code, f"Windows error {self.code}.")
