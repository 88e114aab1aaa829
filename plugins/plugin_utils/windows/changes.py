# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: when a value may have changed in the hives of signed-in users: by asking again and again, or by events.

Neither tells what it is now: that has to be read. ``Polling`` waits, and its user reads at every ``interval``; between
two reads nothing is open on the machine. ``Events`` subscribes to changes of the value in all hives (Windows 8, Server
2012 and later) and falls back to polling at any fault, until it subscribes again. A subscription probably keeps the
value's key open, so that Windows unloads the hive by force when its user signs out (docs/windows-facts.md).
"""

from __future__ import annotations

import abc
import enum
import typing as t
from collections import deque

from ..wsman.errors import WSManError
from ..wsman.session import Session
from ..wsman.subscription import EXPIRES, SHORTEST_PULL, Event, Subscription
from ..wsman.wql import quoted
from .hive_files import HiveFile
from .hive_values import ValueName

#: Seconds after which values are read although no event came.
SAFETY_INTERVAL = 30.0

#: Seconds until it is tried to subscribe again after a refusal.
AGAIN = 60.0

#: Hives in one subscription; with more, polling it is.
MOST_HIVES = 50

#: A machine that tells of more than this many changes in as many seconds is no longer listened to for a while.
MOST_WAKES, WAKES_WITHIN = 200, 10.0


class Wake(enum.IntEnum):
    """Why a wait ended: its time is over; a value may have changed without an event; or an event says that it has."""

    TIME = 0
    MAYBE = 1
    EVENT = 2


class Changes(abc.ABC):
    """Waits until a value may have changed.

    Attributes:
        interval: seconds after the last read when the values have to be read again, whatever ``wait`` says.
        refusal: why it does not listen to events although it should; None if it does, or should not.
        changed: keys of the hives that the last wait was about, if an event said so.
    """

    interval: float
    refusal: str | None = None
    changed: frozenset[str] = frozenset()

    @abc.abstractmethod
    def watch(self, hives: t.Sequence[HiveFile], *, all_keys_exist: bool) -> None:
        """Watch the value in these hives from now on, which are loaded; ``all_keys_exist``: the keys of the value."""

    @abc.abstractmethod
    def wait(self, seconds: float) -> Wake:
        """Wait, at most for ``seconds``; return whether to read the values. It raises no error of the session."""

    @abc.abstractmethod
    def close(self) -> None:
        """Leave nothing on the machine."""


class Polling(Changes):
    """Knows nothing: everything is read at every interval.

    Args:
        pause: waits for a number of seconds.
    """

    def __init__(self, interval: float, pause: t.Callable[[float], None]) -> None:
        self.interval = interval
        self._pause = pause

    def watch(self, hives: t.Sequence[HiveFile], *, all_keys_exist: bool) -> None:
        """See ``Changes``."""

    def wait(self, seconds: float) -> Wake:
        """See ``Changes``."""
        self._pause(seconds)
        return Wake.TIME

    def close(self) -> None:
        """See ``Changes``."""


class Events(Changes):
    """Listens to the machine; polls while that is not possible."""

    def __init__(self, session: Session, value: ValueName, polling: Polling) -> None:
        self.refusal = None
        self._session = session
        self._value = value
        self._polling = polling
        self._clock = session.retries.clock
        self._keys: tuple[str, ...] = ()
        self._subscription: Subscription | None = None
        self._subscribed: tuple[str, ...] = ()
        # Subscriptions that may still be open on the machine.
        self._former: list[Subscription] = []
        self._renew_at = 0.0
        self._again_at = 0.0
        self._wakes: deque[float] = deque()

    @property
    def interval(self) -> float:  # type: ignore[override]
        """See ``Changes``."""
        return SAFETY_INTERVAL if self._listens else self._polling.interval

    def watch(self, hives: t.Sequence[HiveFile], *, all_keys_exist: bool) -> None:
        """See ``Changes``."""
        keys = sorted(hive.key or "" for hive in hives)
        # A key that does not exist cannot be subscribed to, as far as is known.
        self._keys = tuple(keys) if all_keys_exist and len(keys) <= MOST_HIVES else ()

    def wait(self, seconds: float) -> Wake:
        """See ``Changes``."""
        now = self._clock()
        if self._subscription is not None and (self._subscribed != self._keys or now >= self._renew_at):
            self._replace(now)
            return Wake.MAYBE
        if self._subscription is None and self._keys and now >= self._again_at:
            self._replace(now)
            return Wake.MAYBE
        if self._subscription is None or seconds < SHORTEST_PULL:
            return self._polling.wait(seconds)
        return self._pull(self._subscription, seconds)

    def close(self) -> None:
        """See ``Changes``."""
        self._keys = ()
        self._let_go()
        self._end_former()

    @property
    def _listens(self) -> bool:
        return self._subscription is not None and self._subscribed == self._keys

    def _replace(self, now: float) -> None:
        """Subscribe to the present keys, and only then end the former subscription."""
        self._let_go()
        try:
            if self._keys:
                self._subscription = self._session.subscribe(_query(self._keys, self._value), "root/default")
                self._subscribed = self._keys
                self._renew_at = now + 0.8 * EXPIRES
                self.refusal = None
            self._end_former()
        except WSManError as error:
            self._fall_back(error, AGAIN)

    def _pull(self, subscription: Subscription, seconds: float) -> Wake:
        before = self._clock()
        try:
            events = subscription.pull(seconds)
        except WSManError as error:
            # It has expired, WinRM was restarted, or the connection broke: events may be lost.
            self._let_go()
            self._fall_back(error, self._polling.interval)
            return Wake.MAYBE
        now = self._clock()
        early = not events and now - before < min(seconds, 1.0) / 2
        if events or early:
            self._count_wake(now)
        return self._understood(events) if events else Wake.TIME

    def _understood(self, events: list[Event]) -> Wake:
        """Note which hives the events are about; one that is about nothing of ours may be about anything."""
        by_path = {_path(key, self._value).casefold(): key for key in self._subscribed}
        keys = {by_path.get(str(event.get("KeyPath")).casefold()) for event in events}
        self.changed = frozenset(key for key in keys if key is not None)
        return Wake.MAYBE if None in keys else Wake.EVENT

    def _count_wake(self, now: float) -> None:
        self._wakes.append(now)
        while self._wakes[0] < now - WAKES_WITHIN:
            self._wakes.popleft()
        if len(self._wakes) > MOST_WAKES:
            self._wakes.clear()
            self._let_go()
            self._end_former()
            self._fall_back("it tells of changes without end", AGAIN)

    def _let_go(self) -> None:
        if self._subscription is not None:
            self._former.append(self._subscription)
            self._subscription = None

    def _end_former(self) -> None:
        while self._former:
            self._former.pop().close()

    def _fall_back(self, why: object, seconds: float) -> None:
        self.refusal = str(why)
        self._again_at = self._clock() + seconds


def _path(key: str, value: ValueName) -> str:
    return f"{key}\\{value.key}"


def _query(keys: t.Iterable[str], value: ValueName) -> str:
    paths = " OR ".join(f"KeyPath={quoted(_path(key, value))}" for key in keys)
    return (
        f"SELECT * FROM RegistryValueChangeEvent WHERE Hive='HKEY_USERS' AND ({paths}) "  # noqa: S608  (WQL, and quoted)
        f"AND ValueName={quoted(value.name)}"
    )
