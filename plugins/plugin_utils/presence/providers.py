# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Providers: IM clients that are registered with Office on a machine, and the one to prefer.

Source: Microsoft, "Integrating IM applications with Office": a provider is a subkey of ``IM Providers``
under ``HKLM\Software``, in the view (64-bit or 32-bit) that the machine's Office reads.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..text import printable, some
from ..windows.registry import Registry, Root

#: Where each view keeps the registrations.
VIEWS = {"x64": r"SOFTWARE\IM Providers", "x86": r"SOFTWARE\WOW6432Node\IM Providers"}

#: The longest name that a registry key can have, and so a provider.
LONGEST_NAME = 255

#: Registered providers that a message quotes.
QUOTED = 10


@dataclass(frozen=True)
class Registration:
    """A registered provider: its name as the machine writes it, and the views that have it."""

    name: str
    views: tuple[str, ...]


@dataclass(frozen=True)
class PassedOver:
    """A preference that was not chosen, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """The provider to set, and the earlier preferences that it was set instead of."""

    name: str
    views: tuple[str, ...]
    passed_over: tuple[PassedOver, ...]


class NotRegisteredError(Exception):
    """None of the preferred providers is registered on the machine."""


def registrations(registry: Registry) -> list[Registration]:
    """Return every provider that some view registers: a request a view."""
    names: dict[str, str] = {}
    views: dict[str, list[str]] = {}
    for view, key in VIEWS.items():
        for name in registry.subkeys(Root.HKLM, key) or []:
            if 0 < len(name) <= LONGEST_NAME:
                names.setdefault(name.casefold(), name)
                views.setdefault(name.casefold(), []).append(view)
    return [Registration(name, tuple(views[folded])) for folded, name in names.items()]


def choose(names: t.Sequence[str], registered: t.Sequence[Registration], require_registered: bool) -> Choice:
    """Return the first name that is registered; if none is and none has to be, the first name.

    Raises:
        NotRegisteredError: none is registered; the message lists what is.
    """
    by_name = {registration.name.casefold(): registration for registration in registered}
    passed_over: list[PassedOver] = []
    for name in names:
        found = by_name.get(name.casefold())
        if found is not None:
            return Choice(found.name, found.views, tuple(passed_over))
        passed_over.append(PassedOver(name, "not registered on this machine"))
    if not require_registered:
        return Choice(names[0], (), ())
    raise NotRegisteredError(_nothing_to_choose(names, registered))


def _nothing_to_choose(names: t.Sequence[str], registered: t.Sequence[Registration]) -> str:
    wanted = ", ".join(names)
    there = some([f"{printable(r.name)} ({'+'.join(r.views)})" for r in registered], QUOTED) or "none"
    return (
        f"{wanted}: not registered with Office on this machine, so setting it would leave users without presence. "
        f"Registered here: {there}. Install the client, name another provider, or set require_registered to false"
    )
