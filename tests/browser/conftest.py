"""A browser for all tests of a worker, and pages that complain about nothing and ask nobody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from . import chromium
from .fleets import fleet
from .pages import write_page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium.find() is None:
        if os.environ.get("CI"):
            pytest.fail(chromium.MISSING)
        pytest.skip(chromium.MISSING)
    with chromium.browser() as started:
        yield started


@pytest.fixture(scope="session")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a middling fleet: 137 people on 40 machines, two of which do not answer."""
    return write_page(fleet(40, 137, silent=2), tmp_path_factory.mktemp("page") / "presence.html")


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page from disk, offline; at the end there must be no complaint and no request but for the page itself."""
    pages: list[tuple[Page, list[str]]] = []

    def look_(path: Path, **options: Any) -> Page:
        page = browser.new_page(offline=True, **options)
        problems: list[str] = []
        page.on("console", lambda message: problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: problems.append(f"request: {request.url}"))
        pages.append((page, problems))
        page.goto(path.as_uri())
        assert problems == [f"request: {path.as_uri()}"]
        problems.clear()
        return page

    yield look_
    for page, problems in pages:
        page.close()
        assert problems == []
