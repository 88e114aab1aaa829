# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the verdicts mean, in words for people who have never heard of the registry."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

Kind = t.Literal["good", "wait", "bad", "unknown"]


@dataclass(frozen=True)
class Word:
    """One verdict: its name for people, whether it is good news, and what it means."""

    label: str
    kind: Kind
    meaning: str


#: In the order in which the page lists them. The keys are the verdicts of the facts, and ``unknown`` for none.
VERDICTS: t.Final[dict[str, Word]] = {
    "present": Word("Presence works", "good", "The app that Office asks is running and can be reached."),
    "ready": Word(
        "Ready, not signed in", "good",
        "Nobody is signed in, so nothing runs. All that can be checked is in order: it works at the next sign-in.",
    ),
    "starting": Word("Starting up", "wait", "The app that Office asks is starting. Look again in a few minutes."),
    "shadowed": Word(
        "Wrong app is asked", "bad",
        "Office asks one app, and this person uses another. Whoever is signed in to the other app shows no presence.",
    ),
    "not_running": Word(
        "App not running", "bad", "The app that Office asks is not running, and no other chat app is either."
    ),
    "stale": Word(
        "App crashed", "bad", "The app that Office asks says it is running, but its program is gone: it has crashed."
    ),
    "not_registered": Word(
        "App not installed", "bad",
        "Office is told to ask an app that this machine, or this kind of Office (32 or 64 bit), does not know.",
    ),
    "no_com_server": Word(
        "App damaged", "bad",
        "The app that Office asks is installed only in part: Office cannot find the program to talk to.",
    ),
    "no_default": Word("No app chosen", "bad", "Office is not told which app to ask, so it asks none."),
    "unknown": Word(
        "Not known", "unknown", "This person's settings could not be read, or were not asked for. The details say why."
    ),
}  # fmt: skip

#: Why a hive is left alone.
REASONS: t.Final = {
    "temporary": "The profile is a temporary one: Windows throws it away at sign-out.",
    "mandatory": "The profile is a mandatory one: changes to it do not last.",
    "corrupted": "Windows has marked the profile as damaged.",
    "name_unknown": "The machine cannot tell this account's name, and some are left out by name.",
    "signed_out": "The person signed out in the middle, and only people who are signed in were asked for.",
    "no_hive_file": "The profile's file is not there, as with a profile disk that is not attached.",
}


def word(verdict: str) -> Word:
    """Return the words for a verdict, also for one that a newer version may add."""
    return VERDICTS.get(verdict) or Word(verdict, "unknown", "A verdict that this version of the report does not know.")
