"""Percent signs in paths, names and texts: Windows refuses a shell with one in a variable, and so does the machine."""

from __future__ import annotations

import pytest

from tests.integration.machines import ADA, JABBER, our_mounts

from .scenarios import LIBRARIES_WARN

pytestmark = LIBRARIES_WARN

CAROL = {"account": r"CONTOSO\carol", "default": JABBER, "path": r"C:\Users\100%carol"}
EVE = {"account": r"CONTOSO\eve", "default": "100% Chat %PATH%", "path": r"C:\Users\%eve%%"}
PROVIDER = {"name": "50% Chat!", "guid": "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}", "views": ["x64", "x86"]}


@pytest.mark.parametrize("connection", ["winrm", "psrp"])
def test_they_arrive_as_they_are(start, connection):
    driver = start(ADA, CAROL, EVE, providers=["Lync", PROVIDER], com_servers="made_up", connection=connection)
    windows = driver.member.machine

    outcome = driver.run(name=["50% Chat!"], record_previous=True, profiles=["loaded", "unloaded", "default"])

    assert outcome.status == "ok", outcome.message
    assert {windows.default_of(one) for one in ("ada", "carol", "eve", ".Default")} == {"50% Chat!"}
    previous = r"Software\IM Providers\50% Chat!"
    key = windows.hive_of("eve").ensure(previous)
    assert key.value("PreviousDefaultIMApp").data == "100% Chat %PATH%"
    facts = driver.run("im_provider_facts").result["ansible_facts"]["im_presence"]
    assert {user["default"] for user in facts["users"]} == {"50% Chat!"}
    assert driver.run(state="absent").status == "ok"
    assert windows.default_of("eve") is None
    assert our_mounts(driver.member) == []
