# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.presence_audit``: options in, result out. See the module's documentation."""

from __future__ import annotations

import typing as t

from ..plugin_utils.machine_action import MachineAction
from ..plugin_utils.presence.audit.audit import audit
from ..plugin_utils.presence.audit.options import AuditOptions, SkippedUser
from ..plugin_utils.presence.audit.result import refused
from ..plugin_utils.presence.enforce.policy_options import POLICY_OPTIONS, POLICY_REQUIRED_IF, policy
from ..plugin_utils.presence.options import USER_OPTIONS
from ..plugin_utils.presence.refusal import RefusalError
from ..plugin_utils.verdicts import Verdict
from ..plugin_utils.windows.machine import Machine


class ActionModule(MachineAction):
    """Compare every selected user of one machine with a policy, and change nothing."""

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "argument_spec": {
            **POLICY_OPTIONS,
            **USER_OPTIONS,
            "verdicts": {
                "type": "list",
                "elements": "str",
                "choices": [verdict.value for verdict in Verdict],
                "default": [],
            },
            "skipped_user": {
                "type": "str",
                "choices": [one.value for one in SkippedUser],
                "default": SkippedUser.REPORT.value,
            },
        },
        "required_if": POLICY_REQUIRED_IF,
    }

    def check(self, options: dict[str, t.Any]) -> AuditOptions:
        """See ``MachineAction``."""
        verdicts = frozenset(Verdict(name) for name in options["verdicts"])
        return AuditOptions(policy(options), verdicts, SkippedUser(options["skipped_user"]))

    def perform(self, machine: Machine, settings: AuditOptions) -> dict[str, t.Any]:
        """See ``MachineAction``."""
        try:
            audited = audit(machine, settings)
        except RefusalError as error:
            return refused(error)
        return audited.to_dict() | self.shown(audited.comparison.diff())
