"""Run the collection's real action plugins in this process, over Ansible's real connection plugins and real sockets.

`ansible-playbook` takes a second to start, and thousands of faults need thousands of runs. Left out is Ansible's own
part: reading a playbook, forking a worker, printing the result. Added are two hooks: one around the transport, which
counts messages, and one in place of `time.sleep`, which skips back-off pauses.
"""

from __future__ import annotations

import functools
import os
import typing as t
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import yaml
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader, init_plugin_loader

from ansible_collections.presence.office.plugins.action import (
    default_im_app,
    guard,
    im_provider,
    im_provider_facts,
    presence_audit,
)
from ansible_collections.presence.office.plugins.plugin_utils import machine_action
from ansible_collections.presence.office.plugins.plugin_utils.wsman import connections
from ansible_collections.presence.office.plugins.plugin_utils.wsman.conversation import Transport
from ansible_collections.presence.office.plugins.plugin_utils.wsman.session import Session
from tests.virtual_windows.fleet import Fleet, Member

ACTIONS = {
    "default_im_app": default_im_app.ActionModule,
    "guard": guard.ActionModule,
    "im_provider": im_provider.ActionModule,
    "im_provider_facts": im_provider_facts.ActionModule,
    "presence_audit": presence_audit.ActionModule,
}

Wrap = t.Callable[[Transport], Transport]

# Stands in for a templar: no value in these inventories is a template.
_NO_TEMPLATES = SimpleNamespace(template=lambda value: value)


@dataclass
class Outcome:
    """The outcome of a run: `ok`, `failed` or `unreachable`, its result, its pauses, and what was raised."""

    status: str
    result: dict[str, t.Any] = field(default_factory=dict)
    pauses: list[float] = field(default_factory=list)
    cause: BaseException | None = None

    @property
    def message(self) -> str:
        """The message that a user reads."""
        return str(self.result.get("msg", ""))

    @property
    def errors(self) -> dict[str, str]:
        """Errors of hives that failed, by the folder of their profile: Default for the template, even if not found."""
        users = self.result.get("users") or []
        return {
            "Default" if user["hive"] == "default" else str(user["profile"]).rpartition("\\")[2]: user["error"]
            for user in users
            if user["error"]
        }


@functools.cache
def _load_plugins() -> None:
    """Initialize the plugin loader, once per process: Ansible warns about a second time."""
    init_plugin_loader([])


class Driver:
    """Runs tasks on one machine of a fleet over one kind of connection.

    Args:
        more: host variables in addition to those of the fleet's inventory.
    """

    member: Member

    def __init__(
        self, fleet: Fleet, connection: str, folder: Path, host: str = "desk1", more: dict[str, t.Any] | None = None
    ) -> None:
        inventory = yaml.safe_load(fleet.write_inventory(folder / f"{connection}.yml", connection).read_text("utf-8"))
        (group,) = [one for one in inventory["all"]["children"].values() if one["hosts"].get(host)]
        self.member = fleet[host]
        self._set(connection, {**group.get("vars", {}), **group["hosts"][host], **(more or {})})

    @classmethod
    def of(cls, connection: str, variables: dict[str, t.Any]) -> t.Self:
        """Return a driver of a host outside a fleet."""
        driver = cls.__new__(cls)
        driver._set(connection, variables)  # noqa: SLF001
        return driver

    def _set(self, connection: str, variables: dict[str, t.Any]) -> None:
        _load_plugins()
        self._kind = connection
        self._variables = variables

    @property
    def password(self) -> str:
        """The password of the account, which must not be shown."""
        return str(self._variables["ansible_password"])

    def connection(self) -> t.Any:
        """Return a new connection of Ansible's, not yet used."""
        plugin = connection_loader.get(self._kind, PlayContext(), os.devnull)
        # As Ansible's task executor does: unknown options with the plugin's prefix are for pywinrm.
        plugin.set_options(var_options=plugin._resolve_option_variables(self._variables, _NO_TEMPLATES))  # noqa: SLF001
        return plugin

    def transport(self) -> Transport:
        """Return a new transport of the collection's, not yet used."""
        return connections._TRANSPORTS[self._kind](self.connection())  # noqa: SLF001

    def run(
        self,
        module: str = "default_im_app",
        wrap: Wrap | None = None,
        *,
        check_mode: bool = False,
        **arguments: t.Any,
    ) -> Outcome:
        """Run one task."""
        pauses: list[float] = []

        def session_over(connection: t.Any) -> Session:
            transport = connections._TRANSPORTS[self._kind](connection)  # noqa: SLF001
            return Session(wrap(transport) if wrap else transport, pauses.append)

        task = SimpleNamespace(
            args=arguments,
            action=f"presence.office.{module}",
            resolved_action=f"presence.office.{module}",
            async_val=0,
            timeout=0,
            check_mode=check_mode,
            diff=False,
            _role=None,
            collections=[],
        )
        plugin = ACTIONS[module](
            task=task,
            connection=self.connection(),
            play_context=PlayContext(),
            loader=None,
            templar=None,
            shared_loader_obj=None,
        )
        with mock.patch.object(machine_action, "session_over", session_over):
            try:
                result = plugin.run(task_vars={})
            except AnsibleConnectionFailure as error:
                return Outcome("unreachable", {"msg": str(error)}, pauses, error.__context__)
            except AnsibleActionFail as error:
                return Outcome("failed", {"msg": str(error)}, pauses, error.__context__)
        status = next((one for one in ("unreachable", "failed") if result.get(one)), "ok")
        return Outcome(status, result, pauses)
