"""Tests of what the collection promises when things go wrong (`docs/reliability.md`).

`make test` runs some of them, `make reliability` all: the environment variable decides.
"""

from __future__ import annotations

import itertools
import os
import typing as t

#: Whether to run everything, which takes minutes.
EXHAUSTIVE = bool(os.environ.get("PRESENCE_OFFICE_EXHAUSTIVE"))

CONNECTIONS = ("winrm", "psrp")


def combined(first: t.Sequence[t.Any], *others: t.Sequence[t.Any]) -> list[tuple[t.Any, ...]]:
    """Return all combinations if `EXHAUSTIVE`, else each of `first` once, with the others in turn."""
    if EXHAUSTIVE:
        return list(itertools.product(first, *others))
    turns = list(itertools.product(*others))
    return [(one, *turns[number % len(turns)]) for number, one in enumerate(first)]
