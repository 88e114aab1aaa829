"""Print the numbers that the tests record, keep proxies away, and start machines."""

from __future__ import annotations

import typing as t
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.machines import machine
from tests.property_summary import print_properties
from tests.virtual_windows.fleet import Fleet

from .driver import Driver


def pytest_terminal_summary(terminalreporter: t.Any) -> None:
    print_properties(terminalreporter, __file__)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ignore proxies of the environment: the machines are on this host."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def start(tmp_path: Path) -> t.Iterator[t.Callable[..., Driver]]:
    """Yield a function that starts a machine and returns its driver: see `machine` and `Driver` for the arguments."""
    with ExitStack() as stack:

        def start_(
            *users: dict[str, t.Any],
            connection: str = "psrp",
            speed: float = 1000,
            more: dict[str, t.Any] | None = None,
            **described: t.Any,
        ) -> Driver:
            fleet = Fleet.load({"machines": {"desk1": machine(*users, **described)}}, speed=speed)
            return Driver(stack.enter_context(fleet), connection, tmp_path, more=more)

        yield start_
