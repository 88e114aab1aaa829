"""`python -m tests.virtual_windows` as a process: its output, its files, its exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.virtual_windows.control_client import Control

CHECKOUT = Path(__file__).parents[3]
FLEET = """
machines:
  desk1:
    office: {platform: x64}
    users: [{account: 'CONTOSO\\ada', signed_in: true, profile: mandatory}]
  gone: {power: off, scheme: https, transports: [basic], latency_ms: 5}
"""


@contextmanager
def running(tmp_path, *options):
    """Run the command until it is ready; stop it afterwards."""
    (tmp_path / "fleet.yml").write_text(FLEET, encoding="utf-8")
    command = [sys.executable, "-m", "tests.virtual_windows", "--fleet", tmp_path / "fleet.yml"]
    command += ["--inventory", tmp_path / "hosts.yml", *options]
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        lines: list[str] = []
        assert process.stdout is not None
        while not lines or lines[-1] not in ("ready", ""):
            lines.append(process.stdout.readline().rstrip("\n"))
        yield process, lines
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("number", "clean"), [(signal.SIGTERM, True), (signal.SIGINT, False)])
def test_it_runs_until_it_is_stopped(tmp_path, number, clean):
    ready = tmp_path / "ready.json"
    ready.write_text("stale", encoding="utf-8")
    options = ["--ready", str(ready), "--connection", "psrp", *(["--clean"] if clean else [])]
    with running(tmp_path, *options) as (process, lines):
        hosts = yaml.safe_load((tmp_path / "hosts.yml").read_text())["all"]["children"]["virtual_windows"]["hosts"]
        place = f"{hosts['desk1']['ansible_host']:15}  5985"
        assert lines[0] == f"desk1  {place}  ntlm+basic, Office x64, 1 users, 1 signed in, mandatory"
        assert lines[1].endswith("off, https, basic, 5 ms, no Office, 0 users, 0 signed in")
        assert lines[-1] == "ready"
        assert len(Control.read(tmp_path / "control.json").machines()) == 2
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    written = {path.name for path in tmp_path.iterdir()} - {"fleet.yml"}
    assert written == (set() if clean else {"hosts.yml", "control.json", "ready.json"})
    if not clean:
        assert json.loads(ready.read_text())["machines"] == 2


def test_a_mistake_is_one_sentence(tmp_path):
    (tmp_path / "fleet.yml").write_text("machines: {a: {colour: red}}", encoding="utf-8")
    command = [sys.executable, "-m", "tests.virtual_windows", "--fleet", tmp_path / "fleet.yml", "--inventory", "x"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: machine a: there is no key 'colour' (")
    assert done.stdout == ""
