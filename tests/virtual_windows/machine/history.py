"""What stood in DefaultIMApp of each user who was signed in, by the machine's clock.

With it a test says for how much of the time a user had the right default, whatever anybody noticed of it.
"""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import dataclass

from .clients import DEFAULT, IM_PROVIDERS
from .errors import KEY_DELETED, Win32Error
from .keys import fold
from .registry import HKU

if t.TYPE_CHECKING:
    from .machine import Machine


@dataclass(frozen=True)
class Moment:
    """A change: when (seconds of the machine's clock), and the value from then on.

    Attributes:
        data: of DefaultIMApp; None when there is none.
        loaded: whether the user's hive is loaded; while it is not, nothing counts.
    """

    at: float
    data: object
    loaded: bool = True


class History:
    """The changes of one machine since it was built."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._moments: dict[str, list[Moment]] = {}
        machine.registry.watchers.append(self._seen)

    def of(self, account: str) -> list[Moment]:
        """Return the changes of a user, by account or SID."""
        with self._machine.lock:
            return list(self._moments.get(self._machine.sid_of(account).upper(), ()))

    def share(self, account: str, wanted: str | None, since: float, until: float) -> float:
        """Return for how much of the time that a user was signed in the default was `wanted`: from 0 to 1.

        Args:
            account: who, by account or SID.
            wanted: the provider; None for no default at all.
            since, until: of the machine's clock.
        """
        moments = [*self.of(account), Moment(until, None, loaded=False)]
        right = total = 0.0
        for moment, following in itertools.pairwise(moments):
            length = max(0.0, min(following.at, until) - max(moment.at, since))
            if moment.loaded:
                total += length
                right += length * _is(moment.data, wanted)
        return right / total if total else 1.0

    def _seen(self, path: str) -> None:
        names = path.split("\\")
        if len(names) < 2 or names[0] != HKU or not names[1].startswith("S-1-") or names[1].endswith("_Classes"):
            return
        sid = names[1].upper()
        moments = self._moments.setdefault(sid, [])
        now = self._read(sid)
        if not moments or (moments[-1].data, moments[-1].loaded) != (now.data, now.loaded):
            moments.append(now)

    def _read(self, sid: str) -> Moment:
        at = self._machine.clock.elapsed()
        registry = self._machine.registry
        try:
            if not registry.exists(rf"{HKU}\{sid}"):
                return Moment(at, None, loaded=False)
            return Moment(at, registry.value(rf"{HKU}\{sid}\{IM_PROVIDERS}", DEFAULT).data)
        except Win32Error as error:
            return Moment(at, None, loaded=error.code != KEY_DELETED)


def _is(data: object, wanted: str | None) -> bool:
    if wanted is None or not isinstance(data, str):
        return data is None and wanted is None
    return fold(data) == fold(wanted)
