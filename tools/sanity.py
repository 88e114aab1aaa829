"""Run `ansible-test sanity` on this checkout and say which of its tests ran.

ansible-test insists on a folder `ansible_collections/presence/office` and follows no links, so it gets a
copy of what git tracks or would track, new each time. It also wants a home: for the environments of
its single tests, and for a script that installs pip into those, which it would fetch from the internet. Both
stay in `.cache/sanity`, where the script is a few lines around the pip that comes with Python.

Lines that start with ">> " are shown even if the run succeeds (see tools/step).
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

# ansible-test skips these two without giving a reason.
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
        if source.is_file():  # not if it was deleted without git
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    # Its own repository: ansible-test would use the checkout's, which ignores all of .cache.
    subprocess.run(["git", "init", "--quiet"], cwd=COLLECTION, check=True)


def prepare_home() -> None:
    """Give ansible-test a home with the user's configuration of pip, and nothing else."""
    # Not at the top: ansible-test is only in this file's environment.
    from ansible_test._internal.python_requirements import get_venv_packages  # noqa: PLC0415

    version = get_venv_packages(SimpleNamespace(version=PYTHON))["pip"]
    script = HOME / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(GET_PIP, encoding="utf-8")
    for name in (".config/pip", ".pip", ".cache/pip"):
        users_file, link = Path.home() / name, HOME / name
        if users_file.exists() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(users_file)


def ansible_test(*arguments: str, output: int | t.IO[str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run ansible-test's sanity command in the copy; its output goes to ours, or to `output`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    return subprocess.run(
        [*ANSIBLE_TEST, *arguments],
        cwd=COLLECTION, env=environment | {"HOME": str(HOME)}, check=False, text=True,
        stdout=output, stderr=None if output is None else subprocess.STDOUT,
    )  # fmt: skip


def results() -> dict[str, str]:
    """Return the reason for which each considered test was skipped, or nothing."""
    results_ = {}
    for report in sorted((COLLECTION / "tests" / "output" / "junit").glob("*.xml")):
        for case in ET.parse(report).iter("testcase"):
            name = case.get("name", "").partition("-python-")[0]
            skipped = case.find("skipped")
            results_[name] = "" if skipped is None else REASONS.get(name, skipped.text or skipped.get("message") or "")
    return results_


def main() -> int:
    """Run all tests, report, and return ansible-test's exit code."""
    copy_checkout()
    prepare_home()
    listing = ansible_test("--list-tests", "--allow-disabled", output=subprocess.PIPE).stdout
    all_tests = [line for line in listing.splitlines() if re.fullmatch(r"[a-z][a-z0-9-]*", line)]
    with SETUP_LOG.open("w", encoding="utf-8") as log:
        if ansible_test("--python", PYTHON, "--prime-venvs", output=log).returncode:
            print(f"the environments of the single tests could not be made: see {SETUP_LOG}")
            return 1
    run = ansible_test("--python", PYTHON, "--junit")
    results_ = results()

    ran = [name for name, skipped in results_.items() if not skipped]
    print(f">> ran {len(ran)} of ansible-test's {len(all_tests)} sanity tests: {', '.join(ran)}")
    for name in all_tests:
        if name not in results_:
            print(f">> did not run: {name} (ansible-test leaves it out by default)")
        elif results_[name]:
            print(f">> did not run: {name} ({results_[name]})")
    return run.returncode if ran else 1


if __name__ == "__main__":
    sys.exit(main())
