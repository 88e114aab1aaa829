# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the audit: who differs from the policy and whose presence has which verdict, from one look at the machine.

Without verdicts, the cheaper survey of the main job is enough. With verdicts, the facts are collected and compared with
the policy as well, so nothing is read twice.
"""

from __future__ import annotations

import typing as t

from ...text import printable
from ...verdicts import UNKNOWN, Verdict
from ...windows.machine import Machine
from ..default_provider import default_outcome
from ..enforce.apply import preview_plan
from ..enforce.enforce import ACCOUNT_LOOKUPS, enforce, make_comparison, name_users
from ..enforce.plan import make_plan
from ..enforce.policy import Policy
from ..enforce.result import Comparison
from ..enforce.survey import make_survey
from ..facts.assemble import add_known_names, build_user_facts
from ..facts.collect import Collected, FactsOptions, collect
from ..facts.result import build_facts
from ..facts.user_facts import UserFacts
from .options import AuditOptions
from .result import Audit

#: Users that the message quotes; the result has all.
QUOTED_USERS = 5

_FACTS = frozenset({"providers", "users", "processes"})


def audit(machine: Machine, options: AuditOptions) -> Audit:
    """Audit the machine.

    Raises:
        RefusalError: see ``select_users`` and ``enforce.choice``.
    """
    if options.verdicts:
        return _audit_with_facts(machine, options)
    return judge(enforce(machine, options.policy, check_mode=True), options)


def judge(comparison: Comparison, options: AuditOptions) -> Audit:
    """Return the audit of users who were compared with the policy, and of whom no more is to be known."""
    errors = [f"{user.label}: {user.applied.error}." for user in comparison.users if comparison.counts(user)]
    missing = [comparison.not_listed] if comparison.not_listed else []
    return Audit(comparison, [*_drift(comparison), *_not_audited(missing), *_quoted(errors)], skipped=options.skipped)


def _audit_with_facts(machine: Machine, options: AuditOptions) -> Audit:
    policy = options.policy
    facts_options = FactsOptions(policy.kinds, policy.selection, _FACTS)
    collected = collect(machine, facts_options)
    users = build_user_facts(machine, collected, facts_options)
    comparison = _compare(machine, policy, collected)
    # What could not be read is in the facts as well.
    not_usable = [user for user in comparison.users if user.applied.entry.error and comparison.counts(user)]
    # Whose hive stayed mounted comes first: nobody else was looked at because of that.
    bad = sorted((one for one in users if one.verdict in options.verdicts or one.error), key=lambda one: not one.stuck)
    machine.accounts.look_up([user.sid for user in bad], ACCOUNT_LOOKUPS)
    add_known_names(machine, users)
    found = [
        *_drift(comparison),
        *([f"Not everybody was audited: {collected.left_out}."] if collected.left_out else []),
        *_not_audited(collected.missing),
        *_quoted([f"{user.label}: {user.applied.error}." for user in not_usable]),
        *_quoted([_describe(user, options.verdicts) for user in bad]),
    ]
    return Audit(comparison, found, build_facts(collected, users), options.skipped)


def _compare(machine: Machine, policy: Policy, collected: Collected) -> Comparison:
    """Compare what was collected for the facts with the policy."""
    outcomes = {user.profile: default_outcome(user.outcome) for user in collected.users if user.profile.usable}
    survey = make_survey(collected.selected, outcomes, collected.available)
    preview = preview_plan(make_plan(policy, survey))
    return make_comparison(policy, survey, name_users(machine, preview), check_mode=True)


def _drift(comparison: Comparison) -> list[str]:
    changes = comparison.changes()
    return [f"Users drift: enforcing {changes}. Nothing was changed."] if changes else []


def _not_audited(missing: t.Iterable[str]) -> list[str]:
    return [f"Not everything was audited: {sentence}." for sentence in missing]


def _quoted(sentences: t.Sequence[str]) -> list[str]:
    rest = len(sentences) - QUOTED_USERS
    return [*sentences[:QUOTED_USERS], *([f"And {rest} more."] if rest > 0 else [])]


def _describe(user: UserFacts, verdicts: frozenset[Verdict]) -> str:
    parts = [user.error] if user.error else []
    if user.verdict in verdicts:
        parts.insert(0, f"{user.evidence.found} (see {user.evidence.key})")
    verdict = user.verdict.value if user.verdict else UNKNOWN
    return f"{printable(user.label)} is {verdict}: {'; '.join(parts)}."
