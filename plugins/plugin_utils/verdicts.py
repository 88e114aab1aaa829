# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the verdicts on a user's presence, and all texts about them that do not depend on a machine.

To add a verdict, add it to `Verdict` and `DESCRIPTIONS`, and decide it in ``presence/facts/diagnosis.py``. The facts,
the report and its page follow, and ``tests/unit/plugins/test_verdicts.py`` shows which documentation to update.

It is longer than other files since it is one table: everything about a verdict stands in one place.
"""

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass

Kind = t.Literal["good", "wait", "bad", "unknown"]

#: What the report uses in place of a verdict for a user who has none.
UNKNOWN = "unknown"


class Verdict(enum.Enum):
    """The state of a user's presence, in the order in which Office depends on its causes."""

    NO_OFFICE = "no_office"
    SWITCHED_OFF = "switched_off"
    NO_DEFAULT = "no_default"
    NOT_REGISTERED = "not_registered"
    UNCONFIRMED = "unconfirmed"
    BAD_REGISTRATION = "bad_registration"
    STARTING = "starting"
    STALE = "stale"
    PRESENT = "present"
    SHADOWED = "shadowed"
    SILENT = "silent"
    NOT_RUNNING = "not_running"
    READY = "ready"

    @property
    def is_fine(self) -> bool:
        """Whether nothing needs to be done."""
        return DESCRIPTIONS[self].kind in ("good", "unknown")


class Remedy(enum.Enum):
    """The play that the report suggests for a bad verdict."""

    START_APP = "start_app"
    """Ask the users to start their default app."""

    USE_RUNNING_APP = "use_running_app"
    """Make the app that the users run their default."""

    USE_INSTALLED_APP = "use_installed_app"
    """Make an app that is installed on their machines their default."""

    REGISTER_APP = "register_app"
    """Write the app's registration with Office."""

    CHANGE_SETTING = "change_setting"
    """Change a setting of Office, or the policy that makes it. No play of ours does that; one shows where it is."""


@dataclass(frozen=True)
class Help:
    """What to do about a bad verdict. ``{app}`` is the default app, ``{other}`` the app to use instead."""

    title: str
    why: str
    fix: str
    remedy: Remedy


@dataclass(frozen=True)
class Description:
    """All texts about a verdict.

    Args:
        label: its name on the page.
        kind: how the page colours and counts it.
        definition: what it means in terms of the registry, for the module's documentation.
        meaning: what it means for readers who have never heard of the registry.
        summary: one user's case in a short sentence. ``{app}`` is the default app, ``{running}`` the apps that run.
        help: what to do about it, if it is bad.
    """

    label: str
    kind: Kind
    definition: str
    meaning: str
    summary: str = ""
    help: Help | None = None


#: In the order of the page, from good to bad.
DESCRIPTIONS: t.Final[dict[Verdict, Description]] = {
    Verdict.PRESENT: Description(
        label="Presence works",
        kind="good",
        definition="everything is in order.",
        meaning="The default app is running, so Office shows presence.",
        summary="{app} is running.",
    ),
    Verdict.READY: Description(
        label="Ready, not signed in",
        kind="good",
        definition="the user is not signed in, and everything that can be checked is in order.",
        meaning="The person is not signed in, so no app is running. Everything that can be checked is in order.",
        summary="{app} is in order, but the person is not signed in.",
    ),
    Verdict.STARTING: Description(
        label="Starting",
        kind="wait",
        definition="the default provider is starting.",
        meaning="The default app is starting. Check again in a few minutes.",
        summary="{app} is starting.",
    ),
    Verdict.SHADOWED: Description(
        label="Wrong default app",
        kind="bad",
        definition="the default provider is not running, but another provider of the user is.",
        meaning="Office asks the default app, but the person uses another one, so Office shows no presence.",
        summary="{app} is the default, but {running} is running.",
        help=Help(
            title="{app} is the default, but people use {other}",
            why="{app} is the default app of these people, but it is not running. They use {other}, which Office does "
            "not ask, so colleagues do not see their status.",
            fix="Make {other} the default:",
            remedy=Remedy.USE_RUNNING_APP,
        ),
    ),
    Verdict.NOT_RUNNING: Description(
        label="App not running",
        kind="bad",
        definition="neither the default provider nor another one is running.",
        meaning="The default app is not running, and neither is any other chat app.",
        summary="{app} is not running.",
        help=Help(
            title="{app} is not running",
            why="{app} is installed and the default, but these people are signed in to Windows without it.",
            fix="Start {app}. This play asks people to do it. If they use another app now, make that one the default "
            "with presence.office.default_im_app instead:",
            remedy=Remedy.START_APP,
        ),
    ),
    Verdict.STALE: Description(
        label="App crashed",
        kind="bad",
        definition="the default provider is marked as running, but has no process. It has crashed.",
        meaning="The default app is marked as running, but its process is gone. It has crashed.",
        summary="{app} has crashed.",
        help=Help(
            title="{app} has crashed",
            why="{app} is marked as running, but its process is gone.",
            fix="Restart {app}. If it keeps crashing, repair or update it. This play asks people to start it again:",
            remedy=Remedy.START_APP,
        ),
    ),
    Verdict.NOT_REGISTERED: Description(
        label="App not installed",
        kind="bad",
        definition="the default provider is not registered in the registry view that Office reads, and either the "
        "other view has it or the user has never used it.",
        meaning="The default app is not installed here, or not for this edition of Office (32-bit or 64-bit).",
        summary="{app} is not installed here.",
        help=Help(
            title="{app} is the default, but not installed",
            why="{app} is the default app of these people, but it is not installed on their machines, or not for their "
            "edition of Office (32-bit or 64-bit).",
            fix="Install {app} for that Office, or make an installed app the default:",
            remedy=Remedy.USE_INSTALLED_APP,
        ),
    ),
    Verdict.BAD_REGISTRATION: Description(
        label="App not set up",
        kind="bad",
        definition="the default provider is registered, but its GUID is not a CLSID, or its ProcessName is missing.",
        meaning="The default app is registered only in part, so Office cannot find it.",
        summary="{app} is registered only in part.",
        help=Help(
            title="The registration of {app} is broken",
            why="{app} is registered and the default, but Office cannot find its class or its program there.",
            fix="Repair or reinstall {app}, or write its registration with presence.office.im_provider:",
            remedy=Remedy.REGISTER_APP,
        ),
    ),
    Verdict.SWITCHED_OFF: Description(
        label="Switched off in Office",
        kind="bad",
        definition="Office shows no presence, since TurnOffPresenceIntegration is 1 or TurnOffPresenceIcon is 2.",
        meaning="Presence is switched off in Office itself, by a policy or by the person. The details say which.",
        summary="Presence is switched off in Office.",
        help=Help(
            title="Presence is switched off in Office",
            why="A setting of Office hides all presence of these people, whatever their app says. If a policy sets "
            "it, only the policy can take it away.",
            fix="Change the policy, or delete the value. This play shows the key for each person, and who set it:",
            remedy=Remedy.CHANGE_SETTING,
        ),
    ),
    Verdict.SILENT: Description(
        label="App has not reported",
        kind="bad",
        definition="the default provider's program is alive in the user's session, but its UpAndRunning is not 1 or 2.",
        meaning="The default app is open, but has not reported to Office that it is running. It may not be signed in.",
        summary="{app} is open, but has not reported that it is running.",
        help=Help(
            title="{app} is open, but has not reported that it is running",
            why="The program is alive, but UpAndRunning is not 2. Cisco documents for Jabber: if it runs, set the "
            "value to 2 (technote 118750).",
            fix="Have people sign in to {app} or restart it. This play asks them:",
            remedy=Remedy.START_APP,
        ),
    ),
    Verdict.UNCONFIRMED: Description(
        label="Not confirmed",
        kind="unknown",
        definition="the default provider is registered nowhere, but the user uses it. Office may know it by itself.",
        meaning="The app is in use, but no registration is visible, as with some installations of new Teams. Whether "
        "Office finds it is not known: check whether presence shows in Outlook, and report it (docs/field.md).",
        summary="{app} is in use, but no registration is visible.",
    ),
    Verdict.NO_OFFICE: Description(
        label="No Office here",
        kind="unknown",
        definition="neither Office nor any registration was found on the machine. Nothing is broken there.",
        meaning="There is neither Office nor a chat app on this machine, so there is nothing to show.",
        summary="There is neither Office nor a chat app.",
    ),
    Verdict.NO_DEFAULT: Description(
        label="No default app",
        kind="bad",
        definition="no default provider is set.",
        meaning="No default app is set, so Office does not ask any.",
        summary="No default app is set.",
        help=Help(
            title="No default app is set",
            why="These people have no default app, so Office does not ask any.",
            fix="Set one:",
            remedy=Remedy.USE_INSTALLED_APP,
        ),
    ),
}

#: Of a user without a verdict.
NO_VERDICT: t.Final = Description(
    label="Unknown",
    kind="unknown",
    definition="the hive was not read, or too little was gathered.",
    meaning="This person's settings were not read. The details show why.",
)

#: Why a user has no verdict: the hive was skipped. The keys are the values of ``windows.profiles.SkipReason``.
SKIP_REASONS: t.Final[dict[str, str]] = {
    "temporary": "The profile is temporary: Windows discards it at sign-out.",
    "mandatory": "The profile is mandatory: Windows discards changes to it.",
    "corrupted": "Windows has marked the profile as damaged.",
    "no_hive_file": "The profile's registry file is missing, for example because a profile disk is not attached.",
    "name_unknown": "The account's name could not be looked up, and some users are excluded by name.",
    "signed_out": "The person signed out during the check, which was limited to signed-in people.",
    "not_a_person": "The account is one of Windows' own, which nobody uses to work.",
    "shared_folder": "Another account has the same profile folder, so both have one registry file: see the other one.",
}


#: By the name that the facts use, with `UNKNOWN` last.
ALL_DESCRIPTIONS: t.Final[dict[str, Description]] = {
    **{verdict.value: description for verdict, description in DESCRIPTIONS.items()},
    UNKNOWN: NO_VERDICT,
}


def describe(verdict: str) -> Description:
    """Return the description of a verdict by its name in the facts, even of one that only a newer version has."""
    return ALL_DESCRIPTIONS.get(verdict) or Description(
        label=verdict,
        kind="unknown",
        definition="",
        meaning="This version of the report does not know this result.",
    )
