"""When a hold ends."""

from __future__ import annotations

import os
import signal

from ansible_collections.presence.office.plugins.plugin_utils.fleet.ending import Ending


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_after_its_time_and_not_before():
    clock = Clock()
    ending = Ending(5, None, clock)

    assert not ending.look()
    assert not ending.is_over()
    clock.now += 5
    assert ending.is_over()
    assert ending.look()
    assert ending.reason == "after 5 seconds"
    assert not ending.abandoned


def test_by_a_file_that_appears(tmp_path):
    clock = Clock()
    ending = Ending(0, tmp_path / "stop", clock)
    assert not ending.look()
    (tmp_path / "stop").touch()
    clock.now += 1

    assert ending.look()
    assert ending.is_over()
    assert ending.reason == f"by the file {tmp_path / 'stop'}"
    ending.wait(60)


def test_by_a_signal_the_first_one_counts_and_handlers_are_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with Ending(0, None) as ending:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGHUP)
        assert ending.look()
        assert ending.is_over()

    assert ending.reason == "by SIGTERM"
    assert ending.abandoned
    assert signal.getsignal(signal.SIGTERM) == before
