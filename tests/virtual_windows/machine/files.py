r"""The few files and folders of a machine that matter here: profiles, hives, lock files, temp folders.

Paths are full Windows paths (a drive letter first), compared without regard to case; `/` counts as
`\`. A file that is open for writing cannot be opened or deleted by another program, and a loaded hive is such a file
(the kernel opens it exclusively).
"""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass, field

from . import errors
from .errors import Win32Error
from .keys import fold
from .paths import normalize, parent

if t.TYPE_CHECKING:
    from .hives import HiveFile


@dataclass
class Node:
    """A folder (`content` is None) or a file; a hive file carries its hive."""

    path: str
    content: bytes | None = None
    hive: HiveFile | None = None
    opened: list[FileHandle] = field(default_factory=list)


class FileHandle:
    """A file opened exclusively for writing, until `close()`."""

    def __init__(self, files: Files, node: Node, owner: str) -> None:
        self._files = files
        self._node = node
        self.owner = owner
        self.closed = False

    @property
    def path(self) -> str:
        """The file that is open."""
        return self._node.path

    def write(self, data: bytes) -> None:
        """Append to the file."""
        with self._files.lock:
            if self.closed:
                raise Win32Error(errors.INVALID_HANDLE, self.path)
            self._node.content = (self._node.content or b"") + data

    def close(self) -> None:
        """Let go of the file; closing twice does nothing."""
        with self._files.lock:
            if not self.closed:
                self.closed = True
                self._node.opened.remove(self)

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.close()


class Files:
    """The file system of one machine."""

    def __init__(self, lock: threading.RLock) -> None:
        self.lock = lock
        self._nodes: dict[str, Node] = {}
        self._closed: set[str] = set()

    def close_folder(self, path: str) -> None:
        """Let no program look into a folder; it stays listed in the one above it."""
        self._closed.add(fold(normalize(path)))

    def is_closed(self, path: str) -> bool:
        """Return whether a file or folder is in a folder that programs may not look into."""
        folded = fold(normalize(path))
        return any(folded.startswith(f"{closed}\\") for closed in self._closed)

    def exists(self, path: str) -> bool:
        """Return whether a file or folder is there; an invalid path is not."""
        try:
            return self._find(path) is not None
        except Win32Error:
            return False

    def is_directory(self, path: str) -> bool:
        """Return whether there is a folder of that name."""
        try:
            node = self._find(path)
        except Win32Error:
            return False
        return node is not None and node.content is None and node.hive is None

    def is_open(self, path: str) -> bool:
        """Return whether a program has the file open, or the kernel has loaded it as a hive."""
        with self.lock:
            node = self._find(path)
            return node is not None and bool(node.opened or (node.hive and node.hive.in_use))

    def add_directory(self, path: str) -> None:
        """Make a folder and those above it; one that exists stays as it is."""
        with self.lock:
            path = normalize(path)
            while fold(path) not in self._nodes:
                self._nodes[fold(path)] = Node(path)
                path = parent(path)

    def add_file(self, path: str, content: bytes = b"") -> None:
        """Put a file there, with its folder."""
        with self.lock:
            path = normalize(path)
            self.add_directory(parent(path))
            self._nodes[fold(path)] = Node(path, content)

    def add_hive(self, hive: HiveFile) -> None:
        """Put a hive file there, with its folder."""
        with self.lock:
            hive.path = normalize(hive.path)
            self.add_directory(parent(hive.path))
            self._nodes[fold(hive.path)] = Node(hive.path, hive=hive)

    def hive(self, path: str) -> HiveFile:
        """Return the hive in a file; 2 or 3 when the file or its folder is missing, 1017 when it is no hive."""
        with self.lock:
            node = self._existing(path)
            if node.hive is None:
                raise Win32Error(errors.ACCESS_DENIED if node.content is None else errors.NOT_REGISTRY_FILE, path)
            if node.opened:
                raise Win32Error(errors.SHARING_VIOLATION, path)
            return node.hive

    def open_exclusive(self, path: str, mode: str = "w", owner: str = "") -> FileHandle:
        """Open a file exclusively for writing.

        Args:
            path: the file; it is created when its folder exists.
            mode: "w" empties it, "a" appends, "x" fails with 80 when it exists.
            owner: the program that opens it, for the dump.

        Raises:
            Win32Error: 32 when it is open already, 3 when its folder is missing, 5 for a folder.
        """
        with self.lock:
            node = self._find(path)
            if node is None:
                path = normalize(path)
                if not self.is_directory(parent(path)):
                    raise Win32Error(errors.PATH_NOT_FOUND, path)
                node = self._nodes[fold(path)] = Node(path, b"")
            elif mode == "x":
                raise Win32Error(errors.FILE_EXISTS, path)
            elif node.opened or (node.hive and node.hive.in_use):
                raise Win32Error(errors.SHARING_VIOLATION, path)
            elif node.content is None:
                raise Win32Error(errors.ACCESS_DENIED, path)
            elif mode == "w":
                node.content = b""
            handle = FileHandle(self, node, owner)
            node.opened.append(handle)
            return handle

    def hold(self, path: str, owner: str) -> FileHandle:
        """Open an existing file or hive exclusively; nothing is written to it."""
        with self.lock:
            node = self._existing(path)
            if node.opened or (node.hive and node.hive.in_use):
                raise Win32Error(errors.SHARING_VIOLATION, path)
            handle = FileHandle(self, node, owner)
            node.opened.append(handle)
            return handle

    def read(self, path: str) -> bytes:
        """Return the content of a file; 32 while it is open for writing."""
        with self.lock:
            node = self._existing(path)
            if node.opened or (node.hive and node.hive.in_use):
                raise Win32Error(errors.SHARING_VIOLATION, path)
            if node.content is None:
                raise Win32Error(errors.ACCESS_DENIED, path)
            return node.content

    def delete(self, path: str) -> None:
        """Delete a file or an empty folder; 2 when it is missing, 32 when it is held, 145 when not empty."""
        with self.lock:
            node = self._existing(path)
            if node.opened or (node.hive and node.hive.in_use):
                raise Win32Error(errors.SHARING_VIOLATION, path)
            if any(parent(fold(other.path)) == fold(node.path) for other in self._nodes.values()):
                raise Win32Error(errors.DIR_NOT_EMPTY, path)
            del self._nodes[fold(node.path)]

    def delete_tree(self, path: str) -> None:
        """Delete a folder and its content, even open files, as the profile service or a detached disk can."""
        with self.lock:
            path = fold(normalize(path))
            for folded in [name for name in self._nodes if name == path or name.startswith(f"{path}\\")]:
                del self._nodes[folded]

    def remove_hive(self, hive: HiveFile) -> None:
        """Remove a hive's file even if it is in use, as detaching a disk does."""
        with self.lock:
            self._nodes.pop(fold(hive.path), None)

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted as NTFS sorts them; 3 when it is missing."""
        with self.lock:
            if not self.is_directory(folder):
                raise Win32Error(errors.PATH_NOT_FOUND, folder)
            path = fold(normalize(folder))
            names = [
                node.path.rpartition("\\")[2]
                for folded, node in self._nodes.items()
                if parent(folded) == path and folded != path
            ]
            return sorted(names, key=fold)

    def hives(self) -> list[HiveFile]:
        """Return all hives that have a file, sorted by path."""
        with self.lock:
            return [node.hive for _unused, node in sorted(self._nodes.items()) if node.hive]

    def held(self) -> list[tuple[str, str]]:
        """Return (path, owner) of every open file."""
        with self.lock:
            nodes = sorted(self._nodes.items())
            return [(node.path, handle.owner) for _unused, node in nodes for handle in node.opened]

    def files(self) -> list[str]:
        """Return the paths of all files, hives included."""
        with self.lock:
            return [node.path for _unused, node in sorted(self._nodes.items()) if node.hive or node.content is not None]

    def _find(self, path: str) -> Node | None:
        path = normalize(path)
        with self.lock:
            return self._nodes.get(fold(path))

    def _existing(self, path: str) -> Node:
        node = self._find(path)
        if node is None:
            has_folder = self.is_directory(parent(normalize(path)))
            raise Win32Error(errors.FILE_NOT_FOUND if has_folder else errors.PATH_NOT_FOUND, path)
        return node
