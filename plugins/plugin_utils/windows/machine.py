# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Windows machine as the collection sees it: its registry, profiles, users' values and accounts, over one session."""

from __future__ import annotations

import typing as t

from ..wsman.session import Session
from .accounts import Accounts
from .hives import Hives
from .profiles import Profile, list_profiles, template_profile
from .registry import Registry
from .user_values import UserValues


class Machine:
    """The parts share one session, so one connection serves a task."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.registry = Registry(session)
        self.user_values = UserValues(self.registry, Hives(session))
        self.accounts = Accounts(session)

    def profiles(self) -> list[Profile]:
        """Return the people's profiles: one request."""
        return list_profiles(self._session)

    def template(self) -> Profile:
        """Return the profile that future users start from: one request."""
        return template_profile(self.registry)

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._session.close()
