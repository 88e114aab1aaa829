# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: reads a machine's registrations by typed calls, for the facts of a machine that allows no remote shells.

It takes a request for each place that can hold any, and three for each registration.
"""

from __future__ import annotations

from .. import limits
from ..windows.registry import CALL_ERRORS, Registry, Root
from ..windows.registry_view import View
from .keys import FRIENDLY_NAME, GUID, LONGEST_NAME, PROCESS_NAME
from .providers import Provider, Registration, Registrations
from .registrations import add_registration, registration_keys


def read_registrations(registry: Registry) -> tuple[Registrations, list[str]]:
    """Return the registrations, and a sentence about each place that could not be read."""
    providers: dict[str, Provider] = {}
    not_known: list[str] = []
    cut = False
    for view in View:
        for root, click_to_run in registration_keys(view):
            try:
                names = [name for name in registry.subkeys(Root.HKLM, root) or () if 0 < len(name) <= LONGEST_NAME]
                cut = cut or len(names) > limits.PROVIDERS
                for name in names[: limits.PROVIDERS]:
                    registration = _registration(registry, f"{root}\\{name}", click_to_run)
                    add_registration(providers, name, view, registration)
            except CALL_ERRORS as error:
                not_known.append(f"which providers the view {view.value} registers is not known: {error}")
    return Registrations(providers, cut), not_known


def _registration(registry: Registry, key: str, click_to_run: bool) -> Registration:
    friendly_name, guid, process_name = (
        registry.string(Root.HKLM, key, name).text for name in (FRIENDLY_NAME, GUID, PROCESS_NAME)
    )
    return Registration(friendly_name, guid, process_name, click_to_run)
