"""Loading hives into the registry and unloading them, with the errors RegLoadKey and RegUnLoadKey have."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from . import errors
from .errors import Win32Error
from .files import Files
from .hives import HiveFile
from .namespace import HKLM, HKU, Namespace
from .paths import normalize, parent
from .users import BY_SIGN_IN, BY_SYSTEM
from .values import Value, ValueType

HIVE_LIST = rf"{HKLM}\SYSTEM\CurrentControlSet\Control\hivelist"

BY_REG = "reg load"


@dataclass(frozen=True)
class Refusals:
    """Programs that look into hives which `reg load` has mounted, and so keep them from being released for a while.

    That releases are refused, and that a later try or a restart works, is reported of machines with nothing but
    Defender on them: Virtual-Desktop-Optimization-Tool #28, #70, #84.

    Attributes:
        tries: how many tries to release a hive fail each time it is mounted; None: all of them.
        only: of which hives, by their file; by default of all.
    """

    tries: int | None
    only: t.Callable[[str], bool] = field(default=lambda _file: True)


class Mounts:
    """The hives that are attached to the registry; callers hold the machine's lock.

    Attributes:
        on_created: called with the path of a hive file that loading created.
        refusals: who keeps hives from being released, if anybody does.
    """

    def __init__(self, namespace: Namespace, files: Files) -> None:
        self.on_created: t.Callable[[str], None] = lambda _path: None
        self.refusals = Refusals(0)
        self._namespace = namespace
        self._files = files

    def load(self, name: str, file: str, by: str) -> None:
        """Load a hive file at a new key (see `Registry.load_hive`)."""
        root, own_name = self._namespace.mount_point(name)
        hive = self._hive(file)
        if hive.in_use:
            raise Win32Error(errors.SHARING_VIOLATION, file)
        if by == BY_REG and self._files.is_closed(file):
            raise Win32Error(errors.ACCESS_DENIED, file)
        if hive.damaged:
            raise Win32Error(errors.BADDB, file)
        if root.child(own_name) is not None:
            raise Win32Error(errors.ACCESS_DENIED, name)
        self.attach(f"{root.name}\\{own_name}", hive, by)

    def attach(self, path: str, hive: HiveFile, by: str) -> None:
        """Make a hive's root the key at `path`, wherever that is."""
        above, _unused, name = path.rpartition("\\")
        hive.root.name = name
        hive.root.hive = hive
        self._namespace.existing(above).key.attach(hive.root)
        hive.mounted_at, hive.mounted_by, hive.unloading, hive.refused = path, by, False, 0
        self._list(path, hive)

    def unload(self, name: str, force: bool) -> None:
        """Unload the hive at a key (see `Registry.unload_hive`)."""
        root, own_name = self._namespace.mount_point(name)
        key = root.child(own_name)
        if key is None:
            raise Win32Error(errors.FILE_NOT_FOUND, name)
        hive = key.hive
        if hive is None:
            raise Win32Error(errors.INVALID_PARAMETER, name)
        # Programs of a session hold keys of their user's hive open; the system always holds those of its own.
        in_session = hive.mounted_by == BY_SIGN_IN or bool(hive.handles)
        if hive.mounted_by == BY_SYSTEM or (in_session and not force):
            raise Win32Error(errors.ACCESS_DENIED, name)
        if hive.mounted_by == BY_REG and not force and self._refused(hive):
            raise Win32Error(errors.ACCESS_DENIED, name)
        root.detach(own_name)
        self._list(hive.mounted_at, None)
        key.hive = None
        key.name = "ROOT"
        key.drop_volatile()
        hive.mounted_at, hive.mounted_by, hive.unloading = "", "", False
        hive.handles.clear()

    def _refused(self, hive: HiveFile) -> bool:
        refusals = self.refusals
        if not refusals.only(hive.path) or (refusals.tries is not None and hive.refused >= refusals.tries):
            return False
        hive.refused += 1
        return True

    def all(self) -> dict[str, HiveFile]:
        """Return the loaded hives by the path of their key."""
        keys = [key for root in self._namespace.roots.values() for key in root.children()]
        return {key.hive.mounted_at: key.hive for key in keys if key.hive}

    def _hive(self, file: str) -> HiveFile:
        path = normalize(file)
        if not self._files.exists(path):
            if not self._files.is_directory(parent(path)):
                raise Win32Error(errors.PATH_NOT_FOUND, path)
            # RegLoadKey's reference: "If this file does not exist, a file is created [...]"
            self._files.add_hive(HiveFile(path))
            self.on_created(path)
        return self._files.hive(path)

    def _list(self, path: str, hive: HiveFile | None) -> None:
        """Keep the list of loaded hives, which Windows has in the registry itself."""
        hive_list = self._namespace.find(HIVE_LIST)
        if hive_list is None:
            return
        name = "\\REGISTRY\\" + path.replace(HKLM, "MACHINE", 1).replace(HKU, "USER", 1)
        if hive is None:
            hive_list.key.unset(name)
        else:
            device = "\\Device\\HarddiskVolume3" + hive.path.partition(":")[2]
            hive_list.key.set(Value(name, ValueType.SZ, device))
