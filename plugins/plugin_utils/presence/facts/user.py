# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what the diagnosis and the notes need to know of a user and of the machine: plain data."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ...windows.registry_values import StringValue
from ...windows.registry_view import View
from ..keys import DEFAULT_IM_APP
from ..provider_states import ProviderState, UpAndRunning
from ..providers import Providers, Registration, registrations_in, views_read_by
from .office_settings import OfficeSettings


@dataclass(frozen=True)
class MachineState:
    """What is the same for all users.

    Args:
        platform: the view that Office reads; None if it is not known.
        has_office: whether an Office was found.
        type_library: whether the interfaces' type library is registered for everyone; None if that was not asked.
    """

    providers: Providers = field(default_factory=dict)
    platform: View | None = None
    has_office: bool = True
    type_library: bool | None = None

    @property
    def views(self) -> tuple[View, ...]:
        """The views that Office reads."""
        return views_read_by(self.platform)

    def registrations(self, name: str) -> dict[View, Registration]:
        """Return a provider's registrations where Office looks for them."""
        return registrations_in(name, self.providers, self.views)

    def other_views(self, name: str) -> dict[View, Registration]:
        """Return a provider's registrations where Office does not look."""
        return registrations_in(name, self.providers, [view for view in View if view not in self.views])


@dataclass(frozen=True)
class User:
    """One user.

    Args:
        signed_in: whether the hive is loaded.
        default: what stands in ``DefaultIMApp``.
        states: the user's providers, by folded name.
        own_names: the providers that the user has keys of, folded.
        previous: the default provider's ``PreviousDefaultIMApp``.
        com_servers: those that only this user has, for the default provider's CLSID; None if they were not looked up.
    """

    sid: str
    signed_in: bool
    default: StringValue
    states: t.Mapping[str, ProviderState] = field(default_factory=dict)
    own_names: frozenset[str] = frozenset()
    previous: str | None = None
    settings: OfficeSettings = field(default_factory=OfficeSettings)
    com_servers: t.Mapping[View, str | None] | None = None

    @property
    def name(self) -> str:
        """The default provider's name, empty for none."""
        return self.default.name

    @property
    def state(self) -> ProviderState:
        """The default provider's state."""
        return self.states.get(self.name.casefold()) or ProviderState(self.name, "no", UpAndRunning.UNSET)

    @property
    def runs(self) -> bool:
        """Whether the default provider runs, as far as that can be checked."""
        return self.signed_in and self.state.really_runs

    @property
    def uses_default(self) -> bool:
        """Whether the default provider's client has run for this user."""
        return self.state.up_and_running is not UpAndRunning.UNSET

    @property
    def running(self) -> tuple[str, ...]:
        """The other providers of the user that run, registered or not; none does for a user who is not signed in."""
        default = self.name.casefold()
        others = ((folded, state) for folded, state in self.states.items() if folded != default and self.signed_in)
        return tuple(state.name for _folded, state in others if state.really_runs)

    def key(self, below: str = "") -> str:
        """Return the key of the user's providers, or one below the user's hive, as people write it."""
        return rf"HKU\{self.sid}\{below or DEFAULT_IM_APP.key}"
