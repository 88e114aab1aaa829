"""The facts as the module returns them: parts, counts, a message, and bounds."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.collect import (
    Collected,
    FactsOptions,
    UserRegistry,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.com_servers import ComAnswers
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.diagnosis import Evidence
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.notes import Note
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.reading import Reading
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.result import make_result
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.user_facts import UserFacts
from ansible_collections.presence.office.plugins.plugin_utils.presence.provider_states import (
    ProviderState,
    UpAndRunning,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import (
    Provider,
    Registration,
    Registrations,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.presence.users import SelectedUsers
from ansible_collections.presence.office.plugins.plugin_utils.text import LONGEST_TEXT
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import Verdict
from ansible_collections.presence.office.plugins.plugin_utils.windows.office import Office
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, SkipReason
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from ..support import CLSID

WHOLE = Registration("A client", CLSID, "lync.exe", com_server="app.exe", com_server_known=True)
LYNC = Provider("Lync", {View.X64: WHOLE, View.X86: Registration(guid="x", click_to_run=True)})


def user(number=1, default="Lync", verdict=Verdict.PRESENT, **more):
    evidence = Evidence(found=f"evidence {number}")
    return UserFacts(
        f"S-1-5-21-1-2-3-{number}",
        rf"C:\Users\u{number}",
        HiveKind.LOADED,
        **{"default": default, "verdict": verdict, "evidence": evidence, "default_known": True} | more,
    )


def template():
    return UserFacts(None, r"C:\Users\Default", HiveKind.DEFAULT, default="Lync", default_known=True)


def result(*users, providers=None, office=None, parts=("providers", "users"), truncated=()):
    providers = {"lync": LYNC} if providers is None else providers
    read: list[UserRegistry] = []
    selected = SelectedUsers([], ("dave",), ("users: no profile belongs to dave",))
    reading = Reading({}, Registrations(providers), office, ComAnswers())
    collected = Collected(read, selected, reading, truncated=list(truncated))
    return make_result(collected, list(users), FactsOptions(frozenset(), Selection(), frozenset(parts)))


def test_a_provider():
    (provider,) = result().facts["providers"]

    assert provider == {
        "name": "Lync",
        "friendly_name": "A client",
        "guid": CLSID,
        "process_name": "lync.exe",
        "views": ["x64", "x86"],
        "registered_in": {"x64": "registry", "x86": "click_to_run"},
        "com_server": {"x64": "app.exe", "x86": None},
        "complete": {"x64": True, "x86": False},
    }


@pytest.mark.parametrize(
    ("office", "shown"),
    [
        (None, None),
        (Office("16.0", View.X86), {"version": "16.0", "platform": "x86"}),
        (Office(None, None), {"version": None, "platform": None}),
    ],
)
def test_office(office, shown):
    assert result(office=office).facts["office"] == shown


def test_parts_that_were_not_requested_are_null():
    assert result(user(), parts=("users",)).facts["providers"] is None
    only = result(parts=("providers",))
    assert (only.facts["users"], only.message) == (None, "1 provider registered")


def test_a_user_has_the_documented_keys():
    (entry,) = result(user(account="ada")).facts["users"]

    assert list(entry) == [
        "sid", "account", "profile", "hive", "default", "previous_default", "providers", "verdict", "evidence",
        "notes", "reason", "error",
    ]  # fmt: skip
    assert (entry["account"], entry["hive"], entry["verdict"]) == ("ada", "loaded", "present")


def test_a_note_has_the_documented_keys():
    notes = [
        Note("previous_default_gone", "\x1bfound" + "x" * 5_000, "HKU", None),
        Note("other_view_only", "f", "k", View.X86),
    ]
    (entry,) = result(user(notes=notes)).facts["users"]

    assert [list(note) for note in entry["notes"]] == [["code", "found", "key", "view"]] * 2
    assert entry["notes"][1] == {"code": "other_view_only", "found": "f", "key": "k", "view": "x86"}
    assert len(entry["notes"][0]["found"]) == LONGEST_TEXT + 1


def test_a_verdict_that_is_fine_is_no_problem_in_the_message():
    fine = [user(n, verdict=verdict) for n, verdict in enumerate(Verdict) if verdict.is_fine]

    assert result(*fine).message == "4 users: 1 no_office, 1 unconfirmed, 1 present, 1 ready"


def test_the_template_is_listed_and_not_counted():
    facts = result(user(), template()).facts

    assert len(facts["users"]) == 2
    assert facts["summary"] == {"users": 1, "defaults": {"Lync": 1}, "verdicts": {"present": 1}}


def test_defaults_are_counted_without_case_under_the_machine_s_name():
    users = [
        user(1, "LYNC"),
        user(2, "lync"),
        user(3, "Zoom"),
        user(4, "ZOOM"),
        user(5, None),
        user(6, None, default_known=False),
    ]

    assert result(*users).facts["summary"]["defaults"] == {"Lync": 2, "Zoom": 2, "": 1}


def test_default_providers_beyond_the_limit_are_counted_together(monkeypatch):
    monkeypatch.setattr(limits, "COUNTED_DEFAULTS", 1)
    facts = result(user(1), user(2), user(3, "A"), user(4, "B")).facts

    assert facts["summary"]["defaults"] == {"Lync": 2, "(others)": 2}
    assert facts["truncated"] == ["summary: 1 of 3 default providers are counted by name"]


def test_verdicts_are_counted_in_their_order():
    users = [user(1, verdict=Verdict.READY), user(2, verdict=Verdict.SHADOWED), user(3, verdict=None)]

    assert list(result(*users).facts["summary"]["verdicts"].items()) == [("shadowed", 1), ("ready", 1)]


def test_the_message_counts_verdicts_and_describes_problems():
    users = [user(1), user(2, verdict=Verdict.SHADOWED), user(3, verdict=None, error="in use")]

    assert result(*users).message == (
        r"3 users: 1 present, 1 shadowed; 1 user with errors; C:\Users\u3: in use; "
        r"C:\Users\u2 is shadowed: evidence 2"
    )


def test_a_hive_that_stayed_mounted_comes_first_and_fails_the_task():
    bad = [user(n, verdict=Verdict.SHADOWED) for n in range(5)]
    stuck = user(9, error="stayed mounted", stuck=True)
    gathered = result(*bad, stuck)

    assert gathered.stuck
    assert gathered.message.split("; ")[2] == r"C:\Users\u9: stayed mounted"
    assert gathered.message.endswith("; and 3 more")
    assert not result(*bad).stuck


def test_a_message_about_nobody():
    assert result().message == "no profile is selected"


def left_alone(number, reason):
    return user(number, None, None, reason=reason, default_known=False, evidence=Evidence())


DISK = "no NTUSER.DAT, as of a profile disk that is not attached"


@pytest.mark.parametrize(
    ("users", "message", "warnings"),
    [
        ([user(1)], "1 user: 1 present", []),
        (
            [user(1), left_alone(2, SkipReason.NO_HIVE_FILE)],
            rf"2 users: 1 present; left alone 1 of 2 users (C:\Users\u2: {DISK})",
            [],
        ),
        (
            [left_alone(1, SkipReason.NO_HIVE_FILE), left_alone(2, None)],
            (
                "2 users: no verdict; nobody could be looked at: left alone 2 of 2 users "
                rf"(C:\Users\u1: {DISK}; C:\Users\u2: not signed in, and nothing is to be mounted)"
            ),
            [
                (
                    "nobody could be looked at: left alone 2 of 2 users "
                    rf"(C:\Users\u1: {DISK}; C:\Users\u2: not signed in, and nothing is to be mounted)"
                )
            ],
        ),
        (
            [left_alone(1, None)],
            (
                "1 user: no verdict; nobody could be looked at: left alone 1 of 1 user "
                r"(C:\Users\u1: not signed in, and nothing is to be mounted)"
            ),
            [],
        ),
        (
            [user(1, verdict=Verdict.SHADOWED), user(2, None, None, error="in use", default_known=False)],
            (
                r"2 users: 1 shadowed; 1 user with errors; C:\Users\u2: in use; "
                r"C:\Users\u1 is shadowed: evidence 1"
            ),
            [],
        ),
    ],
)
def test_what_is_said_of_users_who_were_read_and_who_were_not(users, message, warnings):
    gathered = result(*users)

    assert gathered.message == message
    assert list(gathered.warnings) == ["users: no profile belongs to dave", *warnings]


def test_selected_users_without_a_profile_are_returned():
    assert result().unmatched == ("dave",)


def test_what_was_left_out_earlier_stays_in_the_list(monkeypatch):
    monkeypatch.setattr(limits, "PROVIDERS", 1)
    facts = result(providers={"a": Provider("A", {}), "b": Provider("B", {})}, truncated=["earlier"]).facts

    assert facts["truncated"] == ["earlier", "providers: 1 of 2 providers are listed"]
    assert [one["name"] for one in facts["providers"]] == ["A"]


def test_all_users_together_have_a_limited_number_of_providers(monkeypatch):
    monkeypatch.setattr(limits, "USER_PROVIDERS", 4)
    monkeypatch.setattr(limits, "ALL_USER_PROVIDERS", 8)
    states = [ProviderState(name, "machine", UpAndRunning.UNSET) for name in ("A", "B", "C", "Lync")]
    facts = result(*[user(n, providers=list(states)) for n in range(3)]).facts

    assert [[one["name"] for one in entry["providers"]] for entry in facts["users"]] == [
        ["A", "B", "C", "Lync"],
        ["A", "B", "Lync"],
        ["A", "B", "Lync"],
    ]
    assert facts["truncated"] == ["users: not all providers of 2 users are listed (at most 4 each)"]


def test_hostile_names_are_bounded_data_and_printable_text():
    name = "\x1b[2J" + "x" * 300
    gathered = result(
        user(1, name, Verdict.NOT_REGISTERED, account="\x1b"), providers={name: Provider(name, {View.X64: WHOLE})}
    )

    assert gathered.message.isprintable()
    assert max(map(len, gathered.facts["summary"]["defaults"])) == 256
    assert len(gathered.facts["providers"][0]["name"]) == 256
