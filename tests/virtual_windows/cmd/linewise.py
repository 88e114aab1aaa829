"""FOR /F: its options, the source of its lines, and how a line becomes loop variables."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ..machine.errors import Win32Error
from . import paths
from .errors import BadSyntax
from .tree import For

if t.TYPE_CHECKING:
    from .shell import Shell

_MAX_TOKEN = 31
_OPTION = re.compile(r"(usebackq?|skip=|eol=|delims=|tokens=)", re.IGNORECASE)


@dataclass
class Options:
    """The options of one FOR /F.

    Attributes:
        tokens: the requested numbers, each once, ascending.
        count: the number of variables; one requested twice counts twice (a quirk of Windows) and the
            variable left over is empty.
        rest: which variable takes the rest of the line (counted from 1), or 0.
    """

    tokens: tuple[int, ...] = (1,)
    count: int = 1
    rest: int = 0
    delimiters: str = " \t"
    comment: str = ";"
    skip: int = 0
    back_quotes: bool = False


def lines(shell: Shell, node: For, items: str, output_of: t.Callable[[str], bytes]) -> t.Iterator[dict[str, str]]:
    """Yield the loop variables for each line that has any."""
    options = parse_options(node.options)
    for text in _texts(shell, items.strip(), options, output_of):
        for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n")[options.skip :]:
            values = split_line(line.removesuffix("\r"), options)
            if values is not None:
                yield {chr(ord(node.variable) + index): value for index, value in enumerate(values)}


def parse_options(text: str) -> Options:
    """Return the options as they were written, quotes included; BadSyntax when one makes no sense."""
    options = Options()
    text = text.removeprefix('"').removesuffix('"')
    position = 0
    while position < len(text):
        if text[position] in " \t":
            position += 1
            continue
        match = _OPTION.match(text, position)
        if match is None:
            raise BadSyntax(text[position:])
        position = _option(options, match[1].lower(), text, match.end())
    return options


def _option(options: Options, name: str, text: str, start: int) -> int:
    """Take one option's value, which begins at `start`; return where the next option begins."""
    if name.startswith("useback"):
        options.back_quotes = True
        return start
    if name == "eol=":
        options.comment = text[start : start + 1]
        return start + 1
    if name == "delims=":
        end = text.find(" ", start)
        # A space is a delimiter only as the very last character of all options.
        end = len(text) if end < 0 or not text[end:].strip(" ") else end
        options.delimiters = text[start:end]
        return end
    end = start
    while end < len(text) and text[end] not in " \t":
        end += 1
    value = text[start:end]
    if name == "skip=":
        if not value.isdigit() or int(value) == 0:
            raise BadSyntax(value)
        options.skip = int(value)
    else:
        _tokens(options, value)
    return end


def _tokens(options: Options, text: str) -> None:
    requested: set[int] = set()
    count = 0
    listed, star, after = text.partition("*")
    if after or not re.fullmatch(r"(\d+(-\d+)?,?)*", listed):
        raise BadSyntax(text)
    for part in listed.rstrip(",").split(","):
        first, _unused, last = part.partition("-")
        numbers = range(int(first), int(last or first) + 1) if part else range(0)
        if part and numbers and not 1 <= numbers[0] <= numbers[-1] <= _MAX_TOKEN:
            raise BadSyntax(part)
        requested.update(numbers)
        count += len(numbers)
    options.tokens = tuple(sorted(requested))
    options.count = count + bool(star)
    options.rest = options.count if star else 0


def _texts(shell: Shell, items: str, options: Options, output_of: t.Callable[[str], bytes]) -> t.Iterator[str]:
    string, command = ("'", "`") if options.back_quotes else ('"', "'")
    if len(items) > 1 and items[0] == items[-1] == string:
        yield items[1:-1]
    elif len(items) > 1 and items[0] == items[-1] == command:
        yield output_of(items[1:-1]).decode(errors="replace")
    else:
        for name in re.findall(r'"[^"]*"|\S+', items):
            yield _content(shell, name)


def _content(shell: Shell, name: str) -> str:
    try:
        return shell.machine.files.read(paths.full(name, shell.cwd)).decode(errors="replace")
    except Win32Error as error:
        shell.complain_system(error)
        return ""


def split_line(line: str, options: Options) -> list[str] | None:
    """Return the values of the variables, or None for a line that gives none: empty, a comment, too short."""
    rest = line.lstrip(options.delimiters) if options.delimiters else line
    if not rest or (options.comment and rest.startswith(options.comment)):
        return None
    values: list[str] = []
    for number in range(1, (options.tokens[-1] if options.tokens else 0) + 1):
        if not rest:
            break
        token, rest = _next_token(rest, options.delimiters)
        if number in options.tokens:
            values.append(token)
    if rest and options.rest == len(values) + 1:
        values.append(rest)
    if not values:
        return None
    return values + [""] * (options.count - len(values))


def _next_token(text: str, delimiters: str) -> tuple[str, str]:
    end = next((index for index, char in enumerate(text) if char in delimiters), len(text))
    return text[:end], text[end:].lstrip(delimiters) if delimiters else ""
