"""Fixtures of the login tests: everything runs once, then each test looks at its part. Prints the number of faults."""

from __future__ import annotations

import importlib.util
import os
import typing as t

import pytest

from tests.property_summary import print_properties

from .login_cases import CONNECTIONS
from .login_runs import Outcome, start

_MODULES = ("gssapi", "krb5", "kerberos", "requests_credssp")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-table", action="store_true", help="write the table in docs/reliability.md instead of comparing it"
    )


def pytest_terminal_summary(terminalreporter: t.Any) -> None:
    print_properties(terminalreporter, __file__)


@pytest.fixture(scope="session")
def libraries() -> None:
    """Fail where packages that the logins need are missing; not every environment has them."""
    missing = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    if missing:
        pytest.fail(f"Python packages are missing ({', '.join(missing)}): run `make authentication`", pytrace=False)


@pytest.fixture(scope="session")
def outcomes(libraries: None, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[dict[str, Outcome]]:
    """Yield the results of all login cases; both connections run side by side."""
    # Show every traceback: no secret may be in those either. Older versions of Ansible show them with -vvv.
    os.environ["ANSIBLE_DISPLAY_TRACEBACK"] = "always"
    try:
        with start(CONNECTIONS, tmp_path_factory.mktemp("logins")) as running:
            yield {connection: one.finish() for connection, one in running.items()}
    finally:
        del os.environ["ANSIBLE_DISPLAY_TRACEBACK"]
