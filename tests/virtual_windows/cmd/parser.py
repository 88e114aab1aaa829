"""Phase 2, the upper half: the grammar of a command line.

From loosest to tightest: `&`, `||`, `&&`, `|`, then one command with its redirections. The commands after
IF's condition, ELSE and DO reach to the end of the block they are in, `&` and all: `if 1==0 (a) & b` runs
neither. Order and examples: Wine's test_builtins.cmd, "Testing chains", recorded on Windows.
"""

from __future__ import annotations

import typing as t

from .errors import BadSyntax
from .scanner import DELIMITERS, OPERATORS, Redirections, Scanner
from .tree import Block, Chain, For, If, Node, Quiet, Remark, Simple

_UNARY = ("exist", "defined", "errorlevel", "cmdextversion")
_COMPARISONS = ("EQU", "NEQ", "LSS", "LEQ", "GTR", "GEQ")


def parse(line: str) -> Node | None:
    """Return the tree of a line after percent expansion; None when there is nothing in it.

    Raises:
        BadSyntax: nothing of the line may run.
    """
    scanner = Scanner(line)
    scanner.skip()
    if scanner.at_end():
        return None
    node = _Parser(scanner).sequence()
    scanner.skip()
    if not scanner.at_end():
        raise BadSyntax(scanner.word() or scanner.char)
    return node


class _Parser:
    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    def sequence(self) -> Node:
        """Parse commands joined by `&`, which may also be at the end."""
        left = self._alternatives()
        while self._scanner.operator() == "&":
            self._scanner.position += 1
            self._scanner.skip()
            if self._scanner.at_end() or self._scanner.closes():
                break
            left = Chain("&", left, self._alternatives())
        return left

    def _alternatives(self) -> Node:
        return self._joined("||", self._conjunction)

    def _conjunction(self) -> Node:
        return self._joined("&&", self._pipeline)

    def _pipeline(self) -> Node:
        return self._joined("|", self._command)

    def _joined(self, operator: str, tighter: t.Callable[[], Node]) -> Node:
        left = tighter()
        while self._scanner.operator() == operator:
            self._scanner.position += len(operator)
            left = Chain(operator, left, tighter())
        return left

    def _command(self) -> Node:
        scanner = self._scanner
        scanner.skip()
        if scanner.char == "@":
            scanner.position += 1
            return Quiet(self._command())
        redirections = Redirections()
        while redirection := scanner.redirection():
            redirections.add(redirection)
            scanner.skip()
        if scanner.char == "(":
            return self._block(redirections)
        if scanner.char in (")", ":") and scanner.depth == 0 and scanner.char:
            return self._remark()  # a stray `)` and a label hide the rest of the line
        name = scanner.word(command=True)
        if not name:
            raise BadSyntax(scanner.operator() or scanner.char)
        special = {"if": self._if, "for": self._for, "rem": self._rem}.get(name.lower())
        if special is None:
            arguments = scanner.arguments(redirections)
            return Simple(name, arguments, redirections.all())
        if redirections:
            raise BadSyntax(name)  # `>x for ...` must be `>x (for ...)`
        return special(name)

    def _block(self, redirections: Redirections) -> Node:
        scanner = self._scanner
        scanner.position += 1
        scanner.depth += 1
        body = self.sequence()
        scanner.skip()
        if not scanner.closes():
            raise BadSyntax(scanner.word())
        scanner.position += 1
        scanner.depth -= 1
        scanner.skip()
        while redirection := scanner.redirection():
            redirections.add(redirection)
            scanner.skip()
        if not (scanner.at_end() or scanner.closes() or scanner.char in OPERATORS or self._next_word() == "else"):
            raise BadSyntax(scanner.word() or scanner.char)
        return Block(body, redirections.all())

    def _remark(self) -> Remark:
        text = self._scanner.text[self._scanner.position :]
        self._scanner.position = len(self._scanner.text)
        return Remark(text)

    def _rem(self, name: str) -> Node:
        """Take one word and hide the rest of the line, `)` included; in `rem & a` and `(rem)` there is no word."""
        start = self._scanner.position
        self._scanner.skip()
        if self._scanner.closes() or (self._scanner.char and self._scanner.char in OPERATORS):
            return Remark(name)
        self._scanner.position = start
        return Remark(name + self._remark().text)

    def _if(self, keyword: str) -> Node:
        scanner = self._scanner
        ignore_case = negated = False
        word = self._operand()
        while word.lower() in ("/i", "not"):
            ignore_case = ignore_case or word.lower() == "/i"
            negated = negated != (word.lower() == "not")
            word = self._operand()
        left = ""
        operator = word.lower()
        if operator not in _UNARY:
            left = word
            operator = self._comparison()
        right = self._operand()
        scanner.skip()
        if scanner.at_end() or scanner.closes():
            raise BadSyntax
        then = self.sequence()
        otherwise = None
        if self._next_word() == "else":
            scanner.word(command=True)
            otherwise = self.sequence()
        return If(keyword, ignore_case, negated, operator, left, right, then, otherwise)

    def _comparison(self) -> str:
        scanner = self._scanner
        scanner.skip(DELIMITERS.replace("=", ""))
        if scanner.looking_at("=="):
            scanner.position += 2
            return "=="
        word = self._operand()
        if word.upper() not in _COMPARISONS:
            raise BadSyntax(word)
        return word.upper()

    def _for(self, keyword: str) -> Node:
        scanner = self._scanner
        kind = options = ""
        word = self._operand()
        if word.startswith("/"):
            kind = word[1:].lower()
            if kind not in ("l", "f", "d", "r"):
                raise BadSyntax(word)
            word = self._operand()
            if kind in ("f", "r") and not word.startswith("%"):
                options = word
                word = self._operand()
        if len(word) != 2 or not word.startswith("%"):
            raise BadSyntax(word)
        self._expect("in")
        scanner.skip()
        if scanner.char != "(":
            raise BadSyntax(scanner.word())
        scanner.position += 1
        items = scanner.items()
        scanner.position += 1
        self._expect("do")
        return For(keyword, kind, options, word[1], items, self.sequence())

    def _expect(self, keyword: str) -> None:
        word = self._operand(command=True)
        if word.lower() != keyword:
            raise BadSyntax(word)

    def _operand(self, *, command: bool = False) -> str:
        self._scanner.skip()
        word = self._scanner.word(command=command)
        if not word:
            raise BadSyntax(self._scanner.operator() or self._scanner.char)
        return word

    def _next_word(self) -> str:
        """Return the next word in lower case, without passing it."""
        self._scanner.skip()
        start = self._scanner.position
        word = self._scanner.word(command=True)
        self._scanner.position = start
        return word.lower()
