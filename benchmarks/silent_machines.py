"""Measure a fleet half of whose machines accept the connection and never answer: how long one task takes on all.

python -m benchmarks.silent_machines [MACHINES [FORKS [SECONDS]]], 500, 50 and 3 if left out. SECONDS is the read
time-out of this run; what the default of both connections, 30, would cost is calculated from it: silent machines differ
in nothing but how long they are waited for, so each costs the difference, shared by the forks.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from tests.integration.machines import ADA, machine
from tests.integration.runner import Ansible
from tests.integration.silence import silent
from tests.virtual_windows.fleet import Fleet

DEFAULT_SECONDS = 30

#: What a task did before: four tries, and the pauses between them.
TRIES_BEFORE, PAUSES_BEFORE = 4, 3.5


def main(machines: int, forks: int, seconds: int) -> None:
    """Measure, and print one line per number."""
    names = [f"desk{number}" for number in range(machines)]
    mute = names[1::2]
    print(
        f"{machines} machines, every other one silent, {forks} forks, winrm, a read time-out of {seconds} s; "
        f"{os.cpu_count()} cores, Python {platform.python_version()}"
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        Fleet.load({"machines": {name: machine(ADA) for name in names}}) as fleet,
        silent([fleet[name] for name in mute]) as connected,
    ):
        ansible = Ansible(fleet, "winrm", Path(folder))
        more = Path(folder) / "more.yml"
        waiting = {"ansible_winrm_read_timeout_sec": seconds, "ansible_winrm_operation_timeout_sec": seconds - 1}
        more.write_text(json.dumps({"all": {"hosts": dict.fromkeys(mute, waiting)}}), encoding="utf-8")
        play = [{"name": "it", "presence.office.default_im_app": {"name": "Lync"}}]
        began = time.perf_counter()
        run = ansible.tasks(play, "-i", str(more), "--forks", str(forks))
        measured = time.perf_counter() - began
    states = [one.status for one in run.results]
    print(f"ok: {states.count('ok')}, unreachable: {states.count('unreachable')}")
    print(f"connections to silent machines: {len(connected)}, {len(connected) / len(mute):.2f} to each")
    print(f"one task on all of them: {measured:.0f} s")
    now = measured + len(mute) * (DEFAULT_SECONDS - seconds) / forks
    longer = DEFAULT_SECONDS * (TRIES_BEFORE - 1) + PAUSES_BEFORE
    print(f"calculated for {DEFAULT_SECONDS} s: {now / 60:.1f} minutes; with four tries each: ", end="")
    print(f"{(now + len(mute) * longer / forks) / 60:.1f} minutes")


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    main(*(arguments + [500, 50, 3][len(arguments) :]))
