"""A machine as plain data, so that tests can compare before with after, byte for byte."""

from __future__ import annotations

import typing as t

from .keys import Key
from .values import Value

if t.TYPE_CHECKING:
    from .machine import Machine


def dump(machine: Machine) -> dict[str, t.Any]:
    """Return the whole state of a machine.

    The content of a hive is listed under its file, loaded or not, so that it compares equal before
    and after a mount. Volatile keys, which no file holds, are left out of it.
    """
    registry, files = machine.registry, machine.files
    with machine.lock:
        return {
            "name": machine.name,
            "hives": {hive.path: tree(hive.root) for hive in _all_hives(machine)},
            "mounts": {path: [hive.path, hive.mounted_by] for path, hive in registry.mounts().items()},
            "open_keys": {path: len(hive.handles) for path, hive in registry.mounts().items() if hive.handles},
            "files": files.files(),
            "files_held": [list(held) for held in files.held()],
            "profiles": [
                {
                    "sid": profile.sid,
                    "path": profile.path,
                    "status": profile.status,
                    "special": profile.special,
                    "loaded": profile.loaded,
                }
                for profile in machine.profiles.all()
            ],
            "accounts": {account.sid: account.full_name for account in machine.accounts.all()},
            "sessions": [{"id": session.id, "sid": session.sid} for session in machine.sessions],
            "processes": [dict(vars(process)) for process in machine.processes.all()],
            "clients": [
                {"sid": client.sid, "name": client.description.name, "state": client.state}
                for client in machine.clients.all()
            ],
            "tasks": {f"{task.folder}{task.name}": task.document for task in machine.scheduler.all()},
            "damage": list(machine.damage),
        }


def tree(root: Key) -> dict[str, dict[str, list[t.Any]]]:
    """Return a hive's stored keys by their path, each with its values as `[type, data]`."""
    return {path: {value.name: plain(value) for value in key.values()} for path, key in root.walk()}


def plain(value: Value) -> list[t.Any]:
    """Return a value as `[type, data]`, binary data in hexadecimal."""
    return [value.type.registry_name, value.data.hex() if isinstance(value.data, bytes) else value.data]


def _all_hives(machine: Machine) -> list[t.Any]:
    """Return all hive files, and those on profile disks that are not attached."""
    hives = {hive.path: hive for hive in machine.files.hives()}
    for profile in machine.profiles.all():
        for one in (profile, profile.hidden):
            for hive in (one.hive, one.classes) if one else ():
                if hive is not None:
                    hives.setdefault(hive.path, hive)
    return [hives[path] for path in sorted(hives)]
