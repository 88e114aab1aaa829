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
from ..wsman.errors import WSManError, may_have_acted
from ..wsman.session import Session
from .hive_command import MOUNT, RELEASE_TRIES, Limits, Transcript, Visit, command_line, quoted
from .profiles import Kind, Profile, Unusable
from .registry import Found, StringValue

#: What a command costs: create a shell, start, receive, signal, delete.
COMMAND_REQUESTS = 5

#: Characters of environment that one command is given; some hundred hives, far below what WinRM takes.
ENVIRONMENT_SIZE = 100_000

#: Hives that one command visits. It takes a moment for each, and has to end long before nobody waits any more.
MOST_HIVES = 200

#: While another run holds the lock, we try again after these pauses, in seconds.
LOCK_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)


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
class Visited:
    """What became of one hive.

    Args:
        kind: where the hive was found, which may differ from where the profile said: users sign in and out.
        value: what stands there now (after the write, if one was asked for), None if it cannot be told.
        unusable: the hive cannot be visited, and that is no failure.
        error: why something that should have been done was not.
    """

    kind: Kind
    value: StringValue | None = None
    unusable: Unusable | None = None
    error: str | None = None


class Hives:
    """Visits hives; raises the session's errors when the machine itself is lost."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def visit(
        self,
        profiles: t.Sequence[Profile],
        value: ValueName,
        write: Write | None = None,
        records: t.Mapping[Profile, str] | None = None,
    ) -> dict[Profile, Visited]:
        """Visit each profile's hive: do what ``write`` says, then read the value.

        Args:
            records: per profile, the text that ``write.record_name`` shall keep.
        """
        visited: dict[Profile, Visited] = {}
        for batch in batches(profiles, lambda profile: _variables(0, profile, write, records or {})):
            visited |= self._settled(batch, value, write, records or {})
        return visited

    def _settled(
        self, batch: list[Profile], value: ValueName, write: Write | None, records: t.Mapping[Profile, str]
    ) -> dict[Profile, Visited]:
        """Visit a batch. After a write whose answer was lost, look which hives have it, and do the others."""
        done: dict[Profile, Visited] = {}
        for left in reversed(range(bounds.WRITE_TRIES)):
            try:
                if write is not None and left < bounds.WRITE_TRIES - 1:
                    now = self._once(batch, value, None, {})
                    done |= {profile: visited for profile, visited in now.items() if write.is_done(visited)}
                    batch = [profile for profile in batch if profile not in done]
                return done | (self._once(batch, value, write, records) if batch else {})
            except WSManError as error:
                if write is None or not left or not may_have_acted(error):
                    raise
        return done

    def _once(
        self, batch: list[Profile], value: ValueName, write: Write | None, records: t.Mapping[Profile, str]
    ) -> dict[Profile, Visited]:
        visited, vanished = self._judged(batch, value, write, records)
        # Whose hive was there and then was not signed out under our hands: it is in its file now.
        return visited | (self._judged(vanished, value, write, records)[0] if vanished else {})

    def _judged(
        self, batch: list[Profile], value: ValueName, write: Write | None, records: t.Mapping[Profile, str]
    ) -> tuple[dict[Profile, Visited], list[Profile]]:
        """Visit a batch; return what became of each hive, and those that went away in the middle."""
        transcript = self._run(batch, value, write, records)
        visits = dict(zip(batch, transcript.visits, strict=True))
        vanished = [profile for profile, visit in visits.items() if visit.root == profile.sid and visit.read]
        judged = {profile: _judge(profile, visit, transcript, value, write) for profile, visit in visits.items()}
        return judged, vanished

    def _run(
        self, batch: list[Profile], value: ValueName, write: Write | None, records: t.Mapping[Profile, str]
    ) -> Transcript:
        action = "read" if write is None else "delete" if write.text is None else "set"
        environment = {"key": value.key, "name": value.name}
        if write is not None and write.text is not None:
            environment["record_name"] = write.record_name
        for number, profile in enumerate(batch, 1):
            environment |= _variables(number, profile, write, records)
        return self.command(command_line(action, len(batch)), environment, len(batch), repeatable=write is None)

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


def _variables(number: int, profile: Profile, write: Write | None, records: t.Mapping[Profile, str]) -> dict[str, str]:
    variables = hive_variables(number, profile)
    if write is not None and write.text is not None:
        variables[f"text{number}"] = quoted(write.text)
    if profile in records:
        variables[f"record{number}"] = quoted(records[profile])
    return variables


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


def _judge(profile: Profile, visit: Visit, transcript: Transcript, value: ValueName, write: Write | None) -> Visited:
    barred = not_visited(profile, visit, transcript)
    if barred is not None:
        return barred
    found = visit.value(value.name) if visit.read == 0 else None
    if write is not None and write.text is None and found is not None and found.found is Found.NOTHING:
        # Deleting what is gone already is an error to reg.exe, and none to us.
        visit.wrote = 0
    return Visited(kind_found(profile, visit), found, error=trouble(profile, visit, found is not None))


def not_visited(profile: Profile, visit: Visit, transcript: Transcript) -> Visited | None:
    """Return why the command could not visit a hive; None if it did."""
    kind = kind_found(profile, visit)
    if visit.root is None:
        return Visited(kind, error=not_reached(transcript))
    if visit.root == "none":
        return Visited(
            kind,
            error=f"{profile.hive_file} could not be mounted: it is in use (by no sign-in of its user), damaged, or "
            f"access is denied; try again later, or leave it out: exclude_users: [{profile.sid or 'none'}]",
        )
    if visit.root == "absent":
        return Visited(kind, unusable=Unusable.NO_HIVE_FILE)
    return None


def kind_found(profile: Profile, visit: Visit) -> Kind:
    """Return where the hive was when the command came to it."""
    if profile.sid is None:
        return Kind.DEFAULT
    if visit.root == profile.sid:
        return Kind.LOADED
    return Kind.UNLOADED if visit.root is not None and visit.root.startswith(MOUNT) else profile.kind


def trouble(profile: Profile, visit: Visit, was_read: bool) -> str | None:
    """Return what went wrong in a hive that was visited."""
    if visit.stuck:
        return (
            f"{profile.hive_file} stayed mounted at HKU\\{visit.root}: something holds it open, and "
            f"{RELEASE_TRIES} tries to release it failed. The next run tries again; by hand: "
            f"reg unload HKU\\{visit.root}"
        )
    if not was_read:
        return "the hive cannot be read"
    if visit.wrote:
        return f"the value cannot be written (reg.exe ended with exit code {visit.wrote})"
    if visit.recorded:
        return (
            "the previous default cannot be recorded, so the default was left as it is "
            f"(reg.exe ended with exit code {visit.recorded})"
        )
    return None


def not_reached(transcript: Transcript) -> str:
    """Return why the command did not get as far as that."""
    if transcript.expanded:
        return (
            "this machine's cmd expands !name! by itself, and the command that visits hives cannot run there: set "
            r"DelayedExpansion under HKLM\Software\Microsoft\Command Processor to 0, or delete it"
        )
    if not transcript.started:
        return (
            "another run is at work on this machine's hives, or the command could not start "
            f"(it waited {sum(LOCK_PAUSES):.0f} seconds for the lock file)"
        )
    return "the command on the machine ended before it came to this hive"
