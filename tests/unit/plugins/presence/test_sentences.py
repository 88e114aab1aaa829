r"""The sentences of results, for mixtures of users: what is said is true, in check mode too, and hides nobody.

What ``default_im_app`` says is compared with what an audit says of the same users; ``im_provider_facts`` stands below.
The sentences of ``im_provider`` are in ``register/test_result.py``.
"""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.audit.audit import judge
from ansible_collections.presence.office.plugins.plugin_utils.presence.audit.options import (
    AuditOptions,
    SkippedUser,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.policy import Policy
from ansible_collections.presence.office.plugins.plugin_utils.presence.left_alone import LeftAlone
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import SkipReason

from .enforce.people import comparison, no_office, not_usable, skipped, unchanged, user

U1, U2, U3 = (rf"C:\Users\u{number}" for number in (1, 2, 3))
DRIFTS, FAILS = user(1), user(2, changed=False, error="the hive is in use", before=None, now=None)
STUCK = user(2, error="the hive stayed mounted")
NO_OFFICE = "this machine has neither Office nor an IM provider"
DISK = "no NTUSER.DAT, as of a profile disk that is not attached"


def detached(number):
    return skipped(number, SkipReason.NO_HIVE_FILE)


# The users; what is said after changing them, in check mode, and by an audit that leaves its options alone.
SENTENCES = {
    "nobody": ([], "no profile is selected", "no profile is selected", "nobody to audit: no profile is selected"),
    "all as wanted": (
        [unchanged(1), unchanged(2)],
        "nothing to change for 2 users",
        "nothing to change for 2 users",
        "presence passes the audit",
    ),
    "drift": (
        [DRIFTS, unchanged(2)],
        rf"changed 1 of 2 users ({U1}: Jabber -> Lync)",
        rf"would change 1 of 2 users ({U1}: Jabber -> Lync)",
        rf"Users drift: enforcing would change 1 of 2 users ({U1}: Jabber -> Lync). Nothing was changed.",
    ),
    "one fails, another drifts": (
        [DRIFTS, FAILS, unchanged(3)],
        rf"failed for 1 of 3 users ({U2}: the hive is in use); changed 1 of 3 users ({U1}: Jabber -> Lync)",
        (
            rf"failed for 1 of 3 users ({U2}: the hive is in use); would change 1 of 3 users ({U1}: Jabber -> Lync); "
            "check mode changes nothing"
        ),
        (
            rf"Users drift: enforcing would change 1 of 3 users ({U1}: Jabber -> Lync). Nothing was changed. "
            rf"{U2}: the hive is in use."
        ),
    ),
    "one fails, the other is as wanted": (
        [unchanged(1), FAILS],
        rf"failed for 1 of 2 users ({U2}: the hive is in use)",
        rf"failed for 1 of 2 users ({U2}: the hive is in use); check mode changes nothing",
        rf"{U2}: the hive is in use.",
    ),
    "one fails, one is left alone": (
        [FAILS, detached(3)],
        rf"failed for 1 of 2 users ({U2}: the hive is in use); left alone 1 of 2 users ({U3}: {DISK})",
        (
            rf"failed for 1 of 2 users ({U2}: the hive is in use); left alone 1 of 2 users ({U3}: {DISK}); "
            "check mode changes nothing"
        ),
        rf"{U2}: the hive is in use. Left alone 1 of 2 users ({U3}: {DISK}).",
    ),
    "nobody can be looked at": (
        [detached(1), detached(2)],
        rf"nobody could be looked at: left alone 2 of 2 users ({U1}, {U2}: {DISK})",
        rf"nobody could be looked at: left alone 2 of 2 users ({U1}, {U2}: {DISK})",
        rf"nobody could be looked at: left alone 2 of 2 users ({U1}, {U2}: {DISK})",
    ),
    "some are left alone": (
        [unchanged(1), skipped(2), detached(3)],
        rf"nothing to change for 1 of 3 users; left alone 2 of 3 users ({U2}: mandatory profile; {U3}: {DISK})",
        rf"nothing to change for 1 of 3 users; left alone 2 of 3 users ({U2}: mandatory profile; {U3}: {DISK})",
        rf"presence passes the audit for 1 of 3 users; left alone 2 of 3 users ({U2}: mandatory profile; {U3}: {DISK})",
    ),
    "one drifts, another is left alone": (
        [DRIFTS, detached(2)],
        rf"changed 1 of 2 users ({U1}: Jabber -> Lync); left alone 1 of 2 users ({U2}: {DISK})",
        rf"would change 1 of 2 users ({U1}: Jabber -> Lync); left alone 1 of 2 users ({U2}: {DISK})",
        (
            rf"Users drift: enforcing would change 1 of 2 users ({U1}: Jabber -> Lync). Nothing was changed. "
            rf"Left alone 1 of 2 users ({U2}: {DISK})."
        ),
    ),
    "no Office": (
        [no_office(1), detached(2)],
        rf"nothing to change: {NO_OFFICE}; left alone 1 of 2 users ({U2}: {DISK})",
        rf"nothing to change: {NO_OFFICE}; left alone 1 of 2 users ({U2}: {DISK})",
        rf"nothing to audit: {NO_OFFICE}; left alone 1 of 2 users ({U2}: {DISK})",
    ),
    "no provider can be set": (
        [unchanged(1), not_usable(2)],
        rf"failed for 1 of 2 users ({U2}: no provider can be set)",
        rf"failed for 1 of 2 users ({U2}: no provider can be set); check mode changes nothing",
        rf"{U2}: no provider can be set.",
    ),
}


def audited(users, skipped=SkippedUser.REPORT, *, skip_unregistered=False, notices=()):
    policy = Policy(("Lync",), True, frozenset(), Selection())
    one = comparison(*users, check_mode=True, notices=notices, skip_unregistered=skip_unregistered)
    return judge(one, AuditOptions(policy, frozenset(), skipped)).to_dict()


@pytest.mark.parametrize(("users", "done", "would", "audit"), SENTENCES.values(), ids=SENTENCES)
def test_what_is_said_of_users(users, done, would, audit):
    assert comparison(*users).to_dict()["msg"] == done
    assert comparison(*users, check_mode=True).to_dict()["msg"] == would
    assert audited(users)["msg"] == audit


def test_a_change_whose_hive_stayed_mounted_is_a_change_and_a_failure():
    assert comparison(STUCK).to_dict()["msg"] == (
        rf"failed for 1 of 1 user ({U2}: the hive stayed mounted); changed 1 of 1 user ({U2}: Jabber -> Lync)"
    )


@pytest.mark.parametrize(
    ("users", "sentence"),
    [
        ([not_usable(1)], rf"left alone 1 of 1 user ({U1}: no provider can be set)"),
        (
            [unchanged(1), not_usable(2)],
            rf"nothing to change for 1 of 2 users; left alone 1 of 2 users ({U2}: no provider can be set)",
        ),
        (
            [DRIFTS, not_usable(2), detached(3)],
            (
                rf"changed 1 of 3 users ({U1}: Jabber -> Lync); "
                rf"left alone 1 of 3 users ({U2}: no provider can be set); left alone 1 of 3 users ({U3}: {DISK})"
            ),
        ),
        (
            [FAILS, not_usable(3)],
            (
                rf"failed for 1 of 2 users ({U2}: the hive is in use); "
                rf"left alone 1 of 2 users ({U3}: no provider can be set)"
            ),
        ),
    ],
)
def test_users_who_are_skipped_since_nothing_can_be_set_have_not_failed(users, sentence):
    result = comparison(*users, skip_unregistered=True)

    assert result.to_dict()["msg"] == sentence
    assert result.failed is (FAILS in users)
    assert result.to_dict()["summary"]["failed"] == users.count(FAILS)
    assert sum(result.to_dict()["summary"].values()) == 2 * len(users)


def test_users_for_whom_nothing_can_be_set_are_not_said_to_pass():
    assert audited([unchanged(1), not_usable(2)], skip_unregistered=True)["msg"] == (
        "presence passes the audit for 1 of 2 users; no provider can be set for 1 of 2 users (unregistered is skip)"
    )
    assert audited([not_usable(1)], skip_unregistered=True)["msg"] == (
        "no provider can be set for 1 of 1 user (unregistered is skip)"
    )


@pytest.mark.parametrize(
    ("option", "passed", "problems", "warnings"),
    [
        (SkippedUser.IGNORE, True, [], None),
        (
            SkippedUser.REPORT,
            True,
            [],
            [rf"not everybody was audited: left alone 1 of 2 users ({U2}: {DISK})"],
        ),
        (
            SkippedUser.FAIL,
            False,
            [rf"Not everybody was audited: left alone 1 of 2 users ({U2}: {DISK})."],
            None,
        ),
    ],
)
def test_an_audit_of_somebody_who_cannot_be_looked_at_is_told_or_fails(option, passed, problems, warnings):
    result = audited([unchanged(1), detached(2)], option)

    assert (result["passed"], result["problems"], result.get("warnings")) == (passed, problems, warnings)
    assert "left alone 1 of 2 users" in result["msg"]


@pytest.mark.parametrize("reason", [SkipReason.SIGNED_OUT, SkipReason.NOT_A_PERSON, SkipReason.SHARED_FOLDER])
def test_who_was_not_meant_is_not_missed(reason):
    result = audited([unchanged(1), skipped(2, reason)], SkippedUser.FAIL)

    assert (result["passed"], "warnings" in result) == (True, False)
    assert result["msg"].startswith("presence passes the audit for 1 of 2 users; left alone 1 of 2 users")


NAMELESS = "account name not found, while exclude_users goes by name (SIDs always work)"


@pytest.mark.parametrize(
    ("users", "warnings"),
    [
        ([unchanged(1), detached(2)], None),
        ([skipped(1, SkipReason.SIGNED_OUT)], None),
        (
            [detached(1), skipped(2)],
            [rf"nobody could be looked at: left alone 2 of 2 users ({U1}: {DISK}; {U2}: mandatory profile)"],
        ),
        (
            [unchanged(1), detached(2), skipped(3, SkipReason.NAME_UNKNOWN)],
            [rf"left alone 1 of 3 users ({U3}: {NAMELESS})"],
        ),
    ],
)
def test_warnings_of_users_who_were_left_alone(users, warnings):
    assert comparison(*users).to_dict().get("warnings") == warnings


def test_entries_that_mean_nobody_are_warnings():
    notice = "users: no profile on this machine belongs to dave"

    assert comparison(unchanged(1), notices=(notice,)).to_dict()["warnings"] == [notice]
    assert audited([unchanged(1)], notices=(notice,))["warnings"] == [notice]


@pytest.mark.parametrize("reason", [*SkipReason, None])
def test_every_reason_has_words(reason):
    sentence = LeftAlone((("ada", reason),), 2).sentence()

    assert sentence.startswith("left alone 1 of 2 users (ada: ")
    assert "_" not in sentence.replace("exclude_users", "")


def test_many_users_are_counted():
    people = tuple((f"u{n}", SkipReason.TEMPORARY) for n in range(7))

    assert (
        LeftAlone(people, 9).sentence() == "left alone 7 of 9 users (u0, u1, u2, u3, u4, and 2 more: temporary profile)"
    )
