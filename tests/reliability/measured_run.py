"""Run one task on one machine in a process of its own, to measure its time and peak memory.

    python -m tests.reliability.measured_run CONNECTION PORT TASK [LIMIT=VALUE ...]

prints a line of JSON. LIMIT is one of `plugin_utils/limits.py`, lowered so that the test does not take an hour.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
import typing as t
import warnings
from pathlib import Path

from ansible_collections.presence.office.plugins.plugin_utils import limits

from .driver import Driver

TASKS: dict[str, dict[str, t.Any]] = {"default_im_app": {"name": ["Lync"]}, "im_provider_facts": {}}


def main(connection: str, port: str, task: str, *limits_: str) -> None:
    """See the module's docstring."""
    warnings.simplefilter("ignore")
    for one in limits_:
        name, _unused, value = one.partition("=")
        setattr(limits, name, type(getattr(limits, name))(float(value)))
    driver = Driver.of(connection, variables(connection, int(port)))
    gc.collect()
    before = _memory("VmRSS")
    started = time.monotonic()
    outcome = driver.run(task, **TASKS[task])
    seconds = time.monotonic() - started
    peak = _memory("VmHWM") - before
    report = {"status": outcome.status, "msg": outcome.message[:2000], "length": len(outcome.message)}
    report["size"] = len(json.dumps(outcome.result))
    print(json.dumps({**report, "seconds": round(seconds, 2), "peak": peak}))


def variables(connection: str, port: int) -> dict[str, t.Any]:
    """Return the host variables of a loopback host with basic login and no encryption."""
    common = {"ansible_host": "127.0.0.1", "ansible_port": port, "ansible_user": "u", "ansible_password": "p"}
    if connection == "winrm":
        plugin_options = {"transport": "basic", "scheme": "http", "proxy": None, "read_timeout_sec": 5}
        plugin_options["operation_timeout_sec"] = 4
    else:
        plugin_options = {"auth": "basic", "protocol": "http", "message_encryption": "never", "ignore_proxy": True}
        plugin_options["read_timeout"] = 5
    return {**common, **{f"ansible_{connection}_{name}": value for name, value in plugin_options.items()}}


def _memory(field: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    match = re.search(rf"{field}:\s+(\d+) kB", status)
    assert match
    return int(match[1]) * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
