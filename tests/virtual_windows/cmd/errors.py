"""Exceptions that end a command early: a cancelled command, `exit`, a syntax error, something not implemented."""

from __future__ import annotations

# [MS-ERREF] 2.3.1 STATUS_NOT_IMPLEMENTED: no program of the real cmd ends with it, so it is unambiguous.
NOT_IMPLEMENTED = 0xC0000002


class Cancelled(Exception):
    """The command was terminated; its open files are closed, everything else stays."""


class ExitShell(Exception):
    """cmd.exe ends immediately.

    Args:
        code: the exit code of its process.
    """

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"exit code {code}")


class BadSyntax(Exception):
    """The line cannot be parsed, so nothing of it runs.

    Args:
        token: what was unexpected; empty when the line as a whole is incomplete.
    """

    def __init__(self, token: str = "") -> None:
        self.token = token
        super().__init__(f"unexpected: {token}" if token else "incomplete")


class Refused(Exception):
    """The virtual machine cannot do this, though Windows can: the whole command ends with an error.

    Args:
        what: the feature.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)
