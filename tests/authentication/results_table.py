"""The results of the login cases as the last part of docs/reliability.md."""

from __future__ import annotations

import re
from pathlib import Path

from .login_cases import CONNECTIONS, LoginCase, login_cases
from .login_runs import Outcome

PATH = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"

_MARK = "<!-- Written by `make authentication ARGS=--write-table` "
_REFUSED = (
    "the login was refused: wrong user name or password, or an authentication method that is not accepted (HTTP 401)"
)


def render(outcomes: dict[str, Outcome], document: str) -> str:
    """Return the document with the table of these outcomes after the marked line."""
    cases = login_cases()
    count = sum(case.variables(connection) is not None for case in cases for connection in CONNECTIONS)
    rows = [["login", "over", "case", *(f"`{connection}`" for connection in CONNECTIONS)]]
    rows.append(["---"] * len(rows[0]))
    for case in cases:
        results = [_summarize(case, outcomes[connection]) for connection in CONNECTIONS]
        rows.append([case.login, case.over, case.condition, *results])
    text, mark, rest = document.partition(_MARK)
    assert mark, f"{PATH} has no place for the table"
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"{text}{mark}{rest.partition(chr(10))[0]}\n{count} cells.\n\n{table}"


def _summarize(case: LoginCase, outcome: Outcome) -> str:
    if case.variables(outcome.connection) is None:
        return "-"
    result = outcome.run.of(case.name, "enforce")
    if result.status == "ok":
        return "done"
    member = outcome.fleet[case.name]
    place = f"{member.address}:{member.port} ({member.server.scheme.upper()}): "
    text = message(result.result.get("msg")).removeprefix(place)
    text = text.replace(_REFUSED, "*refused*").replace(member.address, "192.0.2.7")
    # A table's cell is one line without bars, and `<` would be HTML.
    return re.sub(r"[|<\r\n]", " ", text)


def message(value: object) -> str:
    """Return a task's message without what only some versions of Ansible add."""
    return str(value).removeprefix("Task failed: ").replace(" with subprocess: ", ": ")
