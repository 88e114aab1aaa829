"""What to do first: groups of users, the largest first."""

from __future__ import annotations

from typing import Any

import yaml

from ansible_collections.presence.office.plugins.plugin_utils.report.advice import advise
from ansible_collections.presence.office.plugins.plugin_utils.report.facts import read_machine
from ansible_collections.presence.office.plugins.plugin_utils.report.notes import MEANINGS
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import ALL_DESCRIPTIONS
from tests.browser.fleets import JABBER, icons_off, machine, user


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


def test_notes_on_the_people_of_a_group_are_counted_in_its_advice():
    notes = [icons_off(), icons_off("another key"), {"code": "from_the_future"}]
    (advice,) = advise(
        [
            read_machine(
                "h",
                machine(
                    user(r"C\a", "not_running", "Lync") | {"notes": notes},
                    user(r"C\b", "not_running", "Lync", number=2) | {"notes": [icons_off()]},
                    user(r"C\c", "not_running", "Lync", number=3),
                ),
            )
        ]
    )
    assert advice.why.endswith(f"Also noticed: {MEANINGS['icons_off_in_mail']} (2 people); from_the_future (1 person).")


def test_the_advice_on_an_app_that_is_silent_says_what_its_vendor_says():
    (advice,) = advise([read_machine("h", machine(user(r"C\a", "silent", JABBER)))])

    assert "technote 118750" in advice.why


def test_an_app_that_is_not_registered_can_be_registered_as_well_as_replaced():
    (advice,) = advise([read_machine("h", machine(user(r"C\a", "not_registered", "RCIM")))])
    assert "presence.office.default_im_app" in advice.task
    assert advice.alternative is not None
    assert "RCIM" in advice.alternative.fix
    (play,) = yaml.safe_load(advice.alternative.task)
    (task,) = play["tasks"]
    assert task["presence.office.im_provider"] == {
        "name": "RCIM",
        "friendly_name": "WHAT PEOPLE CALL IT",
        "guid": "{THE-GUID-OF-ITS-CLASS}",
        "process_name": "PROGRAM.EXE",
    }


def test_other_verdicts_have_no_second_play():
    advice = advise([read_machine("h", machine(*[user("C", v, "Lync") for v in ALL_DESCRIPTIONS]))])
    assert [one.verdict for one in advice if one.alternative] == ["not_registered"]
