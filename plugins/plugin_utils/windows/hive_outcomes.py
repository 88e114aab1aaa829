# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what became of one hive: it was read, it was skipped, or something failed."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .profiles import HiveKind, Profile, SkipReason

T = t.TypeVar("T")


@dataclass(frozen=True)
class Read(t.Generic[T]):
    """The hive was read, and everything that should be done in it was done.

    Args:
        kind: where the hive was, which may differ from its profile: users sign in and out.
        value: its content now.
    """

    kind: HiveKind
    value: T


@dataclass(frozen=True)
class Skipped:
    """The hive was left alone, which is not an error.

    Args:
        reason: why; None if it is not loaded and must not be mounted.
    """

    kind: HiveKind
    reason: SkipReason | None


@dataclass(frozen=True)
class Failed(t.Generic[T]):
    """Something that should have been done was not.

    Args:
        error: a sentence for people.
        value: its content now, if that is known.
        stuck: a hive that was mounted stays so: this one, or another one, on account of which this one was not mounted.
        lost: the machine went out of reach before it said what became of the hive.
    """

    kind: HiveKind
    error: str
    value: T | None = None
    stuck: bool = False
    lost: bool = False


Outcome = Read[T] | Skipped | Failed[T]


def untouched(profile: Profile) -> Skipped | Failed[t.Any]:
    """Return the outcome for a profile whose hive is not looked at: it is left alone, or cannot be found."""
    return Failed(profile.kind, profile.error) if profile.error else Skipped(profile.kind, profile.skip)


def value_of(outcome: Outcome[T]) -> T | None:
    """Return the hive's content, if it is known."""
    return None if isinstance(outcome, Skipped) else outcome.value


def error_of(outcome: Outcome[t.Any]) -> str | None:
    """Return what went wrong, if anything did."""
    return outcome.error if isinstance(outcome, Failed) else None
