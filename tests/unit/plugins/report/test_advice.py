"""What to do first: groups of users, the largest first."""

from __future__ import annotations

from typing import Any

import yaml

from ansible_collections.presence.office.plugins.plugin_utils.report.advice import advise
from ansible_collections.presence.office.plugins.plugin_utils.report.facts import read_machine
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import ALL_DESCRIPTIONS
from tests.browser.fleets import JABBER, machine, user


def test_the_most_common_broken_link_comes_first_with_its_hosts_and_task():
    shadowed = [user(rf"C\u{n}", "shadowed", JABBER, running="Lync", number=n) for n in range(3)]
    first, second = advise(
        [
            read_machine("desk1", machine(*shadowed[:2], user(r"C\v", "no_default", None))),
            read_machine("desk2", machine(shadowed[2], user(r"C\w", "present", "MsTeams"))),
        ]
    )
    assert (first.verdict, first.provider, first.users, first.hosts) == ("shadowed", JABBER, 3, ["desk1", "desk2"])
    assert "Cisco Jabber" in first.title
    assert "Skype for Business (Lync)" in first.title
    (play,) = yaml.safe_load(first.task)
    assert play["hosts"] == ["desk1", "desk2"]
    assert play["tasks"][1]["presence.office.default_im_app"] == {"name": "Lync", "users": "{{ affected_users }}"}
    task = yaml.safe_load(second.task)[0]["tasks"][1]
    assert task["presence.office.default_im_app"] == {"name": "MsTeams", "users": "{{ affected_users }}"}


def test_the_fleet_is_looked_through_once_however_many_groups_there_are():
    class Fleet(list[Any]):
        times = 0

        def __iter__(self):
            Fleet.times += 1
            return super().__iter__()

    def times(groups):
        Fleet.times = 0
        users = [user(rf"C\u{n}", "not_registered", f"app{n}", number=n) for n in range(groups)]
        assert len(advise(Fleet([read_machine("h", machine(*users))]))) == groups
        return Fleet.times

    assert times(50) == times(1)


def test_every_broken_verdict_has_advice():
    bad = [name for name, description in ALL_DESCRIPTIONS.items() if description.kind == "bad"]
    advice = advise([read_machine("h", machine(*[user(rf"C\{v}", v, "Lync", running=JABBER) for v in bad]))])
    assert {one.verdict for one in advice} == set(bad)
