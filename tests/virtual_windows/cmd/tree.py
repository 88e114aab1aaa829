"""What a command line is after phase 2: commands with their raw arguments, before any late expansion."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Redirection:
    """One redirection.

    Attributes:
        handle: which handle is redirected.
        operator: `<`, `>` or `>>`.
        target: a file name with its quotes, or the number of the handle to duplicate.
    """

    handle: int
    operator: str
    target: str | int


@dataclass(frozen=True)
class Simple:
    """A command name and, unsplit, all that follows it."""

    name: str
    arguments: str
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True)
class Remark:
    """`rem`, a label or a stray `)`: nothing to do."""

    text: str


@dataclass(frozen=True)
class Block:
    """Commands in parentheses."""

    body: Node
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True)
class Chain:
    """Two commands joined by `&`, `&&`, `||` or `|`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Quiet:
    """A command with `@` before it."""

    body: Node


@dataclass(frozen=True)
class If:
    """A condition; `operator` is `exist`, `defined`, `errorlevel`, `cmdextversion`, `==` or `EQU` and so on.

    Attributes:
        left: the first operand, empty for the operators that have but one.
    """

    keyword: str
    ignore_case: bool
    negated: bool
    operator: str
    left: str
    right: str
    then: Node
    otherwise: Node | None


@dataclass(frozen=True)
class For:
    """A loop; `kind` is empty or the letter of the switch."""

    keyword: str
    kind: str
    options: str
    variable: str
    items: str
    body: Node = field(repr=False)


Node = Simple | Remark | Block | Chain | Quiet | If | For
