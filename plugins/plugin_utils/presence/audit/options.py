# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what an audit counts as a problem."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ...verdicts import Verdict
from ..enforce.policy import Policy


class SkippedUser(enum.Enum):
    """What to do about a user who cannot be looked at. The values are those of the option ``skipped_user``."""

    IGNORE = "ignore"
    REPORT = "report"
    FAIL = "fail"


@dataclass(frozen=True)
class AuditOptions:
    """The policy, and what else counts as a failure.

    Args:
        verdicts: those that fail the audit; empty: only differences from the policy do.
        skipped: what to do about users whose hives are left alone, so that nobody can say whether they differ.
    """

    policy: Policy
    verdicts: frozenset[Verdict] = frozenset()
    skipped: SkippedUser = SkippedUser.REPORT
