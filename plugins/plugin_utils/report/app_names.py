# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the friendly names of providers, such as Skype for Business for "Lync"."""

from __future__ import annotations

import typing as t

from .facts import Machine


class AppNames:
    """The friendly names of a fleet's providers. Machines may disagree; the first one wins."""

    def __init__(self, machines: t.Iterable[Machine]) -> None:
        self._friendly: dict[str, str] = {}
        for machine in machines:
            for provider in machine.providers:
                if provider.friendly_name and provider.friendly_name.casefold() != provider.name.casefold():
                    self._friendly.setdefault(provider.name.casefold(), provider.friendly_name)

    def short(self, provider: str) -> str:
        """Return the name for sentences, like "Skype for Business"."""
        return self._friendly.get(provider.casefold(), provider)

    def full(self, provider: str) -> str:
        """Return the name with the provider, like "Skype for Business (Lync)"."""
        friendly = self._friendly.get(provider.casefold())
        return f"{friendly} ({provider})" if friendly else provider
