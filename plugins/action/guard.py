# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.guard``: options in, result out. See the module's documentation."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail

from ..plugin_utils.arguments import BAD_OPTIONS
from ..plugin_utils.machine_action import MachineAction
from ..plugin_utils.presence.guard.desired import Desired, check_no_selection, desired
from ..plugin_utils.presence.guard.guard import guard
from ..plugin_utils.presence.refusal import RefusalError
from ..plugin_utils.windows.machine import Machine


class ActionModule(MachineAction):
    """Let one machine keep the default provider of its users by itself, or stop that."""

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "argument_spec": {
            "name": {"type": "list", "elements": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "period": {"type": "int", "default": 5},
            "require_registered": {"type": "bool", "default": True},
        },
        "required_if": [("state", "present", ("name",))],
    }

    def settings(self, task_vars: t.Mapping[str, t.Any] | None) -> t.Any:
        """See ``CheckedAction``. An option that selects users is no mere misspelling."""
        try:
            check_no_selection(self._task.args)
        except ValueError as error:
            raise AnsibleActionFail(str(error), result={"reason": BAD_OPTIONS}) from None
        return super().settings(task_vars)

    def check(self, options: dict[str, t.Any]) -> Desired:
        """See ``MachineAction``."""
        return desired(options)

    def perform(self, machine: Machine, settings: Desired) -> dict[str, t.Any]:
        """See ``MachineAction``."""
        try:
            done = guard(machine, settings, check_mode=self._task.check_mode)
        except RefusalError as error:
            return error.to_dict()
        result = done.to_dict()
        if self._task.diff and (diff := done.diff()):
            result["diff"] = diff
        if done.applied.error is not None:
            # To Ansible a host is either unreachable or failed.
            result["unreachable" if done.applied.lost else "failed"] = True
        return result
