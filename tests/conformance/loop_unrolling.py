"""Unroll the loops of a command line: what the collection needs and Wine's cmd lacks.

Wine 8 expands `!NAME!` before the variables of `for`, so it leaves `!file%i!` as it is; Windows does it the other way
round (Stack Overflow 4094699: phase 4, then phase 5). The loop over the hives is therefore unrolled: its body once for
each number, with the number in place of `%i`. Wine 8 does not know `!NAME:a=b!` either, which puts `%` into texts: it
gets the texts as they are. Nothing else changes.
"""

from __future__ import annotations

import re

_PERCENTS = re.compile(r"\(for %v in \(!percents!\) do \(set %v=!%v\.percents:(pct\d+)=%!\)\)& ")
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


def with_percent_signs(line: str, environment: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return the line without what puts `%` into variables, and the variables with them."""
    match = _PERCENTS.search(line)
    if match is None:
        return line, environment
    sent = {name: text for name, text in environment.items() if name != "percents" and not name.endswith(".percents")}
    texts = {name: environment[f"{name}.percents"] for name in environment["percents"].split()}
    sent |= {name: text.replace(match[1], "%") for name, text in texts.items()}
    return line[: match.start()] + line[match.end() :], sent


def _closing(line: str, start: int) -> int:
    """Return the position of the parenthesis that closes the one before `start`; none of ours is quoted."""
    depth = 1
    for position in range(start, len(line)):
        depth += {"(": 1, ")": -1}.get(line[position], 0)
        if depth == 0:
            return position
    raise ValueError(line)
