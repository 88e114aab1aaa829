"""Files are written completely or not at all."""

from __future__ import annotations

import os

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.report import files


def test_files_appear_whole_or_not_at_all(tmp_path, monkeypatch):
    folder = tmp_path / "new" / "folder"
    files.write_all(folder, {"a": b"1", "b": b"2"})
    (folder / "a").chmod(0o640)

    def full(_handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            files.write_all(folder, {"a": b"3", "b": b"4"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"1", "b": b"2"}

    files.write_all(folder, {"a": b"5", "b": b"6"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"5", "b": b"6"}
    assert (folder / "a").stat().st_mode & 0o777 == 0o640
