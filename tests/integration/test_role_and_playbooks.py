"""The role and the playbooks: enforce and verify; audit and fail CI."""

from __future__ import annotations

from .machines import ADA, JABBER, machine

ENFORCE = "presence.office.enforce"
AUDIT = "presence.office.audit"
FIGHTS_BACK = {
    "account": r"CONTOSO\zoe",
    "signed_in": True,
    "default": JABBER,
    "clients": {JABBER: {"state": "running", "fights": True, "fights_after": 0}},
}


def test_audit_enforce_audit(start):
    ansible = start({"desk1": machine(ADA), "desk2": machine({"account": r"CONTOSO\bob", "default": "Lync"})})

    audit = ansible.playbook(AUDIT, default_im_app_name=["Teams", "Lync"])
    assert audit.code == 2
    assert r"CONTOSO\ada: Cisco Jabber -> Lync" in audit.output.splitlines()
    assert "Users drift: enforcing would change 1 of 1 user" in audit.output
    assert audit.of("desk2").status == "ok"
    assert [member.log.writes() for member in ansible.fleet] == [[], []]

    enforce = ansible.playbook(ENFORCE, default_im_app_name=["Teams", "Lync"])
    assert enforce.code == 0, enforce.output
    again = ansible.playbook(ENFORCE, default_im_app_name=["Teams", "Lync"])
    assert not any(result.result.get("changed") for result in again.results)
    assert ansible.playbook(AUDIT, default_im_app_name=["Teams", "Lync"]).code == 0


def test_the_role_fails_when_a_client_puts_itself_back(start):
    ansible = start({"desk1": machine(ADA, FIGHTS_BACK)})

    run = ansible.playbook(ENFORCE, default_im_app_name="Lync")

    assert run.code == 2
    assert "did not last: after reading it again, enforcing would change 1 of 2 users" in run.output
    assert r"CONTOSO\zoe: Cisco Jabber -> Lync" in run.said


def test_the_role_in_check_mode_changes_nothing_and_does_not_fail(start):
    ansible = start({"desk1": machine(ADA)})

    run = ansible.playbook(ENFORCE, "--check", default_im_app_name="Lync")

    assert run.code == 0, run.output
    assert ansible.fleet["desk1"].log.writes() == []


def test_machines_without_any_of_the_providers_can_be_skipped(start):
    ansible = start({"desk1": {"office": {"platform": "x64"}, "users": [{"account": "root"}]}})

    failed = ansible.playbook(ENFORCE, default_im_app_name="Lync")
    assert failed.code == 2
    assert "whose Office reads the view x64: none" in failed.output

    for playbook in (ENFORCE, AUDIT):
        skipped = ansible.playbook(playbook, default_im_app_name="Lync", default_im_app_unregistered="skip")
        assert skipped.code == 0, skipped.output


def test_machines_with_neither_office_nor_any_provider_pass(start):
    ansible = start({"server": {"users": [{"account": "root", "default": "Lync"}]}})

    for playbook in (ENFORCE, AUDIT):
        run = ansible.playbook(playbook, default_im_app_name="Teams")
        assert run.code == 0, run.output
    assert ansible.fleet["server"].log.writes() == []


def test_a_missing_or_misspelt_role_variable_gets_one_clear_message(start):
    ansible = start({"desk1": machine(ADA)})

    assert "state is present but all of the following are missing: name" in ansible.playbook(ENFORCE).output
    run = ansible.playbook(ENFORCE, default_im_app_name="Lync", default_im_app_profiles=["everyone"])
    assert "value of profiles must be one or more of: loaded, unloaded, default" in run.output
    assert "variables of this role begin with default_im_app_" in run.output
    assert ansible.fleet["desk1"].log.count() == 0
