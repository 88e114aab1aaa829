"""The result of a comparison: entries, counts, a sentence and a diff."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.availability import Candidate
from ansible_collections.presence.office.plugins.plugin_utils.presence.availability import Reason as ChoiceReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue

from ..support import template
from .people import (
    JABBER,
    LYNC,
    MISSING,
    NUMBER,
    chosen,
    comparison,
    no_office,
    not_usable,
    skipped,
    unchanged,
    user,
)


def test_an_entry():
    assert user(account=r"CONTOSO\ada").to_dict() == {
        "sid": "S-1-5-21-1-2-3-1",
        "account": r"CONTOSO\ada",
        "profile": r"C:\Users\u1",
        "hive": "loaded",
        "before": "Jabber",
        "after": "Lync",
        "changed": True,
        "provider": None,
        "reason": "other_provider",
        "error": None,
    }


def test_the_entry_of_a_user_who_is_skipped_has_the_reason():
    entry = skipped(1).to_dict()

    assert (entry["reason"], entry["before"], entry["after"], entry["hive"]) == ("mandatory", None, None, "unloaded")


@pytest.mark.parametrize(
    ("one", "label"),
    [
        (user(account="CONTOSO\\a\x1b"), r"CONTOSO\a\x1b"),
        (user(), r"C:\Users\u1"),
        (user(who=template()), r"C:\Users\Default"),
    ],
)
def test_a_user_is_called_by_name_else_by_the_profile_s_folder(one, label):
    assert one.label == label


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        (JABBER, LYNC, "Jabber -> Lync"),
        (MISSING, LYNC, "(none) -> Lync"),
        (LYNC, MISSING, "Lync -> (none)"),
        (NUMBER, LYNC, "(not a REG_SZ value) -> Lync"),
        (StringValue.of("\x1b[2J"), None, r"\x1b[2J -> (none)"),
    ],
)
def test_a_line_of_the_diff(before, now, line):
    assert user(before=before, now=now).diff_line() == rf"C:\Users\u1: {line}"


def test_the_diff_has_a_line_for_each_user_who_changes():
    lines = comparison(user(1), unchanged(2), user(3), skipped(4)).diff()

    assert lines == "C:\\Users\\u1: Jabber -> Lync\nC:\\Users\\u3: Jabber -> Lync\n"


def test_everyone_is_counted_once():
    users = [user(1), unchanged(2), skipped(3), user(4, changed=False, error="in use"), user(5, error="stuck")]

    assert comparison(*users).to_dict()["summary"] == {
        "users": 5,
        "changed": 2,
        "unchanged": 1,
        "skipped": 1,
        "failed": 2,
    }


@pytest.mark.parametrize(
    ("users", "message"),
    [
        ([], "no profile is selected"),
        ([unchanged(1)], "nothing to change for 1 user"),
        (
            [unchanged(1), skipped(2)],
            r"nothing to change for 1 of 2 users; left alone 1 of 2 users (C:\Users\u2: mandatory profile)",
        ),
        ([unchanged(1), no_office(2)], "nothing to change for 2 users"),
        ([no_office(1), no_office(2)], "nothing to change: this machine has neither Office nor an IM provider"),
        ([user(1), unchanged(2)], r"changed 1 of 2 users (C:\Users\u1: Jabber -> Lync)"),
        (
            [user(1), user(2, changed=False, error="in use")],
            r"failed for 1 of 2 users (C:\Users\u2: in use); changed 1 of 2 users (C:\Users\u1: Jabber -> Lync)",
        ),
    ],
)
def test_the_message(users, message):
    assert comparison(*users).to_dict()["msg"] == message


def test_in_check_mode_the_message_is_about_what_would_change():
    assert comparison(user(1), check_mode=True).changes() == r"would change 1 of 1 user (C:\Users\u1: Jabber -> Lync)"


def test_the_message_lists_five_users_and_counts_the_rest():
    message = comparison(*[user(n) for n in range(7)]).changes()

    assert message.count("Jabber -> Lync") == 5
    assert message.endswith("and 2 more)")


def test_a_comparison_has_failed_if_one_user_has_and_is_lost_if_the_machine_was():
    assert not comparison(user(1)).failed
    assert comparison(user(1), user(2, error="in use")).failed
    assert not comparison(user(1, error="in use")).lost
    assert comparison(user(1), user(2, error="off", lost=True)).lost


def test_users_with_the_same_error_are_named_together():
    users = [not_usable(1), user(2, changed=False, error="in use"), not_usable(3)]

    assert comparison(*users).failures() == (
        r"failed for 3 of 3 users (C:\Users\u1, C:\Users\u3: no provider can be set; C:\Users\u2: in use)"
    )


def test_a_user_of_a_machine_without_office_is_skipped():
    summary = comparison(no_office(1), unchanged(2), not_usable(3)).to_dict()["summary"]

    assert summary == {"users": 3, "changed": 0, "unchanged": 1, "skipped": 1, "failed": 1}


@pytest.mark.parametrize(
    ("users", "only"),
    [
        ([not_usable(1)], True),
        ([not_usable(1), unchanged(2), no_office(3)], True),
        ([not_usable(1), user(2, error="in use")], False),
        ([user(1, error="in use")], False),
        ([unchanged(1)], False),
        ([], False),
    ],
)
def test_where_all_that_failed_is_that_nothing_can_be_set_the_result_has_a_reason(users, only):
    result = comparison(*users)

    assert result.only_not_usable is only
    assert result.to_dict().get("reason") == ("not_usable" if only else None)


def test_warnings_name_their_users():
    users = [user(1, warning="Lync runs", account=r"CONTOSO\ada"), user(2), user(3, warning="Zoom runs")]

    assert comparison(*users).to_dict()["warnings"] == [r"CONTOSO\ada: Lync runs", r"C:\Users\u3: Zoom runs"]
    assert "warnings" not in comparison(user(1)).to_dict()


LYNC_CHOICE = {
    "name": "Lync",
    "reason": "registered",
    "views": ["x64"],
    "passed_over": [{"name": "Teams", "reason": "not usable"}],
}


def test_the_chosen_provider_and_the_entries_that_matched_no_one():
    choice = chosen(passed_over=(Candidate("Teams", ChoiceReason.NOT_USABLE),))
    result = comparison(user(1, choice=choice), unmatched=("dave",)).to_dict()

    assert (result["provider"], result["users"][0]["provider"]) == (LYNC_CHOICE, LYNC_CHOICE)
    assert (result["unmatched_users"], result["changed"]) == (["dave"], True)
    assert comparison().to_dict()["provider"] is None


def test_the_provider_is_one_on_which_all_users_agree():
    already = chosen("LYNC", ChoiceReason.ALREADY_SET, ())
    looked_up, teams = chosen(), chosen("MsTeams", ChoiceReason.USED_BY_USER, ())
    one, two, three = (user(number, choice=choice) for number, choice in enumerate([already, looked_up, teams]))

    assert comparison(one).to_dict()["provider"]["reason"] == "already_set"
    # What was looked up says more.
    assert comparison(one, two).to_dict()["provider"] == chosen().to_dict()
    assert comparison(two, one).to_dict()["provider"] == chosen().to_dict()
    assert comparison(two, three).to_dict()["provider"] is None


@pytest.mark.parametrize("other", [not_usable(2), unchanged(2)])
def test_a_user_without_a_choice_agrees_with_nobody(other):
    assert comparison(user(1, choice=chosen()), other).to_dict()["provider"] is None


@pytest.mark.parametrize("other", [skipped(2), no_office(2)])
def test_a_user_who_is_left_alone_is_not_asked(other):
    assert comparison(user(1, choice=chosen()), other).to_dict()["provider"] == chosen().to_dict()
