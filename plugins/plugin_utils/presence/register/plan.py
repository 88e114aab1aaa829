# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: from what is wanted and what was found to the steps between them, and what stands there afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from ...windows.registry_values import StringValue
from ..keys import GUID
from .desired import Desired
from .survey import VALUES, Found, Rest


@dataclass(frozen=True)
class CreateKey:
    """Create the registration's key."""


@dataclass(frozen=True)
class SetValue:
    """Write one of its values."""

    name: str
    text: str


@dataclass(frozen=True)
class DeleteValue:
    """Delete one of its values."""

    name: str


@dataclass(frozen=True)
class DeleteKey:
    """Delete its key with its values."""


Step = CreateKey | SetValue | DeleteValue | DeleteKey


@dataclass(frozen=True)
class Plan:
    """What is to be done in one view; nothing if there are no steps.

    Args:
        after: what stands there once it is done.
    """

    steps: tuple[Step, ...]
    after: Found


def make_plan(desired: Desired, found: Found) -> Plan:
    """Decide for one view."""
    return _removal(found) if desired.values is None else _registration(desired, found)


def _registration(desired: Desired, found: Found) -> Plan:
    wanted = {name: StringValue.of(text) for name, text in (desired.values or {}).items()}
    writes = [name for name in wanted if not _same(name, found.values.get(name), wanted[name])]
    steps: list[Step] = [SetValue(name, wanted[name].name) for name in writes]
    if not found.exists:
        steps.insert(0, CreateKey())
    after = {name: wanted[name] if name in writes else found.values[name] for name in wanted}
    return Plan(tuple(steps), Found(True, after, found.rest))


def _removal(found: Found) -> Plan:
    if not found.exists:
        return Plan((), found)
    if not found.rest:
        return Plan((DeleteKey(),), Found(exists=False))
    deletes = tuple(DeleteValue(name) for name in VALUES if name in found.values)
    return Plan(deletes, Found(True, {}, found.rest))


def left(desired: Desired, found: Found | None) -> Rest | None:
    """Return for what a key stays although its registration should be absent; None if that is not so."""
    return found.rest if found and desired.values is None and found.exists and found.rest else None


def _same(name: str, found: StringValue | None, wanted: StringValue) -> bool:
    if found is None or found.state is not wanted.state:
        return False
    # COM reads a GUID without regard to case; of the others nobody says how Office compares them.
    return found.name == wanted.name or (name == GUID and found.name.casefold() == wanted.name.casefold())
