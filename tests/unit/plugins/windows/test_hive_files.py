"""Which file is a user's hive, at which key it is loaded, and how to leave it out."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import (
    HiveFile,
    classes_hive,
    settings_hive,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, Profile

SID = "S-1-5-21-1-2-3-1104"
ADA = Profile(SID, r"C:\Users\ada", HiveKind.UNLOADED)
TEMPLATE = Profile(None, r"C:\Users\Default", HiveKind.DEFAULT)


def test_settings():
    assert settings_hive(ADA) == HiveFile(r"C:\Users\ada\NTUSER.DAT", SID, HiveKind.UNLOADED, f"exclude_users: [{SID}]")


def test_classes_are_loaded_beside_the_settings():
    assert classes_hive(ADA) == HiveFile(
        r"C:\Users\ada\AppData\Local\Microsoft\Windows\UsrClass.dat",
        f"{SID}_Classes",
        HiveKind.UNLOADED,
        f"exclude_users: [{SID}]",
    )


def test_the_template_is_loaded_for_nobody_and_left_out_by_its_kind():
    assert settings_hive(TEMPLATE) == HiveFile(
        r"C:\Users\Default\NTUSER.DAT", None, HiveKind.DEFAULT, "profiles without default"
    )


@pytest.mark.parametrize("make", [settings_hive, classes_hive])
def test_a_hive_is_where_it_is_now_and_otherwise_the_same(make):
    now = make(ADA).now(HiveKind.LOADED)

    assert now.kind is HiveKind.LOADED
    assert now.now(HiveKind.UNLOADED) == make(ADA)


def test_a_label_is_printable():
    assert settings_hive(Profile(SID, "C:\\Users\\\x1b[2J", HiveKind.LOADED)).label == r"C:\Users\\x1b[2J\NTUSER.DAT"
