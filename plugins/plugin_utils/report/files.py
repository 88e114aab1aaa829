# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: write several files, each completely or not at all, so that a failed run keeps the previous report."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write_all(directory: Path, contents: dict[str, bytes]) -> None:
    """Write every file to a temporary one next to it, and rename them when all are written.

    Raises:
        OSError: the previous files are still there, unless it was a rename that failed.
    """
    directory.mkdir(parents=True, exist_ok=True)
    written: dict[Path, Path] = {}
    try:
        for name, content in contents.items():
            written[directory / name] = _write_temporary(directory / name, content)
        for target, temporary in written.items():
            temporary.replace(target)
    finally:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)
    _sync_directory(directory)


def _write_temporary(target: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), _mode(target))
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _mode(target: Path) -> int:
    """Return the permissions of the existing file, or those that the umask gives a new one."""
    with contextlib.suppress(FileNotFoundError):
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_directory(directory: Path) -> None:
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
