"""What ends a command early: a cancelled command, `exit`, a syntax error, something not built here."""

from __future__ import annotations

# [MS-ERREF] 2.3.1 STATUS_NOT_IMPLEMENTED: no program of the real cmd ends like that, so nobody mistakes it.
NOT_IMPLEMENTED = 0xC0000002


class Cancelled(Exception):
    """The command was terminated; everything stays as it is, but its open files are closed."""


class ExitShell(Exception):
    """cmd.exe ends here and now.

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
    """Windows could do this, the virtual machine cannot: the whole command ends loudly.

    Args:
        what: what was asked for.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)
