"""Facts of machines on which something fails: the result has what could be read, and what could not."""

from __future__ import annotations

import typing as t

import pytest

from tests.integration.facts_support import hold_mounted_hive
from tests.integration.machines import ADA, JABBER, our_mounts
from tests.virtual_windows.protocol import Drop
from tests.virtual_windows.protocol.interceptors import Answer

from .driver import Outcome
from .scenarios import LIBRARIES_WARN

pytestmark = LIBRARIES_WARN

BOB = {"account": r"CONTOSO\bob", "default": "Lync"}
FACTS = "im_provider_facts"


def users_by_folder(outcome: Outcome) -> dict[str, dict[str, t.Any]]:
    """Return the users of the facts by their profile folder."""
    users = outcome.result["ansible_facts"]["im_presence"]["users"]
    return {user["profile"].rpartition("\\")[2]: user for user in users}


def test_a_hive_that_stays_mounted_fails_and_is_named_and_the_next_run_releases_it(start):
    driver = start(ADA, BOB)
    held = hold_mounted_hive(driver.member)

    outcome = driver.run(FACTS)

    assert held
    assert outcome.status == "failed"
    users = users_by_folder(outcome)
    assert (users["ada"]["verdict"], users["bob"]["verdict"]) == ("shadowed", "ready")
    assert r"C:\Users\bob\NTUSER.DAT stayed mounted at HKU\presence.office." in users["bob"]["error"]
    assert outcome.message.startswith(
        r"2 users: 1 shadowed, 1 ready; 1 user with errors; CONTOSO\bob: C:\Users\bob\NTUSER.DAT stayed mounted at "
    )
    assert r"; CONTOSO\ada is shadowed: " in outcome.message

    driver.member.machine.release()
    outcome = driver.run(FACTS)
    assert (outcome.status, users_by_folder(outcome)["bob"]["error"]) == ("ok", None)
    assert our_mounts(driver.member) == []


def test_no_hive_is_mounted_for_a_note(start):
    """Whether a user who is not signed in has a COM server is not known, and no reason to mount the user's classes."""
    driver = start({**BOB, "default": "Teams"}, providers=[{"name": "Teams", "com_scope": "user"}])

    outcome = driver.run(FACTS)

    assert outcome.status == "ok"
    assert users_by_folder(outcome)["bob"]["notes"] == []
    assert not any("UsrClass.dat" in line for line in driver.member.log.programs)


def test_hives_left_mounted_are_named_before_those_that_cannot_be_read(start):
    denied = [{"account": rf"CONTOSO\a{n}", "default": "Lync", "denied": ["read"]} for n in range(5)]
    driver = start(*denied, BOB)
    hold_mounted_hive(driver.member, r".6\Software\IM")

    outcome = driver.run(FACTS)

    assert "6 users with errors; CONTOSO\\bob: C:\\Users\\bob\\NTUSER.DAT stayed mounted" in outcome.message
    assert outcome.message.endswith("; and 3 more")


def broken() -> Answer:
    return Answer(200, b"<broken")


@pytest.mark.parametrize("how", [Drop, broken])
def test_losing_the_machine_during_name_lookups_costs_only_the_names(start, how):
    driver = start(ADA, BOB)

    def lose(request: t.Any, stage: str) -> None:
        if stage == "received" and "Win32_SID" in str(vars(request)):
            raise how()

    driver.member.server.interceptors.append(lose)
    outcome = driver.run(FACTS)

    assert outcome.status == "ok", outcome.message
    users = users_by_folder(outcome)
    assert {name: (user["verdict"], user["account"]) for name, user in users.items()} == {
        "ada": ("shadowed", None),
        "bob": ("ready", None),
    }
    assert outcome.message.startswith(r"2 users: 1 shadowed, 1 ready; C:\Users\ada is shadowed: ")


def test_many_keys_of_one_user_do_not_make_a_long_message(start):
    own = {rf"Software\IM Providers\{n:04d}{'x' * 190}": {"GUID": "x", "UpAndRunning": 2} for n in range(1_200)}
    eve = {"account": r"CONTOSO\eve", "signed_in": True, "default": "Lync", "clients": {"Lync": "stopped"}}
    driver = start({**eve, "registry": own})

    outcome = driver.run(FACTS)

    assert outcome.status == "ok"
    evidence = users_by_folder(outcome)["eve"]["evidence"]["found"]
    assert "and 1197 more do; Office connects to Lync only" in evidence
    assert len(evidence) < 1_000
    assert len(outcome.message) < 1_200


def test_a_user_who_signs_out_is_skipped_where_only_signed_in_users_are_selected(start):
    driver = start(ADA)
    member = driver.member
    loads: list[str] = []
    member.server.observers.append(lambda line: loads.append(line) if "reg load" in line else None)

    def sign_out(request: t.Any, stage: str) -> None:
        if request.kind == "Enumerate" and stage == "acted":
            member.server.interceptors.remove(sign_out)
            member.machine.sign_out("ada")

    member.server.interceptors.append(sign_out)
    outcome = driver.run(FACTS, profiles=["loaded"])

    assert outcome.status == "ok", outcome.message
    assert loads == []
    user = users_by_folder(outcome)["ada"]
    assert [user[name] for name in ("hive", "verdict", "reason", "error")] == ["unloaded", None, "signed_out", None]


def test_a_hive_larger_than_the_limit_gets_no_verdict(start):
    """The values before the default exhaust the limit of a hive; it must not count as a hive without a default."""
    values = {f"A{n:04d}": "x" * 2_000 for n in range(1_100)} | {"DefaultIMApp": "Lync"}
    bob = {"account": r"CONTOSO\bob", "registry": {r"Software\IM Providers": values}}
    driver = start(ADA, bob)

    outcome = driver.run(FACTS)

    user = users_by_folder(outcome)["bob"]
    assert (user["default"], user["verdict"]) == (None, None)
    assert "too large to be read completely" in user["error"]
    assert outcome.result["ansible_facts"]["im_presence"]["summary"]["defaults"] == {JABBER: 1}
    assert r"1 user with errors; CONTOSO\bob: " in outcome.message


def test_without_mounting_the_users_classes_are_not_loaded_either(start):
    """Ten users of a client that registers its COM server per user: too many for single requests."""
    users = {"account": r"CONTOSO\in{n}", "count": 10, "signed_in": True, "default": "Teams"}
    mounts = {r"HKU\presence.office.0a1b2c3d.7": r"CONTOSO\bob"}
    driver = start(users, BOB, providers=[{"name": "Teams", "com_scope": "user"}], mounts=mounts)

    outcome = driver.run(FACTS, mount=False)

    assert {user["verdict"] for user in users_by_folder(outcome).values()} == {"not_running", None}
    assert not [line for line in driver.member.log.programs if "load" in line.split()]
    assert len(our_mounts(driver.member)) == 1
