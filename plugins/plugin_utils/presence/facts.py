# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The facts of one machine: what is asked, in few requests, and put together with the diagnosis of every user.

Requests: one for the profiles (one more for the template), one command for all that is in the registry, one
query for the processes and a call for each session that runs one of them, a call for each account's name. If a
user's verdict depends on COM servers that are registered for that user only, those are read as well (see
``windows/classes``).
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import typing as t
from dataclasses import dataclass

from ..windows import office
from ..windows.classes import UserServers
from ..windows.hive_trees import VisitedTree
from ..windows.machine import Machine
from ..windows.office import Office, read_office
from ..windows.processes import MOST_NAMES, MOST_SESSIONS, Running
from ..windows.profiles import Kind, Profile
from ..windows.questions import Key
from ..windows.registry import Found, StringValue
from ..windows.transcript import Frame
from ..wsman.errors import WSManError
from .diagnosis import Diagnosis, State, UpAndRunning, User, diagnose, wanted_clsids
from .facts_result import MOST_PROVIDERS, MOST_STATES, Told, message, most_telling, tell
from .policy import wants_files
from .providers import LONGEST_NAME
from .registrations import QUESTIONS, Provider, Registrations, look_up, read_registrations, text_of
from .selection import Selection
from .survey import DEFAULT_IM_APP, PREVIOUS_DEFAULT_IM_APP, select

#: Hives that are read of one machine.
MOST_READ = 2_000

#: Names that are looked up, a request each: first of those who have no presence.
MOST_NAMES_OF_ACCOUNTS = 100

_UP_AND_RUNNING = {0: UpAndRunning.NOT_RUNNING, 1: UpAndRunning.STARTING, 2: UpAndRunning.RUNNING}

_REGISTRATION_VALUES = ("FriendlyName", "GUID", "ProcessName")


@dataclass(frozen=True)
class Wish:
    """What to gather.

    Args:
        parts: of ``providers``, ``users``, ``processes``, ``accounts``.
        mount: whether hives that nobody has mounted are, to read them.
    """

    kinds: frozenset[Kind]
    selection: Selection
    parts: frozenset[str]
    mount: bool

    @property
    def mounts(self) -> bool:
        """Whether a hive may be mounted."""
        return self.mount and wants_files(self.kinds)


@dataclass(frozen=True)
class Answer:
    """What there is to tell of a machine.

    Args:
        facts: ``im_presence``.
        unmatched: selected users that no profile belongs to.
        message: a sentence for people.
        stuck: whether a hive stayed mounted.
    """

    facts: dict[str, t.Any]
    unmatched: list[str]
    message: str
    stuck: bool


def gather(machine: Machine, wish: Wish) -> Answer:
    """Ask the machine."""
    truncated: list[str] = []
    profiles, unmatched = _profiles(machine, wish, truncated)
    usable = [profile for profile in profiles if profile.unusable is None]
    reading = machine.hive_trees.read(usable, DEFAULT_IM_APP.key, _QUESTIONS, mounts=wish.mounts)
    registered = read_registrations(reading.answers)
    if registered.cut:
        truncated.append("providers: the registrations are larger than what is read of them")
    trees = {p: reading.visited.get(p, VisitedTree(p.kind, unusable=p.unusable)) for p in profiles}
    hives = {profile: _Hive(tree, _default(tree)) for profile, tree in trees.items()}
    registered = look_up(machine.registry, registered, {hive.default_name for hive in hives.values()})
    # A machine can print its answer twice: the first one counts.
    office_answer = reading.answers.get("office", [Frame()])[0]
    found = _Gathered(read_office(office_answer), registered, hives)
    running = _running(machine, found, truncated) if "processes" in wish.parts else None
    servers = _user_servers(machine, found, wish.mounts)
    everybody = [_told(profile, found, running, servers.get(profile)) for profile in profiles]
    if "accounts" in wish.parts:
        _look_up(machine, everybody, truncated)
    for one in everybody:
        one.account = machine.accounts.known(one.profile.sid or "")
    told = everybody if "users" in wish.parts else None
    chosen = found.chosen if "providers" in wish.parts else None
    facts = tell(registered, chosen, found.office, told, truncated)
    return Answer(facts, unmatched, message(facts, told), any(one.stuck for one in everybody))


_QUESTIONS = f"{QUESTIONS}& {office.QUESTION}"


@dataclass(frozen=True)
class _Hive:
    """What was read of a hive."""

    tree: VisitedTree
    default: StringValue | None

    @property
    def default_name(self) -> str:
        return (self.default.text if self.default else None) or ""

    @property
    def default_key(self) -> Key | None:
        """The default provider's key."""
        return (self.tree.keys or {}).get(self.default_name.casefold()) if self.default_name else None


@dataclass(frozen=True)
class _Gathered:
    """What a machine's registry holds."""

    office: Office | None
    registered: Registrations
    hives: dict[Profile, _Hive]

    @property
    def platform(self) -> str | None:
        return self.office.platform if self.office else None

    @functools.cached_property
    def chosen(self) -> list[Provider]:
        """As many of the machine's providers as the facts tell of: somebody's default is among them."""
        everybody_s = {hive.default_name.casefold() for hive in self.hives.values()}
        providers = self.registered.providers
        chosen = set(sorted(providers, key=lambda folded: folded not in everybody_s)[:MOST_PROVIDERS])
        return [provider for folded, provider in providers.items() if folded in chosen]


def _profiles(machine: Machine, wish: Wish, truncated: list[str]) -> tuple[list[Profile], list[str]]:
    if "users" not in wish.parts:
        return [], []
    profiles, unmatched = select(machine, wish.kinds, wish.selection)
    if len(profiles) > MOST_READ:
        truncated.append(f"users: {MOST_READ} of {len(profiles)} hives are read")
    return profiles[:MOST_READ], unmatched


def _default(tree: VisitedTree) -> StringValue | None:
    """Return what stands for ``DefaultIMApp``; None if the hive was not read, or not as far as that."""
    if tree.keys is None:
        return None
    top = tree.keys.get("")
    value = top.value(DEFAULT_IM_APP.name) if top else None
    if value is None:
        return None if tree.cut else StringValue(Found.NOTHING)
    return StringValue(Found.OTHER_TYPE) if value.text is None else StringValue(Found.TEXT, value.text)


def _running(machine: Machine, found: _Gathered, truncated: list[str]) -> Running | None:
    signed_in = [hive for hive in found.hives.values() if hive.tree.kind is Kind.LOADED and hive.tree.keys is not None]
    if not signed_in:
        return None
    names: dict[str, str] = {}
    for provider in found.chosen:
        names.update(
            {one.process_name.casefold(): one.process_name for one in provider.views.values() if one.process_name}
        )
    for hive in signed_in:
        for key in (hive.tree.keys or {}).values():
            own = text_of(key, "ProcessName")
            if own:
                names.setdefault(own.casefold(), own)
    running = machine.running(names.values())
    if len(names) > MOST_NAMES:
        truncated.append(f"processes: {MOST_NAMES} of {len(names)} names are looked for")
    if running.cut:
        truncated.append(f"processes: the users of {MOST_SESSIONS} sessions are asked for, there are more")
    return running


def _user_servers(machine: Machine, found: _Gathered, mounts: bool) -> dict[Profile, UserServers]:
    """Read the COM servers of single users, where a verdict depends on them."""
    wanted: dict[Profile, dict[str, str]] = {}
    asked: dict[Profile, Profile] = {}
    for profile, hive in found.hives.items():
        name = hive.default_name
        if name and profile.sid is not None:
            clsids = wanted_clsids(name, found.registered.providers, found.platform)
            if clsids:
                # Where the hive is now: it may have been loaded or unloaded since the profiles were listed.
                asked[profile] = dataclasses.replace(profile, kind=hive.tree.kind)
                wanted[asked[profile]] = clsids
    if not wanted:
        return {}
    servers = machine.user_classes.servers(wanted, found.registered.unset, mounts=mounts)
    return {profile: servers[now] for profile, now in asked.items()}


def _told(profile: Profile, found: _Gathered, running: Running | None, servers: UserServers | None) -> Told:
    hive = found.hives[profile]
    tree = hive.tree
    unknown = _unknown(hive, found, servers)
    error = "; ".join(filter(None, [tree.error, *unknown])) or None
    stuck = tree.stuck or (servers is not None and servers.stuck)
    told = Told(profile, tree.kind, tree.unusable, error, stuck, hive.default)
    if hive.default is None:
        return told
    told.previous_default = text_of(hive.default_key, PREVIOUS_DEFAULT_IM_APP)
    states = _states(profile, hive, found, running)
    told.states = most_telling(states, hive.default_name, MOST_STATES)
    told.states_cut = len(told.states) < len(states)
    if not unknown:
        told.diagnosis = _diagnosis(profile, told, states, found, servers)
    return told


def _unknown(hive: _Hive, found: _Gathered, servers: UserServers | None) -> list[str]:
    """Return what could not be read of a user's chain, so that there is no verdict."""
    unknown = []
    if hive.tree.cut and hive.default_key is None:
        unknown.append("the key IM Providers holds more than is read of it, or of those of all users together")
    provider = found.registered.providers.get(hive.default_name.casefold())
    if provider and any(one.clsid and not one.server_known for one in provider.views.values()):
        unknown.append("this machine registers more COM servers than are looked up")
    if servers is not None and servers.error is not None:
        unknown.append(f"the user's own COM servers cannot be read: {servers.error}")
    return unknown


def _diagnosis(
    profile: Profile, told: Told, states: dict[str, State], found: _Gathered, servers: UserServers | None
) -> Diagnosis | None:
    if profile.sid is None or told.default is None:
        return None
    signed_in = told.kind is Kind.LOADED
    user = User(profile.sid, signed_in, told.default, states, servers.by_view if servers else {})
    return diagnose(user, found.registered.providers, found.platform)


def _states(profile: Profile, hive: _Hive, found: _Gathered, running: Running | None) -> dict[str, State]:
    """Return the machine's providers and the user's own, by folded name."""
    providers = found.registered.providers
    keys = {folded: key for folded, key in (hive.tree.keys or {}).items() if folded and "\\" not in folded}
    spelled = {folded: key.path.rpartition("\\")[2] for folded, key in keys.items()}
    names = {provider.name.casefold(): provider.name for provider in found.chosen}
    for folded, name in spelled.items():
        if len(name) <= LONGEST_NAME:
            names.setdefault(folded, providers[folded].name if folded in providers else name)
    signed_in = hive.tree.kind is Kind.LOADED and profile.sid is not None
    states = {}
    for folded, name in names.items():
        key = keys.get(folded)
        provider = providers.get(folded)
        programs = _programs(provider, key, found.platform)
        alive = None
        if running is not None and signed_in:
            alive = _any_alive([running.alive(profile.sid or "", program) for program in programs])
        states[folded] = State(name, _registered(provider, key), _up_and_running(key), alive)
    return states


def _registered(provider: Provider | None, key: Key | None) -> str:
    if provider is not None:
        return "machine"
    return "user" if key and any(key.value(name) for name in _REGISTRATION_VALUES) else "no"


def _programs(provider: Provider | None, key: Key | None, platform: str | None) -> list[str]:
    if provider is None:
        own = text_of(key, "ProcessName")
        return [own] if own else []
    views = [platform] if platform in provider.views else list(provider.views)
    return [name for view in views if (name := provider.views[str(view)].process_name)]


def _any_alive(alive: list[bool | None]) -> bool | None:
    if True in alive:
        return True
    return None if None in alive or not alive else False


def _up_and_running(key: Key | None) -> UpAndRunning:
    value = key.value("UpAndRunning") if key else None
    if value is None:
        return UpAndRunning.UNSET
    if value.type != "REG_DWORD" or len(value.data) > 10:
        return UpAndRunning.INVALID
    try:
        return _UP_AND_RUNNING.get(int(value.data, 16), UpAndRunning.INVALID)
    except ValueError:
        return UpAndRunning.INVALID


def _look_up(machine: Machine, told: list[Told], truncated: list[str]) -> None:
    """Ask for the names of the users; those with something the matter first."""
    people = [one.profile.sid for one in sorted(told, key=lambda one: one.is_fine) if one.profile.sid]
    # All else is known by now: a machine that goes away before it has told the names does not undo it.
    with contextlib.suppress(WSManError):
        for sid in people[:MOST_NAMES_OF_ACCOUNTS]:
            machine.accounts.name(sid)
    unknown = len(people) - MOST_NAMES_OF_ACCOUNTS
    if unknown > 0:
        truncated.append(f"accounts: {MOST_NAMES_OF_ACCOUNTS} of {len(people)} names are looked up")
