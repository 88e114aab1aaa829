"""Phase 5.5: open the targets of a command's output, and close them when the command ends.

No other program may open the file for writing meanwhile, which makes `9>lock (...) || echo busy` a lock. A redirection
that fails skips the command and counts as its failure, but only `||` makes it show in ERRORLEVEL (Stack Overflow
10354016).
"""

from __future__ import annotations

import typing as t
from contextlib import ExitStack

from ..machine.errors import ACCESS_DENIED, INVALID_HANDLE, Win32Error
from . import paths
from .shell import Shell
from .streams import OpenFile, Pipe, Stream
from .tree import Redirection

FAILED = 1


def redirected(shell: Shell, redirections: t.Iterable[Redirection], action: t.Callable[[], int]) -> int:
    """Carry out `action` with the redirections in place; 1 when one of them fails."""
    before = shell.streams
    with ExitStack() as files:
        files.callback(setattr, shell, "streams", before)
        for redirection in redirections:
            try:
                stream = _open(shell, redirection, files)
            except Win32Error as error:
                if isinstance(redirection.target, int) and error.code == INVALID_HANDLE:
                    shell.complain("duplicate_handle", redirection.handle)
                else:
                    shell.complain_system(error)
                return FAILED
            shell.streams = shell.streams.replaced(redirection.handle, stream)
        return action()


def _open(shell: Shell, redirection: Redirection, files: ExitStack) -> Stream:
    if isinstance(redirection.target, int):
        return shell.streams[redirection.target]
    path = shell.expand(redirection.target)
    if paths.is_nul(path.replace('"', "")):
        return Stream()
    whole = paths.full(path, shell.cwd)
    if shell.machine.files.is_closed(whole):
        raise Win32Error(ACCESS_DENIED, whole)
    if redirection.operator == "<":
        return Pipe(shell.machine.files.read(whole))
    handle = shell.machine.files.open_exclusive(whole, "a" if redirection.operator == ">>" else "w", "cmd.exe")
    files.callback(handle.close)
    return OpenFile(handle)
