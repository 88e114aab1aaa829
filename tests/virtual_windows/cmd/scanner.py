"""Phase 2, the lower half: characters into words, arguments and redirections.

A quote switches special characters off until the next quote or the end of the line, a caret switches off
the next one and disappears, and what is special depends on where the parser is. Stack Overflow 4094699,
phase 2; Wine's test_builtins.cmd ("Testing redirection operators", "Testing circumflex escape character").
"""

from __future__ import annotations

from .errors import BadSyntax
from .tree import Redirection

DELIMITERS = " \t,;=\v\f\xa0"
OPERATORS = "&|<>"


class Redirections:
    """The redirections of one command: a later one of the same handle replaces the earlier one altogether."""

    def __init__(self) -> None:
        self._by_handle: dict[int, Redirection] = {}

    def add(self, redirection: Redirection) -> None:
        """Put one at the end; the file of one it replaces is not even created (Windows, not Unix)."""
        self._by_handle.pop(redirection.handle, None)
        self._by_handle[redirection.handle] = redirection

    def __bool__(self) -> bool:
        return bool(self._by_handle)

    def all(self) -> tuple[Redirection, ...]:
        """Return the redirections in the order in which they take effect."""
        return tuple(self._by_handle.values())


class Scanner:
    """Reads one line from left to right.

    Attributes:
        depth: how many parentheses are open: at depth 0 a `)` is an ordinary character.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0

    def at_end(self) -> bool:
        """Return whether the line is finished."""
        return self.position >= len(self.text)

    @property
    def char(self) -> str:
        """The next character, or an empty string."""
        return self.text[self.position : self.position + 1]

    def looking_at(self, text: str) -> bool:
        """Return whether `text` comes next."""
        return self.text.startswith(text, self.position)

    def skip(self, chars: str = DELIMITERS) -> None:
        """Pass delimiters."""
        while self.char and self.char in chars:
            self.position += 1

    def operator(self) -> str:
        """Return the `&`, `&&`, `|` or `||` that comes next after delimiters, or an empty string."""
        self.skip()
        if self.char in ("&", "|") and self.char:
            return self.char * 2 if self.looking_at(self.char * 2) else self.char
        return ""

    def closes(self) -> bool:
        """Return whether a `)` that ends the current block comes next."""
        return self.char == ")" and self.depth > 0

    def word(self, *, command: bool = False) -> str:
        """Return the next token, quotes kept and carets removed; empty if there is none.

        Args:
            command: it is a command's name, which a `(` ends too (`echo(`).
        """
        out: list[str] = []
        quoted = False
        while not self.at_end():
            char = self.char
            if not quoted and (self._ends_word(char) or (command and char == "(" and out)):
                break
            self.position += 1
            if char == '"':
                quoted = not quoted
            elif char == "^" and not quoted:
                char = self.char
                self.position += 1
            out.append(char)
        return "".join(out)

    def redirection(self) -> Redirection | None:
        """Return a redirection that starts right here, its handle included, or None."""
        start = self.position
        handle = -1
        if self.char.isdigit() and self.text[start + 1 : start + 2] in ("<", ">"):
            handle = int(self.char)
            self.position += 1
        operator = self.char
        if operator not in ("<", ">") or not operator:
            self.position = start
            return None
        self.position += 1
        if operator == ">" and self.char == ">":
            operator = ">>"
            self.position += 1
        if handle < 0:
            handle = 0 if operator == "<" else 1
        return Redirection(handle, operator, self._target())

    def arguments(self, redirections: Redirections) -> str:
        """Return the rest of the command, delimiters and quotes kept, carets and redirections removed."""
        out: list[str] = []
        quoted = False
        after_delimiter = False  # only then can a digit be the handle of a redirection
        while not self.at_end():
            char = self.char
            if not quoted:
                if char in "&|" or self.closes():
                    break
                if char in "<>" or (after_delimiter and char.isdigit()):
                    redirection = self.redirection()
                    if redirection:
                        redirections.add(redirection)
                        continue
            self.position += 1
            after_delimiter = not quoted and char in DELIMITERS
            if char == '"':
                quoted = not quoted
            elif char == "^" and not quoted:
                char = self.char
                self.position += 1
            out.append(char)
        return "".join(out)

    def items(self) -> str:
        """Return the IN clause of FOR up to its `)`: delimiters that are not quoted or escaped become one space."""
        out: list[str] = []
        quoted = False
        pending = False
        while quoted or self.char != ")":
            char = self.char
            if not char:
                raise BadSyntax
            if not quoted and char in OPERATORS:
                raise BadSyntax(char)
            self.position += 1
            if not quoted and char in DELIMITERS:
                pending = bool(out)
                continue
            if char == '"':
                quoted = not quoted
            elif char == "^" and not quoted:
                char = self.char
                self.position += 1
            if pending:
                out.append(" ")
                pending = False
            out.append(char)
        return "".join(out)

    def _ends_word(self, char: str) -> bool:
        return char in DELIMITERS or char in OPERATORS or self.closes()

    def _target(self) -> str | int:
        if self.char == "&":
            self.position += 1
            self.skip()
            number = self.char
            if not number.isdigit():
                raise BadSyntax("&")
            self.position += 1
            return int(number)
        self.skip()
        target = self.word()
        if not target:
            if self.at_end() or self.closes():
                raise BadSyntax
            raise BadSyntax(self.operator() or self.char)
        return target
