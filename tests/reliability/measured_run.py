"""One task on one machine in a process of its own, to measure what it takes: seconds, and memory at its peak.

    python -m tests.reliability.measured_run CONNECTION PORT TASK [LIMIT=VALUE ...]

prints a line of JSON. The limits are those of `wsman/limits.py`, made shorter so that nobody waits for an hour.
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

from ansible_collections.presence.office.plugins.plugin_utils.wsman import limits

from .driver import Driver

TASKS: dict[str, dict[str, t.Any]] = {"default_im_app": {"name": ["Lync"]}, "im_provider_facts": {}}


def main(connection: str, port: str, task: str, *shorter: str) -> None:
    """See the module's docstring."""
    warnings.simplefilter("ignore")
    for one in shorter:
        name, _unused, value = one.partition("=")
        setattr(limits, name, type(getattr(limits, name))(float(value)))
    driver = Driver.of(connection, variables(connection, int(port)))
    gc.collect()
    before = _memory("VmRSS")
    begun = time.monotonic()
    outcome = driver.run(task, **TASKS[task])
    seconds = time.monotonic() - begun
    peak = _memory("VmHWM") - before
    told = {"status": outcome.status, "msg": outcome.message[:2000], "length": len(outcome.message)}
    told["size"] = len(json.dumps(outcome.result))
    print(json.dumps({**told, "seconds": round(seconds, 2), "peak": peak}))


def variables(connection: str, port: int) -> dict[str, t.Any]:
    """Of a host that takes anybody's basic login without encryption, on this address."""
    shared = {"ansible_host": "127.0.0.1", "ansible_port": port, "ansible_user": "u", "ansible_password": "p"}
    if connection == "winrm":
        of_plugin = {"transport": "basic", "scheme": "http", "proxy": None, "read_timeout_sec": 5}
        of_plugin["operation_timeout_sec"] = 4
    else:
        of_plugin = {"auth": "basic", "protocol": "http", "message_encryption": "never", "ignore_proxy": True}
        of_plugin["read_timeout"] = 5
    return {**shared, **{f"ansible_{connection}_{name}": value for name, value in of_plugin.items()}}


def _memory(what: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{what}:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
