# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: why a user has presence or has none: the chain that Office follows, stopped at the first broken link.

Pure functions on plain data. The links, in Office's order ("Integrating IM applications with Office"): the user's
``DefaultIMApp``, its registration in the view that Office reads, its COM server, its ``UpAndRunning``, its process.
Where Office's bitness is not known, a link holds if it does in either view.
"""

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass, field

from ...text import printable, some
from ...verdicts import Verdict
from ...windows.registry_values import StringValue, ValueState
from ...windows.registry_view import View
from ..keys import CLASSES, DEFAULT_IM_APP, IM_PROVIDERS
from ..providers import Providers, Registration, views_read_by
from .plain_data import RUNNING_NAMES
from .provider_states import ProviderState, UpAndRunning

#: Other running providers that a sentence quotes: a user can have any number of them.
QUOTED = 3


class Link(enum.Enum):
    """A link of the chain."""

    DEFAULT = "default"
    REGISTRATION = "registration"
    COM_SERVER = "com_server"
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
class User:
    """What the diagnosis needs to know of a user.

    Args:
        signed_in: whether the hive is loaded.
        default: what stands in ``DefaultIMApp``.
        states: the user's providers, by folded name.
        com_servers: those that only this user has, for the default provider's CLSID.
    """

    sid: str
    signed_in: bool
    default: StringValue
    states: t.Mapping[str, ProviderState] = field(default_factory=dict)
    com_servers: t.Mapping[View, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on; its fields are keys of the facts.

    Args:
        link: the link that is broken; None if none is.
        key: where that shows.
        view: of the registry, where the link has one.
        found: what is there instead, in words.
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


def diagnose(user: User, providers: Providers, platform: View | None) -> Diagnosis:
    """Follow the chain for one user.

    Args:
        providers: the machine's.
        platform: of Office; None if it is not known.
    """
    views = views_read_by(platform)
    return (
        _no_default(user)
        or _not_registered(user, providers, views)
        or _no_com_server(user, providers, views)
        or _not_signed_in(user)
        or _run(user, providers, views)
    )


def wanted_clsids(name: str, providers: Providers, platform: View | None) -> dict[View, str]:
    """Return the CLSIDs that a user's own classes have to be searched for, since the verdict depends on them."""
    registered = _registered(name, providers, views_read_by(platform))
    if any(one.clsid and one.com_server for one in registered.values()):
        return {}
    return {view: one.clsid for view, one in registered.items() if one.clsid}


def _diagnosis(
    user: User, verdict: Verdict, link: Link | None, key: str, detail: str, view: View | None = None
) -> Diagnosis:
    return Diagnosis(verdict, Evidence(link, key, view, detail, _running(user)))


def _registered(name: str, providers: Providers, views: t.Iterable[View]) -> dict[View, Registration]:
    provider = providers.get(name.casefold())
    return {view: provider.registrations[view] for view in views if view in provider.registrations} if provider else {}


def _no_default(user: User) -> Diagnosis | None:
    detail = {
        ValueState.MISSING: "DefaultIMApp does not exist",
        ValueState.OTHER_TYPE: "DefaultIMApp is not a REG_SZ value",
        ValueState.TEXT: "" if user.default.name else "DefaultIMApp is empty",
    }[user.default.state]
    key = rf"HKU\{user.sid}\{DEFAULT_IM_APP.key}"
    return _diagnosis(user, Verdict.NO_DEFAULT, Link.DEFAULT, key, detail) if detail else None


def _not_registered(user: User, providers: Providers, views: tuple[View, ...]) -> Diagnosis | None:
    name = user.default.name
    if _registered(name, providers, views):
        return None
    view = views[0] if len(views) == 1 else None
    shown = printable(name)
    detail = f"{shown} is not registered"
    state = user.states.get(name.casefold())
    if providers.get(name.casefold()):
        # So the view that Office reads is known, and only the other one has the provider.
        detail = f"{shown} is registered in the other view of the registry only; this is the one that Office reads"
    elif state and state.registered == "user":
        detail = f"{shown} is registered for this user only; Office looks for it here"
    key = rf"HKLM\{(view or views[0]).software(IM_PROVIDERS)}\{shown}"
    return _diagnosis(user, Verdict.NOT_REGISTERED, Link.REGISTRATION, key, detail, view)


def _no_com_server(user: User, providers: Providers, views: tuple[View, ...]) -> Diagnosis | None:
    registered = _registered(user.default.name, providers, views)
    if any(one.clsid and (one.com_server or user.com_servers.get(view)) for view, one in registered.items()):
        return None
    # Of two views in which it is broken, the one with a CLSID is nearer to working.
    view, one = max(registered.items(), key=lambda item: bool(item[1].clsid))
    key = rf"HKLM\{view.software(IM_PROVIDERS)}\{printable(user.default.name)}"
    if one.clsid is None:
        detail = f"its GUID is {printable(one.guid)!r}, which is not a CLSID" if one.guid else "it has no GUID"
    else:
        detail = f"no COM server is registered for {one.clsid}, neither for all users nor for this one"
        key = rf"{CLASSES}\{view.clsid_key}\{one.clsid}\LocalServer32"
    return _diagnosis(user, Verdict.NO_COM_SERVER, Link.COM_SERVER, key, detail, view)


def _own_key(user: User) -> str:
    return rf"HKU\{user.sid}\{DEFAULT_IM_APP.key}\{printable(user.default.name)}"


def _not_signed_in(user: User) -> Diagnosis | None:
    if user.signed_in:
        return None
    detail = "the user is not signed in; everything that can be checked is in order"
    return _diagnosis(user, Verdict.READY, None, _own_key(user), detail)


def _run(user: User, providers: Providers, views: tuple[View, ...]) -> Diagnosis:
    name = printable(user.default.name)
    key = _own_key(user)
    folded = user.default.name.casefold()
    state = user.states.get(folded) or ProviderState(user.default.name, "machine", UpAndRunning.UNSET)
    registered = _registered(user.default.name, providers, views)
    program = next((one.process_name for one in registered.values() if one.process_name), None)
    if state.up_and_running is UpAndRunning.STARTING:
        return _diagnosis(user, Verdict.STARTING, Link.UP_AND_RUNNING, key, "UpAndRunning is 1")
    if state.up_and_running is UpAndRunning.RUNNING:
        return _process(user, state, program)
    does_not_run = f"{name} does not run ({_SHOWN[state.up_and_running]})"
    running = _running(user)
    if running:
        others = some([printable(other) for other in running], QUOTED)
        verb = "does" if len(running) == 1 else "do"
        detail = f"{does_not_run}, and {others} {verb}; Office connects to {name} only"
        if any(user.states[other.casefold()].process is None for other in running):
            detail += " (according to the registry; processes were not checked)"
        return _diagnosis(user, Verdict.SHADOWED, Link.UP_AND_RUNNING, key, detail)
    return _diagnosis(
        user, Verdict.NOT_RUNNING, Link.UP_AND_RUNNING, key, f"{does_not_run}, nor does any other provider"
    )


def _process(user: User, state: ProviderState, program: str | None) -> Diagnosis:
    key = _own_key(user)
    if program is None:
        detail = "UpAndRunning is 2, but no ProcessName is registered, so Office finds no process"
        return _diagnosis(user, Verdict.STALE, Link.PROCESS, key, detail)
    shown = printable(program)
    if state.process is False:
        detail = f"UpAndRunning is 2, but no {shown} runs in the user's session: {printable(state.name)} has crashed"
        return _diagnosis(user, Verdict.STALE, Link.PROCESS, key, detail)
    process = f"and {shown} runs" if state.process else f"whether {shown} runs was not checked"
    return _diagnosis(user, Verdict.PRESENT, None, key, f"UpAndRunning is 2, {process}")


def _running(user: User) -> tuple[str, ...]:
    """Return the other providers of a user that really run; none does for a user who is not signed in."""
    if not user.signed_in:
        return ()
    default = user.default.name.casefold()
    return tuple(
        state.name
        for folded, state in user.states.items()
        if folded != default and state.registered != "no" and state.really_runs
    )
