"""Print what the tests of a folder have counted with `record_property`: faults, mutations, seconds, bytes."""

from __future__ import annotations

import typing as t
from collections import Counter
from pathlib import Path

_LARGEST = ("peak", "seconds")


def summary(terminalreporter: t.Any, conftest: str) -> None:
    """Print what the tests beside a conftest have counted.

    Args:
        conftest: its `__file__`.
    """
    folder = Path(conftest).parent.name
    counted: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        if not report.nodeid.startswith(f"tests/{folder}/") or report.when != "call":
            continue
        for name, value in report.user_properties:
            counted[name] = max(counted[name], value) if name.startswith(_LARGEST) else counted[name] + value
    if counted:
        terminalreporter.section(folder)
        for name, value in sorted(counted.items()):
            terminalreporter.line(f"{name}: {value:,}")
