# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One REG_SZ value in many user hives, by one command on the machine, whatever the number of hives.

This is the only way to a hive that nobody has mounted, and the cheaper way to many that are: see
``hive_command`` for what runs on the machine, and ``COMMAND_REQUESTS`` for what it costs.
"""

from __future__ import annotations

import secrets
import time
import typing as t
from dataclasses import dataclass

from ..wsman.session import Session
from .hive_command import MOUNT, RELEASE_TRIES, Transcript, Visit, command_line, quoted
from .profiles import Kind, Profile, Unusable
from .registry import StringValue

#: What a command costs: create a shell, start, receive, signal, delete.
COMMAND_REQUESTS = 5

#: Characters of environment that one command is given; some hundred hives, far below what WinRM takes.
ENVIRONMENT_SIZE = 100_000

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

    def __init__(self, session: Session, pause: t.Callable[[float], None] = time.sleep) -> None:
        self._session = session
        self._pause = pause

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
        for batch in _batches(profiles, records or {}):
            transcript = self._run(batch, value, write, records or {})
            for profile, visit in zip(batch, transcript.visits, strict=True):
                visited[profile] = _judge(profile, visit, transcript, value)
        return visited

    def _run(
        self, batch: list[Profile], value: ValueName, write: Write | None, records: t.Mapping[Profile, str]
    ) -> Transcript:
        action = "read" if write is None else "delete" if write.text is None else "set"
        environment = {
            # Without it, cmd would look for reg.exe in the current directory first.
            "NoDefaultCurrentDirectoryInExePath": "1",
            "key": value.key,
            "name": value.name,
        }
        if write is not None and write.text is not None:
            environment |= {"text": quoted(write.text), "record_name": write.record_name}
        for number, profile in enumerate(batch, 1):
            environment |= _variables(number, profile, records)
        line = command_line(action, len(batch))
        for pause in (*LOCK_PAUSES, None):
            mark = secrets.token_hex(16)
            transcript = Transcript(mark, len(batch))
            self._session.run(line, environment | {"mark": mark, "run": secrets.token_hex(4)}, transcript.feed)
            if transcript.started or pause is None:
                break
            self._pause(pause)
        return transcript


def _variables(number: int, profile: Profile, records: t.Mapping[Profile, str]) -> dict[str, str]:
    variables = {
        f"file{number}": profile.hive_file,
        # The template has no user who could be signed in: no key of this name can exist.
        f"sid{number}": profile.sid or "none",
        f"kind{number}": profile.kind.value,
    }
    if profile in records:
        variables[f"record{number}"] = quoted(records[profile])
    return variables


def _batches(profiles: t.Sequence[Profile], records: t.Mapping[Profile, str]) -> t.Iterator[list[Profile]]:
    batch: list[Profile] = []
    size = 0
    for profile in profiles:
        more = sum(len(name) + len(text) for name, text in _variables(0, profile, records).items())
        if batch and size + more > ENVIRONMENT_SIZE:
            yield batch
            batch, size = [], 0
        batch.append(profile)
        size += more
    if batch:
        yield batch


def _judge(profile: Profile, visit: Visit, transcript: Transcript, value: ValueName) -> Visited:
    kind = _kind(profile, visit)
    if visit.root is None:
        return Visited(kind, error=_not_visited(transcript))
    if visit.root == "none":
        return Visited(
            kind,
            error=f"{profile.hive_file} is in use by something that is no sign-in of its user; try again later",
        )
    if visit.root == "absent":
        return Visited(kind, unusable=Unusable.NO_HIVE_FILE)
    found = visit.value(value.name) if visit.read == 0 else None
    return Visited(kind, found, error=_trouble(profile, visit, found))


def _kind(profile: Profile, visit: Visit) -> Kind:
    if profile.sid is None:
        return Kind.DEFAULT
    if visit.root == profile.sid:
        return Kind.LOADED
    return Kind.UNLOADED if visit.root is not None and visit.root.startswith(MOUNT) else profile.kind


def _trouble(profile: Profile, visit: Visit, found: StringValue | None) -> str | None:
    if visit.stuck:
        return (
            f"{profile.hive_file} stayed mounted at HKU\\{visit.root}: something holds it open, and "
            f"{RELEASE_TRIES} tries to release it failed. The next run tries again; by hand: "
            f"reg unload HKU\\{visit.root}"
        )
    if found is None:
        return "the hive cannot be read"
    if visit.wrote:
        return f"the value cannot be written (reg.exe ended with exit code {visit.wrote})"
    if visit.recorded:
        return f"the previous default cannot be recorded (reg.exe ended with exit code {visit.recorded})"
    return None


def _not_visited(transcript: Transcript) -> str:
    if not transcript.started:
        return (
            "another run is at work on this machine's hives, or the command could not start "
            f"(it waited {sum(LOCK_PAUSES):.0f} seconds for the lock file)"
        )
    return "the command on the machine ended before it came to this hive"
