# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: asks one machine for everything that the facts need, in few requests.

One request lists the profiles (one more gets the template), one command reads everything in the registry (where none
can run, see ``reading``), one query lists the processes, and one call for each session that runs one of them gets its
owner. If a note on a user depends on COM servers that are registered for that user only, ``assemble`` reads those as
well. What a machine cannot say costs that part, and ``missing`` names it.
"""

from __future__ import annotations

import dataclasses
import functools
import typing as t
from dataclasses import dataclass, field

from ... import limits
from ...text import counted
from ...windows import office
from ...windows.command_output import Output
from ...windows.hive_files import HiveFile, settings_hive
from ...windows.hive_outcomes import Outcome, untouched, value_of
from ...windows.hive_trees import HiveTree
from ...windows.machine import Machine
from ...windows.office import Office, parse_office
from ...windows.processes import RunningPrograms
from ...windows.profiles import HiveKind, Profile
from ...windows.reg_query import PrintedKey
from ...windows.registry import CALL_ERRORS
from ...windows.registry_values import StringValue
from ...wsman.errors import NoShellError
from ..availability import Availability
from ..default_provider import default_in
from ..guard.guard_facts import QUESTIONS as GUARD_QUESTIONS
from ..guard.guard_facts import GuardFacts, KeyContent, printed_key, read_guard, read_key_by_typed_calls
from ..keys import DEFAULT_IM_APP
from ..printed_availability import PrintedAvailability
from ..provider_states import own_programs
from ..providers import Provider, Registrations
from ..registrations import QUESTIONS, parse_registrations
from ..selection import Selection
from ..users import SelectedUsers, may_mount, select_users
from . import office_settings
from .com_servers import QUESTIONS as COM_QUESTIONS
from .com_servers import add_com_servers, parse_com_answers
from .reading import Reading, read_by_typed_calls
from .user import MachineState

#: What can be gathered.
PARTS = ("providers", "users", "processes", "accounts", "notes")

_WITH_COM_SERVERS = {"providers", "notes"}


@dataclass(frozen=True)
class FactsOptions:
    """What to gather.

    Args:
        parts: of ``PARTS``.
        mount: whether hives that are not loaded may be mounted to read them.
    """

    kinds: frozenset[HiveKind]
    selection: Selection
    parts: frozenset[str]
    mount: bool = True

    @property
    def mounts(self) -> bool:
        """Whether a hive may be mounted."""
        return self.mount and may_mount(self.kinds)


@dataclass(frozen=True)
class UserRegistry:
    """One user, and what was read of the user's key ``IM Providers``."""

    profile: Profile
    outcome: Outcome[HiveTree]

    @property
    def tree(self) -> HiveTree | None:
        """The key and those below it; None if they were not read."""
        return value_of(self.outcome)

    @property
    def keys(self) -> t.Mapping[str, PrintedKey]:
        """The key and those below it, by folded path."""
        return self.tree.keys if self.tree else {}

    @functools.cached_property
    def default(self) -> StringValue | None:
        """The value of ``DefaultIMApp``; None if the hive was not read, or not that far."""
        return default_in(self.tree) if self.tree else None

    @property
    def default_name(self) -> str:
        """The default provider's name, empty for none."""
        return self.default.name if self.default else ""

    @property
    def default_key(self) -> PrintedKey | None:
        """The user's own key of the default provider."""
        return self.keys.get(self.default_name.casefold()) if self.default_name else None

    @property
    def signed_in(self) -> bool:
        """Whether the user's hive is loaded."""
        return self.outcome.kind is HiveKind.LOADED


@dataclass
class Collected:
    """Everything that was read from the machine.

    Args:
        selected: the users that were selected, as far as they are read.
        left_out: a sentence about users who are more than are read, None if there are none; in ``truncated`` as well.
        truncated: sentences about what was left out because there was too much of it.
        no_processes: why it is not known which programs run, a sentence; None if it is, or was not asked.
        guard: the machine's guard; None if it has none.
        running: the running programs; None if they were not queried.
    """

    users: list[UserRegistry]
    selected: SelectedUsers
    reading: Reading
    left_out: str | None = None
    truncated: list[str] = field(default_factory=list)
    no_processes: str | None = None
    guard: GuardFacts | None = None
    running: RunningPrograms | None = None

    @property
    def missing(self) -> list[str]:
        """Sentences about parts that could not be read at all."""
        return [sentence for sentence in (self.selected.not_listed, self.no_processes) if sentence]

    @property
    def registered(self) -> Registrations:
        """The machine's registrations."""
        return self.reading.registered

    @property
    def office(self) -> Office | None:
        """The machine's Office."""
        return self.reading.office

    @functools.cached_property
    def machine(self) -> MachineState:
        """What is the same for all users."""
        platform = self.office.platform if self.office else None
        return MachineState(self.registered.providers, platform, self.office is not None, self.reading.com.type_library)

    @functools.cached_property
    def available(self) -> Availability:
        """What users can use."""
        if self.reading.available is not None:
            return self.reading.available
        trees = {settings_hive(user.profile): user.tree for user in self.users if user.tree}
        return PrintedAvailability(self.registered.providers, self.office, trees)

    @functools.cached_property
    def listed_providers(self) -> list[Provider]:
        """As many of the machine's providers as the facts list; default providers come first."""
        defaults = {user.default_name.casefold() for user in self.users}
        providers = self.registered.providers
        listed = set(sorted(providers, key=lambda folded: folded not in defaults)[: limits.PROVIDERS])
        return [provider for folded, provider in providers.items() if folded in listed]


def collect(machine: Machine, options: FactsOptions) -> Collected:
    """Collect everything that the options ask for.

    Raises:
        RefusalError: see ``select_users``.
    """
    wanted = "users" in options.parts
    selected = select_users(machine, options.kinds, options.selection) if wanted else SelectedUsers([])
    left_out = _left_out(len(selected.profiles))
    truncated = [left_out] if left_out else []
    profiles = selected.profiles[: limits.HIVES]
    selected = dataclasses.replace(selected, profiles=profiles)
    hives = {profile: settings_hive(profile) for profile in profiles if profile.usable}
    reading, guard_key = _read(machine, hives.values(), options)
    if reading.registered.cut:
        truncated.append("providers: there are more registrations than are read")
    users = [UserRegistry(p, reading.outcomes[hives[p]] if p in hives else untouched(p)) for p in profiles]
    collected = Collected(users, selected, reading, left_out, [*truncated, *reading.not_known])
    collected.guard = read_guard(machine, guard_key)
    if "processes" in options.parts:
        try:
            collected.running = _find_running(machine, collected)
        except CALL_ERRORS as error:
            collected.no_processes = f"which programs run could not be asked: {error}"
    return collected


def _read(machine: Machine, hives: t.Collection[HiveFile], options: FactsOptions) -> tuple[Reading, KeyContent | None]:
    """Return what is read of the registry, and what of it belongs to a guard."""
    try:
        visits = machine.read_trees(
            hives, DEFAULT_IM_APP.key, _questions(options), office_settings.QUESTIONS, mounts=options.mounts
        )
    except NoShellError as error:
        com_servers = bool(options.parts & _WITH_COM_SERVERS)
        reading = read_by_typed_calls(machine.registry, hives, error, com_servers=com_servers, mounts=options.mounts)
        return reading, read_key_by_typed_calls(machine)
    com = parse_com_answers(visits.answers)
    registered = add_com_servers(parse_registrations(visits.answers), visits.answers, com)
    # A machine can print its answer twice: the first one counts.
    office_ = parse_office(visits.answers.get("office", [Output()])[0])
    return Reading(visits.outcomes, registered, office_, com), printed_key(visits.answers)


def _questions(options: FactsOptions) -> str:
    """Return the questions for the command. Office comes first: what is printed of a user depends on its version."""
    com_servers = [COM_QUESTIONS] if options.parts & _WITH_COM_SERVERS else []
    return "& ".join([office.QUESTION, QUESTIONS, GUARD_QUESTIONS, *com_servers])


def _left_out(hives: int) -> str | None:
    return f"users: {limits.HIVES} of {counted(hives, 'hive')} are read" if hives > limits.HIVES else None


def _find_running(machine: Machine, collected: Collected) -> RunningPrograms | None:
    signed_in = [user for user in collected.users if user.signed_in and user.tree is not None]
    if not signed_in:
        return None
    names: dict[str, str] = {}
    for provider in collected.listed_providers:
        programs = (one.process_name for one in provider.registrations.values() if one.process_name)
        names.update({program.casefold(): program for program in programs})
    for user in signed_in:
        for program in own_programs(user.keys):
            names.setdefault(program.casefold(), program)
    running = machine.find_running(names.values())
    if len(names) > limits.PROGRAMS:
        collected.truncated.append(f"processes: {limits.PROGRAMS} of {counted(len(names), 'program')} are looked for")
    if running.cut:
        collected.truncated.append(f"processes: there are more than {limits.SESSIONS} sessions; the rest is not asked")
    return running
