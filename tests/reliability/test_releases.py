"""Releases of hives that are refused for a while or for ever: at most one hive is ever left mounted on a machine."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_command import PATIENCE, RELEASE_PATIENCE
from tests.integration.machines import ADA, JABBER, our_mounts
from tests.virtual_windows.machine.mounts import Refusals

from . import combined
from .driver import Outcome
from .scenarios import LIBRARIES_WARN

pytestmark = LIBRARIES_WARN

USERS = 100
SIGNED_OUT = {"account": r"CONTOSO\out{n}", "count": USERS, "default": "Teams"}
# With COM servers in users' own classes, facts and verdicts look those up as well.
TEAMS = {"name": "Teams", "com_scope": "user", "com_server": r"C:\teams.exe"}

TASKS: dict[str, tuple[str, dict[str, t.Any]]] = {
    "enforce": ("default_im_app", {"name": ["Lync"]}),
    "check": ("default_im_app", {"name": ["Lync"], "check_mode": True}),
    "remove": ("default_im_app", {"state": "absent"}),
    "audit of verdicts": ("presence_audit", {"name": ["Lync"], "verdicts": ["ready"]}),
    "audit of a policy": ("presence_audit", {"name": ["Lync"]}),
    "facts": ("im_provider_facts", {}),
}
#: Which releases are refused, how often for each hive, and how many users cannot be looked at at least.
RELEASES = {
    "slow": (Refusals(3), 0),
    "slower than there is time for": (Refusals(8), 50),
    "one is jammed": (Refusals(None, lambda file: "out50" in file), 1),
    "all are jammed": (Refusals(None), USERS),
}


def users_of(outcome: Outcome) -> list[dict[str, t.Any]]:
    """Return the users of a result, whatever the task was."""
    facts = outcome.result.get("ansible_facts", {}).get("im_presence", {})
    users: list[dict[str, t.Any]] = outcome.result.get("users") or facts.get("users") or []
    return users


@pytest.mark.parametrize(("task", "releases"), combined(list(TASKS), list(RELEASES)))
def test_at_most_one_hive_is_left_and_everybody_is_accounted_for(start, task, releases):
    driver = start(ADA, SIGNED_OUT, providers=["Lync", JABBER, TEAMS])
    member = driver.member
    refusals, failing = RELEASES[releases]
    member.machine.registry.hives.refusals = refusals
    module, arguments = TASKS[task]

    outcome = driver.run(module, **arguments)

    users = users_of(outcome)
    assert len(users) == USERS + 1
    mounts = our_mounts(member)
    assert len(mounts) <= 1
    assert bool(mounts) is (refusals.tries is None)
    errors = [user["error"] for user in users if user["error"]]
    assert len(errors) >= failing
    if module == "default_im_app":
        assert (outcome.status == "ok") is (not errors), outcome.message
    elif module == "presence_audit":
        assert outcome.result["passed"] is False
    else:
        assert (outcome.status == "ok") is (not mounts), outcome.message
    assert all("stayed mounted" in one or "was not looked at: " in one for one in errors)
    assert sum("stayed mounted" in one for one in errors) <= 1
    if mounts:
        release = mounts[0].replace("HKEY_USERS", "reg unload HKU")
        assert all(one.endswith(f"by hand: {release}") for one in errors)
        assert release in outcome.message
    # Whoever is signed in is served in any case.
    assert not [user["error"] for user in users if user["profile"].endswith("ada") and user["error"]]
    pings = sum(line.startswith("ping") for line in member.log.programs)
    commands = member.log.count("Command")
    assert pings <= commands * (PATIENCE + RELEASE_PATIENCE)

    member.machine.registry.hives.refusals = Refusals(0)
    again = driver.run(module, **arguments)
    assert our_mounts(member) == []
    assert not [user["error"] for user in users_of(again) if user["error"]], again.message


def test_a_leftover_that_cannot_be_released_keeps_others_from_being_mounted(start):
    leftover = r"HKEY_USERS\presence.office.0a1b2c3d.7"
    bob, eve = ({"account": rf"CONTOSO\{name}", "default": JABBER} for name in ("bob", "eve"))
    driver = start(ADA, bob, eve, mounts={leftover: r"CONTOSO\bob"})
    member = driver.member
    member.machine.registry.hives.refusals = Refusals(None)

    outcome = driver.run(name=["Lync"])

    assert set(outcome.errors) == {"bob", "eve"}
    for error in outcome.errors.values():
        assert r"was not looked at: HKU\presence.office.0a1b2c3d.7 stays mounted" in error
        assert error.endswith(r"by hand: reg unload HKU\presence.office.0a1b2c3d.7")
    assert our_mounts(member) == [leftover]
    assert not [line for line in member.log.programs if "reg load" in line]
    # Nobody reads the message of a task that is green.
    facts = driver.run("im_provider_facts")
    assert facts.status == "failed"
    assert r"HKU\presence.office.0a1b2c3d.7 stays mounted" in facts.message

    member.machine.registry.hives.refusals = Refusals(2)
    assert driver.run(name=["Lync"]).status == "ok"
    assert our_mounts(member) == []
