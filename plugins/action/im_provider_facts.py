# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.im_provider_facts``: options in, one machine's facts out. See the module's documentation."""

from __future__ import annotations

import typing as t

from ..plugin_utils.machine_action import MachineAction
from ..plugin_utils.presence import options as shared
from ..plugin_utils.presence.facts.collect import PARTS, FactsOptions
from ..plugin_utils.presence.facts.gather import gather
from ..plugin_utils.presence.refusal import RefusalError
from ..plugin_utils.windows.machine import Machine

_DETAILS = "processes, accounts and notes"


class ActionModule(MachineAction):
    """Report which providers a machine has, which one each user has, and whether it works."""

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "argument_spec": {
            **shared.USER_OPTIONS,
            "gather": {"type": "list", "elements": "str", "choices": [*PARTS], "default": [*PARTS]},
            "mount": {"type": "bool", "default": True},
        },
    }

    def check(self, options: dict[str, t.Any]) -> FactsOptions:
        """See ``MachineAction``."""
        parts = frozenset(options["gather"])
        if not parts & {"providers", "users"}:
            raise ValueError(f"gather: name providers, users or both; {_DETAILS} are details of users")
        if parts - {"providers"} and "users" not in parts:
            raise ValueError(f"gather: {_DETAILS} are details of users, so name users as well")
        return FactsOptions(shared.kinds(options), shared.selection(options), parts, options["mount"])

    def perform(self, machine: Machine, settings: FactsOptions) -> dict[str, t.Any]:
        """See ``MachineAction``."""
        try:
            gathered = gather(machine, settings)
        except RefusalError as error:
            return error.to_dict()
        result: dict[str, t.Any] = {
            "changed": False,
            "ansible_facts": {"im_presence": gathered.facts},
            "unmatched_users": list(gathered.unmatched),
            "msg": gathered.message,
        }
        if gathered.warnings:
            result["warnings"] = list(gathered.warnings)
        if gathered.stuck:
            result["failed"] = True
        return result
