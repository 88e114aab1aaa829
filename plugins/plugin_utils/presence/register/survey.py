# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what a machine has of a registration, view by view."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ...windows.key_names import folded, spelled
from ...windows.office import read_platform
from ...windows.registry import CALL_ERRORS, Registry, Root
from ...windows.registry_values import StringValue, ValueState
from ...windows.registry_view import View
from ..keys import FRIENDLY_NAME, GUID, IM_PROVIDERS, PROCESS_NAME
from .desired import Desired

#: The values of a registration, in the order in which they are written.
VALUES = (FRIENDLY_NAME, GUID, PROCESS_NAME)


@dataclass(frozen=True)
class Rest:
    """What a registration's key holds that is no part of the registration; the default value has an empty name."""

    values: tuple[str, ...] = ()
    subkeys: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values or self.subkeys)


@dataclass(frozen=True)
class KeyState:
    """What a view has of a registration.

    Args:
        exists: whether its key does.
        values: by name, where they are there, whatever their type.
        rest: what else the key holds; looked at only where the registration is to be removed.
    """

    exists: bool
    values: t.Mapping[str, StringValue] = field(default_factory=dict)
    rest: Rest = Rest()


@dataclass(frozen=True)
class SurveyedView:
    """One view.

    Args:
        key: the registration's key below HKLM, as the machine spells it.
        current: what it holds; None if it could not be read.
        error: why not.
    """

    view: View
    key: str
    current: KeyState | None
    error: str | None = None


def wanted_views(registry: Registry, desired: Desired) -> list[View]:
    """Return the views to look at.

    Raises:
        ValueError: the view of the machine's Office is wanted, and which one that is is not known.
    """
    platform = read_platform(registry) if desired.needs_platform else None
    if desired.needs_platform and platform is None:
        raise ValueError(
            "views: which view the Office of this machine reads is not known, since neither Click-to-Run's Platform "
            "nor Outlook's Bitness says x64 or x86 here. Nothing was changed. Name x64, x86 or both"
        )
    return [view for view in View if view in desired.views or view is platform]


def take_survey(registry: Registry, desired: Desired, views: t.Iterable[View]) -> list[SurveyedView]:
    """Survey these views; one that cannot be read does not stop the others.

    Raises:
        UnreachableError: the machine is lost.
    """
    return [_survey(registry, desired, view) for view in views]


def _survey(registry: Registry, desired: Desired, view: View) -> SurveyedView:
    above = view.software(IM_PROVIDERS)
    key = f"{above}\\{desired.name}"
    try:
        names = registry.subkeys(Root.HKLM, above)
        name = spelled(desired.name, names)
        if name is None:
            error = _reason_against(registry, view) if names is None and desired.values else None
            return SurveyedView(view, key, None if error else KeyState(exists=False), error)
        key = f"{above}\\{name}"
        return SurveyedView(view, key, look(registry, key, rest=desired.values is None))
    except CALL_ERRORS as error:
        return SurveyedView(view, key, None, str(error))


def look(registry: Registry, key: str, *, rest: bool) -> KeyState:
    """Return what a key holds, its ``rest`` if that is wanted."""
    values = {}
    for name in VALUES:
        value = registry.string(Root.HKLM, key, name)
        if not value.key_exists:
            return KeyState(exists=False)
        if value.state is not ValueState.MISSING:
            values[name] = value
    return KeyState(True, values, _rest(registry, key) if rest else Rest())


def _rest(registry: Registry, key: str) -> Rest:
    ours = {folded(name) for name in VALUES}
    others = [name for name in registry.value_names(Root.HKLM, key) or () if name and folded(name) not in ours]
    # Windows does not list the default value where it is the only one.
    if registry.string(Root.HKLM, key, "").state is not ValueState.MISSING:
        others.append("")
    return Rest(tuple(others), tuple(registry.subkeys(Root.HKLM, key) or ()))


def _reason_against(registry: Registry, view: View) -> str | None:
    """Return why a view that has no registrations so far cannot have one: 32-bit Windows has no second view."""
    if view is View.X64 or registry.subkeys(Root.HKLM, r"SOFTWARE\WOW6432Node") is not None:
        return None
    return r"this machine has no HKLM\SOFTWARE\WOW6432Node, so it is a 32-bit Windows: its only view is called x64 here"
