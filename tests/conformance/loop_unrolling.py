"""The one thing that Wine 8's cmd lacks and the collection's command lines need, rewritten mechanically.

Wine 8 expands `!NAME!` before the variables of `for`, so it leaves `!file%i!` as it is; Windows does it the other way
round (Stack Overflow 4094699: phase 4, then phase 5). The loop over the hives is
therefore written out: its body once for each number, with the number in the place of `%i`. Nothing else changes.
"""

from __future__ import annotations

import re

_LOOP = re.compile(r"\(for /l %i in \(1,1,(\d+)\) do \(")


def unrolled(line: str) -> str:
    """Return the line with the loop over `%i` written out."""
    match = _LOOP.search(line)
    if match is None:
        return line
    end = _closing(line, match.end())
    body = line[match.end() : end]
    if line[end + 1] != ")":
        raise ValueError(f"the loop is more than its body: {line[end:]}")
    if match[1] == "0":  # Wine 8 leaves out all that follows a loop without turns
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
