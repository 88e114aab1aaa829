"""Debian's Chromium, driven by Playwright: no browser is downloaded, and no page gets out to a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

MISSING = "no Chromium on this machine, and the report's page is tested in one: apt-get install chromium"


def find() -> str | None:
    """The browser's path."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless browser."""
    path = find()
    if path is None:
        raise SystemExit(MISSING)
    with sync_playwright() as playwright:
        # No sandbox: containers and root have none to offer. It opens files of ours only.
        started = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        try:
            yield started
        finally:
            started.close()
