"""What users have used decides which provider they get: it is never guessed, and nobody decides for others.

Each of these machines once got a wrong provider, or none for anybody.
"""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Registry
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import WSManFault
from tests.virtual_windows.protocol import Drop

from .scenarios import LIBRARIES_WARN

pytestmark = LIBRARIES_WARN

JABBER = "Cisco Jabber"
NAMES = ["MsTeams", "Lync"]
ADA = {"account": r"CONTOSO\ada", "signed_in": True, "default": JABBER, "clients": {"MsTeams": "running"}}
BOB = {"account": r"CONTOSO\bob", "signed_in": True, "default": JABBER}


def after(outcome):
    """Return what users have in the end, by the first letters of their folders."""
    return {user["profile"].rpartition("\\")[2]: user["after"] for user in outcome.result["users"]}


def test_a_user_whose_keys_are_a_flood_takes_no_room_from_others(start):
    flood = {r"Software\IM Providers\K": {f"v{n}": "x" * 4_000 for n in range(500)}}
    users = [
        {"account": rf"CONTOSO\mal{n}", "signed_in": True, "default": "MsTeams", "registry": flood} for n in range(9)
    ]
    zoe = {"account": r"CONTOSO\zoe", "signed_in": True, "default": "MsTeams", "clients": {"MsTeams": "running"}}
    outcome = start(*users, zoe, providers=["Lync"]).run(name=NAMES)

    assert outcome.status == "ok", outcome.message
    assert set(after(outcome).values()) == {"MsTeams"}


def test_a_user_of_whom_not_all_was_read_is_left_alone_and_said(start):
    flood = {r"Software\IM Providers\K": {f"v{n}": "x" * 4_000 for n in range(600)}}
    users = [{"account": rf"CONTOSO\u{n}", "signed_in": True, "default": JABBER, "registry": flood} for n in range(9)]
    driver = start(*users, BOB, providers=["Lync"])
    outcome = driver.run(name=NAMES)

    assert outcome.status == "failed"
    assert "which providers this user has used is not known" in outcome.message
    entries = {user["profile"].rpartition("\\")[2]: user for user in outcome.result["users"]}
    assert (entries["bob"]["after"], entries["bob"]["error"]) == ("Lync", None)
    assert {user["after"] for name, user in entries.items() if name != "bob"} == {JABBER}
    assert {user["reason"] for name, user in entries.items() if name != "bob"} == {"unreadable"}


def test_a_user_who_signs_out_while_being_looked_up_gets_what_was_used(start):
    driver = start(ADA, BOB, providers=["Lync"])
    member = driver.member

    def sign_out(request, stage):
        if request.method == "EnumKey" and stage == "received":
            member.server.interceptors.remove(sign_out)
            member.machine.sign_out("ada")

    member.server.interceptors.append(sign_out)
    outcome = driver.run(name=NAMES, profiles=["loaded", "unloaded"])

    assert outcome.status == "ok", outcome.message
    assert after(outcome) == {"ada": "MsTeams", "bob": "Lync"}
    assert member.machine.default_of("ada") == "MsTeams"


def test_a_fault_about_one_user_s_keys_is_that_user_s_error(start, monkeypatch):
    driver = start(ADA, BOB, providers=["Lync"])
    adas_key = driver.member.machine.user_key("ada").rpartition("\\")[2].casefold()
    subkeys = Registry.subkeys

    def failing(self, root, key):
        if adas_key in key.casefold():
            raise WSManFault("StdRegProv.EnumKey", 0x80041001, "generic failure")
        return subkeys(self, root, key)

    monkeypatch.setattr(Registry, "subkeys", failing)
    outcome = driver.run(name=NAMES)

    assert outcome.status == "failed"
    assert after(outcome) == {"ada": JABBER, "bob": "Lync"}
    assert "not known: StdRegProv.EnumKey" in outcome.result["users"][0]["error"]


@pytest.mark.parametrize("users", [1, 5])
def test_names_that_are_nowhere_cost_the_same_for_any_number_of_users(start, users):
    """A list of profiles, Office, four lists of registrations, two friendly names; a value and a list for each user."""
    some = [{"account": rf"CONTOSO\u{n}", "signed_in": True, "default": "Lync"} for n in range(users)]
    driver = start(*some, providers=["Lync", JABBER])
    driver.member.log.clear()
    outcome = driver.run(name=["AppA", "AppB", "AppC", "Lync"])

    assert (outcome.status, outcome.result["changed"]) == ("ok", False)
    assert driver.member.log.count() == 8 + 2 * users


@pytest.mark.parametrize("connection", ["psrp", "winrm"])
def test_facts_are_not_lost_with_a_machine_that_goes_away_during_a_note(start, connection):
    ada = {"account": r"CONTOSO\ada", "signed_in": True, "default": "Lync", "clients": {"Lync": "stopped"}}
    driver = start(ada, providers=[{"name": "Lync", "com_server": None}], connection=connection)

    def drop(request, stage):
        if request.method == "GetStringValue" and stage == "received":
            raise Drop

    driver.member.server.interceptors.append(drop)
    outcome = driver.run("im_provider_facts")

    assert outcome.status == "ok", outcome.message
    facts = outcome.result["ansible_facts"]["im_presence"]
    assert (facts["users"][0]["verdict"], facts["users"][0]["notes"]) == ("not_running", [])
    assert [one for one in facts["truncated"] if one.startswith("notes: COM servers of 1 user could not be read")]
