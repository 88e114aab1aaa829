"""When a new report says less than the one that is there."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.report.document import make_report, to_json
from ansible_collections.presence.office.plugins.plugin_utils.report.facts import Machine, read_machine
from ansible_collections.presence.office.plugins.plugin_utils.report.previous import read_previous
from tests.browser.fleets import machine, user

NIGHT = dt.datetime(2026, 11, 27, 3, tzinfo=dt.UTC)


def answered(name, *users):
    return read_machine(name, machine(*users))


def off(name):
    return Machine(name, no_answer="could not be reached")


def not_asked(name):
    return Machine(name, no_answer="was not asked", asked=False)


def report(*machines):
    return make_report("Presence", NIGHT, list(machines))


ADA, BOB = (user(rf"C\{name}", "present", "Lync") for name in ("ada", "bob"))


@pytest.fixture
def previous(tmp_path):
    path = tmp_path / "presence.json"
    path.write_bytes(to_json(report(answered("one", ADA, BOB), answered("two", ADA), off("three"))))
    return read_previous(path)


@pytest.mark.parametrize(
    ("machines", "loss"),
    [
        ([answered("one", ADA), answered("two")], None),  # people come and go
        ([answered("one", ADA), off("two"), not_asked("three")], None),  # off now: that is news
        ([answered("one", ADA)], "this run did not ask 1 machine that had answered then: two"),
        ([answered("one", ADA), not_asked("two")], "this run did not ask 1 machine that had answered then: two"),
        ([answered("other", ADA)], "this run did not ask 2 machines that had answered then: one, two"),
        ([], "this run did not ask 2 machines that had answered then: one, two"),
        ([off("one"), off("two")], "no machine answered now, and 2 machines had then"),
        ([answered("one"), answered("two")], "this run read no user, and that report has 3 users"),
    ],
)
def test_what_is_less(previous, machines, loss):
    assert previous.loss(report(*machines)) == loss


def test_the_machines_that_were_not_asked_are_listed_as_far_as_the_inventory_has_them(previous):
    left_out = previous.without_answer(report(off("three")), {"one", "three"})

    assert [(entry.name, entry.answered, entry.asked) for entry in left_out] == [("one", False, False)]
    assert (
        left_out[0].no_answer == "was not asked in this run; it had answered in the report of 2026-11-27T03:00:00+00:00"
    )


@pytest.mark.parametrize("content", [None, "", "{", "[1]", '{"format": "other", "machines": 1}', "[" * 100_000])
def test_a_file_that_is_no_report_is_none(tmp_path, content):
    path = tmp_path / "presence.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    assert read_previous(path) is None
