"""`cd`, `del`, `type`, and the change of drive."""

from __future__ import annotations

import typing as t

from ...machine.errors import FILE_NOT_FOUND, PATH_NOT_FOUND, Win32Error
from .. import messages, paths
from ..loops import split_words

if t.TYPE_CHECKING:
    from ..shell import Shell

FAILED = 1


def cd(shell: Shell, arguments: str) -> int:
    """Run `cd`, which shows, or `cd [/d] folder`, which changes; names with spaces need no quotes."""
    target = arguments.strip(" \t,;=")
    change_drive_too = target[:2].lower() == "/d"
    target = (target[2:] if change_drive_too else target).strip().replace('"', "")
    shell.errorlevel = 0
    if not target:
        shell.out(f"{shell.cwd}\r\n")
        return 0
    whole = paths.full(target, shell.cwd)
    if not shell.machine.files.is_directory(whole):
        shell.complain_system(Win32Error(PATH_NOT_FOUND))
        shell.errorlevel = FAILED
    elif change_drive_too or whole[:2].lower() == shell.cwd[:2].lower():
        shell.cwd = whole
    return shell.errorlevel


def change_drive(shell: Shell, drive: str) -> int:
    """Run `c:`; machines have one drive."""
    if drive.lower() == shell.cwd[:2].lower():
        return 0
    shell.complain("no_drive")
    shell.errorlevel = FAILED
    return FAILED


def type_(shell: Shell, arguments: str) -> int:
    """Run `type file...`."""
    names = split_words(arguments)
    if not names:
        shell.complain("syntax")
        shell.errorlevel = FAILED
        return FAILED
    shell.errorlevel = 0
    for name in names:
        plain = name.replace('"', "")
        if paths.is_nul(plain):
            continue
        try:
            content = shell.machine.files.read(paths.full(plain, shell.cwd))
        except Win32Error as error:
            shell.complain_system(error)
            shell.errorlevel = FAILED
            continue
        shell.streams.get(1).write(content)
    return shell.errorlevel


def delete(shell: Shell, arguments: str) -> int:
    """Run `del [/f] [/q] [/s] [/a] file...`.

    A missing file, or one held open by another program, is reported but is no failure; a missing folder is one.
    """
    names = [name for name in split_words(arguments) if not name.startswith("/")]
    if not names:
        shell.complain("syntax")
        shell.errorlevel = FAILED
        return FAILED
    shell.errorlevel = 0
    for name in names:
        plain = name.replace('"', "")
        wild = "*" in plain or "?" in plain
        targets = paths.matches(shell.machine, plain, shell.cwd) if wild else [paths.full(plain, shell.cwd)]
        for path in targets:
            _delete_one(shell, path)
    return shell.errorlevel


def _delete_one(shell: Shell, path: str) -> None:
    files = shell.machine.files
    if files.is_directory(path):  # `del folder` asks about the files in it
        for name in files.names(path):
            if not files.is_directory(f"{path}\\{name}"):
                _delete_one(shell, f"{path}\\{name}")
        return
    try:
        files.delete(path)
    except Win32Error as error:
        if error.code == FILE_NOT_FOUND:
            shell.complain("not_found", path)
            return
        if error.code == PATH_NOT_FOUND:
            shell.complain_system(error)
            shell.errorlevel = FAILED
            return
        shell.err(f"{path}\r\n{messages.system_text(shell.machine, error)}\r\n")
