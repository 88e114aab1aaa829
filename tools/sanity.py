"""Run `ansible-test sanity` on this checkout and say which of its tests ran.

ansible-test insists on a folder `ansible_collections/presence/office` and follows no links, so it gets a
copy of what git tracks or would track, made anew each time. It also wants a home: for the environments of
its single tests, and for a script that installs pip into those, which it would fetch from the internet. Both
stay in `.cache/sanity`, where the script is a few lines around the pip that comes with Python.

Lines that start with ">> " are for the reader of a run that went well (see tools/step).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

CHECKOUT = Path(__file__).resolve().parents[1]
CACHE = CHECKOUT / ".cache" / "sanity"
COLLECTION = CACHE / "ansible_collections" / "presence" / "office"
HOME = CACHE / "home"
SETUP_LOG = CACHE / "environments.log"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
ANSIBLE_TEST = [
    str(Path(sys.executable).with_name("ansible-test")),
    "sanity",
    "--color",
    "no",
    "--truncate",
    "0",
]

GET_PIP = '''\
"""Stands in for the get-pip.py that ansible-test fetches: the pip that comes with this Python."""
import ensurepip

ensurepip.bootstrap(default_pip=True)
'''

# ansible-test leaves these two out without a reason of its own.
REASONS = {
    "pslint": "no PowerShell files",
    "shellcheck": "no *.sh files; `make shellcheck` looks at the scripts here",
}


def copy_checkout() -> None:
    """Put the files of the checkout where ansible-test looks for a collection."""
    shutil.rmtree(COLLECTION, ignore_errors=True)
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listing.stdout.split("\0")):
        source, target = CHECKOUT / name, COLLECTION / name
        if source.is_file():  # not if it was deleted and git has not been told
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    # A repository of its own: ansible-test would ask the checkout's, which ignores all of .cache.
    subprocess.run(["git", "init", "--quiet"], cwd=COLLECTION, check=True)


def prepare_home() -> None:
    """Give ansible-test a home that knows how the person's pip reaches its packages, and no more."""
    # Not at the top: only this file's own environment has ansible-test.
    from ansible_test._internal.python_requirements import get_venv_packages  # noqa: PLC0415

    version = get_venv_packages(SimpleNamespace(version=PYTHON))["pip"]
    script = HOME / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(GET_PIP, encoding="utf-8")
    for name in (".config/pip", ".pip", ".cache/pip"):
        theirs, link = Path.home() / name, HOME / name
        if theirs.exists() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(theirs)


def ansible_test(*arguments: str, output: int | t.IO[str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run ansible-test's sanity command in the copy; its output goes where ours goes, or to `output`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    return subprocess.run(
        [*ANSIBLE_TEST, *arguments],
        cwd=COLLECTION, env=environment | {"HOME": str(HOME)}, check=False, text=True,
        stdout=output, stderr=None if output is None else subprocess.STDOUT,
    )  # fmt: skip


def results() -> dict[str, str]:
    """Read what became of each test that ansible-test considered: why it was skipped, or nothing."""
    found = {}
    for report in sorted((COLLECTION / "tests" / "output" / "junit").glob("*.xml")):
        for case in ET.parse(report).iter("testcase"):
            name = case.get("name", "").partition("-python-")[0]
            skipped = case.find("skipped")
            found[name] = "" if skipped is None else REASONS.get(name, skipped.text or skipped.get("message") or "")
    return found


def main() -> int:
    """Run all tests, report, and hand on ansible-test's exit code."""
    copy_checkout()
    prepare_home()
    listing = ansible_test("--list-tests", "--allow-disabled", output=subprocess.PIPE).stdout
    every = [line for line in listing.splitlines() if re.fullmatch(r"[a-z][a-z0-9-]*", line)]
    with SETUP_LOG.open("w", encoding="utf-8") as log:
        if ansible_test("--python", PYTHON, "--prime-venvs", output=log).returncode:
            print(f"the environments of the single tests could not be made: see {SETUP_LOG}")
            return 1
    run = ansible_test("--python", PYTHON, "--junit")
    found = results()

    ran = [name for name, skipped in found.items() if not skipped]
    print(f">> ran {len(ran)} of ansible-test's {len(every)} sanity tests: {', '.join(ran)}")
    for name in every:
        if name not in found:
            print(f">> did not run: {name} (ansible-test leaves it out by default)")
        elif found[name]:
            print(f">> did not run: {name} ({found[name]})")
    return run.returncode if ran else 1


if __name__ == "__main__":
    sys.exit(main())
