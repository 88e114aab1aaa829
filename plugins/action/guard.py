# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.guard``: options in, result out. See the module's documentation."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail

from ..plugin_utils.machine_action import MachineAction
from ..plugin_utils.presence.enforce.choice import FriendlyNameError, NotUsableError
from ..plugin_utils.presence.guard.desired import Desired, check_no_selection, desired
from ..plugin_utils.presence.guard.guard import guard
from ..plugin_utils.windows.machine import Machine
from ..plugin_utils.windows.scheduled_tasks import NoTaskClassesError


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

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """See ``MachineAction``."""
        try:
            check_no_selection(self._task.args)
        except ValueError as error:
            raise AnsibleActionFail(str(error)) from None
        return super().run(tmp, task_vars)

    def check(self, options: dict[str, t.Any]) -> Desired:
        """See ``MachineAction``."""
        return desired(options)

    def perform(self, machine: Machine, settings: Desired) -> dict[str, t.Any]:
        """See ``MachineAction``."""
        refused = {"failed": True, "changed": False}
        try:
            done = guard(machine, settings, check_mode=self._task.check_mode)
        except NotUsableError as error:
            return {**refused, "msg": str(error), "reason": "not_usable"}
        except FriendlyNameError as error:
            return {**refused, "msg": str(error), **error.details()}
        except NoTaskClassesError as error:
            return {**refused, "msg": str(error), "reason": "no_task_classes"}
        result = done.to_dict()
        if self._task.diff and (diff := done.diff()):
            result["diff"] = diff
        if done.applied.error is not None:
            # To Ansible a host is either unreachable or failed.
            result["unreachable" if done.applied.lost else "failed"] = True
        return result
