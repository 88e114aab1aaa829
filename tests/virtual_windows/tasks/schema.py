"""The schema of task definitions: which elements there are, in which order, with what in them.

Source: "Task Scheduler Schema" (Microsoft Learn), also [MS-TSCH] 2.5. Triggers, actions and settings that are not in
here are refused, although Windows knows more of them.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timedelta

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"

Check = t.Callable[[str], object]

_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?", re.ASCII
)


@dataclass(frozen=True)
class Element:
    """An element with others in it.

    Attributes:
        children: what may be in it.
        required: what must be.
        ordered: `xs:sequence`: in this order; otherwise `xs:all`: in any, each at most once.
        many: a choice: each may occur again, in any order.
        attributes: names.
    """

    children: t.Mapping[str, Element | Check]
    required: frozenset[str] = frozenset()
    ordered: bool = False
    many: bool = False
    attributes: frozenset[str] = field(default_factory=frozenset)


def text(value: str) -> str:
    """Accept any text."""
    return value


def filled(value: str) -> str:
    """Accept text that is not empty."""
    if not value:
        raise ValueError(value)
    return value


def path(value: str) -> str:
    """Accept `pathType`: 1 to 260 characters."""
    if not 1 <= len(value) <= 260:
        raise ValueError(value)
    return value


def boolean(value: str) -> bool:
    """Read an xs:boolean."""
    if value not in ("true", "false", "1", "0"):
        raise ValueError(value)
    return value in ("true", "1")


def moment(value: str) -> datetime:
    """Read an xs:dateTime."""
    if "T" not in value:
        raise ValueError(value)
    return datetime.fromisoformat(value)


def duration(value: str) -> timedelta:
    """Read an xs:duration without months and years."""
    match = _DURATION.fullmatch(value)
    if match is None or not any(match.groups()):
        raise ValueError(value)
    return timedelta(**{name: int(number or 0) for name, number in match.groupdict().items()})


def interval(value: str) -> timedelta:
    """Read the interval of a repetition: a minute to 31 days."""
    read = duration(value)
    if not timedelta(minutes=1) <= read <= timedelta(days=31):
        raise ValueError(value)
    return read


def word(*allowed: str) -> Check:
    """Return the check for one of some words."""

    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError(value)
        return value

    return check


def priority(value: str) -> int:
    """Read a priority: 0 to 10."""
    if not value.isdecimal() or int(value) > 10:
        raise ValueError(value)
    return int(value)


_ID = frozenset({"id"})
_REPETITION = Element(
    {"Interval": interval, "Duration": duration, "StopAtDurationEnd": boolean}, required=frozenset({"Interval"})
)
_BASE: dict[str, Element | Check] = {
    "Enabled": boolean,
    "StartBoundary": moment,
    "EndBoundary": moment,
    "Repetition": _REPETITION,
    "ExecutionTimeLimit": duration,
}


def _trigger(own: dict[str, Element | Check], *required: str) -> Element:
    return Element({**_BASE, **own}, frozenset(required), ordered=True, attributes=_ID)


_SETTINGS: dict[str, Element | Check] = {
    **dict.fromkeys(
        (
            "AllowStartOnDemand",
            "DisallowStartIfOnBatteries",
            "StopIfGoingOnBatteries",
            "AllowHardTerminate",
            "StartWhenAvailable",
            "RunOnlyIfNetworkAvailable",
            "WakeToRun",
            "Enabled",
            "Hidden",
            "RunOnlyIfIdle",
            "UseUnifiedSchedulingEngine",
            "DisallowStartOnRemoteAppSession",
        ),
        boolean,
    ),
    "MultipleInstancesPolicy": word("Parallel", "Queue", "IgnoreNew", "StopExisting"),
    "IdleSettings": Element(
        {"Duration": duration, "WaitTimeout": duration, "StopOnIdleEnd": boolean, "RestartOnIdle": boolean}
    ),
    "ExecutionTimeLimit": duration,
    "Priority": priority,
}

TASK = Element(
    {
        "RegistrationInfo": Element(
            {
                **dict.fromkeys(("SecurityDescriptor", "Source", "Author", "Version", "Description", "URI"), text),
                "Date": moment,
            }
        ),
        "Triggers": Element(
            {
                "LogonTrigger": _trigger({"UserId": filled, "Delay": duration}),
                # "StartBoundary is a required element for time triggers"
                "TimeTrigger": _trigger({"RandomDelay": duration}, "StartBoundary"),
                "RegistrationTrigger": _trigger({"Delay": duration}),
            },
            many=True,
        ),
        "Principals": Element(
            {
                "Principal": Element(
                    {
                        "UserId": filled,
                        "LogonType": word("S4U", "Password", "InteractiveToken", "InteractiveTokenOrPassword"),
                        "GroupId": filled,
                        "DisplayName": text,
                        "RunLevel": word("LeastPrivilege", "HighestAvailable"),
                        "ProcessTokenSidType": word("None", "Unrestricted"),
                    },
                    attributes=_ID,
                )
            },
            required=frozenset({"Principal"}),
        ),
        "Settings": Element(_SETTINGS),
        "Actions": Element(
            {
                "Exec": Element(
                    {"Command": path, "Arguments": text, "WorkingDirectory": path},
                    required=frozenset({"Command"}),
                    attributes=_ID,
                )
            },
            required=frozenset({"Exec"}),
            many=True,
            attributes=frozenset({"Context"}),
        ),
    },
    required=frozenset({"Actions"}),
    attributes=frozenset({"version"}),
)
