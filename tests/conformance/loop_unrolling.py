"""Unroll the loop of a command line: the one thing that the collection needs and Wine 8's cmd lacks.

Wine 8 expands `!NAME!` before the variables of `for`, so it leaves `!file%i!` as it is; Windows does it the other way
round (Stack Overflow 4094699: phase 4, then phase 5). The loop over the hives is therefore unrolled: its body once for
each number, with the number in place of `%i`. Nothing else changes.
"""

from __future__ import annotations

import re

_LOOP = re.compile(r"\(for /l %i in \(1,1,(\d+)\) do \(")


def unrolled(line: str) -> str:
    """Return the line with the loop over `%i` unrolled."""
    match = _LOOP.search(line)
    if match is None:
        return line
    end = _closing(line, match.end())
    body = line[match.end() : end]
    if line[end + 1] != ")":
        raise ValueError(f"the loop is more than its body: {line[end:]}")
    if match[1] == "0":  # Wine 8 skips everything after a loop without iterations
        return line[: match.start()] + line[end + 2 :].removeprefix("& ")
    turns = [f"({body.replace('%i', str(number))})" for number in range(1, int(match[1]) + 1)]
    return f"{line[: match.start()]}({'& '.join(turns)}){line[end + 2 :]}"


def _closing(line: str, start: int) -> int:
    """Return the position of the parenthesis that closes the one before `start`; none of ours is quoted."""
    depth = 1
    for position in range(start, len(line)):
        depth += {"(": 1, ")": -1}.get(line[position], 0)
        if depth == 0:
            return position
    raise ValueError(line)
