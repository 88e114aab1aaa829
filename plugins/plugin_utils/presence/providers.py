# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: providers: the IM clients that a machine registers with Office, view by view.

Pure data: ``registrations`` reads it. Source: Microsoft, "Integrating IM applications with Office".
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ..windows.registry_view import View

# What CLSIDFromString accepts. The registry is case-insensitive.
_CLSID = re.compile(r"\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Registration:
    """A provider's registration in one view; a part is None if it is missing, not a REG_SZ, or was not requested.

    Args:
        click_to_run: whether it is in the registry that Click-to-Run Office keeps for itself, not in the machine's.
        com_server: the command, or the package, that Windows would start; looked up where facts need it.
        com_server_known: whether it was looked up.
    """

    friendly_name: str | None = None
    guid: str | None = None
    process_name: str | None = None
    click_to_run: bool = False
    com_server: str | None = None
    com_server_known: bool = False

    @property
    def clsid(self) -> str | None:
        """The GUID if it is a valid CLSID."""
        return self.guid if self.guid and _CLSID.fullmatch(self.guid) else None

    @property
    def complete(self) -> bool:
        """Whether Office finds all that it looks up here: a CLSID and a program."""
        return bool(self.clsid and self.process_name)


@dataclass(frozen=True)
class Provider:
    """A provider: its name as the machine writes it, and its registrations by view."""

    name: str
    registrations: t.Mapping[View, Registration]

    @property
    def views(self) -> list[str]:
        """The names of the views that have it."""
        return [view.value for view in self.registrations]

    def first(self, part: str) -> str | None:
        """Return a part of the registration from the first view that has it."""
        return next((value for one in self.registrations.values() if (value := getattr(one, part))), None)


#: Providers by their folded names: key names are case-insensitive.
Providers = t.Mapping[str, Provider]


@dataclass(frozen=True)
class Registrations:
    """Everything that a machine registers.

    Args:
        cut: there was more than is read.
    """

    providers: Providers = field(default_factory=dict)
    cut: bool = False


def registrations_in(name: str, providers: Providers, views: t.Iterable[View]) -> dict[View, Registration]:
    """Return a provider's registrations in these views."""
    provider = providers.get(name.casefold())
    return {view: provider.registrations[view] for view in views if provider and view in provider.registrations}


def views_read_by(platform: View | None) -> tuple[View, ...]:
    """Return the views that an Office of this platform reads; both if it is not known."""
    return (platform,) if platform else tuple(View)
