"""What the three kinds of FOR loop over: words, numbers, lines."""

from __future__ import annotations

import typing as t

from . import paths
from .errors import Refused
from .expansion import integer
from .linewise import lines
from .tree import For

if t.TYPE_CHECKING:
    from .shell import Shell

# The return code of a loop that does not run at all: `for /f` fails then, though ERRORLEVEL stays as it is.
INITIAL_CODE = {"f": 1}

Values = dict[str, str]


def iterations(shell: Shell, node: For, output_of: t.Callable[[str], bytes]) -> t.Iterator[Values]:
    """Return the loop variables of each turn.

    Args:
        shell: expands the IN clause and has the files.
        node: the loop.
        output_of: runs a command and returns what it prints.
    """
    items = shell.expand(node.items)
    if node.kind in ("d", "r"):
        raise Refused(f"for /{node.kind}")
    if node.kind == "f":
        return lines(shell, node, items, output_of)
    values = _numbers(items) if node.kind == "l" else _words(shell, items)
    return ({node.variable: value} for value in values)


def _numbers(items: str) -> t.Iterator[str]:
    start, step, end = [*(integer(word) for word in items.split()), 0, 0, 0][:3]
    number = start
    while number <= end if step >= 0 else number >= end:
        yield str(number)
        number += step


def split_words(items: str) -> list[str]:
    """Return the words of an IN clause; quotes hold one together and stay part of it."""
    words: list[str] = []
    word = ""
    quoted = False
    for char in items:
        if char in " \t,;=" and not quoted:
            words += [word] if word else []
            word = ""
            continue
        quoted = quoted != (char == '"')
        word += char
    return words + ([word] if word else [])


def _words(shell: Shell, items: str) -> t.Iterator[str]:
    """Yield plain words unchanged, and for those with a wildcard the files that they match."""
    for word in split_words(items):
        plain = word.replace('"', "")
        if "*" not in plain and "?" not in plain:
            yield word
            continue
        folder = plain[: max(plain.rfind("\\"), plain.rfind(":")) + 1]
        for path in paths.matches(shell.machine, plain, shell.cwd):
            if not shell.machine.files.is_directory(path):
                yield folder + path.rpartition("\\")[2]
