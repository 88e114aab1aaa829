"""The options of a fleet's hold: which tasks cannot hold, and what is said about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.fleet.fleet_options import (
    FLEET_OPTIONS,
    WINDOW_BYTES,
    check_batches,
    check_task,
    fleet_hold,
)
from tests.unit.plugins.presence.hold.support import policy

DEFAULTS = {name: option.get("default") for name, option in FLEET_OPTIONS.items()}


def test_a_hold():
    wanted = fleet_hold({**DEFAULTS, "watch": "events", "contested": "fail", "state_file": "/tmp/x"}, policy())

    assert (wanted.hold.seconds, wanted.hold.settings.interval, wanted.hold.settings.events) == (0, 2, True)
    assert wanted.hold.fail_contested
    assert wanted.hold.settings.window_bytes == WINDOW_BYTES
    assert (wanted.stop_file, wanted.state_file) == (None, Path("/tmp/x"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"seconds": -1}, "seconds: -1 is negative; 0 holds until something ends it"),
        ({"interval": 0}, "interval: 0 is not a number of seconds from 1 to 60"),
        ({"interval": 61}, "interval: 61 is not a number of seconds from 1 to 60"),
        ({"seconds": 5, "interval": 6}, "interval: 6 seconds are longer than the hold of 5 seconds"),
        ({"stop_file": " "}, "stop_file is empty: set it to a path, or leave it out"),
    ],
)
def test_what_is_refused(options, sentence):
    with pytest.raises(ValueError, match="^" + sentence + "$"):
        fleet_hold(DEFAULTS | options, policy())


def test_a_time_out_that_would_cut_it_off_is_refused_with_both_numbers():
    check_task(600, 0, loops=False)
    check_task(600, 720, loops=False)
    with pytest.raises(ValueError, match=r"600 seconds does not fit into this task's timeout of 700 seconds.*720"):
        check_task(600, 700, loops=False)
    with pytest.raises(ValueError, match=r"a hold without end does not fit .* timeout of 90 seconds.*set it to 0"):
        check_task(0, 90, loops=False)


def test_loops_and_batches_are_refused():
    with pytest.raises(ValueError, match="remove loop and until"):
        check_task(600, 0, loops=True)
    check_batches(["a", "b"], ["b", "a"])
    with pytest.raises(ValueError, match="remove serial"):
        check_batches(["a", "b"], ["a"])
