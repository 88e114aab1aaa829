"""Files are compared as on Windows, and have only one writer."""

from __future__ import annotations

import pytest

from tests.virtual_windows.machine import Machine, Win32Error
from tests.virtual_windows.machine.paths import normalize, parent

LOCK = r"C:\Windows\Temp\some.lock"


@pytest.fixture
def files():
    machine = Machine("desk1")
    machine.seed({"users": [{"account": "bob"}]})
    return machine.files


def code_of(call, *args):
    """Return the code of the Win32Error that a call raises."""
    with pytest.raises(Win32Error) as caught:
        call(*args)
    return caught.value.code


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("c:/Windows//Temp/", r"C:\Windows\Temp"),
        (r"C:\Windows\.\System32\..\Temp", r"C:\Windows\Temp"),
        (r"C:\a. \b...", r"C:\a\b"),
        ("C:\\", "C:\\"),
    ],
)
def test_one_spelling_for_each_path(path, same):
    assert normalize(path) == same


@pytest.mark.parametrize("path", ["x", r"\x", "C:x", "1:\\x", ""])
def test_paths_need_a_drive(path):
    assert code_of(normalize, path) == 161


@pytest.mark.parametrize("path", [r"C:\a*b", r"C:\a:b", 'C:\\a"b'])
def test_names_windows_forbids(path, files):
    assert code_of(normalize, path) == 123
    assert not files.exists(path)


def test_parents():
    assert parent(r"C:\a\b") == r"C:\a"
    assert parent(r"C:\a") == "C:\\"


def test_a_file_has_one_writer(files):
    with files.open_exclusive(LOCK, "w", "cmd") as handle:
        handle.write(b"1")
        assert files.is_open(LOCK.upper())
        assert code_of(files.open_exclusive, LOCK) == 32
        assert code_of(files.delete, LOCK) == 32
        assert code_of(files.read, LOCK) == 32
        assert files.held() == [(LOCK, "cmd")]
    assert code_of(handle.write, b"2") == 6
    handle.close()
    assert files.read(LOCK) == b"1"
    with files.open_exclusive(LOCK, "a") as again:
        again.write(b"2")
    assert files.read(LOCK) == b"12"
    assert code_of(files.open_exclusive, LOCK, "x") == 80
    files.delete(LOCK)
    assert code_of(files.delete, LOCK) == 2


def test_folders(files):
    assert files.is_directory(r"c:\windows\temp")
    assert not files.is_directory(LOCK)
    assert code_of(files.open_exclusive, r"C:\no\such") == 3
    assert code_of(files.open_exclusive, r"C:\Windows\Temp") == 5
    assert code_of(files.delete, r"C:\Windows") == 145
    assert code_of(files.delete, r"C:\no\such") == 3
    files.delete(r"C:\Windows\Temp")
    assert not files.exists(r"C:\Windows\Temp")
    assert files.names(r"C:\Users") == ["bob", "Default", "MSSQL$SQLEXPRESS", "Public"]


def test_a_loaded_hive_is_a_file_in_use(files):
    assert files.is_open(r"C:\Windows\System32\config\SOFTWARE")
    assert code_of(files.open_exclusive, r"C:\Windows\System32\config\SOFTWARE") == 32
    assert not files.is_open(r"C:\Users\bob\NTUSER.DAT")
