"""Options about holding: their bounds, and what Ansible's own time-out would do to them."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.hold_options import BESIDES, hold
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind

from .support import policy


def options(**more):
    return {"hold": 60, "hold_interval": 2, "watch": "poll", "contested": "warn", **more}


def test_what_is_asked_for():
    asked = hold(options(watch="events", contested="fail"), policy(), 0)
    assert (asked.seconds, asked.fail_contested) == (60, True)
    assert (asked.settings.interval, asked.settings.events) == (2, True)
    assert hold(options(hold=0), policy(kinds=[HiveKind.UNLOADED]), 5).seconds == 0
    assert hold(options(), policy(), 60 + BESIDES).seconds == 60


@pytest.mark.parametrize(
    ("given", "timeout", "words"),
    [
        ({"hold": 901}, 0, ["hold: 901", "0 to 900"]),
        ({"hold": -1}, 0, ["hold: -1"]),
        ({"hold_interval": 0}, 0, ["hold_interval: 0", "1 to 60"]),
        ({"hold_interval": 61}, 0, ["hold_interval: 61"]),
        ({"hold": 5, "hold_interval": 10}, 0, ["10 seconds", "hold of 5 seconds"]),
        ({}, 60, ["60 seconds", "timeout of 60 seconds", "at most 30 seconds", "at least 90"]),
        ({}, 10, ["at most 0 seconds", "task_timeout in ansible.cfg"]),
    ],
)
def test_what_is_refused(given, timeout, words):
    with pytest.raises(ValueError, match="hold") as refused:
        hold(options(**given), policy(), timeout)
    assert [word for word in words if word not in str(refused.value)] == []


def test_a_hold_is_for_those_who_are_signed_in():
    with pytest.raises(ValueError, match="add loaded to profiles"):
        hold(options(), policy(kinds=[HiveKind.UNLOADED, HiveKind.DEFAULT]), 0)
