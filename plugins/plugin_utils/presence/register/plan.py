# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: from what is wanted and what is there to the steps between them, and what stands there afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from ...windows.registry_values import StringValue
from ..keys import GUID
from .desired import Desired
from .survey import VALUES, KeyState, Rest


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
    after: KeyState


def make_plan(desired: Desired, current: KeyState) -> Plan:
    """Decide for one view."""
    return _removal(current) if desired.values is None else _registration(desired, current)


def _registration(desired: Desired, current: KeyState) -> Plan:
    wanted = {name: StringValue.of(text) for name, text in (desired.values or {}).items()}
    writes = [name for name in wanted if not _same(name, current.values.get(name), wanted[name])]
    steps: list[Step] = [SetValue(name, wanted[name].name) for name in writes]
    if not current.exists:
        steps.insert(0, CreateKey())
    after = {name: wanted[name] if name in writes else current.values[name] for name in wanted}
    return Plan(tuple(steps), KeyState(True, after, current.rest))


def _removal(current: KeyState) -> Plan:
    if not current.exists:
        return Plan((), current)
    if not current.rest:
        return Plan((DeleteKey(),), KeyState(exists=False))
    deletes = tuple(DeleteValue(name) for name in VALUES if name in current.values)
    return Plan(deletes, KeyState(True, {}, current.rest))


def left(desired: Desired, current: KeyState | None) -> Rest | None:
    """Return for what a key stays although its registration should be absent; None if that is not so."""
    return current.rest if current and desired.values is None and current.exists and current.rest else None


def _same(name: str, current: StringValue | None, wanted: StringValue) -> bool:
    if current is None or current.state is not wanted.state:
        return False
    # COM reads a GUID without regard to case; of the others nobody says how Office compares them.
    return current.name == wanted.name or (name == GUID and current.name.casefold() == wanted.name.casefold())
