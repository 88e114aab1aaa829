# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One REG_SZ value in many user hives, by one command on the machine, whatever the number of hives.

This is the only way to a hive that nobody has mounted, and the cheaper way to many that are: see
``hive_command`` for what runs on the machine, and ``COMMAND_REQUESTS`` for what it costs.
"""

from __future__ import annotations

import secrets
import typing as t
from dataclasses import dataclass

from ..wsman import limits as bounds
from ..wsman.errors import UnreachableError, WSManError, may_have_acted
from ..wsman.session import Session
from .hive_command import LOCK_PAUSES, command_line, quoted
from .profiles import Profile
from .registry import Found
from .transcript import Limits, Transcript, Visit
from .visited import Visited, kind_found, not_visited, or_lost, trouble

#: What a command costs: create a shell, start, receive, signal, delete.
COMMAND_REQUESTS = 5

#: Characters of environment that one command is given; some hundred hives, far below what WinRM takes.
ENVIRONMENT_SIZE = 100_000

#: Hives that one command visits. It takes a moment for each, and has to end long before nobody waits any more.
MOST_HIVES = 200


@dataclass(frozen=True)
class ValueName:
    """A value and its key, below the root of a user's hive."""

    key: str
    name: str


@dataclass(frozen=True)
class Write:
    r"""What to do to the value before it is read.

    Args:
        text: the REG_SZ to write; None deletes the value.
        record_name: a value of the key ``<key>\<text>`` that keeps what a hive's ``record`` says.
    """

    text: str | None
    record_name: str = ""

    def is_done(self, visited: Visited) -> bool:
        """Whether this is what was found in a hive."""
        if visited.error is not None or visited.value is None:
            return False
        if self.text is None:
            return visited.value.found is Found.NOTHING
        return visited.value.text == self.text


@dataclass(frozen=True)
class _Errand:
    """What is done in each hive: see ``Hives.visit``."""

    value: ValueName
    write: Write | None
    records: t.Mapping[Profile, str]
    mounts: bool

    def reading(self) -> _Errand:
        """Return the same, without the write."""
        return _Errand(self.value, None, {}, self.mounts)

    def variables(self, number: int, profile: Profile) -> dict[str, str]:
        """Return the variables that tell the command of the hive with this number."""
        variables = hive_variables(number, profile)
        if self.write is not None and self.write.text is not None:
            variables[f"text{number}"] = quoted(self.write.text)
        if profile in self.records:
            variables[f"record{number}"] = quoted(self.records[profile])
        return variables


class Hives:
    """Visits hives."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def visit(
        self,
        profiles: t.Sequence[Profile],
        value: ValueName,
        write: Write | None = None,
        records: t.Mapping[Profile, str] | None = None,
        *,
        mounts: bool = True,
    ) -> dict[Profile, Visited]:
        """Visit each profile's hive: do what ``write`` says, then read the value.

        Args:
            records: per profile, the text that ``write.record_name`` shall keep.
            mounts: whether hives that nobody has mounted are; otherwise their users count as signed out.

        Raises:
            WSManError: the machine itself is lost, and only was read. Once something may have been written, what
                became of every hive is told, and that nobody knows it of the rest.
        """
        errand = _Errand(value, write, records or {}, mounts)
        visited: dict[Profile, Visited] = {}
        for batch in batches(profiles, lambda profile: errand.variables(0, profile)):
            try:
                visited |= self._settled(batch, errand)
            except UnreachableError as error:
                if write is None:
                    raise
                return or_lost(visited, profiles, error)
            except WSManError as error:
                if write is None:
                    raise
                visited |= {profile: Visited(profile.kind, error=str(error)) for profile in batch}
        return visited

    def _settled(self, batch: list[Profile], errand: _Errand) -> dict[Profile, Visited]:
        """Visit a batch. After a write whose answer was lost, look which hives have it, and do the others."""
        done: dict[Profile, Visited] = {}
        tries = bounds.WRITE_TRIES
        while True:
            try:
                if errand.write is not None and tries < bounds.WRITE_TRIES:
                    now = self._once(batch, errand.reading())
                    done |= {profile: visited for profile, visited in now.items() if errand.write.is_done(visited)}
                    batch = [profile for profile in batch if profile not in done]
                return done | (self._once(batch, errand) if batch else {})
            except WSManError as error:
                tries -= 1
                if errand.write is None or not tries or not may_have_acted(error):
                    raise

    def _once(self, batch: list[Profile], errand: _Errand) -> dict[Profile, Visited]:
        visited, vanished = self._judged(batch, errand)
        # Whose hive was there and then was not signed out under our hands: it is in its file now.
        return visited | (self._judged(vanished, errand)[0] if vanished else {})

    def _judged(self, batch: list[Profile], errand: _Errand) -> tuple[dict[Profile, Visited], list[Profile]]:
        """Visit a batch; return what became of each hive, and those that went away in the middle."""
        transcript = self._run(batch, errand)
        visits = dict(zip(batch, transcript.visits, strict=True))
        vanished = [profile for profile, visit in visits.items() if visit.root == profile.sid and visit.read]
        judged = {profile: _judge(profile, visit, transcript, errand) for profile, visit in visits.items()}
        return judged, vanished

    def _run(self, batch: list[Profile], errand: _Errand) -> Transcript:
        write = errand.write
        action = "read" if write is None else "delete" if write.text is None else "set"
        environment = {"key": errand.value.key, "name": errand.value.name}
        if write is not None and write.text is not None:
            environment["record_name"] = write.record_name
        for number, profile in enumerate(batch, 1):
            environment |= errand.variables(number, profile)
        line = command_line(action, len(batch), mounts=errand.mounts)
        return self.command(line, environment, len(batch), repeatable=write is None)

    def command(
        self,
        line: str,
        environment: t.Mapping[str, str],
        hives: int,
        limits: Limits | None = None,
        *,
        repeatable: bool = True,
    ) -> Transcript:
        """Run a command line that ``hive_command`` made, again and again while another run holds the lock.

        Args:
            repeatable: it only reads (and releases leftovers), so it is run again where its output was lost.
        """
        for _try in range(1, bounds.WRITE_TRIES if repeatable else 1):
            try:
                return self._command(line, environment, hives, limits)
            except WSManError as error:
                if not may_have_acted(error):
                    raise
        return self._command(line, environment, hives, limits)

    def _command(self, line: str, environment: t.Mapping[str, str], hives: int, limits: Limits | None) -> Transcript:
        # Without the first one, cmd would look for reg.exe in the current directory first.
        variables = {
            "NoDefaultCurrentDirectoryInExePath": "1",
            "inner": "no",
            **environment,
            "run": secrets.token_hex(4),
        }
        for pause in (*LOCK_PAUSES, None):
            mark = secrets.token_hex(16)
            transcript = Transcript(mark, hives, limits)
            self._session.run(line, {**variables, "mark": mark}, transcript.feed)
            if transcript.started or pause is None:
                break
            self._session.pause(pause)
        return transcript


def hive_variables(number: int, profile: Profile) -> dict[str, str]:
    """Return the variables that tell the command of the hive with this number."""
    return {
        f"file{number}": profile.hive_file,
        # The template has no user who could be signed in: no key of this name can exist.
        f"sid{number}": profile.sid or "none",
        f"kind{number}": profile.kind.value,
    }


def batches(
    profiles: t.Iterable[Profile], variables: t.Callable[[Profile], t.Mapping[str, str]]
) -> t.Iterator[list[Profile]]:
    """Yield as many profiles at a time as one command can be told of."""
    batch: list[Profile] = []
    size = 0
    for profile in profiles:
        more = sum(len(name) + len(text) for name, text in variables(profile).items())
        if batch and (size + more > ENVIRONMENT_SIZE or len(batch) >= MOST_HIVES):
            yield batch
            batch, size = [], 0
        batch.append(profile)
        size += more
    if batch:
        yield batch


def _judge(profile: Profile, visit: Visit, transcript: Transcript, errand: _Errand) -> Visited:
    barred = not_visited(profile, visit, transcript, mounts=errand.mounts)
    if barred is not None:
        return barred
    readable = visit.readable(errand.value.key)
    found = visit.value(errand.value.name) if readable else None
    if errand.write is not None and errand.write.text is None and found is not None and found.found is Found.NOTHING:
        # Deleting what is gone already is an error to reg.exe, and none to us.
        visit.wrote = 0
    return Visited(kind_found(profile, visit), found, error=trouble(profile, visit, readable))
