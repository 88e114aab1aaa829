"""When a default is written again, and what is charged to whom: no clock, no machine."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.held_default import (
    IN_A_ROW,
    QUIET,
    HeldDefault,
)


def fight(default, start, returns):
    """Let a client come back after each of these times; return how long each restoration waited."""
    now, pauses = start, []
    for after in returns:
        now += after
        default.saw_wrong(now, "Zoom", since=now)
        pauses.append(default.restore_at - now)
        now = default.restore_at
        default.wrote(now)
    return pauses, now


def test_what_lasts_is_written_again_at_once():
    assert fight(HeldDefault(0, 2, written=True), 0, [5, 0.6, 100])[0] == [0, 0, 0]


def test_one_that_is_too_fast_is_met_with_pauses_up_to_the_interval():
    default = HeldDefault(0, 3, written=True)
    pauses, now = fight(default, 0, [0.1] * 6)
    assert pauses == pytest.approx([0, 0.5, 1, 2, 3, 3])
    assert fight(default, now, [QUIET + 1, 0.1, 0.1])[0] == pytest.approx([0, 0.5, 1])


def test_others_that_come_in_between_are_no_reason_to_pause():
    default = HeldDefault(0, 2, written=True)
    for second in range(20):
        for name, at in (("A", second + 0.0), ("B", second + 0.3)):
            default.saw_wrong(at, name, since=at)
            assert default.restore_at == at
            default.wrote(at + 0.01)


def test_a_new_name_each_time_is_met_with_pauses_all_the_same():
    default = HeldDefault(0, 2, written=True)
    waited = []
    now = 0.0
    for number in range(IN_A_ROW + 3):
        now += 0.01
        default.saw_wrong(now, f"name {number}", since=now)
        restore_at = default.restore_at or 0.0
        waited.append(round(restore_at - now, 3))
        now = restore_at
        default.wrote(now)
    assert waited == [0] * IN_A_ROW + [0.5, 1, 2]
    assert len(default.contenders) <= 16


def test_time_is_charged_to_who_stands_there():
    default = HeldDefault(0, 2, written=True)
    default.saw_right(4)
    default.saw_wrong(6, "Zoom")  # at some time since 4
    default.saw_wrong(7, "Teams", since=7)
    default.saw_wrong(7.5, "teams", since=7.5)
    default.wrote(8)
    zoom, teams = default.contenders
    assert (zoom.seconds_lost, teams.seconds_lost, default.seconds_lost) == (3, 1, 4)
    assert (list(zoom.returns), list(teams.returns), teams.times) == ([6], [7], 1)


def test_somebody_else_may_put_it_right():
    default = HeldDefault(0, 2, written=False)
    default.saw_wrong(1, None, since=1)
    default.saw_right(2)
    assert (default.restore_at, default.restored, default.seconds_lost, default.contested) == (None, 0, 1, False)
    assert default.contenders[0].to_dict() == {
        "provider": None,
        "program": None,
        "running": None,
        "times": 1,
        "median": None,
        "shortest": None,
        "longest": None,
        "seconds_lost": 1.0,
    }


def test_what_nobody_saw_is_charged_to_nobody():
    default = HeldDefault(0, 2, written=True)
    default.saw_wrong(1, "Zoom", since=1)
    default.out_of_sight(2)
    default.saw_wrong(50, "Zoom")
    assert (default.seconds_lost, default.restore_at) == (1, 50)
    assert list(default.contenders[0].returns) == [1]


def test_a_write_that_failed_is_tried_again_after_the_interval():
    default = HeldDefault(0, 2, written=True)
    default.saw_wrong(1, "Zoom", since=1)
    default.could_not_write(1)
    assert default.restore_at == pytest.approx(3)
    default.saw_wrong(2, "Zoom", since=2)
    assert default.restore_at == pytest.approx(3)
