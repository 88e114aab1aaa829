"""Hive files: registry trees that live in a file and are attached to the registry for a while."""

from __future__ import annotations

from .keys import Key


class HiveFile:
    """One hive file; its content survives being loaded and unloaded.

    Attributes:
        path: the file.
        root: the content.
        mounted_at: the full path of the key it is loaded at, or empty.
        mounted_by: who loaded it ("sign-in", "reg load", "system"), or empty.
        damaged: loading it fails with 1009, as a corrupt file does.
        unloading: it is on its way out: whatever touches a key of it gets 1018.
        refused: how many tries to unload it have been refused since (see `Refusals`).
        handles: the keys of it that programs hold open; while there are any it cannot be unloaded.
    """

    def __init__(self, path: str, root: Key | None = None) -> None:
        self.path = path
        self.root = root or Key("ROOT")
        self.mounted_at = ""
        self.mounted_by = ""
        self.damaged = False
        self.unloading = False
        self.refused = 0
        self.handles: set[object] = set()

    @property
    def in_use(self) -> bool:
        """Whether the kernel holds the file open because it is loaded somewhere."""
        return bool(self.mounted_at)

    def __repr__(self) -> str:
        return f"HiveFile({self.path!r}, mounted_at={self.mounted_at!r})"
