"""`set /a`: 32-bit integers, C's operators without the comparisons, assignments to variables.

Operators from loosest to tightest: `,` `= *= ...` `|` `^` `&` `<< >>` `+ -` `* / %` `! ~ -` (SET /?).
The result is printed without a line end, as always on the command line.
"""

from __future__ import annotations

import re
import typing as t

from ..expansion import integer

if t.TYPE_CHECKING:
    from ..shell import Shell

# ERRORLEVEL after each kind of mistake (SET /A in Stack Overflow 34987885)
_CODES = {
    "unbalanced": 1073750988,
    "missing_operand": 1073750989,
    "missing_operator": 1073750990,
    "invalid_number": 1073750992,
    "divide_by_zero": 1073750993,
}
_LEVELS = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))
_TOKEN = re.compile(r"\s*(<<=|>>=|[*/%+\-&^|]=|<<|>>|[-+*/%&^|~!()=,]|\d\w*|[^\s\d<>\-+*/%&^|~!()=,]+)")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*")


class _Mistake(Exception):
    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def run(shell: Shell, text: str) -> int:
    """Calculate and print; return the return code, which is 1 for every mistake."""
    try:
        result = _Calculation(shell, text.replace('"', "")).all()
    except _Mistake as mistake:
        shell.complain(mistake.key)
        shell.errorlevel = _CODES[mistake.key]
        return 1
    shell.out(str(result))
    return 0


def wrapped(number: int) -> int:
    """Return `number` as a signed 32-bit integer."""
    return (number + 2**31) % 2**32 - 2**31


class _Calculation:
    def __init__(self, shell: Shell, text: str) -> None:
        self._shell = shell
        self._tokens = self._split(text)
        self._position = 0

    def all(self) -> int:
        result = self._assignment()
        while self._take(","):
            result = self._assignment()
        if self._next == ")":
            raise _Mistake("unbalanced")
        if self._next:
            raise _Mistake("missing_operator")
        return result

    @staticmethod
    def _split(text: str) -> list[str]:
        tokens = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise _Mistake("missing_operand")
            tokens.append(match[1])
            position = match.end()
        return tokens

    @property
    def _next(self) -> str:
        return self._tokens[self._position] if self._position < len(self._tokens) else ""

    def _take(self, *tokens: str) -> str:
        token = self._next
        if token not in tokens or not token:
            return ""
        self._position += 1
        return token

    def _assignment(self) -> int:
        after = self._tokens[self._position + 1 : self._position + 2]
        if _is_name(self._next) and after and after[0].endswith("="):
            name = self._next
            self._position += 2
            value = self._assignment()
            if after[0] != "=":
                value = _apply(after[0][:-1], self._value_of(name), value)
            self._shell.environment[name] = str(value)
            return value
        return self._binary(0)

    def _binary(self, level: int) -> int:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while operator := self._take(*_LEVELS[level]):
            left = _apply(operator, left, self._binary(level + 1))
        return left

    def _unary(self) -> int:
        operator = self._take("-", "~", "!", "+")
        if operator:
            value = self._unary()
            return {"-": wrapped(-value), "~": ~value, "!": int(not value), "+": value}[operator]
        if self._take("("):
            value = self._assignment()
            while self._take(","):
                value = self._assignment()
            if not self._take(")"):
                raise _Mistake("unbalanced")
            return value
        return self._operand()

    def _operand(self) -> int:
        token = self._next
        self._position += 1
        if _is_name(token):
            return self._value_of(token)
        if not token[:1].isdigit():
            raise _Mistake("missing_operand")
        if not _NUMBER.fullmatch(token):
            raise _Mistake("invalid_number")
        number = integer(token)
        if number > 0xFFFFFFFF or (number > 0x7FFFFFFF and not token[:2].lower() == "0x"):
            raise _Mistake("invalid_number")
        return wrapped(number)

    def _value_of(self, name: str) -> int:
        return wrapped(integer(self._shell.lookup(name)))


def _is_name(token: str) -> bool:
    return bool(token) and re.match(r"[\d<>\-+*/%&^|~!()=,]", token) is None


def _apply(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%") and right == 0:
        raise _Mistake("divide_by_zero")
    match operator:
        case "/":
            result = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        case "%":
            result = abs(left) % abs(right) * (-1 if left < 0 else 1)
        case "<<":
            result = left << right if 0 <= right < 32 else 0
        case ">>":
            result = left >> right if 0 <= right < 32 else (-1 if left < 0 else 0)
        case _:
            result = {
                "+": left + right,
                "-": left - right,
                "*": left * right,
                "&": left & right,
                "^": left ^ right,
                "|": left | right,
            }[operator]
    return wrapped(result)
