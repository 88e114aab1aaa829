"""Facts become dataclasses: of any shape, of any version, of bounded size."""

from __future__ import annotations

import json

from hypothesis import given, settings

from ansible_collections.presence.office.plugins.plugin_utils.report.document import to_json
from ansible_collections.presence.office.plugins.plugin_utils.report.facts import (
    MOST_NOTES,
    MOST_PROVIDERS,
    MOST_USERS,
    Note,
    Office,
    read_machine,
)
from ansible_collections.presence.office.plugins.plugin_utils.report.page import to_html
from ansible_collections.presence.office.plugins.plugin_utils.report.spreadsheet import to_csv
from tests.browser.fleets import JABBER, icons_off, machine, user
from tests.browser.pages import report

from .support import JSON, valid


@given(JSON)
@settings(max_examples=150)
def test_facts_of_any_shape_make_a_report(facts):
    a_report = report({"host": facts if not isinstance(facts, str) else None})
    valid(json.loads(to_json(a_report)))
    to_html(a_report)
    to_csv(a_report)


def test_every_field_of_a_user_is_read():
    ada = user(r"C\ada", "shadowed", JABBER)
    (read,) = read_machine("desk", machine(ada)).users
    assert (read.sid, read.account, read.profile, read.hive) == (ada["sid"], r"C\ada", "C:\\Users\\ada", "loaded")
    assert (read.default, read.previous_default, read.verdict) == (JABBER, "Lync", "shadowed")
    assert (read.evidence.link, read.evidence.running) == ("up_and_running", ["Lync"])
    assert [(state.name, state.up_and_running, state.process) for state in read.providers] == [
        ("Lync", "running", True),
        (JABBER, "not_running", False),
    ]


def test_the_notes_on_a_user_and_where_a_provider_is_registered_are_read():
    read = read_machine("desk", machine(user(r"C\ada", "present", "Lync") | {"notes": [icons_off("HKU\\key")]}))
    (note,) = read.users[0].notes
    assert note == Note("icons_off_in_mail", "Enabled is 0: no presence icons in messages", "HKU\\key", None)
    assert read.providers[0].registered_in == {"x64": "registry", "x86": "click_to_run"}


def test_notes_of_any_shape_are_bounded_and_those_that_say_nothing_are_left_out():
    notes = [None, "text", {}, {"code": 7, "found": ["a"]}, {"found": "x" * 5000}, *[icons_off()] * 99]
    (ada,) = read_machine("desk", machine(user(r"C\ada", "present", "Lync") | {"notes": notes})).users
    assert [(note.code, len(note.found or "")) for note in ada.notes[:2]] == [("7", 0), ("", 1025)]
    assert len(ada.notes) == MOST_NOTES


def test_what_has_the_wrong_type_is_left_out():
    odd = read_machine(
        "desk",
        {
            "office": {"version": 16, "platform": "arm"},
            "providers": [None, {"name": ["a"], "views": "x64", "complete": {"x64": 1, "x86": True, "other": True}}],
            "users": [{"sid": True, "hive": "elsewhere", "providers": {}, "evidence": [], "verdict": None}],
        },
    )
    assert odd.office == Office("16", None)
    (provider,) = odd.providers
    assert (provider.name, provider.views, provider.complete) == ("", [], {"x64": False, "x86": True})
    (nobody,) = odd.users
    assert (nobody.sid, nobody.hive, nobody.verdict, nobody.default_app) == (None, "loaded", "unknown", None)
    assert nobody.display_name == "Unknown user"


def test_sizes_are_bounded_and_the_report_says_so():
    many = machine(*[{}] * (MOST_USERS + 1), providers=("Lync",) * (MOST_PROVIDERS + 1))
    read = read_machine("desk", many)
    assert len(read.users) == MOST_USERS
    assert len(read.providers) == MOST_PROVIDERS
    assert read.truncated == ["the report shows 5000 of 5001 users"]
