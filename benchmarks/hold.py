"""Measure a fleet that is held: CPU, memory, threads, requests, and how soon 50 hosts are right again.

python -m benchmarks.hold [HOSTS [SECONDS [INTERVAL]]] [poll|events], by default 300 hosts, 120 s, polling every 10 s.
The virtual machines run in a process of their own on the same computer, and their work is not counted.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import typing as t
from multiprocessing.connection import Connection
from pathlib import Path

ADA = r"CONTOSO\ada"
OVERWRITTEN = 50

#: Seconds after which a fleet that is not held by then is given up.
_START = 900.0


def machines(pipe: Connection, count: int, folder: Path) -> None:
    """Run the virtual machines; answer questions about them."""
    from tests.virtual_windows.control_actions import perform  # noqa: PLC0415
    from tests.virtual_windows.fleet import Fleet  # noqa: PLC0415

    user = {"account": ADA, "signed_in": True, "default": "Lync", "clients": {"Lync": "running"}}
    described = {"providers": ["Lync", "Teams"], "office": {"platform": "x64"}, "users": [user]}
    with Fleet.load({"machines": {f"desk{n:04}": described for n in range(count)}}, speed=1) as fleet:
        fleet.write_inventory(folder / "inventory.yml", "winrm")
        members = list(fleet)
        pipe.send("ready")
        while (question := pipe.recv()) != "end":
            if question == "requests":
                entries = [entry for one in members for entry in one.log.entries]
                logins = sum(entry.authentication for entry in entries)
                pipe.send((len(entries) - logins, logins))
            elif question == "overwrite":
                for one in members[:OVERWRITTEN]:
                    key = r"Software\IM Providers"
                    perform(one, "set", {"key": key, "name": "DefaultIMApp", "data": "Teams", "user": ADA})
                pipe.send(None)
            elif question == "wrong":
                pipe.send([wrong(one.machine.history.of(ADA)) for one in members[:OVERWRITTEN]])
            elif question == "left":
                pipe.send(sum(len(one.server.subscriptions.all()) + len(one.server.shells) for one in members))


def wrong(moments: t.Sequence[t.Any]) -> float | None:
    """Return for how long the default was wrong the last time; None if it still is."""
    if len(moments) < 2 or moments[-1].data != "Lync":
        return None
    return float(moments[-1].at - moments[-2].at)


class Process:
    """What the system says about a process."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")

    def cpu(self) -> float:
        """Return the CPU seconds that it has taken."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def status(self, name: str) -> int:
        """Return a number of its status."""
        return int((self._folder / "status").read_text().partition(f"{name}:")[2].split()[0])


def main(count: int, seconds: int, interval: int, watch: str) -> None:
    """Measure, and print."""
    print(f"{count} hosts, {seconds} s, {watch}, interval {interval} s; {os.cpu_count()} cores, "
          f"Python {platform.python_version()}; load of others {os.getloadavg()[0]:.1f}")  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        fleet = multiprocessing.get_context("spawn").Process(target=machines, args=(theirs, count, folder))
        fleet.start()
        ours.recv()
        try:
            hold(folder, ours, seconds, interval, watch)
        finally:
            ours.send("end")
            fleet.join()


def hold(folder: Path, fleet: Connection, seconds: int, interval: int, watch: str) -> None:
    """Hold the machines, and print what it takes."""
    state = folder / "state.jsonl"
    variables = {
        "default_im_app_name": "Lync",
        "default_im_app_hold_interval": interval,
        "default_im_app_watch": watch,
        "default_im_app_hold_state_file": str(state),
        "default_im_app_hold_stop_file": str(folder / "stop"),
    }
    command = ["ansible-playbook", "-i", str(folder / "inventory.yml"), "presence.office.hold", "-e"]
    environment = os.environ | {"ANSIBLE_DISPLAY_OK_HOSTS": "false"}
    with (folder / "output").open("w") as output:
        playbook = subprocess.Popen([*command, json.dumps(variables)], stdout=output, env=environment)
        began = until(state, "start", playbook)
        worker = Process(json.loads(state.read_text().splitlines()[0])["pid"])
        held = until(state, "status", playbook)
        start = {"s": held - began, "cpu": worker.cpu()}
        requests, logins = ask(fleet, "requests")
        print(f"all asked after {start['s']:.1f} s: {start['cpu']:.1f} CPU s, {requests} requests, {logins} of logins")
        threads = 0
        quiet = time.monotonic()
        while time.monotonic() < quiet + seconds / 2:
            time.sleep(1)
            threads = max(threads, worker.status("Threads"))
        half, now = time.monotonic() - quiet, ask(fleet, "requests")
        cpu, before = worker.cpu(), requests
        hosts = json.loads(state.read_text().splitlines()[0])["hosts"]
        each = 60 * (now[0] - before) / half / hosts
        print(f"in {half:.0f} s of quiet: {cpu - start['cpu']:.1f} CPU s, "
              f"{each:.1f} requests a minute a host, {now[1] - logins} of logins")  # fmt: skip
        ask(fleet, "overwrite")
        while None in (spans := ask(fleet, "wrong")):
            time.sleep(0.2)
        print(f"{len(spans)} overwritten at once: right again after {statistics.median(spans):.2f} s (median), "
              f"{max(spans):.2f} s at most")  # fmt: skip
        while time.monotonic() < quiet + seconds:
            time.sleep(1)
            threads = max(threads, worker.status("Threads"))
        print(f"in all: {worker.cpu():.1f} CPU s, {worker.status('VmHWM') / 1024:.0f} MB at most, {threads} threads")
        (folder / "stop").touch()
        stopped = time.monotonic()
        until(state, "end", playbook)
        print(f"ended after {time.monotonic() - stopped:.1f} s; left open: {ask(fleet, 'left')}")
        playbook.wait()
    lines = [json.loads(line) for line in state.read_text().splitlines()]
    lost = [f"{line['host']}: {line['detail']}" for line in lines if line["event"] == "lost"]
    print(f"exit code {playbook.returncode}; lost {len(lost)} times{f' ({lost[0]})' if lost else ''}")


def ask(fleet: Connection, question: str) -> t.Any:
    """Ask the virtual machines."""
    fleet.send(question)
    return fleet.recv()


def until(state: Path, event: str, playbook: subprocess.Popen[t.Any]) -> float:
    """Wait for a line of the state file; return when it came."""
    end = time.monotonic() + _START
    while not (state.exists() and f'"event":"{event}"' in state.read_text()):
        if playbook.poll() is not None or time.monotonic() > end:
            sys.exit(f"no {event}; exit code {playbook.poll()}")
        time.sleep(0.1)
    return time.monotonic()


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:] if text.isdecimal()]
    hosts_, seconds_, interval_ = [*numbers, *[300, 120, 10][len(numbers) :]]
    main(hosts_, seconds_, interval_, "events" if "events" in sys.argv else "poll")
