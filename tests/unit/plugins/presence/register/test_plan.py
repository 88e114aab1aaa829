"""The steps from what is there to what is wanted."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.register.plan import (
    CreateKey,
    DeleteKey,
    DeleteValue,
    Plan,
    SetValue,
    left,
    make_plan,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.register.survey import Found, Rest
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState

from .support import GONE, TEAMS, VALUES

THERE = {name: StringValue.of(text) for name, text in VALUES.items()}
ALL = tuple(SetValue(name, text) for name, text in VALUES.items())
REGISTERED = Found(True, THERE)


@pytest.mark.parametrize(
    ("found", "steps"),
    [
        (Found(False), (CreateKey(), *ALL)),
        (Found(True), ALL),
        (REGISTERED, ()),
        (Found(True, {**THERE, "ProcessName": StringValue.of("Teams.exe")}), ALL[2:]),
        (Found(True, {**THERE, "ProcessName": StringValue.of("MS-Teams.exe")}), ALL[2:]),
        (Found(True, {**THERE, "GUID": StringValue(ValueState.OTHER_TYPE)}), ALL[1:2]),
        (Found(True, {**THERE, "GUID": StringValue.of(VALUES["GUID"][1:-1])}), ALL[1:2]),
    ],
)
def test_only_what_differs_is_written(found, steps):
    assert make_plan(TEAMS, found) == Plan(steps, REGISTERED)


def test_a_guid_knows_no_case():
    found = Found(True, {**THERE, "GUID": StringValue.of(VALUES["GUID"].lower())})
    assert make_plan(TEAMS, found) == Plan((), found)


REST = Rest(("Icon",))


@pytest.mark.parametrize(
    ("found", "steps", "after"),
    [
        (Found(False), (), Found(False)),
        (REGISTERED, (DeleteKey(),), Found(False)),
        (Found(True), (DeleteKey(),), Found(False)),
        (Found(True, THERE, REST), tuple(DeleteValue(name) for name in VALUES), Found(True, {}, REST)),
        (Found(True, {"GUID": StringValue.of("x")}, REST), (DeleteValue("GUID"),), Found(True, {}, REST)),
        (Found(True, {}, REST), (), Found(True, {}, REST)),
    ],
)
def test_a_key_goes_only_if_nothing_else_is_in_it(found, steps, after):
    assert make_plan(GONE, found) == Plan(steps, after)


def test_what_is_left():
    assert left(GONE, Found(True, {}, REST)) == REST
    assert left(GONE, Found(True)) is None
    assert left(GONE, None) is None
    assert left(TEAMS, Found(True, THERE, REST)) is None
