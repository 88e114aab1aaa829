# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.im_provider``: options in, result out. See the module's documentation."""

from __future__ import annotations

import typing as t

from ..plugin_utils.machine_action import MachineAction
from ..plugin_utils.presence.register.desired import OFFICE, Desired, desired, doubts
from ..plugin_utils.presence.register.register import register
from ..plugin_utils.windows.machine import Machine
from ..plugin_utils.windows.registry_view import View


class ActionModule(MachineAction):
    """Register a provider with the Office of one machine, or remove its registration."""

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "argument_spec": {
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "friendly_name": {"type": "str"},
            "guid": {"type": "str"},
            "process_name": {"type": "str"},
            "views": {
                "type": "list",
                "elements": "str",
                "choices": [OFFICE, *(view.value for view in View)],
                "default": [OFFICE],
            },
        },
        "required_if": [("state", "present", ("friendly_name", "guid", "process_name"))],
    }

    def check(self, options: dict[str, t.Any]) -> Desired:
        """See ``MachineAction``."""
        return desired(options)

    def perform(self, machine: Machine, settings: Desired) -> dict[str, t.Any]:
        """See ``MachineAction``."""
        registered = register(machine, settings, check_mode=self._task.check_mode)
        result = registered.to_dict()
        if warnings := doubts(settings):
            result["warnings"] = warnings
        if self._task.diff and (diff := registered.diff()):
            result["diff"] = diff
        if registered.failed:
            # To Ansible a host is either unreachable or failed.
            result["unreachable" if registered.lost else "failed"] = True
        return result
