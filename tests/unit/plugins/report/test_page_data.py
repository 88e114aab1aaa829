"""What the page shows of each user, and that the page holds no list of verdicts of its own."""

from __future__ import annotations

import re

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.diagnosis import Link
from ansible_collections.presence.office.plugins.plugin_utils.report.notes import MEANINGS
from ansible_collections.presence.office.plugins.plugin_utils.report.page import ASSETS, SCRIPTS
from ansible_collections.presence.office.plugins.plugin_utils.report.page_data import (
    CHAIN,
    DETAILS,
    USER_FIELDS,
    page_data,
)
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import ALL_DESCRIPTIONS, SKIP_REASONS
from tests.browser.fleets import JABBER, icons_off, machine, user
from tests.browser.pages import report

from .support import CHECKOUT


def users(*entries):
    """Decode the page's users, as data.js does."""
    data = page_data(report({"desk": machine(*entries)}))

    def decode(value):
        if isinstance(value, list):
            return [decode(one) for one in value]
        return value if isinstance(value, bool) else data["strings"][value]

    decoded = [dict(zip(data["userFields"], decode(row), strict=True)) for row in data["users"]]
    for one in decoded:
        one["details"] = dict(zip([detail["label"] for detail in data["details"]], one["details"], strict=True))
    return decoded


@pytest.mark.parametrize(
    ("verdict", "summary"),
    [
        ("present", "Cisco Jabber is running."),
        ("shadowed", "Cisco Jabber is the default, but Skype for Business is running."),
        ("no_default", "No default app is set."),
        ("from the future", "What the future found"),
    ],
)
def test_a_user_in_one_sentence(verdict, summary):
    entry = user(r"C\ada", verdict, JABBER)
    if verdict not in ALL_DESCRIPTIONS:
        entry["evidence"]["found"] = "What the future found"
    (ada,) = users(entry)
    assert ada["summary"] == summary


def test_an_error_and_a_reason_come_before_the_verdict():
    broken, skipped = users(
        user(r"C\ada", "present", "Lync") | {"error": "access denied"},
        user(r"C\bob", "unknown", None),
    )
    assert broken["summary"] == broken["details"]["Error"] == "access denied"
    assert skipped["summary"] == skipped["details"]["Skipped because"] == SKIP_REASONS["no_hive_file"]
    assert (skipped["app"], skipped["appLabel"]) == (None, "unknown")


def test_a_user_opens_to_details():
    (ada,) = users(user(r"C\ada", "shadowed", "Zoom"))
    assert set(ada) == set(USER_FIELDS)
    assert list(ada["details"]) == [detail.label for detail in DETAILS]
    assert ada["details"]["Previous default app"] == ada["details"]["Running apps"] == "Skype for Business (Lync)"
    assert ada["details"]["Office"] == "16.0.17928.20114, 64-bit"
    assert ada["apps"][0] == ["Skype for Business (Lync)", "machine", "running", True]


def test_the_notes_on_a_user_are_shown_in_words_with_their_keys():
    newer = {"code": "from_the_future", "found": "what is there", "key": r"HKLM\key", "view": "x86"}
    ada, bob = users(
        user(r"C\ada", "present", "Lync") | {"notes": [icons_off(r"HKU\key"), newer]},
        user(r"C\bob", "present", "Lync"),
    )
    assert ada["notes"] == [
        [MEANINGS["icons_off_in_mail"], "Enabled is 0: no presence icons in messages", r"HKU\key"],
        ["from_the_future", "what is there", "HKLM\\key  ·  32-bit view"],
    ]
    assert bob["notes"] == []


def test_every_documented_note_has_a_meaning():
    table = (CHECKOUT / "docs" / "domain.md").read_text(encoding="utf-8").partition("| note | when |")[2]
    assert list(MEANINGS) == re.findall(r"^\| `(\w+)` \|", table.partition("\n\n")[0], re.MULTILINE)


def test_a_verdict_that_only_a_template_has_is_listed():
    template = user("", "from the future", "Lync") | {"account": None, "sid": None, "hive": "default"}
    listed = page_data(report({"desk": machine(template)}))["verdicts"]
    assert [verdict["id"] for verdict in listed] == [*ALL_DESCRIPTIONS, "from the future"]
    assert {verdict["count"] for verdict in listed} == {0}


def test_the_chain_has_the_links_of_the_diagnosis():
    assert list(CHAIN) == [link.value for link in Link]


def test_the_scripts_name_no_verdict():
    own = {name: (ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS if not name.startswith("vendor/")}
    # The state of an app in the registry, and the id of an element: not a verdict.
    names = set(ALL_DESCRIPTIONS) - {"not_running", "starting", "unknown", "silent"}
    assert [(file, name) for file, text in own.items() for name in names if f'"{name}"' in text] == []
    labels = [description.label for description in ALL_DESCRIPTIONS.values() if " " in description.label]
    assert [(file, label) for file, text in own.items() for label in labels if label in text] == []
