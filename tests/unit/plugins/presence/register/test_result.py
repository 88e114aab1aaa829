"""The result: entries, a sentence, a diff."""

from __future__ import annotations

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.presence.register.apply import AppliedView
from ansible_collections.presence.office.plugins.plugin_utils.presence.register.plan import make_plan
from ansible_collections.presence.office.plugins.plugin_utils.presence.register.result import Registered
from ansible_collections.presence.office.plugins.plugin_utils.presence.register.survey import (
    KeyState,
    Rest,
    SurveyedView,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from .support import GONE, TEAMS, VALUES, X64, X86

THERE = {name: StringValue.of(text) for name, text in VALUES.items()}
KEYS = {View.X64: rf"{X64}\MsTeams", View.X86: rf"{X86}\MsTeams"}


def applied(wanted, current, view=View.X64, **more):
    plan = make_plan(wanted, current)
    surveyed = SurveyedView(view, KEYS[view], current)
    return AppliedView(surveyed, plan.steps, plan.after, bool(plan.steps), **more)


def failed(error, **more):
    return AppliedView(SurveyedView(View.X64, KEYS[View.X64], KeyState(False)), (), None, False, error, **more)


def message(*views, wanted=TEAMS, check_mode=False):
    return Registered(wanted, views, check_mode).to_dict()["msg"]


def test_the_sentences():
    new = applied(TEAMS, KeyState(False))
    other = applied(TEAMS, KeyState(True, {**THERE, "GUID": StringValue.of("x")}), View.X86)
    same = applied(TEAMS, KeyState(True, THERE), View.X86)

    assert message(new) == "MsTeams: registered in x64"
    assert message(new, other) == "MsTeams: registered in x64; changed in x86 (GUID)"
    assert message(same, new) == "MsTeams: registered in x64; nothing to change in x86"
    assert message(new, same, check_mode=True) == "MsTeams: would be registered in x64; nothing to change in x86"
    assert message(same, failed("why")) == "MsTeams: failed in x64: why; nothing to change in x86"
    assert message(failed("why"), other, check_mode=True) == (
        "MsTeams: failed in x64: why; would be changed in x86 (GUID)"
    )


def test_the_sentences_of_removing():
    rest = Rest(("Icon", ""), ("a", "b", "c", "d"))
    assert message(applied(GONE, KeyState(True, THERE)), wanted=GONE) == "MsTeams: removed from x64"
    assert message(applied(GONE, KeyState(True, THERE)), wanted=GONE, check_mode=True) == (
        "MsTeams: would be removed from x64"
    )
    assert message(applied(GONE, KeyState(False)), wanted=GONE) == "MsTeams: nothing to change in x64"
    assert message(applied(GONE, KeyState(True, THERE, rest)), wanted=GONE) == (
        "MsTeams: removed from x64 "
        "(the key stays with what else it holds: Icon, the default value, a\\, b\\, c\\, and 1 more)"
    )


def test_a_failure_after_a_part():
    one = AppliedView(SurveyedView(View.X64, KEYS[View.X64], KeyState(False)), (), KeyState(True), True, "why")
    result = Registered(TEAMS, (one,), check_mode=False)

    assert result.to_dict()["msg"] == "MsTeams: failed in x64 after a part was done: why"
    assert (result.failed, result.lost, result.to_dict()["changed"]) == (True, False, True)


def test_an_entry_has_what_undoing_needs():
    before = KeyState(True, {"GUID": StringValue.of("old"), "ProcessName": StringValue(ValueState.OTHER_TYPE)})
    (entry,) = Registered(TEAMS, (applied(TEAMS, before),), check_mode=False).to_dict()["views"]

    assert entry == {
        "view": "x64",
        "key": r"HKLM\SOFTWARE\IM Providers\MsTeams",
        "before": {
            "exists": True,
            "friendly_name": None,
            "guid": "old",
            "process_name": None,
            "other_types": ["ProcessName"],
        },
        "after": {
            "exists": True,
            "friendly_name": "Microsoft Teams",
            "guid": VALUES["GUID"],
            "process_name": "ms-teams.exe",
            "other_types": [],
        },
        "changed": True,
        "left": None,
        "error": None,
    }


def test_what_is_left_is_bounded_and_what_is_not_known_is_null():
    many = Rest(tuple(f"v{n}" for n in range(1_000)))
    left, lost = Registered(
        GONE, (applied(GONE, KeyState(True, THERE, many)), failed("gone", lost=True)), check_mode=False
    ).to_dict()["views"]

    assert left["left"] == {"values": list(many.values[: limits.LEFT_IN_KEY]), "subkeys": []}
    assert (lost["after"], lost["left"], lost["error"]) == (None, None, "gone")


def test_the_diff_has_each_view_that_changes_with_nothing_unprintable():
    odd = {"FriendlyName": StringValue.of("a\x1b[1m"), "GUID": StringValue(ValueState.OTHER_TYPE)}
    changed = applied(TEAMS, KeyState(True, odd))
    same = applied(TEAMS, KeyState(True, THERE), View.X86)

    assert Registered(TEAMS, (changed, same), check_mode=True).diff() == [
        {
            "before_header": r"HKLM\SOFTWARE\IM Providers\MsTeams (before)",
            "after_header": r"HKLM\SOFTWARE\IM Providers\MsTeams (after)",
            "before": "FriendlyName: a\\x1b[1m\nGUID: (not a REG_SZ value)\nProcessName: (none)\n",
            "after": "".join(f"{name}: {text}\n" for name, text in VALUES.items()),
        }
    ]


def test_the_diff_of_a_key_that_goes():
    (one,) = Registered(GONE, (applied(GONE, KeyState(True, THERE)),), check_mode=False).diff()
    assert (one["before"].splitlines()[0], one["after"]) == ("FriendlyName: Microsoft Teams", "")
