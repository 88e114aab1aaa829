# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.default_im_app``: options in, result out. See the module's documentation."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ..plugin_utils.machine_action import MachineAction
from ..plugin_utils.presence.enforce.enforce import enforce
from ..plugin_utils.presence.enforce.policy import Policy
from ..plugin_utils.presence.enforce.policy_options import POLICY_OPTIONS, POLICY_REQUIRED_IF, policy
from ..plugin_utils.presence.guard.contradiction import contradiction
from ..plugin_utils.presence.options import USER_OPTIONS
from ..plugin_utils.presence.refusal import RefusalError
from ..plugin_utils.windows.machine import Machine


@dataclass(frozen=True)
class Settings:
    """A policy, and whether a user for whom no provider can be set is a failure."""

    policy: Policy
    skip_unregistered: bool


class ActionModule(MachineAction):
    """Keep ``DefaultIMApp`` where it should be for every selected user of one machine."""

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "argument_spec": {
            **POLICY_OPTIONS,
            **USER_OPTIONS,
            "record_previous": {"type": "bool", "default": False},
        },
        "required_if": POLICY_REQUIRED_IF,
    }

    def check(self, options: dict[str, t.Any]) -> Settings:
        """See ``MachineAction``."""
        wanted = policy(options, record_previous=options["record_previous"])
        return Settings(wanted, skip_unregistered=options["unregistered"] == "skip")

    def perform(self, machine: Machine, settings: Settings) -> dict[str, t.Any]:
        """See ``MachineAction``."""
        try:
            comparison = enforce(machine, settings.policy, check_mode=self._task.check_mode)
        except RefusalError as error:
            return error.to_dict()
        if not comparison.lost and (warning := contradiction(machine, comparison.new_defaults)):
            comparison = replace(comparison, notices=(*comparison.notices, warning))
        result = comparison.to_dict() | {"check_mode": self._task.check_mode} | self.shown(comparison.diff())
        if comparison.failed and not (settings.skip_unregistered and comparison.only_not_usable):
            # To Ansible a host is either unreachable or failed.
            result["unreachable" if comparison.lost else "failed"] = True
        return result
