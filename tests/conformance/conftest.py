"""Fixtures of the conformance tests: Wine, shared by all workers."""

from __future__ import annotations

import os

import pytest

from tests.conformance import wine as wine_module
from tests.property_summary import print_properties


def pytest_terminal_summary(terminalreporter):
    print_properties(terminalreporter, __file__)


@pytest.fixture(scope="session")
def wine(tmp_path_factory):
    """Yield Wine, booted once per test run."""
    wine_module.need("wine", wine_module.COMPILER)
    base = tmp_path_factory.getbasetemp()
    # Workers of pytest-xdist have folders of their own below a common one.
    place = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with wine_module.shared(place) as ready:
        yield ready
