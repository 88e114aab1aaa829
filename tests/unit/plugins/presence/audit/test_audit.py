"""The audit: differences from the policy and bad verdicts, from one look at the machine."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.presence.audit.audit import audit
from ansible_collections.presence.office.plugins.plugin_utils.presence.audit.options import (
    AuditOptions,
    SkippedUser,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.audit.result import refused
from ansible_collections.presence.office.plugins.plugin_utils.presence.default_provider import (
    default_in,
    default_outcome,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.choice import FriendlyNameError
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.plan import Reason
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.policy import Policy
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import (
    MissingUser,
    Selection,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.users import MissingUsersError
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import Verdict
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import settings_hive
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read, Skipped
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import ValueAndTree
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, SkipReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Root
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue

from ..support import Machine, profile, registered, template, tree

ADA, BOB = profile(1), profile(2, HiveKind.UNLOADED)
NAMES = {ADA.sid: r"CONTOSO\ada", BOB.sid: r"CONTOSO\bob"}
PEOPLE = frozenset({HiveKind.LOADED, HiveKind.UNLOADED})
SHADOWED = frozenset({Verdict.SHADOWED})
RUNS = tree("Lync", Lync=2)
OTHER_RUNS = tree("Lync", Lync=0, Zoom=2)


class SurveyedMachine(Machine):
    """Also has single values and registrations, as the survey of the main job reads them; writing them fails."""

    def reads_by_typed_calls(self, hives):
        return all(hive.kind is HiveKind.LOADED for hive in hives)

    def read(self, hives, _value, *, mounts):
        assert mounts
        self.calls.append("values")
        by_hive = {settings_hive(one): content for one, content in self.users.items()}
        return {hive: default_outcome(Read(hive.kind, by_hive[hive])) for hive in hives}

    def read_values_and_trees(self, hives, value, questions, *, mounts):
        visits = self.read_trees(hives, value.key, questions, mounts=mounts)
        for hive, outcome in visits.outcomes.items():
            if isinstance(outcome, Read):
                both = ValueAndTree(default_in(outcome.value) or StringValue.missing(), outcome.value)
                visits.outcomes[hive] = Read(outcome.kind, both)
        return visits

    def string(self, _root, _key, _name):
        self.calls.append("office")
        return StringValue.of("x64")

    def subkeys(self, root, key):
        self.calls.append("providers" if root is Root.HKLM else "own providers")
        return ["Lync"] if key == r"SOFTWARE\IM Providers" else []


def audited(
    machine,
    *,
    verdicts=SHADOWED,
    names=("Lync",),
    kinds=PEOPLE,
    skipped=SkippedUser.REPORT,
    **policy,
):
    selection = policy.pop("selection", Selection())
    one = Policy(names, bool(names), kinds, selection, **policy)
    checked: t.Any = machine
    return audit(checked, AuditOptions(one, verdicts, skipped))


def machine(users, *answers, **more):
    return Machine(users, registered(*(answers or ("Lync", "Zoom"))), NAMES, **more)


def running(*programs):
    return {ADA.sid: set(programs)}


# --- With verdicts ---


def test_with_verdicts_everything_is_read_exactly_once():
    """The comparison and the verdicts come from the same trees: no value, provider list or tree is read beside them."""
    one = machine({ADA: RUNS, BOB: tree("Zoom")}, running=running("lync.exe"))
    result = audited(one)

    assert one.calls == ["profiles", "trees", "processes"]
    assert [(user.applied.entry.before.name, user.applied.changed) for user in result.comparison.users] == [
        ("Lync", False),
        ("Zoom", True),
    ]
    assert [user["verdict"] for user in result.facts["users"]] == ["present", "ready"]


def test_a_machine_where_everything_is_in_order_passes():
    result = audited(machine({ADA: RUNS}, running=running("lync.exe")))

    assert (result.problems, result.message) == ([], "presence passes the audit")


def test_users_who_differ_are_a_problem_even_if_their_presence_works():
    result = audited(machine({BOB: tree("Zoom")}))

    assert result.problems == [
        r"Users drift: enforcing would change 1 of 1 user (CONTOSO\bob: Zoom -> Lync). Nothing was changed."
    ]


def test_a_bad_verdict_is_a_problem_even_if_the_user_does_not_differ():
    result = audited(machine({ADA: OTHER_RUNS}, running=running("zoom.exe")))

    (problem,) = result.problems
    assert problem.startswith(r"CONTOSO\ada is shadowed: Lync does not run (UpAndRunning is 0), and Zoom does; ")
    assert problem.endswith(rf"(see HKU\{ADA.sid}\Software\IM Providers\Lync).")


def test_other_verdicts_are_none():
    result = audited(machine({ADA: OTHER_RUNS}, running=running("zoom.exe")), verdicts=frozenset({Verdict.STALE}))

    assert result.problems == []


def test_an_error_is_a_problem_whatever_the_verdicts():
    result = audited(machine({ADA: RUNS, BOB: Failed(BOB.kind, "in use")}, running=running("lync.exe")))

    assert result.problems == [r"CONTOSO\bob is unknown: in use."]
    assert result.comparison.users[1].applied.error == "in use"


def test_a_hive_that_stayed_mounted_is_compared_and_is_a_problem():
    result = audited(machine({BOB: Failed(BOB.kind, "stayed mounted", tree("Lync"), stuck=True)}))

    assert result.problems == [r"CONTOSO\bob is ready: stayed mounted."]
    assert result.comparison.users[0].applied.entry.before == StringValue.of("Lync")


def test_a_default_that_was_not_read_is_an_error_of_the_comparison():
    result = audited(machine({ADA: tree(cut=True)}))

    assert result.comparison.users[0].applied.error == "the key IM Providers holds more than is read of it"
    assert not result.comparison.changes()
    (problem,) = result.problems
    assert problem.startswith(r"CONTOSO\ada is unknown: the key IM Providers is too large to be read completely")


def test_users_who_are_skipped_are_no_problem():
    broken = profile(3, HiveKind.UNLOADED, SkipReason.CORRUPTED)
    users = {broken: tree("Zoom"), BOB: Skipped(HiveKind.UNLOADED, SkipReason.NO_HIVE_FILE)}
    result = audited(machine(users))

    assert result.problems == []
    assert [user.applied.skip for user in result.comparison.users] == [SkipReason.CORRUPTED, SkipReason.NO_HIVE_FILE]


def test_the_template_is_compared_and_has_no_verdict():
    one = machine({template(): tree("Zoom")})
    result = audited(one, kinds=frozenset({HiveKind.DEFAULT}))

    assert result.problems[0].endswith(r"(C:\Users\Default: Zoom -> Lync). Nothing was changed.")
    assert result.facts["users"][0]["verdict"] is None


NOT_USABLE = (
    r"CONTOSO\bob: no provider can be set: Lync (not usable). Registered on this machine: Zoom (x64). "
    "Install the client, name another provider, or set require_registered to false."
)


def test_a_user_for_whom_no_provider_can_be_set_is_a_problem_unless_that_is_to_be_skipped():
    users = {ADA: RUNS, BOB: tree("Zoom")}
    result = audited(machine(users, "Zoom"))

    assert result.problems == [NOT_USABLE]
    assert [user.applied.entry.reason for user in result.comparison.users] == [Reason.AS_WANTED, Reason.NOT_USABLE]
    assert [one["name"] for one in result.facts["providers"]] == ["Zoom"]
    assert audited(machine(users, "Zoom"), skip_unregistered=True).problems == []
    assert audited(machine(users, "Zoom"), require_registered=False).problems[0].startswith("Users drift: ")


def test_errors_and_drift_stay_problems_where_unregistered_providers_are_to_be_skipped():
    users = {ADA: Failed(ADA.kind, "in use"), BOB: tree("Zoom", Lync=0), profile(3): tree("Zoom")}
    result = audited(machine(users, "Zoom"), skip_unregistered=True)

    assert result.problems == [
        r"Users drift: enforcing would change 1 of 3 users (CONTOSO\bob: Zoom -> Lync). Nothing was changed.",
        r"CONTOSO\ada is unknown: in use.",
    ]


def test_a_client_that_a_user_has_used_is_compared_as_usable():
    users = {BOB: tree("Zoom", MsTeams=0)}
    result = audited(machine(users), names=("MsTeams", "Lync"))

    assert result.comparison.users[0].applied.entry.choice.to_dict()["reason"] == "used_by_user"
    assert "Zoom -> MsTeams" in result.problems[0]


@pytest.mark.parametrize("verdicts", [SHADOWED, frozenset()])
def test_where_there_is_neither_office_nor_any_provider_nothing_is_a_problem(verdicts):
    users: dict[t.Any, t.Any] = {BOB: tree("Zoom")}
    result = audited(SurveyedMachine(users, {}, NAMES), verdicts=verdicts)

    assert result.problems == []
    assert result.comparison.users[0].applied.entry.reason is Reason.NO_OFFICE


def test_the_message_describes_five_users_and_counts_the_rest():
    users: dict[t.Any, t.Any] = {profile(n): Failed(HiveKind.LOADED, "in use") for n in range(7)}
    result = audited(machine(users))

    assert len(result.problems) == 6
    assert result.message.endswith("is unknown: in use. And 2 more.")


def test_names_are_looked_up_only_for_users_with_problems():
    one = machine({ADA: RUNS, BOB: tree("Zoom")}, running=running("lync.exe"))
    audited(one)

    assert one.accounts.asked == [BOB.sid]


@pytest.mark.parametrize("verdicts", [SHADOWED, frozenset()])
def test_missing_users_are_an_error_if_the_policy_says_so(verdicts):
    one = SurveyedMachine({BOB: tree("Lync")}, registered("Lync"), NAMES)

    with pytest.raises(MissingUsersError, match="no profile on this machine belongs to dave"):
        audited(one, verdicts=verdicts, selection=Selection(None, ("dave",), MissingUser.FAIL))


@pytest.mark.parametrize("verdicts", [SHADOWED, frozenset()])
def test_a_policy_that_does_not_fit_the_machine_does_not_pass(verdicts):
    """A playbook that ignores errors asks `passed` all the same."""
    one = SurveyedMachine({BOB: tree("Lync")}, registered("Lync"), NAMES)
    with pytest.raises(MissingUsersError) as missing:
        audited(one, verdicts=verdicts, selection=Selection(None, ("dave",), MissingUser.FAIL))

    assert refused(missing.value) == {
        "failed": True,
        "changed": False,
        "passed": False,
        "problems": ["exclude_users: no profile on this machine belongs to dave; nothing was read or changed."],
        "msg": "exclude_users: no profile on this machine belongs to dave; nothing was read or changed",
        "unmatched_users": ["dave"],
    }
    named = refused(FriendlyNameError("name: write 'Lync'"))
    assert (named["passed"], named["problems"]) == (False, ["name: write 'Lync'."])
    assert named["reason"] == "friendly_name"


def test_no_warning_speaks_of_a_change_since_an_audit_makes_none():
    users = {ADA: tree("Zoom", Zoom=2, MsTeams=0)}
    result = audited(machine(users), names=("MsTeams",))

    assert result.comparison.to_dict()["warnings"]
    task = result.to_dict()
    assert "warnings" not in task
    assert (task["passed"], task["problems"], task["msg"]) == (False, result.problems, result.message)
    assert task["ansible_facts"] == {"im_presence": result.facts}


# --- Without verdicts ---


def test_without_verdicts_the_survey_of_the_main_job_is_enough():
    users = {BOB: tree("Zoom"), profile(3): Failed(HiveKind.LOADED, "in use")}
    one = SurveyedMachine(users, registered("Lync"), NAMES)
    result = audited(one, verdicts=frozenset())

    assert (one.calls, one.more) == (["profiles", "trees"], "")
    assert result.facts is None
    assert "ansible_facts" not in result.to_dict()
    assert result.problems == [
        r"Users drift: enforcing would change 1 of 2 users (CONTOSO\bob: Zoom -> Lync). Nothing was changed.",
        r"C:\Users\u3: in use.",
    ]


def test_of_users_who_are_signed_in_only_what_is_needed_is_asked():
    one = SurveyedMachine({ADA: tree("Zoom")}, names=NAMES)
    result = audited(one, verdicts=frozenset())

    assert one.calls == ["profiles", "values", "office", "providers"]
    assert result.problems == [
        r"Users drift: enforcing would change 1 of 1 user (CONTOSO\ada: Zoom -> Lync). Nothing was changed."
    ]
    one = SurveyedMachine({ADA: tree("Lync")}, names=NAMES)
    assert (audited(one, verdicts=frozenset()).problems, one.calls) == ([], ["profiles", "values"])


def test_without_verdicts_as_well_a_provider_that_cannot_be_set_is_a_problem_unless_that_is_to_be_skipped():
    one = SurveyedMachine({ADA: tree("Lync")}, names=NAMES)
    (problem,) = audited(one, verdicts=frozenset(), names=("Teams",)).problems

    assert problem.startswith(r"CONTOSO\ada: no provider can be set: Teams (not usable). Registered on this machine")
    assert audited(one, verdicts=frozenset(), names=("Teams",), skip_unregistered=True).problems == []


def test_a_machine_with_more_users_than_are_read_does_not_pass(monkeypatch):
    monkeypatch.setattr(limits, "HIVES", 1)
    one = audited(machine({ADA: RUNS, BOB: RUNS}))

    assert one.problems == ["Not everybody was audited: users: 1 of 2 hives are read."]
