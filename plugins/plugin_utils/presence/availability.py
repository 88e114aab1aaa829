# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which providers a user can use, whichever way that is looked up.

A provider is usable for a user if it is registered in the view that the machine's Office reads, or if the user's own
key of it holds ``UpAndRunning``: that client has run for this user. Several clients install for one user only or leave
no registration of the machine (docs/field.md). Registered in the other view only is not usable, whatever the user's
own key says: a 32-bit program does not see the 64-bit view, nor the other way round.
"""

from __future__ import annotations

import abc
import enum
import typing as t
from dataclasses import dataclass

from ..windows.hive_files import HiveFile
from ..windows.registry_view import View
from .providers import views_read_by


class Reason(enum.Enum):
    """Why a provider was chosen, or was passed over. The values are part of results."""

    ALREADY_SET = "already_set"
    REGISTERED = "registered"
    USED_BY_USER = "used_by_user"
    NOT_REQUIRED = "not_required"
    NOT_USABLE = "not usable"
    OTHER_VIEW = "registered in the other view only"


class NotKnownError(Exception):
    """What decides about a user could not be looked up; the message is a sentence for people."""

    def __init__(self, why: object, what: str = "which providers this user has used") -> None:
        super().__init__(f"{what} is not known: {why}")


class SignedOutError(Exception):
    """A user signed out while it was looked up what that user can use."""


@dataclass(frozen=True)
class Candidate:
    """A provider for one user: its name as it is registered, or as the user's key spells it, and where it stands."""

    name: str
    reason: Reason
    views: tuple[View, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether it can be set."""
        return self.reason in (Reason.REGISTERED, Reason.USED_BY_USER)


class Availability(abc.ABC):
    """What a machine and its users have."""

    @property
    @abc.abstractmethod
    def platform(self) -> View | None:
        """The view that the machine's Office reads; None if it is not known."""

    @property
    @abc.abstractmethod
    def has_office(self) -> bool:
        """Whether an Office was found."""

    @abc.abstractmethod
    def registered_name(self, name: str, view: View) -> str | None:
        """Return a provider's name as a view registers it; None if it does not.

        Raises:
            NotKnownError: that could not be looked up.
        """

    @abc.abstractmethod
    def used_name(self, hive: HiveFile, name: str) -> str | None:
        """Return a provider's name as the user's own key spells it; None if its client has not run for the user.

        Raises:
            NotKnownError: that could not be looked up.
            SignedOutError: the user's hive is no longer loaded.
        """

    @abc.abstractmethod
    def own_names(self, hive: HiveFile) -> list[str]:
        """Return the providers of which the user has keys, as these spell them.

        Raises: as for ``used_name``.
        """

    @abc.abstractmethod
    def registered(self) -> dict[str, tuple[View, ...]]:
        """Return every registered provider with the views that have it."""

    @abc.abstractmethod
    def friendly_names(self) -> dict[str, str]:
        """Return the friendly names of registered providers, by the providers' names."""

    @abc.abstractmethod
    def runs(self, hive: HiveFile, name: str) -> bool:
        """Whether a provider's client says that it runs for the user."""

    def find(self, name: str, hive: HiveFile) -> Candidate:
        """Return where a provider stands for one user; the template for new users has no history.

        Raises: as for ``used_name``.
        """
        read = views_read_by(self.platform)
        names, not_known = self._registered_names_in(read, name)
        if names:
            return Candidate(next(iter(names.values())), Reason.REGISTERED, tuple(names))
        if not_known is not None:
            raise not_known
        others = tuple(view for view in View if view not in read and self.registered_name(name, view))
        if others:
            return Candidate(name, Reason.OTHER_VIEW, others)
        used = self.used_name(hive, name) if hive.key is not None else None
        return Candidate(used, Reason.USED_BY_USER) if used else Candidate(name, Reason.NOT_USABLE)

    def _registered_names_in(self, views: t.Iterable[View], name: str) -> tuple[dict[View, str], NotKnownError | None]:
        """Return a provider's name as each view registers it, and why a view could not be looked at."""
        names: dict[View, str] = {}
        not_known: NotKnownError | None = None
        for view in views:
            try:
                if spelled := self.registered_name(name, view):
                    names[view] = spelled
            except NotKnownError as error:
                not_known = error
        return names, not_known

    def serves(self, hive: HiveFile) -> bool:
        """Whether there is anything about presence on the machine for this user: an Office, or any provider."""
        return self.has_office or bool(self.registered()) or (hive.key is not None and bool(self.own_names(hive)))
