# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Why a user has presence or has none: the chain that Office follows, stopped at the first broken link.

Pure functions on plain data. The links, in Office's order ("Integrating IM applications with Office"): the
user's ``DefaultIMApp``, its registration in the view that Office reads, its COM server, its ``UpAndRunning``,
its process. Where Office's bitness is not known, a link holds if it does in either view.
"""

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass, field

from ..text import printable, some
from ..verdicts import Verdict
from ..windows.classes import CLSIDS
from ..windows.registry import Found, StringValue
from .providers import VIEWS
from .registrations import CLASSES, Provider, Registered

IM_PROVIDERS = r"Software\IM Providers"

#: Other providers that run which a sentence quotes: a user can have any number of them.
QUOTED = 3


class Link(enum.Enum):
    """A link of the chain."""

    DEFAULT = "default"
    REGISTRATION = "registration"
    COM_SERVER = "com_server"
    UP_AND_RUNNING = "up_and_running"
    PROCESS = "process"


class UpAndRunning(enum.Enum):
    """What a client says of itself: 0, 1, 2, nothing, or something that is none of these."""

    NOT_RUNNING = "not_running"
    STARTING = "starting"
    RUNNING = "running"
    UNSET = "unset"
    INVALID = "invalid"


_SHOWN = {
    UpAndRunning.NOT_RUNNING: "UpAndRunning is 0",
    UpAndRunning.STARTING: "UpAndRunning is 1",
    UpAndRunning.RUNNING: "UpAndRunning is 2",
    UpAndRunning.UNSET: "there is no UpAndRunning",
    UpAndRunning.INVALID: "UpAndRunning is none of 0, 1 and 2",
}


@dataclass(frozen=True)
class State:
    """One provider for one user.

    Args:
        registered: ``machine``, ``user`` (for that user only), or ``no``.
        process: whether it is alive in the user's session; None if that is not known.
    """

    name: str
    registered: str
    up_and_running: UpAndRunning
    process: bool | None = None

    @property
    def really_runs(self) -> bool:
        """Whether it runs, and its value is not a leftover of a crash."""
        return self.up_and_running is UpAndRunning.RUNNING and self.process is not False


@dataclass(frozen=True)
class User:
    """What the diagnosis needs to know of a user.

    Args:
        sid: the user's SID.
        signed_in: whether the hive is loaded.
        default: what was found for ``DefaultIMApp``.
        states: the user's providers, by folded name.
        servers: COM servers that only this user has, for the default provider's CLSID, by view.
    """

    sid: str
    signed_in: bool
    default: StringValue
    states: t.Mapping[str, State] = field(default_factory=dict)
    servers: t.Mapping[str, str | None] = field(default_factory=dict)

    @property
    def provider_name(self) -> str:
        """The default provider's name, empty for none."""
        return self.default.text or ""


@dataclass(frozen=True)
class Diagnosis:
    """A verdict and its evidence.

    Args:
        link: the link that is broken; None if none is.
        key: where that shows.
        view: of the registry, where the link has one.
        found: what was found there, for people.
        running: other providers of the user that run.
    """

    verdict: Verdict
    link: Link | None
    key: str
    found: str
    view: str | None = None
    running: tuple[str, ...] = ()


def diagnose(user: User, providers: t.Mapping[str, Provider], platform: str | None) -> Diagnosis:
    """Follow the chain for one user.

    Args:
        providers: the machine's, by folded name.
        platform: Office's bitness, ``x64`` or ``x86``; None if it is not known.
    """
    views = _views(platform)
    return (
        _no_default(user)
        or _not_registered(user, providers, views)
        or _no_com_server(user, providers, views)
        or _run(user, providers, views)
    )


def wanted_clsids(name: str, providers: t.Mapping[str, Provider], platform: str | None) -> dict[str, str]:
    """Return, by view, the CLSIDs that a user's own classes are to be asked for: a verdict depends on them."""
    registered = _registered(name, providers, _views(platform))
    if any(one.clsid and one.com_server for one in registered.values()):
        return {}
    return {view: one.clsid for view, one in registered.items() if one.clsid}


def _views(platform: str | None) -> tuple[str, ...]:
    return (platform,) if platform in VIEWS else tuple(VIEWS)


def _registered(name: str, providers: t.Mapping[str, Provider], views: t.Iterable[str]) -> dict[str, Registered]:
    provider = providers.get(name.casefold())
    return {view: provider.views[view] for view in views if view in provider.views} if provider else {}


def _no_default(user: User) -> Diagnosis | None:
    found = {
        Found.NOTHING: "DefaultIMApp is not there",
        Found.OTHER_TYPE: "DefaultIMApp is no REG_SZ",
        Found.TEXT: "" if user.provider_name else "DefaultIMApp is empty",
    }[user.default.found]
    key = rf"HKU\{user.sid}\{IM_PROVIDERS}"
    return Diagnosis(Verdict.NO_DEFAULT, Link.DEFAULT, key, found, running=_running(user)) if found else None


def _not_registered(user: User, providers: t.Mapping[str, Provider], views: tuple[str, ...]) -> Diagnosis | None:
    name = user.provider_name
    if _registered(name, providers, views):
        return None
    view = views[0] if len(views) == 1 else None
    shown = printable(name)
    found = f"{shown} is not registered"
    state = user.states.get(name.casefold())
    if providers.get(name.casefold()):
        # So Office's view is known, and the other one has it.
        found = f"{shown} is registered in the other view of the registry only; this is the one that Office reads"
    elif state and state.registered == "user":
        found = f"{shown} is registered for this user only; Office looks for it here"
    key = rf"HKLM\{VIEWS[view or views[0]]}\{shown}"
    return Diagnosis(Verdict.NOT_REGISTERED, Link.REGISTRATION, key, found, view, _running(user))


def _no_com_server(user: User, providers: t.Mapping[str, Provider], views: tuple[str, ...]) -> Diagnosis | None:
    registered = _registered(user.provider_name, providers, views)
    if any(one.clsid and (one.com_server or user.servers.get(view)) for view, one in registered.items()):
        return None
    # Of two views in which it is broken, the one with a CLSID is nearer to working.
    view, one = max(registered.items(), key=lambda item: bool(item[1].clsid))
    key = rf"HKLM\{VIEWS[view]}\{printable(user.provider_name)}"
    if one.clsid is None:
        found = f"its GUID is {printable(one.guid)!r}, which is no CLSID" if one.guid else "it has no GUID"
    else:
        found = f"no COM server is registered for {one.clsid}, neither for everybody nor for this user"
        key = rf"{CLASSES}\{CLSIDS[view]}\{one.clsid}\LocalServer32"
    return Diagnosis(Verdict.NO_COM_SERVER, Link.COM_SERVER, key, found, view, _running(user))


def _run(user: User, providers: t.Mapping[str, Provider], views: tuple[str, ...]) -> Diagnosis:
    name = printable(user.provider_name)
    key = rf"HKU\{user.sid}\{IM_PROVIDERS}\{name}"
    if not user.signed_in:
        return Diagnosis(Verdict.READY, None, key, "the user is not signed in; all that is registered is in order")
    folded = user.provider_name.casefold()
    state = user.states.get(folded) or State(user.provider_name, "machine", UpAndRunning.UNSET)
    registered = _registered(user.provider_name, providers, views)
    program = next((one.process_name for one in registered.values() if one.process_name), None)
    running = _running(user)
    if state.up_and_running is UpAndRunning.STARTING:
        return Diagnosis(Verdict.STARTING, Link.UP_AND_RUNNING, key, "UpAndRunning is 1", running=running)
    if state.up_and_running is UpAndRunning.RUNNING:
        return _process(user, name, key, state, program)
    said = f"{name} does not run ({_SHOWN[state.up_and_running]})"
    if running:
        others = some([printable(other) for other in running], QUOTED)
        verb = "does" if len(running) == 1 else "do"
        found = f"{said}, and {others} {verb}; Office connects to {name} only"
        if any(user.states[other.casefold()].process is None for other in running):
            found += f" ({_NOT_CHECKED})"
        return Diagnosis(Verdict.SHADOWED, Link.UP_AND_RUNNING, key, found, running=running)
    return Diagnosis(Verdict.NOT_RUNNING, Link.UP_AND_RUNNING, key, f"{said}, nor does any other provider")


_NOT_CHECKED = "by their values; no process was looked for"


def _process(user: User, name: str, key: str, state: State, program: str | None) -> Diagnosis:
    running = _running(user)
    if program is None:
        found = "UpAndRunning is 2, but no ProcessName is registered, so Office finds no process"
        return Diagnosis(Verdict.STALE, Link.PROCESS, key, found, running=running)
    shown = printable(program)
    if state.process is False:
        found = f"UpAndRunning is 2, but no {shown} runs in the user's session: {name} has crashed"
        return Diagnosis(Verdict.STALE, Link.PROCESS, key, found, running=running)
    seen = f"and {shown} runs" if state.process else f"whether {shown} runs was not checked"
    return Diagnosis(Verdict.PRESENT, None, key, f"UpAndRunning is 2, {seen}", running=running)


def _running(user: User) -> tuple[str, ...]:
    """Return the other providers of a user that really run; nothing does for one who is not signed in."""
    if not user.signed_in:
        return ()
    default = user.provider_name.casefold()
    return tuple(
        state.name
        for folded, state in user.states.items()
        if folded != default and state.registered != "no" and state.really_runs
    )
