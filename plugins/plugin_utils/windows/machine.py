# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a Windows machine: registry, profiles, hives, processes, accounts; all over one session."""

from __future__ import annotations

import typing as t

from ..wsman.session import Session
from .accounts import Accounts
from .changes import Changes, Events, Polling
from .com_classes import UserClasses
from .hive_files import HiveFile
from .hive_trees import HiveTree, ValueAndTree, read_trees, read_values_and_trees
from .hive_values import HiveValues, ValueName
from .hive_visits import HiveVisitor, Visits
from .processes import RunningPrograms, find_running
from .profiles import Profile, list_profiles, loaded_sids, template_profile
from .registry import Registry
from .scheduled_tasks import ScheduledTasks
from .user_values import UserValues


class Machine:
    """One machine. All parts share one session, so a task uses one connection."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._visitor = HiveVisitor(session)
        self.registry = Registry(session)
        self.user_values = UserValues(self.registry, HiveValues(session, self._visitor))
        self.user_classes = UserClasses(self.registry, self._visitor)
        self.accounts = Accounts(session)
        self.scheduled_tasks = ScheduledTasks(session)

    def profiles(self) -> list[Profile]:
        """Return the profiles of people: one request."""
        return list_profiles(self._session)

    def loaded_sids(self) -> frozenset[str]:
        """Return the SIDs of the people whose hives are loaded: one small request."""
        return loaded_sids(self.registry)

    def template(self) -> Profile:
        """Return the profile that new users get a copy of: one request."""
        return template_profile(self.registry)

    def read_trees(
        self, hives: t.Iterable[HiveFile], key: str, questions: str, more: str = "", *, mounts: bool
    ) -> Visits[HiveTree]:
        """Read a key with all below it in each hive, and ask questions about the machine: see ``hive_trees``."""
        return read_trees(self._visitor, hives, key, questions, more, mounts=mounts)

    def read_values_and_trees(
        self, hives: t.Iterable[HiveFile], value: ValueName, questions: str, *, mounts: bool
    ) -> Visits[ValueAndTree]:
        """Read a value, and its key with all keys below it, in each hive: see ``hive_trees``."""
        return read_values_and_trees(self._visitor, hives, value, questions, mounts=mounts)

    def find_running(self, names: t.Iterable[str]) -> RunningPrograms:
        """Return who runs programs with these names: a request, and one for each session that has any."""
        return find_running(self._session, names)

    def changes(self, value: ValueName, interval: float, *, events: bool) -> Changes:
        """Return what waits until the value may have changed in users' hives: see ``changes``."""
        polling = Polling(interval, self._session.retries.pause)
        return Events(self._session, value, polling) if events else polling

    @property
    def clock(self) -> t.Callable[[], float]:
        """A monotonic clock, in seconds."""
        return self._session.retries.clock

    def pause(self, seconds: float) -> None:
        """Wait."""
        self._session.retries.pause(seconds)

    def renew_budget(self, seconds: float, most_bytes: int) -> None:
        """Count tries, time and bytes afresh: for work that lasts longer than a task."""
        self._session.renew(seconds, most_bytes)

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._session.close()
