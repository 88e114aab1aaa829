"""presence.json and its totals: as the schema describes them, and what a machine sent stays as it was."""

from __future__ import annotations

import json

import jsonschema
import pytest

from ansible_collections.presence.office.plugins.plugin_utils.report.document import to_json, totals
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import ALL_DESCRIPTIONS
from tests.browser.fleets import HOSTILE, JABBER, fleet, hostile_fleet, icons_off, machine, user
from tests.browser.pages import report

from .support import SCHEMA, valid


def test_the_schema_is_one_and_describes_every_member():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    undescribed = [
        name
        for part in [SCHEMA, *SCHEMA["$defs"].values()]
        for name, member in part.get("properties", {}).items()
        if "description" not in member
    ]
    assert undescribed == []


@pytest.mark.parametrize("hosts", [fleet(20, 100, silent=2), hostile_fleet(), {}, {"off": "could not be reached"}])
def test_json_is_what_the_schema_says(hosts):
    document = json.loads(to_json(report(hosts)))
    valid(document)
    assert [m["name"] for m in document["machines"]] == list(hosts)


def test_json_keeps_what_the_machine_sent():
    document = json.loads(to_json(report(hostile_fleet())))
    defaults = {m["name"]: m["users"][0]["default"] for m in document["machines"] if m["users"]}
    for name, text in HOSTILE.items():
        assert defaults[f"evil-{name}"] == (text if len(text) <= 1024 else text[:1024] + "…")


def test_totals_count_people_and_not_the_template():
    template = user("", "ready", "Lync") | {"account": None, "sid": None, "hive": "default"}
    ada, bob = user(r"C\ada", "shadowed", JABBER), user(r"C\bob", "ready", "lync")
    counted = totals(report({"one": machine(ada, bob, template), "two": "off"}))
    assert (counted["users"], counted["broken"], counted["good"]) == (2, 1, 1)
    assert (counted["machines"], counted["answered"], counted["unanswered"]) == (2, 1, 1)
    assert counted["defaults"] == {JABBER: 1, "lync": 1}
    assert set(counted["verdicts"]) == set(ALL_DESCRIPTIONS)


def test_json_has_the_notes_on_a_user_and_where_a_provider_is_registered():
    document = json.loads(to_json(report({"one": machine(user(r"C\a", "present", "Lync") | {"notes": [icons_off()]})})))
    valid(document)
    (one,) = document["machines"]
    assert one["users"][0]["notes"] == [icons_off()]
    assert one["providers"][0]["registered_in"] == {"x64": "registry", "x86": "click_to_run"}
