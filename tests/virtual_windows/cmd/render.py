"""Turn a tree back into text: what cmd echoes before a loop's body, and what it passes to the two ends of a pipe.

The spacing is that of Windows, recorded in Wine's test_builtins.cmd.exp ("Testing 'echo' [ON]", "@ with
chains and brackets", "Testing mixed echo modes", "Testing for variables expansion in pipes").
"""

from __future__ import annotations

import typing as t

from .tree import Block, Chain, For, If, Node, Quiet, Redirection, Remark, Simple


def echoed(node: Node, expand: t.Callable[[str], str]) -> str:
    """Return what the echo of a command shows; empty when `@` hides all of it."""
    return _Writer(expand, hide_quiet=True).text(node)


def source(node: Node, expand: t.Callable[[str], str]) -> str:
    """Return a command as the child cmd of a pipe gets it."""
    return _Writer(expand, hide_quiet=False).text(node)


class _Writer:
    def __init__(self, expand: t.Callable[[str], str], *, hide_quiet: bool) -> None:
        self._expand = expand
        self._hide_quiet = hide_quiet
        self._hidden = False  # an `@` hides all that follows it inside the same parentheses

        self._writers: dict[type[Node], t.Callable[[t.Any], str]] = {
            Quiet: self._quiet,
            Simple: self._simple,
            Remark: lambda remark: f"{remark.text} ",
            Block: self._block,
            Chain: self._chain,
            If: self._if,
            For: self._for,
        }

    def text(self, node: Node) -> str:
        return "" if self._hidden else self._writers[type(node)](node)

    def _quiet(self, node: Quiet) -> str:
        if not self._hide_quiet:
            return f"@{self.text(node.body)}"
        self._hidden = True
        return ""

    def _chain(self, node: Chain) -> str:
        left = self.text(node.left)
        return left if self._hidden else f"{left} {node.operator} {self.text(node.right)}"

    def _simple(self, node: Simple) -> str:
        name, arguments = self._expand(node.name), self._expand(node.arguments)
        redirections = self._redirections(node.redirections)
        return f"{name}{arguments}{redirections}{' ' if arguments or redirections else ''}"

    def _block(self, node: Block) -> str:
        body = self.text(node.body)
        self._hidden = False
        redirections = self._redirections(node.redirections)
        return f"({body}) {redirections.lstrip()}{' ' if redirections else ''}"

    def _redirections(self, redirections: tuple[Redirection, ...]) -> str:
        return "".join(f" {one.handle}{one.operator}{self._target(one.target)}" for one in redirections)

    def _target(self, target: str | int) -> str:
        return f"&{target}" if isinstance(target, int) else self._expand(target)

    def _if(self, node: If) -> str:
        words = [node.keyword]
        words += ["/I"] if node.ignore_case else []
        words += ["not"] if node.negated else []
        words += [self._expand(word) for word in (node.left,) if word]
        words += [node.operator, self._expand(node.right)]
        text = f"{' '.join(words)} {self.text(node.then)}"
        if node.otherwise is not None and not self._hidden:
            text += f" else {self.text(node.otherwise)}"
        return text

    def _for(self, node: For) -> str:
        switch = f"/{node.kind} " if node.kind else ""
        options = f"{node.options} " if node.options else ""
        head = f"{node.keyword} {switch}{options}%{node.variable} in ({self._expand(node.items)}) do "
        return f"{head}{self.text(node.body)} "
