"""What it costs to hold a machine on which nothing happens, as docs/holding.md tells it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .support import held, simulation, user

DOCUMENT = Path(__file__).parents[5] / "docs" / "holding.md"
ROW = re.compile(r"\| requests a minute, nothing happens: 1, 3, 6 users \| (.*?) \| (.*?) \|")


def requests_a_minute(users, *, events):
    counts = []
    for seconds in (10, 310):
        where = simulation(*[user(account=rf"CONTOSO\u{number}", default="Lync") for number in range(users)])
        held(where, seconds, events=events)
        counts.append(where.log.count())
    return (counts[1] - counts[0]) / 5


@pytest.mark.parametrize("events", [False, True])
def test_requests_of_a_quiet_hold(events):
    row = ROW.search(DOCUMENT.read_text(encoding="utf-8"))
    assert row
    told = [int(number) for number in row[1 + events].split(", ")]
    assert [requests_a_minute(users, events=events) for users in (1, 3, 6)] == pytest.approx(told, abs=1)
