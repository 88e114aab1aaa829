"""`findstr` for literal text; regular expressions are refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...machine.errors import Win32Error
from .. import paths
from ..errors import Refused
from .call import Call

_METACHARACTERS = frozenset(".*^$[]\\")
_SWITCHES = frozenset("bexilvnm")


@dataclass
class _Search:
    """The text to search for, and the options."""

    strings: list[str] = field(default_factory=list)
    switches: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)

    def matches(self, line: str) -> bool:
        """Return whether the line matches."""
        folded = line.lower() if "i" in self.switches else line
        hit = any(self._found(string.lower() if "i" in self.switches else string, folded) for string in self.strings)
        return hit != ("v" in self.switches)

    def _found(self, string: str, line: str) -> bool:
        if "x" in self.switches or {"b", "e"} <= self.switches:
            return line == string
        if "b" in self.switches:
            return line.startswith(string)
        return line.endswith(string) if "e" in self.switches else string in line


def findstr(call: Call) -> int:
    """Run `findstr [/b] [/e] [/x] [/i] [/l] [/v] [/n] [/m] [/c:"text"] text [file...]`: 0 if any line was found."""
    search = _parse(call)
    if search is None:
        call.err(call.text("findstr_arguments"))
        return 2
    if not search.files:
        return 0 if _search(call, search, call.streams.get(0).read(), "") else 1
    matched = False
    for name in search.files:
        try:
            content = call.machine.files.read(paths.full(name, call.cwd))
        except Win32Error:
            call.err(call.text("findstr_open", name))
            continue
        matched = _search(call, search, content, f"{name}:" if len(search.files) > 1 else "") or matched
    return 0 if matched else 1


def _parse(call: Call) -> _Search | None:
    search = _Search()
    literal = False
    words: list[str] = []
    for argument in call.arguments:
        if argument[:3].lower() in ("/c:", "-c:"):
            search.strings.append(argument[3:])
            literal = True
        elif argument.startswith("/"):
            letters = set(argument[1:].lower())
            if not letters <= _SWITCHES:
                raise Refused(f"findstr {argument}")
            search.switches |= letters
        else:
            words.append(argument)
    if not search.strings:
        if not words or not words[0]:
            return None
        search.strings = words.pop(0).split(" ")
        regular = any(set(string) & _METACHARACTERS for string in search.strings)
        if regular and not literal and "l" not in search.switches:
            raise Refused("findstr with a regular expression")
    search.files = words
    return search


def _search(call: Call, search: _Search, content: bytes, prefix: str) -> bool:
    matched = False
    lines = content.decode(errors="replace").replace("\r\n", "\n").removesuffix("\n").split("\n") if content else []
    for number, line in enumerate(lines, 1):
        if not search.matches(line):
            continue
        matched = True
        if "m" in search.switches:
            call.out(prefix.rstrip(":"))
            break
        call.out(f"{prefix}{f'{number}:' if 'n' in search.switches else ''}{line}")
    return matched
