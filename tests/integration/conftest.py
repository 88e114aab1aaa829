"""Fixtures of the integration tests."""

from __future__ import annotations

import typing as t
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.virtual_windows.fleet import Fleet

from .connections import connections
from .runner import Ansible


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "connection" in metafunc.fixturenames:
        over = connections(metafunc.function.__name__, metafunc.module.__name__)
        metafunc.parametrize("connection", over, indirect=True)


@pytest.fixture
def connection(request: pytest.FixtureRequest) -> str:
    """Return the connection plugin to test."""
    return str(request.param)


@pytest.fixture
def start(tmp_path: Path, connection: str) -> t.Iterator[t.Callable[[dict[str, t.Any]], Ansible]]:
    """Start a fleet of the machines described; it ends with the test."""
    with ExitStack() as stack:

        def start_(machines: dict[str, t.Any]) -> Ansible:
            fleet = stack.enter_context(Fleet.load({"machines": machines}))
            return Ansible(fleet, connection, tmp_path)

        yield start_
