"""Fail where ansible-rulebook or Java is missing; not every environment has them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def programs() -> None:
    """Fail without what these tests need."""
    if not Path(sys.executable).with_name("ansible-rulebook").exists() or shutil.which("java") is None:
        pytest.fail("ansible-rulebook or Java is missing: run `make eda`", pytrace=False)
