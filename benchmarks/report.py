"""Measure the report of a large fleet: the time to make it, the size of its files, the time until the page is usable.

python -m benchmarks.report [PEOPLE [MACHINES]], 5,000 on 1,000 if left out. It needs Debian's chromium.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

from ansible_collections.presence.office.plugins.plugin_utils.report.document import to_json
from ansible_collections.presence.office.plugins.plugin_utils.report.page import to_html
from ansible_collections.presence.office.plugins.plugin_utils.report.spreadsheet import to_csv
from tests.browser.chromium import browser
from tests.browser.fleets import fleet
from tests.browser.pages import report

ROUNDS = 7

# From the moment the browser begins to open the file, to the frame that shows the table.
PAINTED = """(function look() {
    const ready = document.documentElement && document.documentElement.dataset.ready;
    requestAnimationFrame(ready ? () => setTimeout(() => { window.painted = performance.now(); }) : look);
})()"""

# From a click or a keystroke to the frame that shows its effect. Searching waits 80 ms for the end of typing.
SORT = """() => new Promise(done => {
    const began = performance.now();
    document.querySelector('#heads button').click();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""
SEARCH = """() => new Promise(done => {
    const began = performance.now();
    const shown = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    new MutationObserver(shown).observe(document.querySelector('#status'), {childList: true});
    const field = document.querySelector('#search');
    field.value = 'grace';
    field.dispatchEvent(new Event('input', {bubbles: true}));
})"""


def main(people: int, machines: int) -> None:
    """Measure, and print one line per number."""
    hosts = fleet(machines, people, silent=machines // 50)
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        "",
    )
    print(
        f"{people:,} people on {machines:,} machines; {cpu}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "presence.html"
        page.write_bytes(write_files(hosts))
        measure_page(page)
        print(
            f"ansible-playbook, the one task on {machines:,} hosts with facts: {timed_play(hosts, Path(folder)):.1f} s"
        )


def write_files(hosts: dict[str, t.Any]) -> bytes:
    """Make each file; return the page."""
    began = time.perf_counter()
    made = report(hosts)
    print(f"facts to report: {time.perf_counter() - began:.2f} s")
    writers: dict[str, t.Callable[..., bytes]] = {
        "presence.csv": to_csv,
        "presence.json": to_json,
        "presence.html": to_html,
    }
    content = b""
    for name, write in writers.items():
        began = time.perf_counter()
        content = write(made)
        print(f"{name}: {time.perf_counter() - began:.2f} s, {len(content) / 1e6:.2f} MB")
    return content


def measure_page(path: Path) -> None:
    """Open the page several times, each time in a new browser window."""
    times: dict[str, list[float]] = {"first table": [], "sort": [], "search": []}
    with browser() as chromium:
        for _round in range(ROUNDS):
            page = chromium.new_page()
            page.add_init_script(PAINTED)
            page.goto(path.as_uri())
            times["first table"].append(page.wait_for_function("window.painted").json_value())
            times["sort"].append(page.evaluate(SORT))
            times["search"].append(page.evaluate(SEARCH))
            page.close()
        print(f"Chromium {chromium.version}, headless, file on disk, median of {ROUNDS}:")
    for name, taken in times.items():
        print(f"  {name}: {statistics.median(taken):.0f} ms ({min(taken):.0f} to {max(taken):.0f})")


def timed_play(hosts: dict[str, t.Any], folder: Path) -> float:
    """Return how long ansible-playbook takes with the module alone, with given facts, including an empty play."""
    variables = {name: {} if isinstance(facts, str) else {"im_presence": facts} for name, facts in hosts.items()}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": variables}}), encoding="utf-8")
    play = [
        {"hosts": "all", "gather_facts": False, "tasks": [{"presence.office.presence_report": {"directory": "out"}}]}
    ]
    (folder / "play.json").write_text(json.dumps(play), encoding="utf-8")
    began = time.perf_counter()
    subprocess.run(
        ["ansible-playbook", "-i", "hosts.json", "play.json"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - began


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [5000, 1000][len(numbers) :]))
