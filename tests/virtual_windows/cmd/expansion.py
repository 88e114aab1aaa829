"""The three expansions of cmd.exe, in command-line mode: `%NAME%`, `%i` of a loop, `!NAME!`.

Rules: "How does the Windows Command Interpreter (CMD.EXE) parse scripts?" (Stack Overflow 4094699), phases
1, 4 and 5 and its section on the command line. What `cmd /c` runs is in command-line mode: a variable that
is not defined leaves `%NAME%` and `!NAME!` as they stand, and an unpaired `!` stays too (in a batch file all
of these would vanish). Wine's cmd tests and ReactOS agree.
"""

from __future__ import annotations

import re
import typing as t

from .errors import Refused

Lookup = t.Callable[[str], str | None]

_NUMBER = r"[-+]?(?:0[xX][0-9a-fA-F]+|\d+)"
_SUBSTRING = re.compile(rf"~\s*({_NUMBER})?\s*(,)?\s*({_NUMBER})?\s*")
_MODIFIERS = "fdpnxsatz"


def percent(line: str, lookup: Lookup) -> str:
    """Return the line after phase 1, before anything else reads it."""
    out: list[str] = []
    position = 0
    while (start := line.find("%", position)) >= 0:
        out.append(line[position:start])
        value, position = _reference(line, start, "%", lookup)
        out.append(value)
    return "".join(out) + line[position:]


def delayed(token: str, lookup: Lookup) -> str:
    """Return one token after phase 5. Carets count only in a token with a `!`; inserted text is not rescanned."""
    if "!" not in token:
        return token
    out: list[str] = []
    position = 0
    while position < len(token):
        char = token[position]
        if char == "^":
            out.append(token[position + 1 : position + 2])
            position += 2
        elif char == "!":
            while token.startswith("!!", position):  # consecutive opening marks count as one
                position += 1
            value, position = _reference(token, position, "!", lookup)
            out.append(value)
        else:
            out.append(char)
            position += 1
    return "".join(out)


def loop_variables(text: str, variables: t.Mapping[str, str]) -> str:
    """Return the text after phase 4, `%i` and `%~i`; special characters in the values are plain text from here on."""
    if not variables:
        return text
    out: list[str] = []
    position = 0
    while (start := text.find("%", position)) >= 0:
        out.append(text[position:start])
        value, position = _loop_variable(text, start, variables)
        out.append(value)
    return "".join(out) + text[position:]


def _reference(text: str, start: int, mark: str, lookup: Lookup) -> tuple[str, int]:
    """Return the value of the reference at `start`, or the mark if it is none, and the position after it."""
    nothing = mark, start + 1
    end = start + 1
    # A colon ends the name, unless the closing mark comes right after it (`%A:%` is the variable `A:`).
    while end < len(text) and text[end] not in (mark, "\n"):
        if text[end] == ":" and text[end + 1 : end + 2] != mark:
            break
        end += 1
    if end >= len(text) or text[end] == "\n":
        return nothing
    value = lookup(text[start + 1 : end])
    if value is None:
        return nothing
    if text[end] == mark:
        return value, end + 1
    close = text.find(mark, end + 1)
    if close < 0:
        return nothing
    modified = _modified(value, text[end + 1 : close])
    return nothing if modified is None else (modified, close + 1)


def _modified(value: str, modifier: str) -> str | None:
    """Return `value` after `~start,length` or `search=replacement`; None when it is neither."""
    if modifier.startswith("~"):
        return _substring(value, modifier)
    anything_before = modifier.startswith("*")
    search, equals, replacement = modifier.removeprefix("*").partition("=")
    if not equals or not search:
        return None
    if anything_before:
        position = value.lower().find(search.lower())
        return value if position < 0 else replacement + value[position + len(search) :]
    return re.sub(re.escape(search), lambda _unused: replacement, value, flags=re.IGNORECASE)


def _substring(value: str, modifier: str) -> str | None:
    match = _SUBSTRING.fullmatch(modifier)
    if match is None:
        return None
    first, comma, count = match.groups()
    if count and not comma:
        return None
    start = integer(first)
    start = max(start + len(value), 0) if start < 0 else min(start, len(value))
    if not comma:
        return value[start:]
    length = integer(count)  # a comma with nothing after it means none
    end = len(value) + length if length < 0 else start + length
    return value[start : max(end, start)]


def integer(text: str | None) -> int:
    """Return a number as the C runtime's strtol reads it with base 0 (a leading 0 is octal); 0 for nothing."""
    match = re.match(r"\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)", text or "")
    if match is None:
        return 0
    sign, digits = match.groups()
    base = 16 if digits[:2] in ("0x", "0X") else 8 if digits.startswith("0") else 10
    return int(digits, base) * (-1 if sign == "-" else 1)


def _loop_variable(text: str, start: int, variables: t.Mapping[str, str]) -> tuple[str, int]:
    if not text.startswith("~", start + 1):
        name = text[start + 1 : start + 2]
        return (variables[name], start + 2) if name in variables else ("%", start + 1)
    if text.startswith("$", start + 2):
        raise Refused("%~$PATH:i of a loop variable")
    end = start + 2
    while end < len(text) and text[end].lower() in _MODIFIERS:
        end += 1
    # A letter can be a modifier and a variable: as many modifiers as leave an active variable after them.
    while end > start + 1:
        if text[end : end + 1] in variables:
            return _path_part(variables[text[end]], text[start + 2 : end].lower()), end + 1
        end -= 1
    return "%", start + 1


def _path_part(value: str, modifiers: str) -> str:
    """Return `%~dpnx` of a loop variable's value, quotes removed (only the parts that need no file system)."""
    value = value.removeprefix('"').removesuffix('"')
    if not modifiers:
        return value
    if set(modifiers) - set("dpnxf"):
        raise Refused(f"%~{modifiers} of a loop variable")
    drive, folder, name = re.fullmatch(r"([A-Za-z]:)?(.*[\\/])?(.*)", value, re.DOTALL).groups(default="")  # type: ignore[union-attr]
    if (set(modifiers) & set("dpf")) and not (drive and folder):
        raise Refused(f"%~{modifiers} of a path that is not a full one")
    dot = name.rfind(".")
    stem, extension = (name[:dot], name[dot:]) if dot >= 0 else (name, "")
    parts = {"d": drive, "p": folder, "n": stem, "x": extension}
    return value if "f" in modifiers else "".join(parts[key] for key in "dpnx" if key in modifiers)
