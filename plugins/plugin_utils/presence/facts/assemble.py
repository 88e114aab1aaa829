# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: turns what was read from a machine into facts: an entry with a diagnosis for each user."""

from __future__ import annotations

import typing as t

from ... import limits
from ...text import counted
from ...windows.com_classes import Servers
from ...windows.hive_outcomes import Failed, Outcome, Skipped, error_of, value_of
from ...windows.machine import Machine
from ..keys import PREVIOUS_DEFAULT_IM_APP
from .collect import Collected, FactsOptions, UserRegistry
from .diagnosis import User, diagnose
from .provider_states import provider_states, runs_for
from .user_facts import UserFacts, most_relevant


def build_user_facts(machine: Machine, collected: Collected, options: FactsOptions) -> list[UserFacts]:
    """Return the facts of every user, with account names if they were requested."""
    users = [_user_facts(user, collected) for user in collected.users]
    if "accounts" in options.parts:
        _look_up_names(machine, users, collected.truncated)
    add_known_names(machine, users)
    return users


def add_known_names(machine: Machine, users: t.Iterable[UserFacts]) -> None:
    """Fill in the account names that have been looked up so far."""
    for user in users:
        user.account = machine.accounts.cached_name(user.sid or "")


def _user_facts(user: UserRegistry, collected: Collected) -> UserFacts:
    outcome = user.outcome
    com_servers = collected.com_servers.get(user.profile)
    unknown = _unknown_parts(user, collected, com_servers)
    facts = UserFacts(
        sid=user.profile.sid,
        profile=user.profile.path,
        hive=outcome.kind,
        reason=outcome.reason if isinstance(outcome, Skipped) else None,
        error="; ".join(filter(None, [error_of(outcome), *unknown])) or None,
        stuck=any(isinstance(one, Failed) and one.stuck for one in (outcome, com_servers)),
    )
    if user.default is None:
        return facts
    facts.default_known = True
    facts.default = user.default.text
    facts.previous_default = user.default_key.text(PREVIOUS_DEFAULT_IM_APP) if user.default_key else None
    states = provider_states(
        user.keys,
        collected.registered.providers,
        collected.listed_providers,
        collected.platform,
        runs_for(user.profile.sid, collected.running if user.signed_in else None),
    )
    facts.providers = most_relevant(states.values(), facts.default, limits.USER_PROVIDERS)
    facts.providers_cut = len(facts.providers) < len(states)
    if not unknown and user.profile.sid is not None:
        servers = (value_of(com_servers) if com_servers else None) or {}
        person = User(user.profile.sid, user.signed_in, user.default, states, servers)
        facts.set_diagnosis(diagnose(person, collected.registered.providers, collected.platform))
    return facts


def _unknown_parts(user: UserRegistry, collected: Collected, com_servers: Outcome[Servers] | None) -> list[str]:
    """Return which parts of a user's chain could not be read; with any, there is no verdict."""
    unknown = []
    if user.tree and user.tree.cut and user.default_key is None:
        unknown.append("the key IM Providers is too large to be read completely, or those of all users together are")
    provider = collected.registered.providers.get(user.default_name.casefold())
    if provider and any(one.clsid and not one.com_server_known for one in provider.registrations.values()):
        unknown.append("this machine registers more COM servers than are looked up")
    if isinstance(com_servers, Failed):
        unknown.append(f"the user's own COM servers cannot be read: {com_servers.error}")
    elif isinstance(com_servers, Skipped):
        unknown.append("the user's own COM servers cannot be read: the user has signed out")
    return unknown


def _look_up_names(machine: Machine, users: list[UserFacts], truncated: list[str]) -> None:
    """Look up the names of the users; those with a problem first."""
    sids = [user.sid for user in sorted(users, key=lambda user: user.is_fine) if user.sid]
    machine.accounts.look_up(sids, limits.FACTS_ACCOUNTS)
    if len(sids) > limits.FACTS_ACCOUNTS:
        truncated.append(f"accounts: {limits.FACTS_ACCOUNTS} of {counted(len(sids), 'name')} are looked up")
