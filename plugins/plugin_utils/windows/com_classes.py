# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: COM servers that single users have registered: ``HKU\<SID>_Classes``, in the file ``UsrClass.dat``.

As in ``user_values``: typed calls for signed-in users as long as they cost no more requests than a command, otherwise
one command, which is the only way to read hives that are not loaded.
"""

from __future__ import annotations

import typing as t

from ..wsman.errors import NoShellError
from .command_output import HiveOutput
from .hive_command import SERVER_KEYS
from .hive_files import HiveFile
from .hive_outcomes import Failed, Outcome, Read
from .hive_task import HiveTask
from .hive_visits import COMMAND_REQUESTS, HiveVisitor
from .profiles import HiveKind
from .reg_query import parse_keys
from .registry import CALL_ERRORS, Registry, Root
from .registry_values import ValueState
from .registry_view import View
from .without_shell import out_of_reach

#: By view: the CLSIDs to look up, and the commands of their servers.
Clsids = t.Mapping[View, str]
Servers = t.Mapping[View, str | None]


class UserClasses:
    """Reads the commands of servers in users' classes."""

    def __init__(self, registry: Registry, visitor: HiveVisitor) -> None:
        self._registry = registry
        self._visitor = visitor

    def servers(
        self, clsids: t.Mapping[HiveFile, Clsids], unset: str | None, *, mounts: bool = False
    ) -> dict[HiveFile, Outcome[Servers]]:
        """Return, for each hive of classes, the servers of its CLSIDs.

        Args:
            unset: what this machine prints for a default value that is not set.
            mounts: whether to mount classes that are not loaded.
        """
        loaded = {hive: wanted for hive, wanted in clsids.items() if hive.kind is HiveKind.LOADED}
        if len(loaded) == len(clsids) and len(SERVER_KEYS) * sum(map(len, clsids.values())) <= COMMAND_REQUESTS:
            return self._all_typed(loaded)
        try:
            return self._visitor.visit(clsids, _ReadClasses(clsids, unset), mounts=mounts).outcomes
        except NoShellError as error:
            rest = {hive: out_of_reach(hive, error, mounts=mounts) for hive in clsids if hive not in loaded}
            return {**self._all_typed(loaded), **rest}

    def _all_typed(self, clsids: t.Mapping[HiveFile, Clsids]) -> dict[HiveFile, Outcome[Servers]]:
        return {hive: self._typed(hive, wanted) for hive, wanted in clsids.items()}

    def _typed(self, hive: HiveFile, clsids: Clsids) -> Outcome[Servers]:
        try:
            servers = {
                view: local_server(self._registry, Root.HKU, f"{hive.key}", view, clsid)
                for view, clsid in clsids.items()
            }
        except CALL_ERRORS as error:
            return Failed(hive.kind, str(error))
        return Read(hive.kind, servers)


def local_server(registry: Registry, root: Root, classes: str, view: View, clsid: str) -> str | None:
    """Return the command of a COM server below a root of classes: a typed call for each key until there is one."""
    for server in SERVER_KEYS:
        key = f"{classes}\\{view.clsid_key}\\{clsid}\\{server}"
        value = registry.string(root, key, "")
        is_text = value.state is not ValueState.OTHER_TYPE
        if command := value.text if is_text else registry.expanded_string(root, key, ""):
            return command
    return None


class _ReadClasses(HiveTask[Servers]):
    action = "read_classes"

    def __init__(self, clsids: t.Mapping[HiveFile, Clsids], unset: str | None) -> None:
        self._clsids = clsids
        self._unset = unset

    def variables(self, hive: HiveFile, number: int) -> dict[str, str]:
        return {f"{view.value}_{number}": f"{view.clsid_key}\\{clsid}" for view, clsid in self._clsids[hive].items()}

    def parse(self, hive: HiveFile, output: HiveOutput) -> Servers | None:
        if output.read:
            return None
        keys = {key.path.casefold(): key for key in reversed(parse_keys(output))}
        servers: dict[View, str | None] = {}
        for view, clsid in self._clsids[hive].items():
            path = f"HKEY_USERS\\{output.root}\\{view.clsid_key}\\{clsid}\\"
            printed = (keys.get(f"{path}{server}".casefold()) for server in SERVER_KEYS)
            commands = (key.default_command(self._unset) for key in printed if key)
            servers[view] = next(filter(None, commands), None)
        return servers

    def without_file(self, hive: HiveFile) -> Outcome[Servers]:
        # Without a file there are no classes, which is a valid answer.
        return Read(hive.kind, {})
