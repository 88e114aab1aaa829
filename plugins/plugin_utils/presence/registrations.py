# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: reads a machine's registrations by command, together with the users' hives: no request of their own.

``typed_availability`` reads the part of them that setting a default needs by typed calls; ``typed_registrations`` reads
all of them, on a machine that allows no remote shells.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ..windows.command_output import Output
from ..windows.reg_query import PrintedKey, parse_keys, tree
from ..windows.registry_view import View
from .keys import CLICK_TO_RUN_REGISTRY, FRIENDLY_NAME, GUID, IM_PROVIDERS, LONGEST_NAME, PROCESS_NAME
from .providers import Provider, Registration, Registrations


def registration_keys(view: View) -> list[tuple[str, bool]]:
    """Return the keys below ``HKLM`` that hold a view's registrations; True: in Click-to-Run's own registry."""
    key = view.software(IM_PROVIDERS)
    return [(key, False), (f"{CLICK_TO_RUN_REGISTRY}\\{key}", True)]


def _label(view: View, click_to_run: bool) -> str:
    return f"{'click_to_run.' if click_to_run else ''}{view.value}"


#: Questions for the command; ``parse_registrations`` understands the answers.
QUESTIONS = "& ".join(
    tree(_label(view, click_to_run), rf"HKLM\{key}") for view in View for key, click_to_run in registration_keys(view)
)


def parse_registrations(answers: t.Mapping[str, t.Sequence[Output]]) -> Registrations:
    """Return the registrations in the answers to ``QUESTIONS``; if one is printed twice, the first one counts."""
    providers: dict[str, Provider] = {}
    cut = False
    for view in View:
        for root, click_to_run in registration_keys(view):
            output = answers.get(_label(view, click_to_run), [Output()])[0]
            for key in parse_keys(output):
                name = _name_below(key, root)
                if name is not None:
                    add_registration(providers, name, view, _registration(key, click_to_run))
            cut = cut or output.cut
    return Registrations(providers, cut)


def add_registration(providers: dict[str, Provider], name: str, view: View, registration: Registration) -> None:
    """Add one view's registration of a provider; Click-to-Run's own ones come after those of the machine."""
    first = providers.get(name.casefold()) or Provider(name, {})
    registrations = dict(first.registrations)
    # Should a key be printed twice, the first one counts.
    known = registrations.setdefault(view, registration)
    if registration.click_to_run and not known.click_to_run:
        registrations[view] = _merged(known, registration)
    providers[name.casefold()] = Provider(first.name, registrations)


def _merged(own: Registration, click_to_run: Registration) -> Registration:
    """Return what Office sees of a key in both registries: each value of the machine's own one, else Click-to-Run's."""
    merged = Registration(
        own.friendly_name or click_to_run.friendly_name,
        own.guid or click_to_run.guid,
        own.process_name or click_to_run.process_name,
    )
    return dataclasses.replace(merged, click_to_run=merged.guid != own.guid)


def _registration(key: PrintedKey, click_to_run: bool) -> Registration:
    return Registration(key.text(FRIENDLY_NAME), key.text(GUID), key.text(PROCESS_NAME), click_to_run)


def _name_below(key: PrintedKey, root: str) -> str | None:
    """Return the name of a key right below ``root``."""
    parent = f"HKEY_LOCAL_MACHINE\\{root}\\"
    name = key.path[len(parent) :]
    is_below = key.path.casefold().startswith(parent.casefold()) and name and "\\" not in name
    return name if is_below and len(name) <= LONGEST_NAME else None
