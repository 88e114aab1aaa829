"""How the C runtime splits a command line into arguments ("Parsing C command-line arguments", Microsoft Learn)."""

from __future__ import annotations


def split(line: str) -> list[str]:
    """Return the arguments of a command line, the program's name first."""
    name, rest = _program(line)
    return [name, *_arguments(rest)]


def _program(line: str) -> tuple[str, str]:
    """Return the program's name: no backslash is special in it."""
    quoted = False
    for position, char in enumerate(line):
        quoted = quoted != (char == '"')
        if char in " \t" and not quoted:
            return line[:position].replace('"', ""), line[position:]
    return line.replace('"', ""), ""


def _arguments(text: str) -> list[str]:
    arguments: list[str] = []
    position = 0
    while position < len(text):
        if text[position] in " \t":
            position += 1
            continue
        argument, position = _argument(text, position)
        arguments.append(argument)
    return arguments


def _argument(text: str, position: int) -> tuple[str, int]:
    """Return one argument and its end: 2n backslashes before a quote are n, one more makes the quote literal."""
    out: list[str] = []
    quoted = False
    while position < len(text):
        char = text[position]
        if char in " \t" and not quoted:
            break
        backslashes = len(text[position:]) - len(text[position:].lstrip("\\"))
        position += backslashes
        if not text.startswith('"', position):
            out.append("\\" * backslashes)
            if not backslashes:
                out.append(char)
                position += 1
            continue
        out.append("\\" * (backslashes // 2))
        position += 1
        if backslashes % 2:
            out.append('"')
        elif quoted and text.startswith('"', position):  # "" inside quotes is a quote
            out.append('"')
            position += 1
        else:
            quoted = not quoted
    return "".join(out), position
