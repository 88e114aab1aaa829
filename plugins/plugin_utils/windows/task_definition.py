# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: definitions of scheduled tasks: XML to the Task Scheduler, to us the texts of its elements by their paths.

``Settings/Enabled`` is such a path; the second trigger of a kind is ``Triggers/TimeTrigger[2]``. The service adds
elements, and may leave out what is the default, so only what is wanted is compared, and the default counts where an
element is missing. In triggers and actions everything counts: one that somebody adds changes what is done, or when.

Source: "Task Scheduler Schema" (Microsoft Learn), for order, types and defaults.
"""

from __future__ import annotations

import re
import typing as t
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ..wsman.documents import document
from ..wsman.messages import element, local_name

Definition = t.Mapping[str, str]

_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"

#: The parts of which everything counts.
_WHOLE = ("Triggers", "Actions")

_DEFAULTS = {
    **dict.fromkeys(("Enabled", "AllowStartOnDemand", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries"), "true"),
    **dict.fromkeys(("StopAtDurationEnd", "Hidden", "RunOnlyIfIdle", "RunOnlyIfNetworkAvailable"), "false"),
    **dict.fromkeys(("Delay", "RandomDelay"), "PT0S"),
    "MultipleInstancesPolicy": "IgnoreNew",
}

#: SYSTEM, by its names.
_ACCOUNTS = frozenset({"s-1-5-18", "system", "nt authority\\system"})

_DURATION = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?", re.ASCII)


@dataclass(frozen=True)
class Difference:
    """An element that is not as it is wanted; None: there is none."""

    path: str
    wanted: str | None
    found: str | None


def written(definition: Definition) -> str:
    """Return the XML for a definition, whose paths stand in the order of the schema."""
    root = ET.Element("Task")
    for path, text in definition.items():
        _at(root, path.split("/")).text = text
    parts = "".join(map(_text, root))
    # Windows exports definitions with this declaration; the text itself is UTF-16 where it is read.
    return f'<?xml version="1.0" encoding="UTF-16"?>\n<Task version="1.2" xmlns="{_NAMESPACE}">{parts}</Task>'


def parsed(xml: str) -> dict[str, str]:
    """Return the definition in what the service exports; ProtocolError if it is no definition of a task."""
    root = document("the task's definition", xml.encode("utf-8", "replace"))
    found: dict[str, str] = {}
    _collect(root, "", found)
    return found


def differences(wanted: Definition, found: Definition) -> list[Difference]:
    """Return what differs, in the order of the paths."""
    differing = []
    for path, text in wanted.items():
        there = found.get(path, _default(path) if _has_parent(path, found) else None)
        if there is None or _normal(path, there) != _normal(path, text):
            differing.append(Difference(path, text, there))
    for path, text in found.items():
        if path.split("/")[0] in _WHOLE and path not in wanted and not _is_harmless(path, text, wanted):
            differing.append(Difference(path, None, text))
    return differing


def minutes(text: str | None) -> int | None:
    """Return the whole minutes of a duration; None if it is none."""
    seconds = _seconds(text or "")
    return None if seconds is None else seconds // 60


def _is_harmless(path: str, text: str, wanted: Definition) -> bool:
    """Whether what somebody added says no more than its absence: a default, or an element that is wanted and empty."""
    default = _default(path)
    is_default = default is not None and _normal(path, text) == _normal(path, default) and _has_parent(path, wanted)
    return is_default or (not text and any(one.startswith(f"{path}/") for one in wanted))


def _has_parent(path: str, definition: Definition) -> bool:
    parent = path.rpartition("/")[0]
    return any(one == parent or one.startswith(f"{parent}/") for one in definition)


def _default(path: str) -> str | None:
    return _DEFAULTS.get(path.rpartition("/")[2])


def _normal(path: str, text: str) -> object:
    """Return a text in the form in which texts that mean the same are equal."""
    name, plain = path.rpartition("/")[2], " ".join(text.split())
    if name == "UserId" and plain.lower() in _ACCOUNTS:
        return "SYSTEM"
    if name in ("Command", "Arguments"):
        return text.strip()
    if plain.lower() in ("true", "1", "false", "0"):
        return plain.lower() in ("true", "1")
    seconds = _seconds(plain)
    return plain if seconds is None else seconds


def _seconds(text: str) -> int | None:
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes_, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes_) * 60 + seconds


def _at(root: ET.Element, names: list[str]) -> ET.Element:
    """Return the element at a path, made if need be."""
    for name in names:
        child = root.find(name)
        root = ET.SubElement(root, name) if child is None else child
    return root


def _text(one: ET.Element) -> str:
    if not len(one):
        return element(one.tag, one.text or "")
    inside = "".join(map(_text, one))
    return f"<{one.tag}>{inside}</{one.tag}>"


def _collect(one: ET.Element, path: str, found: dict[str, str]) -> None:
    counts: dict[str, int] = {}
    for child in one:
        name = local_name(child)
        counts[name] = counts.get(name, 0) + 1
        number = f"[{counts[name]}]" if counts[name] > 1 else ""
        _collect(child, f"{path}/{name}{number}" if path else f"{name}{number}", found)
    if not len(one) and path:
        found[path] = one.text or ""
