"""Print the numbers that the tests of a folder recorded with `record_property`: faults, mutations, seconds, bytes."""

from __future__ import annotations

import typing as t
from collections import Counter
from pathlib import Path

_LARGEST = ("peak", "seconds")


def print_properties(terminalreporter: t.Any, conftest: str) -> None:
    """Print the numbers that the tests beside a conftest recorded.

    Args:
        conftest: its `__file__`.
    """
    folder = Path(conftest).parent.name
    totals: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        if not report.nodeid.startswith(f"tests/{folder}/") or report.when != "call":
            continue
        for name, value in report.user_properties:
            totals[name] = max(totals[name], value) if name.startswith(_LARGEST) else totals[name] + value
    if totals:
        terminalreporter.section(folder)
        for name, value in sorted(totals.items()):
            terminalreporter.line(f"{name}: {value:,}")
