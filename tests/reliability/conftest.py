"""Prints what the tests here have counted: faults, mutations, seconds, bytes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

_MINE = "tests/reliability/"
_LARGEST = ("peak", "seconds")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    counted: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        if not report.nodeid.startswith(_MINE) or report.when != "call":
            continue
        for name, value in report.user_properties:
            counted[name] = max(counted[name], value) if name.startswith(_LARGEST) else counted[name] + value
    if counted:
        terminalreporter.section("reliability")
        for name, value in sorted(counted.items()):
            terminalreporter.line(f"{name}: {value:,}")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machines are on this host, whatever the environment says of proxies."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
