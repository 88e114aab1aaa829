# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: connections to many hosts in one process, each with what Ansible itself would use for a task on that host.

An action has one connection, to the host that it runs for. For the others this does what Ansible's ``TaskExecutor``
does, with the same functions, unchanged from ansible-core 2.17 to 2.21:

* ``VariableManager.get_vars(play, host, task)`` has all variables of a host, also those of the play and the task,
  which ``hostvars`` lacks;
* ``PlayContext.set_task_and_variable_override`` applies them to the play's context, which also holds a password that
  was typed (``--ask-pass``): the play's own context, since that of the action already holds the first host's password;
* ``connection._resolve_option_variables`` picks and templates the connection's options, and decrypts what is vaulted.

Templates are not for several threads at a time, so everything here is called from one.
"""
# ruff: noqa: SLF001  (there is no public way to this; the docstring lists what is used)

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleError
from ansible.executor.process import worker
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ..text import printable
from .tickets import Tickets

#: The most characters of an error that is quoted: one of Ansible's own, so about the inventory.
_QUOTED = 500


class HostConnectionError(Exception):
    """A host's variables do not make a connection; one sentence."""


class HostConnections:
    """Makes connections to the hosts of a play.

    Args:
        action: the action plugin that runs.
        hostvars: the variable of that name, of its task.
    """

    def __init__(self, action: t.Any, hostvars: t.Any) -> None:
        self._tickets = Tickets()
        self._task = action._task
        self._loader = action._loader
        self._variables = hostvars._variable_manager
        self._inventory = hostvars._inventory
        self._play = action._task.get_play()
        self._play_context = getattr(worker.current_worker, "_play_context", None) or action._play_context

    def connect(self, host: str) -> t.Any:
        """Return the host's connection plugin with its options; nothing is sent yet.

        Raises:
            HostConnectionError: a variable cannot be templated or decrypted, or there is no such connection plugin.
        """
        try:
            return self._connect(host)
        except AnsibleError as error:
            raise HostConnectionError(f"its variables make no connection: {_sentence(error)}") from None

    def _connect(self, host: str) -> t.Any:
        variables = self._variables.get_vars(play=self._play, host=self._inventory.get_host(host), task=self._task)
        templar = Templar(loader=self._loader, variables=variables)
        name = str(templar.template(variables.get("ansible_connection", self._task.connection)))
        context = self._play_context.set_task_and_variable_override(
            task=self._task, variables=variables, templar=templar
        )
        context.connection = name
        connection = connection_loader.get(name, context, os.devnull)
        if connection is None:
            raise HostConnectionError(f"there is no connection plugin {printable(name)!r}")
        keywords = self._task.dump_attrs()
        # The task's own time-out and retries are no options of a connection.
        keywords["timeout"] = context.timeout
        del keywords["retries"]
        if context.password:
            keywords["password"] = context.password
        options = connection._resolve_option_variables(variables, templar)
        connection.set_options(task_keys=keywords, var_options=options)
        return self._tickets.share(connection)


def _sentence(error: AnsibleError) -> str:
    return printable(" ".join(str(getattr(error, "message", "") or error).split()), _QUOTED)
