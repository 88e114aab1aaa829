# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the base of action plugins for one machine: the session, and errors as Ansible expects them."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure

from .checked_action import CheckedAction
from .windows.machine import Machine
from .windows.registry import RegistryError
from .wsman.connections import UnsupportedConnectionError, session_over
from .wsman.errors import UnreachableError, WSManError


class MachineAction(CheckedAction):
    """An action that talks to one Windows machine and uploads nothing to it."""

    _requires_connection = False

    def perform(self, machine: Machine, settings: t.Any) -> dict[str, t.Any]:
        """Do the task; return its result."""
        raise NotImplementedError

    def shown(self, diff: str) -> dict[str, t.Any]:
        """Return a diff as the key ``diff`` of the result, in diff mode."""
        return {"diff": {"prepared": diff}} if diff and self._task.diff else {}

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Validate, connect, perform. A machine that cannot be reached is ``unreachable``, not failed."""
        result = super().run(tmp, task_vars)
        settings = self.settings(task_vars)
        try:
            with Machine(session_over(self._connection)) as machine:
                return {**result, **self.perform(machine, settings)}
        except (ValueError, UnsupportedConnectionError) as error:
            raise AnsibleActionFail(str(error)) from None
        except UnreachableError as error:
            raise AnsibleConnectionFailure(str(error)) from None
        except (WSManError, RegistryError) as error:
            raise AnsibleActionFail(str(error)) from None
