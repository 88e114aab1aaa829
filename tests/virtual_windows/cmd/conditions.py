"""The conditions of IF."""

from __future__ import annotations

import re
import typing as t

from ..machine.errors import Win32Error
from . import paths, search
from .expansion import integer
from .tree import If

if t.TYPE_CHECKING:
    from .shell import Shell

_WHOLE_NUMBER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|\d+)")


def holds(shell: Shell, node: If) -> bool:
    """Return whether the condition is true."""
    right = shell.expand(node.right)
    match node.operator:
        case "exist":
            result = _exists(shell, right)
        case "defined":
            result = shell.lookup(right) is not None
        case "errorlevel":
            result = shell.errorlevel >= integer(right)
        case "cmdextversion":
            result = integer(right) <= 2
        case operator:
            result = _compare(operator, shell.expand(node.left), right, ignore_case=node.ignore_case)
    return result != node.negated


def _exists(shell: Shell, path: str) -> bool:
    path = path.replace('"', "")
    if not path or paths.is_nul(path):
        return bool(path)
    if "*" in path or "?" in path:
        return bool(paths.matches(shell.machine, path, shell.cwd))
    whole = paths.full(path, shell.cwd)
    if path.endswith(("\\", "/")):
        return shell.machine.files.is_directory(whole)
    try:
        files = shell.machine.files
        return (files.exists(whole) and not files.is_closed(whole)) or search.is_system_program(shell.machine, whole)
    except Win32Error:
        return False


def _compare(operator: str, left: str, right: str, *, ignore_case: bool) -> bool:
    """Compare text by `==`; by the other operators, numbers if both sides are numbers, else text."""
    if operator == "==":
        return left.lower() == right.lower() if ignore_case else left == right
    order: int
    if _WHOLE_NUMBER.fullmatch(left) and _WHOLE_NUMBER.fullmatch(right):
        order = integer(left) - integer(right)
    else:
        keys = [_collation(text, ignore_case=ignore_case) for text in (left, right)]
        order = (keys[0] > keys[1]) - (keys[0] < keys[1])
    return {
        "EQU": order == 0,
        "NEQ": order != 0,
        "LSS": order < 0,
        "LEQ": order <= 0,
        "GTR": order > 0,
        "GEQ": order >= 0,
    }[operator]


def _collation(text: str, *, ignore_case: bool) -> tuple[str, str]:
    """Sort as lstrcmp does for plain letters: the alphabet first, then small letters before capitals."""
    return text.lower(), "" if ignore_case else text.swapcase()
