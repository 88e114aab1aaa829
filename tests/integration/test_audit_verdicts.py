"""The audit with verdicts: who has no presence and why, in words that do not require knowing the registry."""

from __future__ import annotations

import typing as t

import pytest

from .facts_support import hold_mounted_hive
from .machines import ADA, JABBER, machine

AUDIT = "presence.office.audit"
BOB = {"account": r"CONTOSO\bob", "signed_in": True, "default": "Lync", "clients": {"Lync": "running"}}
HELD = {"account": r"CONTOSO\held", "default": "Lync"}
EVE = {"account": r"CONTOSO\eve", "default": "Zoom"}


def test_verdicts_count_as_failure_besides_drift(start):
    ansible = start({"drifts": machine(ADA, BOB), "works": machine(BOB), "broken": machine(EVE)})

    run = ansible.playbook(
        AUDIT, default_im_app_name=[JABBER], default_im_app_audit_verdicts=["shadowed", "not_registered"]
    )

    assert run.code == 2
    message = run.of("drifts").result["msg"]
    assert "Users drift: enforcing would change 1 of 2 users" in message
    assert (
        r"CONTOSO\ada is shadowed: Cisco Jabber does not run (UpAndRunning is 0), and Lync does; Office connects to "
        r"Cisco Jabber only (see HKU\S-1-5-21-"
    ) in message
    assert r"CONTOSO\bob is" not in message
    broken = run.of("broken").result["msg"]
    assert (
        r"CONTOSO\eve is not_registered: Zoom is not registered on this machine, and its client has never run for this "
        r"user (see HKLM\SOFTWARE\IM Providers\Zoom)"
    ) in broken
    assert [member.log.writes() for member in ansible.fleet] == [[], [], []]


def test_without_drift_the_verdict_alone_fails_and_others_do_not(start):
    ansible = start({"desk1": machine(ADA)})

    failed = ansible.playbook(AUDIT, default_im_app_name=JABBER, default_im_app_audit_verdicts=["shadowed"])
    assert failed.code == 2
    assert "drift" not in failed.of("desk1").result["msg"]
    passed = ansible.playbook(AUDIT, default_im_app_name=JABBER, default_im_app_audit_verdicts=["stale", "not_running"])
    assert passed.code == 0, passed.output


@pytest.mark.parametrize("verdicts", [[], ["shadowed"]])
def test_a_failed_audit_says_that_the_machine_does_not_pass(start, verdicts):
    """For playbooks that ignore errors and ask `passed`."""
    ansible = start({"desk1": machine(BOB)})
    policies: dict[str, dict[str, t.Any]] = {
        "friendly": {"name": ["Skype for Business"]},
        "missing": {"name": ["Lync"], "users": ["charles"], "missing_user": "fail"},
    }
    module = "presence.office.presence_audit"
    tasks = [
        {"name": name, module: {**policy, "verdicts": verdicts}, "ignore_errors": True}
        for name, policy in policies.items()
    ]

    run = ansible.tasks(tasks)

    for name in policies:
        done = run.of("desk1", name)
        assert done.status == "failed", name
        assert (done.result["passed"], done.result["problems"]) == (False, [f"{done.result['msg']}."]), name
    assert run.of("desk1", "friendly").result["reason"] == "friendly_name"


@pytest.mark.parametrize("verdict", ["ready", "shadowed"])
def test_an_error_counts_whatever_the_verdict(start, verdict):
    """The hive is read and stays mounted: its user has a verdict and an error."""
    ansible = start({"desk1": machine(BOB, HELD)})
    held = hold_mounted_hive(ansible.fleet["desk1"])

    run = ansible.playbook(AUDIT, default_im_app_name="Lync", default_im_app_audit_verdicts=[verdict])

    assert held
    assert run.code == 2
    assert run.of("desk1").task == "presence.office.default_im_app : Presence passes the audit"
    message = run.of("desk1").result["msg"]
    assert message.count(r"CONTOSO\held is ready: ") == 1
    assert r"C:\Users\held\NTUSER.DAT stayed mounted at HKU\presence.office." in message
    assert ("everything that can be checked is in order (see HKU" in message) is (verdict == "ready")
    assert "CONTOSO\\bob is" not in message


def test_without_verdicts_no_facts_are_gathered(start):
    ansible = start({"desk1": machine(BOB)})

    assert ansible.playbook(AUDIT, default_im_app_name="Lync").code == 0
    assert ansible.fleet["desk1"].log.count() == 2


def test_a_misspelt_verdict_gets_a_clear_message(start):
    ansible = start({"desk1": machine(BOB)})
    run = ansible.playbook(AUDIT, default_im_app_name="Lync", default_im_app_audit_verdicts=["shadwed"])

    assert "value of verdicts must be one or more of: no_office, switched_off, no_default, " in run.output
    assert "(variables of this role begin with default_im_app_)" in run.output
    assert ansible.fleet["desk1"].log.count() == 0
