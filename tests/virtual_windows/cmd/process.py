"""Start processes on a virtual machine: the command itself, and what cmd.exe starts in turn."""

from __future__ import annotations

import ntpath
import threading
import typing as t
from contextlib import suppress

from ..machine.errors import FILE_NOT_FOUND, Win32Error
from . import options, search
from .environment import Environment
from .errors import NOT_IMPLEMENTED, Refused
from .interpreter import run_line
from .programs import argv, catalogue
from .programs.call import Call
from .session import Session
from .shell import MAX_LINE, Shell
from .streams import Client, Stream, Streams

if t.TYPE_CHECKING:
    from ..machine import Machine

_POLICY = r"HKEY_CURRENT_USER\Software\Policies\Microsoft\Windows\System"


def run(
    machine: Machine,
    command_line: str,
    environment: t.Mapping[str, str],
    cwd: str,
    write: t.Callable[[int, bytes], None],
    cancelled: threading.Event,
    observe: t.Callable[[str], None] | None = None,
) -> int:
    r"""Run a command line as CreateProcess would, until its process has ended.

    Args:
        machine: where.
        command_line: what CreateProcess gets as lpCommandLine, with the program in front. For a WinRM
            command that is `C:\Windows\system32\cmd.exe /C "<command and arguments>"`; the quotes are
            WinRM's own, and those inside the command are not escaped. With WINRS_SKIP_CMD_SHELL=TRUE it is
            the command and its arguments as they are.
        environment: the process's environment; PATH and PATHEXT decide which programs are found.
        cwd: its current directory, a full path.
        write: gets output as it is written: 1 or 2 and bytes in UTF-8 (code page 65001). There is no input.
        cancelled: set it to terminate the command.
        observe: called with the command line of every program but cmd.exe just before it starts; nothing is
            locked then, so it may act on the machine or wait.

    Returns:
        The exit code, unsigned. 0xC0000002 (STATUS_NOT_IMPLEMENTED) with a line on standard error means that
        the command used something of Windows that is not implemented here; nothing after that was run.

    Raises:
        Cancelled: the command was terminated. What it had done stays done (mounted hives stay mounted), and
            the files it held open are closed.
        Win32Error: 2, there is no such program: CreateProcess itself fails.
    """
    session = Session(machine, cancelled, observe)
    streams = Streams({0: Stream(), 1: Client(1, write), 2: Client(2, write)})
    own = Environment(environment)
    try:
        code = start(session, _program(machine, command_line, own, cwd), command_line, own, cwd, streams)
    except Refused as refusal:
        streams.get(2).write(f"virtual Windows machine: {refusal.what} is not built here\r\n".encode())
        code = NOT_IMPLEMENTED
    return code & 0xFFFFFFFF


def start(session: Session, path: str, line: str, environment: Environment, cwd: str, streams: Streams) -> int:
    """Run the program at a full path to its end; return its exit code as a signed 32-bit number."""
    name = ntpath.basename(path).lower()
    system = search.is_system_program(session.machine, path)
    if system and name == catalogue.SHELL:
        code = _shell(session, line, environment, cwd, streams)
    else:
        # A file that shadows a program of the system is reported by its full path.
        session.starting(line if system else path + line[len(_first_token(line)) :])
        if not system:
            raise Refused(f"the program {path}")
        call = Call(session, argv.split(line)[1:], line, Environment(environment), cwd, streams)
        code = catalogue.PROGRAMS[name](call)
    return (code + 2**31) % 2**32 - 2**31


def _shell(session: Session, line: str, environment: Environment, cwd: str, streams: Streams) -> int:
    def is_program(name: str) -> bool:
        return search.find(session.machine, name, environment, cwd) is not None

    chosen = options.parse(line[len(_first_token(line)) :], is_program)
    if chosen.stays or chosen.command is None:
        raise Refused("cmd.exe without /C")
    shell = Shell(
        session,
        start,
        Environment(environment),
        cwd,
        streams,
        command_line=line,
        echo=not chosen.quiet,
        delayed=_delayed_by_registry(session.machine) if chosen.delayed is None else chosen.delayed,
    )
    if _disabled(session.machine):
        shell.complain("disabled")
        return 1
    if len(line) > MAX_LINE:
        shell.complain("command_too_long")
        return 1
    return run_line(shell, chosen.command)


def _delayed_by_registry(machine: Machine) -> bool:
    """Return whether delayed expansion is on without a switch: the user's setting, else the machine's (`CMD /?`)."""
    for root in ("HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"):
        with suppress(Win32Error):
            key = rf"{root}\Software\Microsoft\Command Processor"
            return machine.registry.value(key, "DelayedExpansion").data == 1
    return False


def _disabled(machine: Machine) -> bool:
    """Return whether "Prevent access to the command prompt" is on, "script processing also" (policy DisableCMD)."""
    with suppress(Win32Error):
        return machine.registry.value(_POLICY, "DisableCMD").data == 1
    return False


def _first_token(line: str) -> str:
    """Return the program in a command line, with its quotes."""
    if line.startswith('"'):
        end = line.find('"', 1)
        return line[: end + 1] if end > 0 else line
    quoted = False
    for position, char in enumerate(line):
        quoted = quoted != (char == '"')
        if not quoted and (char in " \t" or (char == "/" and ":" not in line[:position])):  # `cmd/c`, not `C:/x`
            return line[:position]
    return line


def _program(machine: Machine, line: str, environment: Environment, cwd: str) -> str:
    """Return the program CreateProcess finds: an unquoted name may have spaces in it, so it tries ever more words."""
    token = _first_token(line)
    candidates = [token]
    if not line.startswith('"'):
        words = line.split(" ")
        candidates += [" ".join(words[:count]) for count in range(1, len(words) + 1)]
    for candidate in candidates:
        path = search.find(machine, candidate, environment, cwd)
        if path is not None:
            return path
    raise Win32Error(FILE_NOT_FOUND, token)
