"""Whose mount keeps a hive from being mounted, as Windows lists it."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.command_output import Output
from ansible_collections.presence.office.plugins.plugin_utils.windows.mounted_hives import mount_of, release_command

BOB = r"C:\Users\bob\NTUSER.DAT"
VOLUME = r"\Device\HarddiskVolume3"
LIST = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\hivelist"


def printed(*listed):
    """Return what `reg query` prints of the list."""
    lines = ["", LIST, *(f"    {name}    REG_SZ    {data}" for name, data in listed), "", ""]
    return Output(bytearray("\r\n".join(lines).encode()))


@pytest.mark.parametrize(
    ("name", "data", "mount"),
    [
        (r"\REGISTRY\USER\backup", rf"{VOLUME}\Users\bob\NTUSER.DAT", r"HKU\backup"),
        (r"\REGISTRY\MACHINE\Off Line", rf"{VOLUME}\USERS\Bob\ntuser.dat", r"HKLM\Off Line"),
        (r"\REGISTRY\USER\backup", rf"{VOLUME}\Users\bobby\NTUSER.DAT", None),
        (r"\REGISTRY\USER\backup", rf"{VOLUME}\old\Users\bob\NTUSER.DAT", None),
        # reg.exe releases nothing elsewhere.
        (r"\REGISTRY\A\{123}", rf"{VOLUME}\Users\bob\NTUSER.DAT", None),
        (r"\REGISTRY\USER\x", "", None),
    ],
)
def test_the_key_of_a_file(name, data, mount):
    listed = printed((r"\REGISTRY\MACHINE\SAM", rf"{VOLUME}\Windows\System32\config\SAM"), (name, data))

    assert mount_of(BOB, listed) == mount


def test_of_two_drives_none_is_guessed():
    both = [(rf"\REGISTRY\USER\{n}", rf"\Device\HarddiskVolume{n}\Users\bob\NTUSER.DAT") for n in (3, 4)]

    assert mount_of(BOB, printed(*both)) is None


def test_what_the_machine_lists_is_shown_escaped():
    mount = mount_of(BOB, printed(("\\REGISTRY\\USER\\a\x1b[31m", rf"{VOLUME}\Users\bob\NTUSER.DAT")))

    assert mount == r"HKU\a\x1b[31m"


@pytest.mark.parametrize(
    ("key", "command"), [(r"HKU\backup", r"reg unload HKU\backup"), (r"HKLM\a b", r'reg unload "HKLM\a b"')]
)
def test_the_command_can_be_pasted(key, command):
    assert release_command(key) == command
