# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.default_im_app``: options in, result out. See the module's documentation."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..plugin_utils.machine_action import MachineAction
from ..plugin_utils.presence.enforce.enforce import enforce
from ..plugin_utils.presence.enforce.policy import Policy
from ..plugin_utils.presence.enforce.policy_options import POLICY_OPTIONS, POLICY_REQUIRED_IF, policy
from ..plugin_utils.presence.enforce.result import Comparison
from ..plugin_utils.presence.guard.contradiction import contradiction
from ..plugin_utils.presence.hold.hold import hold_machine
from ..plugin_utils.presence.hold.hold_options import HOLD_OPTIONS, Hold, hold
from ..plugin_utils.presence.hold.result import HoldResult
from ..plugin_utils.presence.options import USER_OPTIONS
from ..plugin_utils.presence.refusal import RefusalError
from ..plugin_utils.windows.machine import Machine


@dataclass(frozen=True)
class Settings:
    """A policy, and how long to hold the defaults."""

    policy: Policy
    hold: Hold


class ActionModule(MachineAction):
    """Keep ``DefaultIMApp`` where it should be for every selected user of one machine."""

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "argument_spec": {
            **POLICY_OPTIONS,
            **USER_OPTIONS,
            **HOLD_OPTIONS,
            "record_previous": {"type": "bool", "default": False},
        },
        "required_if": POLICY_REQUIRED_IF,
    }

    def check(self, options: dict[str, t.Any]) -> Settings:
        """See ``MachineAction``."""
        wanted = policy(options, record_previous=options["record_previous"])
        return Settings(wanted, hold(options, wanted, self._task.timeout))

    def perform(self, machine: Machine, settings: Settings) -> dict[str, t.Any]:
        """See ``MachineAction``."""
        check_mode = self._task.check_mode
        outcome: Comparison | HoldResult
        try:
            if settings.hold.seconds and not check_mode:
                outcome = hold_machine(machine, settings.policy, settings.hold)
            else:
                outcome = enforce(machine, settings.policy, check_mode=check_mode)
        except RefusalError as error:
            return error.to_dict()
        if not outcome.lost and (warning := contradiction(machine, outcome.new_defaults)):
            outcome = outcome.with_notice(warning)
        result = outcome.to_dict() | {"check_mode": check_mode} | self.shown(outcome.diff())
        if outcome.failed:
            # To Ansible a host is either unreachable or failed.
            result["unreachable" if outcome.lost else "failed"] = True
        return result
