# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What became of a hive: from what the command told of it to something that can be told to people."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..text import printable
from ..wsman.errors import UnreachableError
from .hive_command import LOCK_PAUSES, MOUNT, RELEASE_TRIES
from .profiles import Kind, Profile, Unusable
from .registry import StringValue
from .transcript import Transcript, Visit


@dataclass(frozen=True)
class Visited:
    """What became of one hive.

    Args:
        kind: where the hive was found, which may differ from where the profile said: users sign in and out.
        value: what stands there now (after the write, if one was asked for), None if it cannot be told.
        unusable: the hive cannot be visited, and that is no failure.
        error: why something that should have been done was not.
        lost: the machine went out of reach before it told what became of the hive.
    """

    kind: Kind
    value: StringValue | None = None
    unusable: Unusable | None = None
    error: str | None = None
    lost: bool = False


def or_lost(
    visited: t.Mapping[Profile, Visited], profiles: t.Iterable[Profile], error: UnreachableError
) -> dict[Profile, Visited]:
    """Return what became of the hives whose machine went out of reach after some of them were visited."""
    told = {profile: Visited(profile.kind, error=str(error), lost=True) for profile in profiles}
    return {**told, **visited}


def not_visited(profile: Profile, visit: Visit, transcript: Transcript, *, mounts: bool = True) -> Visited | None:
    """Return why the command could not visit a hive; None if it did.

    Args:
        mounts: whether it might mount one. Otherwise a hive that nobody has mounted is none of its business.
    """
    kind = kind_found(profile, visit)
    if visit.root is None:
        return Visited(kind, error=not_reached(transcript))
    if visit.root == "none" and not mounts:
        return Visited(Kind.UNLOADED, unusable=Unusable.SIGNED_OUT) if kind is Kind.LOADED else Visited(kind)
    if visit.root == "none":
        return Visited(
            kind,
            error=f"{_file(profile)} could not be mounted: it is in use (by no sign-in of its user), damaged, or "
            f"access is denied; try again later, or leave it out: exclude_users: [{profile.sid or 'none'}]",
        )
    if visit.root == "absent":
        return Visited(kind, unusable=Unusable.NO_HIVE_FILE)
    return None


def _file(profile: Profile) -> str:
    return printable(profile.hive_file)


def kind_found(profile: Profile, visit: Visit) -> Kind:
    """Return where the hive was when the command came to it."""
    if profile.sid is None:
        return Kind.DEFAULT
    if visit.root == profile.sid:
        return Kind.LOADED
    return Kind.UNLOADED if visit.root is not None and visit.root.startswith(MOUNT) else profile.kind


def trouble(profile: Profile, visit: Visit, readable: bool) -> str | None:
    """Return what went wrong in a hive that was visited."""
    if visit.stuck:
        return (
            f"{_file(profile)} stayed mounted at HKU\\{visit.root}: something holds it open, and "
            f"{RELEASE_TRIES} tries to release it failed. The next run tries again; by hand: "
            f"reg unload HKU\\{visit.root}"
        )
    if not readable:
        return "access is denied in the hive" if visit.read == 0 else "the hive cannot be read"
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
    return "the command on the machine ended too early"
