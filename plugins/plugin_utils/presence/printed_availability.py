# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what users can use, from the output of the command that reads their hives."""

from __future__ import annotations

import typing as t

from ..windows.hive_files import HiveFile
from ..windows.hive_trees import HiveTree
from ..windows.office import Office
from ..windows.reg_query import PrintedKey
from ..windows.registry_view import View
from .availability import Availability, NotKnownError
from .keys import UP_AND_RUNNING
from .provider_states import UpAndRunning, up_and_running
from .providers import Providers


class PrintedAvailability(Availability):
    """Knows everything already.

    Args:
        trees: the users' keys ``IM Providers``, as far as they were read.
    """

    def __init__(self, providers: Providers, office: Office | None, trees: t.Mapping[HiveFile, HiveTree]) -> None:
        self._providers = providers
        self._office = office
        self._trees = trees

    @property
    def platform(self) -> View | None:
        """See ``Availability``."""
        return self._office.platform if self._office else None

    @property
    def has_office(self) -> bool:
        """See ``Availability``."""
        return self._office is not None

    def registered_name(self, name: str, view: View) -> str | None:
        """See ``Availability``."""
        provider = self._providers.get(name.casefold())
        return provider.name if provider and view in provider.registrations else None

    def used_name(self, hive: HiveFile, name: str) -> str | None:
        """See ``Availability``."""
        key = self._own_key(hive, name)
        if key is None and (hive not in self._trees or self._trees[hive].cut):
            raise NotKnownError("not all of it was read")
        return key.name if key and key.value(UP_AND_RUNNING) else None

    def own_names(self, hive: HiveFile) -> list[str]:
        """See ``Availability``."""
        keys = self._trees[hive].keys if hive in self._trees else {}
        return [key.name for path, key in keys.items() if path and "\\" not in path]

    def registered(self) -> dict[str, tuple[View, ...]]:
        """See ``Availability``."""
        return {provider.name: tuple(provider.registrations) for provider in self._providers.values()}

    def friendly_names(self) -> dict[str, str]:
        """See ``Availability``."""
        names = {provider.name: provider.first("friendly_name") for provider in self._providers.values()}
        return {name: friendly for name, friendly in names.items() if friendly}

    def runs(self, hive: HiveFile, name: str) -> bool:
        """See ``Availability``."""
        return up_and_running(self._own_key(hive, name)) is UpAndRunning.RUNNING

    def _own_key(self, hive: HiveFile, name: str) -> PrintedKey | None:
        return self._trees[hive].keys.get(name.casefold()) if name and hive in self._trees else None
