"""The plays to copy: they are about the affected users only, and no name becomes more than a name."""

from __future__ import annotations

import re

import yaml
from hypothesis import given, settings

from ansible_collections.presence.office.plugins.plugin_utils.report import plays
from ansible_collections.presence.office.plugins.plugin_utils.report.advice import advise
from ansible_collections.presence.office.plugins.plugin_utils.report.facts import read_machine
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import DESCRIPTIONS, Remedy
from tests.browser.fleets import JABBER, machine, user
from tests.browser.pages import report

from .support import TEXT


def test_a_large_group_is_named_by_its_inventory_group():
    many = {f"h{n}": machine(user(rf"C\u{n}", "stale", JABBER, number=n)) for n in range(9)}
    (advice,) = report(many).advice
    assert yaml.safe_load(advice.task)[0]["hosts"] == "im_verdict_stale"


@given(TEXT)
@settings(max_examples=200)
def test_a_task_to_copy_holds_no_template_and_nothing_but_its_task(name):
    entry = user(r"C\ada", "shadowed", name, running=name + "x")
    others = [user(r"C\b", verdict, name) for verdict in ("stale", "silent", "not_registered")]
    advice = advise([read_machine("h", machine(entry, *others))])
    tasks = [play for a in advice for play in (a.task, a.alternative and a.alternative.task) if play]
    assert len(tasks) == 5
    for task in tasks:
        (play,) = yaml.safe_load(task)
        assert set(play) == {"name", "hosts", "gather_facts", "tasks"}
        assert [step["name"] for step in play["tasks"]] in (
            ["Find the affected users", "Set their default app"],
            ["Ask people to start the app again"],
            ["Ask people to sign in to the app or restart it"],
            ["Write the registration of the app"],
        )
        ours = re.sub(r"\{\{ affected_users \}\}|\{\{ ansible_facts[^{}%#\"]*\}\}", "", task)
        assert not re.search(r"\{[{%#]|[%#}]\}", ours)
        assert re.fullmatch(r"[A-Za-z0-9 ._()+-]*", (re.findall(r"'contains', '(.*)'\)", task) or [""])[0])


def test_people_are_asked_to_do_what_helps():
    def message(verdict):
        (advice,) = advise([read_machine("h", machine(user(r"C\a", verdict, JABBER)))])
        return yaml.safe_load(advice.task)[0]["tasks"][0]["community.windows.win_msg"]["msg"]

    assert message("not_running").startswith("Please start Cisco Jabber. ")
    assert message("stale").startswith("Please start Cisco Jabber again. ")
    assert message("silent").startswith("Please sign in to Cisco Jabber, or restart it if you are signed in. ")


def test_every_verdict_that_asks_people_for_something_says_what():
    asking = [v.value for v, one in DESCRIPTIONS.items() if one.help and one.help.remedy is Remedy.START_APP]
    assert sorted(plays.REQUESTS) == sorted(asking)
