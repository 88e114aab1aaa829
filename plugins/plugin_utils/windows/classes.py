# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""COM servers that single users have registered: ``HKU\<SID>_Classes``, in the file ``UsrClass.dat``.

The rule is that of ``user_values``: typed calls for signed-in users as long as there are no more of them than a
command costs requests, else one command, which is the only way to hives that nobody has mounted.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .hive_command import command_line
from .hives import COMMAND_REQUESTS, Hives, batches, hive_variables
from .profiles import Kind, Profile, Unusable, classes_of
from .questions import keys
from .registry import Found, Registry, RegistryError, Root
from .transcript import Visit
from .visited import not_visited, trouble

#: Where each view keeps classes, below the root of all classes.
CLSIDS = {"x64": "CLSID", "x86": r"WOW6432Node\CLSID"}


@dataclass(frozen=True)
class UserServers:
    """The commands of one user's COM servers by view.

    Args:
        error: why they cannot be told, or what else went wrong.
        stuck: the hive of classes could not be released.
    """

    by_view: t.Mapping[str, str | None]
    error: str | None = None
    stuck: bool = False


class UserClasses:
    """Reads ``LocalServer32`` in users' classes."""

    def __init__(self, registry: Registry, hives: Hives) -> None:
        self._registry = registry
        self._hives = hives

    def servers(
        self, wanted: t.Mapping[Profile, t.Mapping[str, str]], unset: str | None, *, mounts: bool = True
    ) -> dict[Profile, UserServers]:
        """Return, for each profile, the servers of the CLSIDs that are wanted by view.

        Args:
            unset: what this machine prints where there is no default value.
            mounts: whether classes that nobody has mounted are.
        """
        loaded = all(profile.kind is Kind.LOADED for profile in wanted)
        if loaded and sum(len(clsids) for clsids in wanted.values()) <= COMMAND_REQUESTS:
            return {profile: self._typed(profile, clsids) for profile, clsids in wanted.items()}
        found: dict[Profile, UserServers] = {}
        for batch in batches(wanted, lambda profile: _variables(0, profile, wanted[profile])):
            environment: dict[str, str] = {}
            for number, profile in enumerate(batch, 1):
                environment |= _variables(number, profile, wanted[profile])
            line = command_line("read_classes", len(batch), mounts=mounts)
            transcript = self._hives.command(line, environment, len(batch))
            for profile, visit in zip(batch, transcript.visits, strict=True):
                classes = classes_of(profile)
                barred = not_visited(classes, visit, transcript, mounts=mounts)
                if barred is None:
                    error = trouble(classes, visit, visit.read == 0)
                    found[profile] = UserServers(_read(visit, wanted[profile], unset), error, visit.stuck)
                elif barred.unusable is Unusable.NO_HIVE_FILE:
                    # Without a file of classes there are none, and that is an answer.
                    found[profile] = UserServers({})
                else:
                    found[profile] = UserServers({}, barred.error or "the user has signed out")
        return found

    def _typed(self, profile: Profile, clsids: t.Mapping[str, str]) -> UserServers:
        classes = f"{profile.sid}_Classes"
        try:
            servers = {
                view: local_server(self._registry, Root.HKU, classes, view, clsid) for view, clsid in clsids.items()
            }
        except RegistryError as error:
            return UserServers({}, str(error))
        return UserServers(servers)


def local_server(registry: Registry, root: Root, classes: str, view: str, clsid: str) -> str | None:
    """Return the command of a COM server below some classes: a typed call, or two."""
    key = f"{classes}\\{CLSIDS[view]}\\{clsid}\\LocalServer32"
    value = registry.string(root, key, "")
    if value.found is Found.OTHER_TYPE:
        return registry.expanded_string(root, key, "")
    return value.text or None


def _variables(number: int, profile: Profile, clsids: t.Mapping[str, str]) -> dict[str, str]:
    keys_of = {f"{view}_{number}": f"{CLSIDS[view]}\\{clsid}" for view, clsid in clsids.items()}
    return {
        **hive_variables(number, classes_of(profile)),
        **keys_of,
    }


def _read(visit: Visit, clsids: t.Mapping[str, str], unset: str | None) -> dict[str, str | None]:
    servers: dict[str, str | None] = {}
    found = {key.path.casefold(): key for key in reversed(keys(visit))}
    for view, clsid in clsids.items():
        path = f"HKEY_USERS\\{visit.root}\\{CLSIDS[view]}\\{clsid}\\LocalServer32"
        key = found.get(path.casefold())
        text = next((v.data for v in key.values.values() if v.type in ("REG_SZ", "REG_EXPAND_SZ")), None) if key else ""
        servers[view] = text if text and text != unset else None
    return servers
