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
from ansible_collections.presence.office.plugins.plugin_utils.presence.register.survey import KeyState, Rest
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState

from .support import GONE, TEAMS, VALUES

THERE = {name: StringValue.of(text) for name, text in VALUES.items()}
ALL = tuple(SetValue(name, text) for name, text in VALUES.items())
REGISTERED = KeyState(True, THERE)


@pytest.mark.parametrize(
    ("current", "steps"),
    [
        (KeyState(False), (CreateKey(), *ALL)),
        (KeyState(True), ALL),
        (REGISTERED, ()),
        (KeyState(True, {**THERE, "ProcessName": StringValue.of("Teams.exe")}), ALL[2:]),
        (KeyState(True, {**THERE, "ProcessName": StringValue.of("MS-Teams.exe")}), ALL[2:]),
        (KeyState(True, {**THERE, "GUID": StringValue(ValueState.OTHER_TYPE)}), ALL[1:2]),
        (KeyState(True, {**THERE, "GUID": StringValue.of(VALUES["GUID"][1:-1])}), ALL[1:2]),
    ],
)
def test_only_what_differs_is_written(current, steps):
    assert make_plan(TEAMS, current) == Plan(steps, REGISTERED)


def test_a_guid_knows_no_case():
    current = KeyState(True, {**THERE, "GUID": StringValue.of(VALUES["GUID"].lower())})
    assert make_plan(TEAMS, current) == Plan((), current)


REST = Rest(("Icon",))


@pytest.mark.parametrize(
    ("current", "steps", "after"),
    [
        (KeyState(False), (), KeyState(False)),
        (REGISTERED, (DeleteKey(),), KeyState(False)),
        (KeyState(True), (DeleteKey(),), KeyState(False)),
        (KeyState(True, THERE, REST), tuple(DeleteValue(name) for name in VALUES), KeyState(True, {}, REST)),
        (KeyState(True, {"GUID": StringValue.of("x")}, REST), (DeleteValue("GUID"),), KeyState(True, {}, REST)),
        (KeyState(True, {}, REST), (), KeyState(True, {}, REST)),
    ],
)
def test_a_key_goes_only_if_nothing_else_is_in_it(current, steps, after):
    assert make_plan(GONE, current) == Plan(steps, after)


def test_what_is_left():
    assert left(GONE, KeyState(True, {}, REST)) == REST
    assert left(GONE, KeyState(True)) is None
    assert left(GONE, None) is None
    assert left(TEAMS, KeyState(True, THERE, REST)) is None
