# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Windows machine as the collection sees it: registry, profiles, hives, processes, accounts; over one session."""

from __future__ import annotations

import typing as t

from ..wsman.session import Session
from .accounts import Accounts
from .classes import UserClasses
from .hive_trees import HiveTrees
from .hives import Hives
from .processes import Running, running
from .profiles import Profile, list_profiles, template_profile
from .registry import Registry
from .user_values import UserValues


class Machine:
    """The parts share one session, so one connection serves a task."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.registry = Registry(session)
        hives = Hives(session)
        self.user_values = UserValues(self.registry, hives)
        self.user_classes = UserClasses(self.registry, hives)
        self.hive_trees = HiveTrees(hives)
        self.accounts = Accounts(session)

    def profiles(self) -> list[Profile]:
        """Return the people's profiles: one request."""
        return list_profiles(self._session)

    def template(self) -> Profile:
        """Return the profile that future users start from: one request."""
        return template_profile(self.registry)

    def running(self, names: t.Iterable[str]) -> Running:
        """Return who runs programs of these names: a request, and one for each session that has any."""
        return running(self._session, names)

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._session.close()
