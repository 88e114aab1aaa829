"""WQL, the part of it that selects instances of one class.

    SELECT * | property, ... FROM class [WHERE condition]

with comparisons (= <> != < <= > >=, LIKE, IS [NOT] NULL), AND, OR, NOT and parentheses. Everything else, such as
ASSOCIATORS OF, GROUP, WITHIN, ISA and comparisons of datetimes, is refused as an invalid query.
"""

from __future__ import annotations

import operator
import re
import typing as t
from dataclasses import dataclass

from .errors import WbemError, WbemStatus
from .model import CimType, Data, Instance, Property

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
        |(?P<number>[+-]?\d+(?:\.\d+)?)(?![\w.])
        |(?P<word>[A-Za-z_]\w*)
        |(?P<symbol><=|>=|<>|!=|[=<>(),*])
    )""",
    re.VERBOSE | re.DOTALL,
)
_COMPARE: dict[str, t.Callable[[t.Any, t.Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}

Condition = t.Callable[[Instance], bool]


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text if self.kind == "symbol" else ""


@dataclass(frozen=True)
class _Literal:
    value: str | int | float | bool | None


@dataclass(frozen=True)
class _Name:
    text: str


class Query:
    """A query whose syntax is right; `bind` it to the properties of its class before using it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = _tokens(text)
        self._position = 0
        self._properties: dict[str, Property] = {}
        self._compared_to: dict[str, list[str]] = {}
        self._expect("SELECT")
        self._selected = self._selection()
        self._expect("FROM")
        self.class_name = self._word()
        self._where = self._position

    @property
    def everything(self) -> bool:
        """Whether it is SELECT *."""
        return self._selected is None

    def bind(self, properties: t.Sequence[Property]) -> tuple[list[Property], Condition]:
        """Return what to answer of which instances.

        Args:
            properties: those of the class, in the order in which they are to be answered.

        Raises:
            WbemError: the query names a property that is none of them, compares what cannot be compared, or is no
                query at all from WHERE on.
        """
        self._properties = {one.name.lower(): one for one in properties}
        selected = self._selected
        if selected is not None and any(name not in self._properties for name in selected):
            raise self._invalid()
        answered = [one for one in properties if selected is None or one.name.lower() in selected]
        self._position = self._where
        condition: Condition = _always
        if self._next() == "WHERE":
            self._position += 1
            condition = self._or()
        if self._position != len(self._tokens):
            raise self._invalid()
        return answered, condition

    def compared_to(self, name: str) -> list[str]:
        """Return the texts that `=` compares a property to, once the query is bound."""
        return self._compared_to.get(name, [])

    # -- the grammar, from SELECT on

    def _selection(self) -> set[str] | None:
        if self._next() == "*":
            self._position += 1
            return None
        names = {self._word().lower()}
        while self._next() == ",":
            self._position += 1
            names.add(self._word().lower())
        return names

    def _or(self) -> Condition:
        parts = [self._and()]
        while self._next() == "OR":
            self._position += 1
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else lambda instance: any(part(instance) for part in parts)

    def _and(self) -> Condition:
        parts = [self._not()]
        while self._next() == "AND":
            self._position += 1
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else lambda instance: all(part(instance) for part in parts)

    def _not(self) -> Condition:
        if self._next() == "NOT":
            self._position += 1
            inner = self._not()
            return lambda instance: not inner(instance)
        if self._next() == "(":
            self._position += 1
            inner = self._or()
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        left = self._operand()
        sign = self._next()
        self._position += 1
        if isinstance(left, _Name):
            if sign == "IS":
                return self._is_null(self._property(left))
            right = self._operand()
            if sign == "LIKE" and isinstance(right, _Literal):
                return self._like(self._property(left), right)
        else:
            right, left, sign = left, self._operand(), _TURNED.get(sign, sign)
        if sign not in _COMPARE or not isinstance(left, _Name) or not isinstance(right, _Literal):
            raise self._invalid()
        return self._compared(self._property(left), sign, right.value)

    def _is_null(self, what: Property) -> Condition:
        negated = self._next() == "NOT"
        self._position += negated
        self._expect("NULL")
        return lambda instance: (instance[what.name] is None) is not negated

    def _like(self, what: Property, pattern: _Literal) -> Condition:
        if what.type is not CimType.STRING or what.array or not isinstance(pattern.value, str):
            raise self._invalid()
        expression = _like(pattern.value)
        return lambda instance: _matches(expression, instance[what.name])

    def _compared(self, what: Property, sign: str, value: object) -> Condition:
        compare = _COMPARE[sign]
        if value is None:
            if sign not in ("=", "<>", "!="):
                raise self._invalid()
            return lambda instance: compare(instance[what.name], None)
        operand = self._converted(what, value)
        if sign == "=" and isinstance(operand, str):
            self._compared_to.setdefault(what.name, []).append(operand)
        fold: t.Callable[[t.Any], t.Any] = str.lower if isinstance(operand, str) else _same

        def condition(instance: Instance) -> bool:
            data = instance[what.name]
            # NULL compares to nothing, not even as different
            return data is not None and compare(fold(data), fold(operand))

        return condition

    def _converted(self, what: Property, value: object) -> Data | float:
        if what.array:
            raise self._invalid()
        if what.type is CimType.STRING and isinstance(value, str):
            return value
        if what.type is CimType.BOOLEAN:
            text = str(value).lower()
            if text in ("true", "1", "false", "0"):
                return text in ("true", "1")
        elif what.type.bits and not isinstance(value, bool):
            if isinstance(value, int | float):
                return value
            if isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value):
                return int(value)
        raise self._invalid()

    # -- tokens

    def _operand(self) -> _Name | _Literal:
        if self._position >= len(self._tokens):
            raise self._invalid()
        token = self._tokens[self._position]
        self._position += 1
        if token.kind == "string":
            return _Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL))
        if token.kind == "number":
            return _Literal(float(token.text) if "." in token.text else int(token.text))
        constants: dict[str, bool | None] = {"TRUE": True, "FALSE": False, "NULL": None}
        if token.keyword in constants:
            return _Literal(constants[token.keyword])
        if token.kind != "word":
            raise self._invalid()
        return _Name(token.text)

    def _property(self, name: _Name) -> Property:
        prop = self._properties.get(name.text.lower())
        if prop is None:
            raise self._invalid()
        return prop

    def _next(self) -> str:
        return self._tokens[self._position].keyword if self._position < len(self._tokens) else ""

    def _word(self) -> str:
        if self._position >= len(self._tokens) or self._tokens[self._position].kind != "word":
            raise self._invalid()
        self._position += 1
        return self._tokens[self._position - 1].text

    def _expect(self, keyword: str) -> None:
        if self._next() != keyword:
            raise self._invalid()
        self._position += 1

    def _invalid(self) -> WbemError:
        return WbemError(WbemStatus.INVALID_QUERY, self.text)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None or match.lastgroup is None:
            raise WbemError(WbemStatus.INVALID_QUERY, text)
        tokens.append(_Token(match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


def _like(pattern: str) -> re.Pattern[str]:
    """Return the regular expression for a LIKE pattern: % any text, _ any character, [a-f] and [^a-f] one of them."""
    parts = []
    for any_text, any_character, negated, characters, plain in re.findall(
        r"(%)|(_)|\[(\^?)([^\]]+)\]|(.)", pattern, re.DOTALL
    ):
        if any_text:
            parts.append(".*")
        elif any_character:
            parts.append(".")
        elif characters:
            inside = re.sub(r"([\\\[\]^])", r"\\\1", characters)
            parts.append(f"[{negated}{inside}]")
        else:
            parts.append(re.escape(plain))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _matches(expression: re.Pattern[str], data: Data) -> bool:
    return isinstance(data, str) and expression.fullmatch(data) is not None


def _always(_unused: Instance) -> bool:
    return True


def _same(value: object) -> object:
    return value
