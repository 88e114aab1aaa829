"""Phases 3 to 7: execute the tree of a command line in one cmd.exe.

Every command has a return code, which `&&`, `||` and the exit code of `cmd /c` go by; ERRORLEVEL is
independent: each command may set it, and `||` sets it to the return code of its left side. Codes:
Wine's test_builtins.bat.exp ("success/failure for ..."), recorded on Windows, and Stack Overflow 34987885.
"""

from __future__ import annotations

import typing as t

from ..machine.errors import PATH_NOT_FOUND, Win32Error
from . import commands, conditions, expansion, loops, paths, render, search
from .errors import BadSyntax, ExitShell
from .parser import parse
from .redirection import redirected
from .shell import MAX_LINE, Shell
from .streams import Pipe, Streams
from .tree import Block, Chain, For, If, Node, Quiet, Remark, Simple

NOT_RECOGNIZED = 9009
FAILED = 1
# A pipe of which one end cannot be started takes the whole cmd.exe with it (Wine's test_builtins.bat).
BROKEN_PIPE = 255


def run_line(shell: Shell, line: str) -> int:
    """Run one line; return the exit code that cmd.exe ends with.

    Args:
        shell: the cmd.exe.
        line: what followed /C, its outer quotes removed.
    """
    try:
        expanded = expansion.percent(line, shell.lookup)
        if len(expanded) > MAX_LINE:
            shell.complain("line_too_long")
            return FAILED
        node = parse(expanded)
        return 0 if node is None else Interpreter(shell).execute(node)
    except BadSyntax as problem:
        if problem.token:
            shell.complain("unexpected", problem.token)
        else:
            shell.complain("syntax")
        return FAILED
    except ExitShell as end:
        return end.code


class Interpreter:
    """Executes commands in one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._actions: dict[type[Node], t.Callable[[t.Any], int]] = {
            Simple: self._simple,
            Block: self._block,
            Chain: self._chain,
            Quiet: lambda node: self.execute(node.body),
            If: self._if,
            For: self._for,
            Remark: lambda _unused: 0,
        }

    def execute(self, node: Node) -> int:
        """Run a command; return its return code."""
        return self._actions[type(node)](node)

    def _block(self, node: Block) -> int:
        return redirected(self._shell, node.redirections, lambda: self.execute(node.body))

    def _if(self, node: If) -> int:
        branch = node.then if conditions.holds(self._shell, node) else node.otherwise
        return 0 if branch is None else self.execute(branch)

    def _chain(self, node: Chain) -> int:
        if node.operator == "|":
            return self._pipe(node)
        code = self.execute(node.left)
        if node.operator == "||":
            if code == 0:
                return code
            self._shell.errorlevel = code
        elif node.operator == "&&" and code != 0:
            return code
        return self.execute(node.right)

    def _for(self, node: For) -> int:
        shell = self._shell
        outer = shell.variables
        code = loops.INITIAL_CODE.get(node.kind, 0)
        try:
            for values in loops.iterations(shell, node, self._output_of):
                shell.session.checkpoint()
                shell.variables = {**outer, **values}
                self._echo(node.body)
                code = self.execute(node.body)
        finally:
            shell.variables = outer
        return code

    def _echo(self, body: Node) -> None:
        """Echo a loop's body with its variables filled in: phase 3, which on the command line only happens here."""
        shell = self._shell
        text = shell.echo and render.echoed(body, lambda raw: expansion.loop_variables(raw, shell.variables))
        if text:
            shell.out(f"\r\n{shell.prompt()}{text}\r\n")

    def _simple(self, node: Simple) -> int:
        shell = self._shell
        shell.session.checkpoint()
        name, arguments = shell.expand(node.name), shell.expand(node.arguments)
        if len(name) + len(arguments) > MAX_LINE:
            shell.complain("line_too_long")
            return FAILED
        return redirected(shell, node.redirections, lambda: self._dispatch(name, arguments))

    def _dispatch(self, name: str, arguments: str) -> int:
        command = commands.find(name, arguments)
        if command is not None:
            return command(self._shell)
        return self._external(name, arguments)

    def _external(self, name: str, arguments: str) -> int:
        shell = self._shell
        name, arguments = _split_name(name, arguments)
        path = search.find(shell.machine, name, shell.environment, shell.cwd)
        if path is None and "/" in name:  # `ping/n`
            name, _unused, switch = name.partition("/")
            arguments = f"/{switch}{arguments}"
            path = search.find(shell.machine, name, shell.environment, shell.cwd)
        if path is None:
            self._not_found(name)
            return FAILED
        code = shell.start(shell.session, path, name + arguments, shell.environment, shell.cwd, shell.streams)
        shell.errorlevel = code
        return code

    def _not_found(self, name: str) -> None:
        shell = self._shell
        plain = name.replace('"', "")
        folder = paths.full(plain, shell.cwd).rpartition("\\")[0]
        if "\\" in plain and not shell.machine.files.is_directory(f"{folder}\\"):
            shell.complain_system(Win32Error(PATH_NOT_FOUND))
            shell.errorlevel = PATH_NOT_FOUND
        else:
            shell.complain("not_recognized", plain)
            shell.errorlevel = NOT_RECOGNIZED

    def _pipe(self, node: Chain) -> int:
        """Run both ends in a cmd.exe each; here one after the other, joined by a buffer."""
        shell = self._shell
        pipe = Pipe()
        self._pipe_end(node.left, shell.streams.replaced(1, pipe))
        shell.errorlevel = self._pipe_end(node.right, shell.streams.replaced(0, pipe))
        return shell.errorlevel

    def _pipe_end(self, node: Node, streams: Streams) -> int:
        """Run one end of a pipe (phase 5.3): a program directly, anything else as text of `cmd /S /D /c "..."`.

        So a command of cmd is parsed twice; delayed expansion only happens here outside parentheses.
        """
        shell = self._shell
        if isinstance(node, Simple) and commands.find(*(shell.expand(part) for part in (node.name, ""))) is None:
            name, _unused = _split_name(shell.expand(node.name), "")
            if search.find(shell.machine, name, shell.environment, shell.cwd) is None:
                self._not_found(name)
                raise ExitShell(BROKEN_PIPE)
            before, shell.streams = shell.streams, streams
            try:
                return self._simple(node)
            finally:
                shell.streams = before
        expand = shell.expand if isinstance(node, Simple) else self._loop_variables
        text = render.source(node, expand)
        # The space after the arguments of a simple command is the echo's, not the pipe's.
        text = text.removesuffix(" ") if isinstance(node, Simple) else text
        command_line = f'{shell.environment.get("COMSPEC", "cmd.exe")} /S /D /c" {text}"'
        return run_line(shell.child(streams, command_line), text)

    def _loop_variables(self, text: str) -> str:
        return expansion.loop_variables(text, self._shell.variables)

    def _output_of(self, line: str) -> bytes:
        """Return what a command of `for /f` prints; it runs in a cmd.exe of its own and leaves no code behind."""
        shell = self._shell
        output = Pipe()
        command_line = f"{shell.environment.get('COMSPEC', 'cmd.exe')} /c {line}"
        run_line(shell.child(shell.streams.replaced(1, output), command_line), line)
        return output.read()


def _split_name(name: str, arguments: str) -> tuple[str, str]:
    """Return a name that came out of an expansion ends at the first delimiter (Stack Overflow 4094699, 7.3)."""
    if name.startswith('"') or name[1:2] == ":":
        return name, arguments
    for position, char in enumerate(name):
        if char in " ,;=" and position:
            return name[:position], name[position:] + arguments
    return name, arguments
