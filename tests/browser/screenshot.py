"""The screenshots in docs/: python -m tests.browser.screenshot [FOLDER]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from .chromium import browser
from .fleets import fleet
from .pages import write_page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main(folder: Path) -> None:
    """Write the top of the page, light and dark, and the evidence of one person."""
    hosts = fleet(machines=48, people=240, silent=3, seed=7)
    with tempfile.TemporaryDirectory() as work, browser() as chromium:
        path = write_page(hosts, Path(work) / "presence.html", "Presence in Office, Contoso")
        for scheme, name in (("dark", "report-dark.png"), ("light", "report.png")):
            page = chromium.new_page(viewport={"width": 1240, "height": 1360}, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(path.as_uri())
            page.screenshot(path=folder / name)
            if scheme == "dark":
                page.close()
                continue
            page.locator("#verdict").select_option("shadowed")
            page.wait_for_timeout(200)
            page.locator("button.open").first.click()
            box = page.locator("#people-section").bounding_box()
            assert box is not None
            page.screenshot(
                path=folder / "report-evidence.png",
                full_page=True,
                clip={"x": 0, "y": box["y"] + page.evaluate("scrollY") - 16, "width": 1240, "height": 880},
            )
            page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
