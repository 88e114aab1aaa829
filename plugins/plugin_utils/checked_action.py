# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the base of all action plugins: their options, as people meant them, or a sentence about what is wrong."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

from .arguments import BAD_OPTIONS, as_meant
from .role_variables import check_variables, prefix


class CheckedAction(ActionBase):
    """An action that checks its options, and in a role of this collection the names of the role's variables."""

    _supports_check_mode = True
    _supports_async = False
    TRANSFERS_FILES = False

    #: Keyword arguments of ``validate_argument_spec``.
    SPEC: t.ClassVar[dict[str, t.Any]]

    def check(self, options: dict[str, t.Any]) -> t.Any:
        """Return the options as the action takes them; raise ValueError with a sentence for a bad value."""
        raise NotImplementedError

    def settings(self, task_vars: t.Mapping[str, t.Any] | None) -> t.Any:
        """Return what ``check`` makes of the options; fail with the reason ``BAD_OPTIONS`` if something is wrong."""
        # The validator names the module in its sentences; the loader's name is the file's dotted path.
        self._load_name = self._task.resolved_action or self._task.action
        role = self._task._role.get_name() if self._task._role else ""  # noqa: SLF001  (there is no other way)
        try:
            if role:
                check_variables(task_vars or {}, role)
            self._task.args = as_meant(self._task.args, self.SPEC["argument_spec"])
            _validation, options = self.validate_argument_spec(**self.SPEC)
            return self.check(options)
        except (ValueError, AnsibleError) as error:
            where = f" (variables of this role begin with {prefix(role)}_)" if prefix(role) else ""
            raise AnsibleActionFail(f"{error}{where}", result={"reason": BAD_OPTIONS}) from None
