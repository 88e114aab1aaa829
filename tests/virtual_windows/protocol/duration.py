"""xs:duration, as far as timeouts use it."""

from __future__ import annotations

import re

_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def parse(text: str) -> float:
    """Return the seconds; raise ValueError for invalid or negative durations, and for months and years."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ValueError(text)
    parts = {name: float(number or 0) for name, number in match.groupdict().items()}
    return parts["days"] * 86_400 + parts["hours"] * 3_600 + parts["minutes"] * 60 + parts["seconds"]


def seconds(value: float) -> str:
    """Return an IdleTimeOut as a shell shows it."""
    return f"PT{value:.3f}S"


def days(value: float) -> str:
    """Return a running time as a shell shows it."""
    whole = int(value)
    return f"P{whole // 86_400}DT{whole % 86_400 // 3_600}H{whole % 3_600 // 60}M{whole % 60}S"
