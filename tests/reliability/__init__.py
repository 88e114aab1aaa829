"""What the collection promises when things go wrong (`docs/reliability.md`), tried out.

`make test` runs a part of it, `make reliability` all: the environment variable says which.
"""

import itertools
import os
from collections.abc import Sequence
from typing import Any

#: Whether to try everything, which takes minutes.
EXHAUSTIVE = bool(os.environ.get("PRESENCE_OFFICE_EXHAUSTIVE"))

CONNECTIONS = ("winrm", "psrp")


def combined(first: Sequence[Any], *others: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every combination; without `EXHAUSTIVE`, each of the first ones once, and the others in turn."""
    if EXHAUSTIVE:
        return list(itertools.product(first, *others))
    turns = list(itertools.product(*others))
    return [(one, *turns[number % len(turns)]) for number, one in enumerate(first)]
