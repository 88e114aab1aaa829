# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: turns what was read from a machine into facts: an entry with a diagnosis for each user."""

from __future__ import annotations

import dataclasses
import typing as t

from ... import limits
from ...text import counted
from ...windows.hive_files import classes_hive
from ...windows.hive_outcomes import Failed, Skipped, error_of, value_of
from ...windows.machine import Machine
from ...windows.profiles import HiveKind, Profile
from ...wsman.errors import WSManError
from ..keys import PREVIOUS_DEFAULT_IM_APP
from ..provider_states import provider_states, runs_for
from .collect import Collected, FactsOptions, UserRegistry
from .diagnosis import diagnose
from .notes import notes_on, wanted_clsids
from .office_settings import parse_settings
from .user import User
from .user_facts import UserFacts, most_relevant


def build_user_facts(machine: Machine, collected: Collected, options: FactsOptions) -> list[UserFacts]:
    """Return the facts of every user, with account names and notes if they are wanted."""
    people = {user.profile: person for user in collected.users if (person := _person(user, collected))}
    if "notes" in options.parts:
        people |= _with_com_servers(machine, people, collected)
    users = [
        _user_facts(user, people.get(user.profile), collected, "notes" in options.parts) for user in collected.users
    ]
    if "accounts" in options.parts:
        _look_up_names(machine, users, collected.truncated)
    add_known_names(machine, users)
    return users


def add_known_names(machine: Machine, users: t.Iterable[UserFacts]) -> None:
    """Fill in the account names that have been looked up so far."""
    for user in users:
        user.account = machine.accounts.cached_name(user.sid or "")


def _person(user: UserRegistry, collected: Collected) -> User | None:
    """Return the user as the diagnosis needs it; None if the default is not known, or for the template."""
    if user.default is None or user.tree is None:
        return None
    sid = user.profile.sid
    states = provider_states(
        user.keys,
        collected.registered.providers,
        collected.listed_providers,
        collected.machine.platform,
        runs_for(sid, collected.running if user.signed_in else None),
    )
    version = collected.office.key_version if collected.office else None
    return User(
        sid=sid or "",
        signed_in=user.signed_in,
        default=user.default,
        states=states,
        own_names=frozenset(path for path in user.keys if path and "\\" not in path),
        previous=user.default_key.text(PREVIOUS_DEFAULT_IM_APP) if user.default_key else None,
        settings=parse_settings(user.tree, version, user.signed_in),
    )


def _with_com_servers(machine: Machine, people: t.Mapping[Profile, User], collected: Collected) -> dict[Profile, User]:
    """Return those users for whom a note depends on COM servers of their own, with these; no hive is mounted for it."""
    wanted = {
        profile: clsids
        for profile, person in people.items()
        if profile.sid is not None and (clsids := wanted_clsids(person, collected.machine))
    }
    hives = {profile: classes_hive(profile).now(HiveKind.LOADED) for profile in wanted}
    if not hives:
        return {}
    try:
        by_hive = {hives[profile]: clsids for profile, clsids in wanted.items()}
        outcomes = machine.user_classes.servers(by_hive, collected.reading.com.unset)
    except WSManError as error:
        # Everything else is known by now, and is not lost for a note.
        collected.truncated.append(f"notes: COM servers of {counted(len(hives), 'user')} could not be read: {error}")
        return {}
    return {
        profile: dataclasses.replace(people[profile], com_servers=servers)
        for profile, hive in hives.items()
        if (servers := value_of(outcomes[hive])) is not None
    }


def _user_facts(user: UserRegistry, person: User | None, collected: Collected, notes: bool) -> UserFacts:
    outcome = user.outcome
    too_large = user.tree is not None and user.tree.cut and user.default_key is None
    # What a user's presence hangs on, and could not be read of the machine.
    not_known = collected.reading.not_known if person is not None and user.profile.sid is not None else ()
    unknown = too_large or bool(not_known)
    errors = [error_of(outcome), _TOO_LARGE if too_large else None, *not_known]
    facts = UserFacts(
        sid=user.profile.sid,
        profile=user.profile.path,
        hive=outcome.kind,
        reason=outcome.reason if isinstance(outcome, Skipped) else None,
        error="; ".join(filter(None, errors)) or None,
        stuck=isinstance(outcome, Failed) and outcome.stuck,
    )
    if person is None:
        return facts
    facts.default_known = True
    facts.default = person.default.text
    facts.previous_default = person.previous
    facts.providers = most_relevant(person.states.values(), facts.default, limits.USER_PROVIDERS)
    facts.providers_cut = len(facts.providers) < len(person.states)
    if not unknown and user.profile.sid is not None:
        facts.set_diagnosis(diagnose(person, collected.machine))
        facts.notes = notes_on(person, collected.machine) if notes else []
    return facts


_TOO_LARGE = "the key IM Providers is too large to be read completely, or those of all users together are"


def _look_up_names(machine: Machine, users: list[UserFacts], truncated: list[str]) -> None:
    """Look up the names of the users; those with a problem first."""
    sids = [user.sid for user in sorted(users, key=lambda user: user.is_fine) if user.sid]
    machine.accounts.look_up(sids, limits.FACTS_ACCOUNTS)
    if len(sids) > limits.FACTS_ACCOUNTS:
        truncated.append(f"accounts: {limits.FACTS_ACCOUNTS} of {counted(len(sids), 'name')} are looked up")
