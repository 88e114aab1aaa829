# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: why a user has presence or has none: the chain that Office follows, stopped at the first broken link.

Pure functions on plain data; the table of verdicts is in docs/domain.md. In Office's order ("Integrating IM
applications with Office"): the user's ``DefaultIMApp``, its registration in the view that Office reads, its
``UpAndRunning``, its process. Where Office's bitness is not known, a link holds if it does in either view. A bad
verdict rests on what is documented or was seen in the field only: a client that runs without a visible registration
is ``unconfirmed``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from ...text import printable, some
from ...verdicts import Verdict
from ...windows.registry_values import ValueState
from ...windows.registry_view import View
from ..keys import CLICK_TO_RUN_REGISTRY, IM_PROVIDERS
from ..plain_data import RUNNING_NAMES
from ..provider_states import UpAndRunning
from ..providers import Registration
from .user import MachineState, User

#: Other running providers that a sentence quotes: a user can have any number of them.
QUOTED = 3


class Link(enum.Enum):
    """A link of the chain."""

    OFFICE_SETTING = "office_setting"
    DEFAULT = "default"
    REGISTRATION = "registration"
    UP_AND_RUNNING = "up_and_running"
    PROCESS = "process"


_SHOWN = {
    UpAndRunning.NOT_RUNNING: "UpAndRunning is 0",
    UpAndRunning.STARTING: "UpAndRunning is 1",
    UpAndRunning.RUNNING: "UpAndRunning is 2",
    UpAndRunning.UNSET: "there is no UpAndRunning",
    UpAndRunning.INVALID: "UpAndRunning is not 0, 1 or 2",
}


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on; its fields are keys of the facts.

    Args:
        link: the link that is broken; None if none is.
        key: where that shows.
        view: of the registry, where the link has one.
        found: what is there, for people.
        running: other providers of the user that run.
    """

    link: Link | None = None
    key: str | None = None
    view: View | None = None
    found: str | None = None
    running: tuple[str, ...] = field(default=(), metadata=RUNNING_NAMES)


@dataclass(frozen=True)
class Diagnosis:
    """A verdict and its evidence."""

    verdict: Verdict
    evidence: Evidence


def diagnose(user: User, machine: MachineState) -> Diagnosis:
    """Follow the chain for one user."""
    return (
        _no_office(user, machine)
        or _switched_off(user)
        or _no_default(user)
        or _not_registered(user, machine)
        or _unconfirmed(user, machine)
        or _bad_registration(user, machine)
        or _not_signed_in(user, machine)
        or _up_and_running(user, machine)
        or _does_not_run(user)
    )


def registration_key(name: str, view: View, registration: Registration) -> str:
    """Return the key of a registration as people write it."""
    root = f"{CLICK_TO_RUN_REGISTRY}\\" if registration.click_to_run else ""
    return rf"HKLM\{root}{view.software(IM_PROVIDERS)}\{printable(name)}"


def _diagnosis(
    user: User, verdict: Verdict, link: Link | None, key: str, found: str, view: View | None = None
) -> Diagnosis:
    return Diagnosis(verdict, Evidence(link, key, view, found, user.running))


def _own_key(user: User) -> str:
    return rf"{user.key()}\{printable(user.name)}"


def _no_office(user: User, machine: MachineState) -> Diagnosis | None:
    if machine.has_office or machine.providers or user.own_names:
        return None
    return _diagnosis(user, Verdict.NO_OFFICE, None, user.key(), "neither Office nor any IM provider was found here")


def _switched_off(user: User) -> Diagnosis | None:
    setting = user.settings.presence_off
    if setting is None:
        return None
    found = f"{setting.label}: Office shows no presence, whatever the IM provider says"
    return _diagnosis(user, Verdict.SWITCHED_OFF, Link.OFFICE_SETTING, user.key(setting.key), found)


def _no_default(user: User) -> Diagnosis | None:
    found = {
        ValueState.MISSING: "DefaultIMApp does not exist",
        ValueState.OTHER_TYPE: "DefaultIMApp is not a REG_SZ value",
        ValueState.TEXT: "" if user.name else "DefaultIMApp is empty",
    }[user.default.state]
    return _diagnosis(user, Verdict.NO_DEFAULT, Link.DEFAULT, user.key(), found) if found else None


def _not_registered(user: User, machine: MachineState) -> Diagnosis | None:
    others = machine.other_views(user.name)
    if machine.registrations(user.name) or (user.uses_default and not others):
        return None
    view = machine.platform
    name = printable(user.name)
    found = f"{name} is not registered on this machine, and its client has never run for this user"
    if others:
        other = " and ".join(one.value for one in others)
        found = (
            f"{name} is registered in the other view of the registry only ({other}); this is the one that Office reads"
        )
    elif user.state.registered == "user":
        found = f"{name} is registered for this user only; Office looks for it here"
    key = rf"HKLM\{(view or View.X64).software(IM_PROVIDERS)}\{name}"
    return _diagnosis(user, Verdict.NOT_REGISTERED, Link.REGISTRATION, key, found, view)


def _unconfirmed(user: User, machine: MachineState) -> Diagnosis | None:
    if machine.registrations(user.name) or not (user.runs or not user.signed_in):
        return None
    name = printable(user.name)
    does = "runs (UpAndRunning is 2)" if user.runs else "has run for this user"
    found = f"{name} {does} and is registered nowhere on this machine; whether Office finds it by itself is not known"
    return _diagnosis(user, Verdict.UNCONFIRMED, None, _own_key(user), found)


def _bad_registration(user: User, machine: MachineState) -> Diagnosis | None:
    registered = machine.registrations(user.name)
    if not registered or any(one.complete for one in registered.values()):
        return None
    # Of two broken views, the one with a CLSID is nearer to working.
    view, one = max(registered.items(), key=lambda item: bool(item[1].clsid))
    return _diagnosis(
        user, Verdict.BAD_REGISTRATION, Link.REGISTRATION, registration_key(user.name, view, one), _flaw(one), view
    )


def _flaw(registration: Registration) -> str:
    if registration.clsid is None:
        guid = registration.guid
        return f"its GUID is {printable(guid)!r}, which is not a CLSID" if guid else "it has no GUID"
    return "it has no ProcessName, so Office finds no process"


def _not_signed_in(user: User, machine: MachineState) -> Diagnosis | None:
    if user.signed_in:
        return None
    found = f"the user is not signed in; everything that can be checked is in order{_where(user, machine)}"
    return _diagnosis(user, Verdict.READY, None, _own_key(user), found)


def _up_and_running(user: User, machine: MachineState) -> Diagnosis | None:
    state = user.state
    if state.up_and_running is UpAndRunning.STARTING:
        return _diagnosis(user, Verdict.STARTING, Link.UP_AND_RUNNING, _own_key(user), "UpAndRunning is 1")
    if state.up_and_running is not UpAndRunning.RUNNING:
        return None
    programs = [one.process_name for one in machine.registrations(user.name).values() if one.process_name]
    program = printable(programs[0]) if programs else ""
    if state.process is False:
        gone = f"no {program} runs" if program else "its program does not run"
        detail = f"UpAndRunning is 2, but {gone} in the user's session: {printable(user.name)} has crashed"
        return _diagnosis(user, Verdict.STALE, Link.PROCESS, _own_key(user), detail)
    process = f"and {program} runs" if state.process else f"whether {program or 'its program'} runs was not checked"
    detail = f"UpAndRunning is 2, {process}{_where(user, machine)}"
    return _diagnosis(user, Verdict.PRESENT, None, _own_key(user), detail)


def _where(user: User, machine: MachineState) -> str:
    """Return where a registration is that Office does not have in the machine's own registry."""
    registered = machine.registrations(user.name).values()
    if registered and all(one.click_to_run for one in registered):
        return "; it is registered in Click-to-Run's own registry"
    return ""


def _does_not_run(user: User) -> Diagnosis:
    name, key, running = printable(user.name), _own_key(user), user.running
    said = _SHOWN[user.state.up_and_running]
    if running:
        others = some([printable(other) for other in running], QUOTED)
        verb = "does" if len(running) == 1 else "do"
        found = f"{name} does not run ({said}), and {others} {verb}; Office connects to {name} only"
        if any(user.states[other.casefold()].process is None for other in running):
            found += " (according to the registry; processes were not checked)"
        return _diagnosis(user, Verdict.SHADOWED, Link.UP_AND_RUNNING, key, found)
    if user.state.process:
        found = f"{name}'s program is alive in the user's session, but has not said that it runs ({said})"
        return _diagnosis(user, Verdict.SILENT, Link.UP_AND_RUNNING, key, found)
    found = f"{name} does not run ({said}), nor does any other provider"
    return _diagnosis(user, Verdict.NOT_RUNNING, Link.UP_AND_RUNNING, key, found)
