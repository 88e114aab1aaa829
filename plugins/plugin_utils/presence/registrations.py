# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: reads a machine's registrations by command, together with the users' hives: no request of their own.

``typed_availability`` reads the part of them that setting a default needs by typed calls.
"""

from __future__ import annotations

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
                    _add(providers, name, view, _registration(key, click_to_run))
            cut = cut or output.cut
    return Registrations(providers, cut)


def _add(providers: dict[str, Provider], name: str, view: View, registration: Registration) -> None:
    first = providers.get(name.casefold()) or Provider(name, {})
    # The machine's own registry comes before Click-to-Run's; should a key be printed twice, the first one counts.
    registrations = dict(first.registrations)
    registrations.setdefault(view, registration)
    providers[name.casefold()] = Provider(first.name, registrations)


def _registration(key: PrintedKey, click_to_run: bool) -> Registration:
    return Registration(key.text(FRIENDLY_NAME), key.text(GUID), key.text(PROCESS_NAME), click_to_run)


def _name_below(key: PrintedKey, root: str) -> str | None:
    """Return the name of a key right below ``root``."""
    parent = f"HKEY_LOCAL_MACHINE\\{root}\\"
    name = key.path[len(parent) :]
    is_below = key.path.casefold().startswith(parent.casefold()) and name and "\\" not in name
    return name if is_below and len(name) <= LONGEST_NAME else None
