# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the audit: who differs from the policy and whose presence has which verdict, from one look at the machine.

Without verdicts, the cheaper survey of the main job is enough. With verdicts, the facts are collected and compared with
the policy as well, so nothing is read twice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...text import printable
from ...verdicts import UNKNOWN, Verdict
from ...windows.hive_outcomes import Failed, Outcome, Read, Skipped
from ...windows.machine import Machine
from ...windows.registry_values import StringValue
from ..enforce.apply import preview_plan
from ..enforce.choice import NotRegisteredError, choose_provider
from ..enforce.enforce import ACCOUNT_LOOKUPS, check_missing_users, enforce, name_users
from ..enforce.plan import make_plan
from ..enforce.policy import Policy
from ..enforce.result import Comparison
from ..enforce.survey import make_survey
from ..facts.assemble import add_known_names, build_user_facts
from ..facts.collect import Collected, FactsOptions, UserRegistry, collect
from ..facts.result import build_facts
from ..facts.user_facts import UserFacts

#: Users that the message quotes; the result has all.
QUOTED_USERS = 5

_FACTS = frozenset({"providers", "users", "processes"})


@dataclass(frozen=True)
class AuditOptions:
    """The policy, and what else counts as a failure.

    Args:
        verdicts: those that fail the audit; empty: only differences from the policy do.
        skip_unregistered: a machine that registers none of the policy's providers passes.
    """

    policy: Policy
    verdicts: frozenset[Verdict] = frozenset()
    skip_unregistered: bool = False


@dataclass(frozen=True)
class Audit:
    """The outcome for one machine.

    Args:
        comparison: None if the machine registers none of the policy's providers.
        problems: sentences; empty if the machine passes.
        facts: ``im_presence``; None without verdicts.
    """

    comparison: Comparison | None
    problems: list[str]
    facts: dict[str, t.Any] | None = None

    @property
    def message(self) -> str:
        """The problems in one text, or that there are none."""
        return " ".join(self.problems) or "presence passes the audit"


def audit(machine: Machine, options: AuditOptions) -> Audit:
    """Audit the machine.

    Raises:
        MissingUsersError: see ``Policy.fail_on_missing_user``.
    """
    if options.verdicts:
        return _audit_with_facts(machine, options)
    try:
        comparison = enforce(machine, options.policy, check_mode=True)
    except NotRegisteredError as error:
        return Audit(None, _unregistered(error, options))
    errors = [f"{user.label}: {user.applied.error}." for user in comparison.users if user.applied.error]
    return Audit(comparison, [*_drift(comparison), *_quoted(errors)])


def _audit_with_facts(machine: Machine, options: AuditOptions) -> Audit:
    policy = options.policy
    facts_options = FactsOptions(policy.kinds, policy.selection, _FACTS)
    collected = collect(machine, facts_options)
    users = build_user_facts(machine, collected, facts_options)
    comparison = None
    try:
        comparison = _compare(machine, policy, collected)
        problems = _drift(comparison)
    except NotRegisteredError as error:
        problems = _unregistered(error, options)
    bad = [user for user in users if user.verdict in options.verdicts or user.error]
    machine.accounts.look_up([user.sid for user in bad], ACCOUNT_LOOKUPS)
    add_known_names(machine, users)
    problems += _quoted([_describe(user, options.verdicts) for user in bad])
    return Audit(comparison, problems, build_facts(collected, users))


def _compare(machine: Machine, policy: Policy, collected: Collected) -> Comparison:
    """Compare what was collected for the facts with the policy."""
    outcomes = {user.profile: _default(user) for user in collected.users if user.profile.skip is None}
    survey = make_survey([user.profile for user in collected.users], outcomes, collected.unmatched)
    check_missing_users(policy, survey)
    choice = choose_provider(policy, collected.registered.providers)
    preview = preview_plan(make_plan(policy, choice, survey))
    return Comparison(name_users(machine, preview), choice, survey.unmatched, check_mode=True)


def _default(user: UserRegistry) -> Outcome[StringValue]:
    """Return the outcome of reading the default provider, from that of reading everything."""
    outcome = user.outcome
    if isinstance(outcome, Skipped):
        return outcome
    if isinstance(outcome, Failed):
        return Failed(outcome.kind, outcome.error, user.default, outcome.stuck, outcome.lost)
    if user.default is None:
        return Failed(outcome.kind, "the key IM Providers is too large to be read completely")
    return Read(outcome.kind, user.default)


def _drift(comparison: Comparison) -> list[str]:
    changes = comparison.changes()
    return [f"Users drift: enforcing {changes}. Nothing was changed."] if changes else []


def _unregistered(error: NotRegisteredError, options: AuditOptions) -> list[str]:
    return [] if options.skip_unregistered else [f"{error}."]


def _quoted(sentences: t.Sequence[str]) -> list[str]:
    rest = len(sentences) - QUOTED_USERS
    return [*sentences[:QUOTED_USERS], *([f"And {rest} more."] if rest > 0 else [])]


def _describe(user: UserFacts, verdicts: frozenset[Verdict]) -> str:
    parts = [user.error] if user.error else []
    if user.verdict in verdicts:
        parts.insert(0, f"{user.evidence.found} (see {user.evidence.key})")
    verdict = user.verdict.value if user.verdict else UNKNOWN
    return f"{printable(user.label)} is {verdict}: {'; '.join(parts)}."
