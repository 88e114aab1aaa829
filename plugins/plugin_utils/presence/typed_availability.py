# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what users can use, by typed calls: each thing is asked when it is needed, and once."""

from __future__ import annotations

import contextlib
import functools
import itertools
import typing as t

from ..windows.hive_files import HiveFile
from ..windows.office import read_platform_name
from ..windows.registry import CALL_ERRORS, Registry, RegistryError, Root
from ..windows.registry_view import View
from ..windows.user_values import HIVE_GONE
from ..wsman.errors import NoShellError
from .availability import Availability, NotKnownError, SignedOutError
from .keys import DEFAULT_IM_APP, FRIENDLY_NAME, LONGEST_NAME, UP_AND_RUNNING
from .registrations import registration_keys

#: Friendly names that are read, a request each.
FRIENDLY_NAMES = 16

_RUNNING = 2


class TypedAvailability(Availability):
    """Asks a machine: for signed-in users, without a command.

    Finding that a provider is registered costs two requests on a machine with Click-to-Run Office; that it is not, up
    to three more; and two for each user whose own key is looked at.

    Args:
        no_shell: that the machine allows no remote shells, so that nothing more is known of who signs out meanwhile.
    """

    def __init__(self, registry: Registry, no_shell: NoShellError | None = None) -> None:
        self._registry = registry
        self._no_shell = no_shell
        self._unanswered: NotKnownError | None = None
        self._registered_names = functools.cache(self._read_registered_names)
        self._own_names = functools.cache(self._read_own_names)

    @property
    def platform(self) -> View | None:
        """See ``Availability``."""
        return View.parse(self._platform_name or "")

    @property
    def has_office(self) -> bool:
        """See ``Availability``."""
        return self._platform_name is not None

    def registered_name(self, name: str, view: View) -> str | None:
        """See ``Availability``."""
        not_known: NotKnownError | None = None
        for key, _click_to_run in registration_keys(view):
            found = self._registered_names(key)
            if isinstance(found, NotKnownError):
                not_known = found
            elif spelled := _spelled(name, found):
                return spelled
        if not_known is not None:
            raise not_known
        return None

    def used_name(self, hive: HiveFile, name: str) -> str | None:
        """See ``Availability``."""
        spelled = _spelled(name, tuple(self.own_names(hive)))
        if spelled is None:
            return None
        with self._not_known():
            values = self._registry.value_names(Root.HKU, f"{_own_root(hive)}\\{spelled}")
        if values is None:
            raise self._signed_out()
        return spelled if _spelled(UP_AND_RUNNING, tuple(values)) else None

    def own_names(self, hive: HiveFile) -> list[str]:
        """See ``Availability``."""
        return list(self._own_names(hive))

    def registered(self) -> dict[str, tuple[View, ...]]:
        """See ``Availability``."""
        views: dict[str, tuple[View, ...]] = {}
        names: dict[str, str] = {}
        for view in View:
            for key, _click_to_run in registration_keys(view):
                for name in self._known_names(key):
                    spelled = names.setdefault(name.casefold(), name)
                    views[spelled] = tuple(dict.fromkeys((*views.get(spelled, ()), view)))
        return views

    def friendly_names(self) -> dict[str, str]:
        """See ``Availability``."""
        return self._friendly_names

    @functools.cached_property
    def _friendly_names(self) -> dict[str, str]:
        friendly: dict[str, str] = {}
        for name in list(self.registered())[:FRIENDLY_NAMES]:
            for key, _click_to_run in itertools.chain.from_iterable(map(registration_keys, View)):
                spelled = _spelled(name, self._known_names(key))
                if spelled and name not in friendly:
                    with contextlib.suppress(*CALL_ERRORS):
                        value = self._registry.string(Root.HKLM, f"{key}\\{spelled}", FRIENDLY_NAME)
                        friendly |= {name: value.text} if value.text else {}
        return friendly

    def runs(self, hive: HiveFile, name: str) -> bool:
        """See ``Availability``."""
        try:
            spelled = _spelled(name, tuple(self.own_names(hive)))
            with self._not_known():
                key = f"{_own_root(hive)}\\{spelled}"
                return spelled is not None and self._registry.dword(Root.HKU, key, UP_AND_RUNNING) == _RUNNING
        except (NotKnownError, SignedOutError):
            return False  # nobody is warned on what is not known

    @property
    def _platform_name(self) -> str | None:
        found = self._found_platform_name
        if isinstance(found, NotKnownError):
            raise found
        return found

    @functools.cached_property
    def _found_platform_name(self) -> str | NotKnownError | None:
        try:
            return read_platform_name(self._registry)
        except CALL_ERRORS as error:
            return NotKnownError(error, "which Office this machine has")

    def _known_names(self, key: str) -> tuple[str, ...]:
        found = self._registered_names(key)
        return () if isinstance(found, NotKnownError) else found

    def _read_own_names(self, hive: HiveFile) -> tuple[str, ...]:
        with self._not_known():
            names = self._registry.subkeys(Root.HKU, _own_root(hive))
            # Does this user have no such key, or did the user just sign out?
            if names is None and self._registry.subkeys(Root.HKU, f"{hive.key}") is None:
                raise self._signed_out()
        return _plausible(names)

    def _read_registered_names(self, key: str) -> tuple[str, ...] | NotKnownError:
        """Return the names, or why they are not known: what fails is not asked again for each user either.

        Of a key that cannot be read, the other keys may say enough. Of a machine that does not answer, they would not.
        """
        if self._unanswered is not None:
            return self._unanswered
        try:
            return _plausible(self._registry.subkeys(Root.HKLM, key))
        except CALL_ERRORS as error:
            not_known = NotKnownError(error, "which providers this machine registers")
            if not isinstance(error, RegistryError):
                self._unanswered = not_known
            return not_known

    @contextlib.contextmanager
    def _not_known(self) -> t.Iterator[None]:
        """Turn what fails in one user's hive into that user's error, or into the news that the user signed out."""
        try:
            yield
        except CALL_ERRORS as error:
            gone = isinstance(error, RegistryError) and error.code in HIVE_GONE
            raise (self._signed_out() if gone else NotKnownError(error)) from None

    def _signed_out(self) -> SignedOutError | NotKnownError:
        if self._no_shell is None:
            return SignedOutError()
        return NotKnownError(f"this user signed out meanwhile, and {self._no_shell}")


def _plausible(names: list[str] | None) -> tuple[str, ...]:
    return tuple(name for name in names or () if 0 < len(name) <= LONGEST_NAME)


def _own_root(hive: HiveFile) -> str:
    return f"{hive.key}\\{DEFAULT_IM_APP.key}"


def _spelled(name: str, names: tuple[str, ...]) -> str | None:
    return next((one for one in names if one.casefold() == name.casefold()), None)
