# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which of the preferred providers to set on a machine."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...text import printable, some
from ..providers import Provider, Providers
from .policy import Policy

#: Registered providers that a message quotes.
QUOTED = 10


@dataclass(frozen=True)
class PassedOver:
    """A preference that was not chosen, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """The provider to set, the views that register it, and the earlier preferences that were not chosen."""

    name: str
    views: tuple[str, ...]
    passed_over: tuple[PassedOver, ...]


class NotRegisteredError(Exception):
    """None of the preferred providers is registered on the machine."""

    def details(self) -> dict[str, t.Any]:
        """Return keys of the task's result."""
        return {"reason": "not_registered", "provider": None}


def choose_provider(policy: Policy, providers: Providers) -> Choice | None:
    """Return the provider that the policy selects on this machine; None if there should be no default.

    Raises:
        NotRegisteredError: see ``choose``.
    """
    if not policy.present:
        return None
    return choose(policy.names, providers, require_registered=policy.require_registered)


def choose(names: t.Sequence[str], providers: Providers, *, require_registered: bool) -> Choice:
    """Return the first name that is registered; if none is and none has to be, the first name.

    Raises:
        NotRegisteredError: none is registered; the message lists what is.
    """
    passed_over: list[PassedOver] = []
    for name in names:
        provider = providers.get(name.casefold())
        if provider is not None:
            return Choice(provider.name, tuple(provider.views), tuple(passed_over))
        passed_over.append(PassedOver(name, "not registered on this machine"))
    if not require_registered:
        return Choice(names[0], (), ())
    raise NotRegisteredError(_not_registered(names, providers.values()))


def _not_registered(names: t.Sequence[str], providers: t.Iterable[Provider]) -> str:
    wanted = ", ".join(names)
    registered = some([f"{printable(p.name)} ({'+'.join(p.views)})" for p in providers], QUOTED) or "none"
    return (
        f"{wanted}: not registered with Office on this machine, so setting it would leave users without presence. "
        f"Registered here: {registered}. Install the client, name another provider, or set require_registered to false"
    )
