"""Prints what the tests here have counted, and keeps proxies away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.counted import summary


def pytest_terminal_summary(terminalreporter: Any) -> None:
    summary(terminalreporter, __file__)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machines are on this host, whatever the environment says of proxies."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
