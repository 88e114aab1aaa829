"""States of machines from public reports (field.yml): who can be set, who has presence, and why not.

One fleet and one run of each step for each connection: the facts before, enforcing each machine's policy, the facts
after, and enforcing again.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from tests.virtual_windows.fleet import Fleet

from .connections import connections
from .facts_support import gather, users_by_folder
from .runner import Ansible

FIELD = Path(__file__).with_name("field.yml")
POLICIES = {
    "new-teams-user-only": ["MsTeams", "Lync"],
    "new-teams-user-only-and-lync": ["MsTeams", "Lync"],
    "new-teams-repaired-x64": ["MsTeams"],
    "classic-teams-localserver": ["Teams"],
    "policy-off": ["Lync"],
    "missing-lync": ["Lync"],
    "jitsi": ["Jitsi"],
    "per-user-installer": ["DesktopCommunicator", "Lync"],
    "ringcentral-gone": ["Lync"],
    "previous-loop": ["Teams"],
    "click-to-run-registry": ["Teams"],
    "jabber-silent": ["Cisco Jabber"],
    "lync-x86-icon": ["Lync"],
    "empty-default": ["Lync"],
    "new-teams-x64-office-x86": ["MsTeams", "Lync"],
}

#: For each user: the verdict before, the default before and after, and the verdict after.
EXPECTED = {
    "new-teams-user-only": {"ada": ("unconfirmed", "MsTeams", "MsTeams", "unconfirmed")},
    "new-teams-user-only-and-lync": {
        "ada": ("unconfirmed", "MsTeams", "MsTeams", "unconfirmed"),
        "bob": ("shadowed", "Lync", "MsTeams", "unconfirmed"),
        "cyd": ("not_registered", "MsTeams", "MsTeams", "not_registered"),
    },
    "new-teams-repaired-x64": {
        "ada": ("present", "MsTeams", "MsTeams", "present"),
        "bob": ("ready", "MsTeams", "MsTeams", "ready"),
    },
    "classic-teams-localserver": {"ada": ("present", "Teams", "Teams", "present")},
    "policy-off": {"ada": ("switched_off", "Lync", "Lync", "switched_off")},
    "missing-lync": {"ada": ("shadowed", "Cisco Jabber", "Lync", "present")},
    "jitsi": {"ada": ("present", "Jitsi", "Jitsi", "present")},
    "per-user-installer": {"ada": ("shadowed", "Lync", "DesktopCommunicator", "unconfirmed")},
    "ringcentral-gone": {
        "ada": ("not_registered", "RCIM", "Lync", "present"),
        "bob": ("not_registered", "RCIM", "Lync", "ready"),
    },
    "previous-loop": {"ada": ("present", "Teams", "Teams", "present")},
    "click-to-run-registry": {"ada": ("present", "Teams", "Teams", "present")},
    "jabber-silent": {"ada": ("silent", "Cisco Jabber", "Cisco Jabber", "silent")},
    "lync-x86-icon": {"ada": ("present", "Lync", "Lync", "present")},
    "empty-default": {"ada": ("no_default", "", "Lync", "present")},
    "new-teams-x64-office-x86": {"ada": ("present", "Lync", "Lync", "present")},
}
USERS = [(machine, user) for machine, users in EXPECTED.items() for user in users]


@pytest.fixture(scope="module", params=connections(__name__))
def field(request, tmp_path_factory):
    """Yield the facts before, the results of enforcing twice, the facts after, and the fleet."""
    machines = yaml.safe_load(FIELD.read_text(encoding="utf-8"))["machines"]
    assert set(machines) == set(POLICIES) == set(EXPECTED)
    task = {"name": "enforce", "presence.office.default_im_app": {"name": "{{ policies[inventory_hostname] }}"}}
    with Fleet.load({"machines": machines}) as fleet:
        ansible = Ansible(fleet, request.param, tmp_path_factory.mktemp("field"))
        before = gather(ansible)
        enforced, again = (ansible.tasks([task], policies=POLICIES) for _unused in range(2))
        yield SimpleNamespace(before=before, enforced=enforced, again=again, after=gather(ansible), fleet=fleet)


@pytest.mark.parametrize(("machine", "user"), USERS)
def test_a_state_from_the_field(field, machine, user):
    verdict, default, default_after, verdict_after = EXPECTED[machine][user]
    before, after = (users_by_folder(facts[machine])[user] for facts in (field.before, field.after))

    assert (before["verdict"], before["default"]) == (verdict, default), before["evidence"]
    assert (after["verdict"], after["default"]) == (verdict_after, default_after), after["evidence"]


@pytest.mark.parametrize("machine", EXPECTED)
def test_enforcing_succeeds_changes_what_it_should_and_is_idempotent(field, machine):
    changed = {user: before != after for user, (_unused, before, after, _after) in EXPECTED[machine].items()}
    first, second = field.enforced.of(machine), field.again.of(machine)

    assert first.status == "ok", first.result["msg"]
    assert {user: entry["changed"] for user, entry in users_by_folder(first.result).items()} == changed
    assert (second.status, second.result["changed"]) == ("ok", False)


def choice_of(field, machine, user):
    return users_by_folder(field.enforced.of(machine).result)[user]["provider"]


def test_the_result_says_which_provider_was_chosen_and_why(field):
    machine = "new-teams-user-only-and-lync"

    assert choice_of(field, machine, "ada")["reason"] == choice_of(field, machine, "cyd")["reason"] == "already_set"
    assert choice_of(field, machine, "bob") == {
        "name": "MsTeams", "reason": "used_by_user", "views": [], "passed_over": [],
    }  # fmt: skip
    assert choice_of(field, "new-teams-x64-office-x86", "ada") == {
        "name": "Lync",
        "reason": "registered",
        "views": ["x86"],
        "passed_over": [{"name": "MsTeams", "reason": "registered in the other view only"}],
    }


def test_the_policy_that_switches_presence_off_is_named(field):
    evidence = users_by_folder(field.before["policy-off"])["ada"]["evidence"]

    assert evidence["link"] == "office_setting"
    assert evidence["key"].endswith(r"\Software\Policies\Microsoft\Office\16.0\Common\IM")
    assert "TurnOffPresenceIntegration is 1 (a policy sets it" in evidence["found"]


def test_who_runs_instead_is_named_registered_or_not(field):
    for machine, user, others in (
        ("missing-lync", "ada", ["Lync"]),
        ("new-teams-user-only-and-lync", "bob", ["MsTeams"]),
        ("per-user-installer", "ada", ["DesktopCommunicator"]),
    ):
        assert users_by_folder(field.before[machine])[user]["evidence"]["running"] == others


def test_the_evidence_says_that_a_registration_is_in_click_to_run_s_own_registry(field):
    (provider,) = field.before["click-to-run-registry"]["providers"]

    assert provider["registered_in"] == {"x86": "click_to_run"}
    found = users_by_folder(field.before["click-to-run-registry"])["ada"]["evidence"]["found"]
    assert "Click-to-Run's own registry" in found


def test_the_notes_that_matter(field):
    notes = {
        (machine, user): {note["code"] for note in users_by_folder(field.before[machine])[user]["notes"]}
        for machine, user in USERS
    }

    assert "previous_default_is_itself" in notes["previous-loop", "ada"]
    assert "other_view_only" in notes["new-teams-x64-office-x86", "ada"]
    # Neither a packaged COM server, nor LocalServer in the user's classes, nor a client that runs is a missing one.
    for machine in ("new-teams-repaired-x64", "classic-teams-localserver", "jitsi"):
        assert "com_server_missing" not in notes[machine, "ada"]


def test_an_audit_counts_a_user_whose_presence_is_switched_off(field, tmp_path, connection):
    run = Ansible(field.fleet, connection, tmp_path).playbook(
        "presence.office.audit",
        "--limit",
        "policy-off",
        default_im_app_name="Lync",
        default_im_app_audit_verdicts=["switched_off"],
    )

    assert run.code == 2
    assert r"CONTOSO\ada is switched_off: TurnOffPresenceIntegration is 1" in run.of("policy-off").result["msg"]
