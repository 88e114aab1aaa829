"""What a machine has of a registration."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.register.survey import (
    KeyState,
    Rest,
    take_survey,
    wanted_views,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Code, RegistryError
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import UnreachableError

from .support import GONE, TEAMS, VALUES, X64, X86, FakeRegistry, registry

KEY = rf"{X64}\MsTeams"
BOTH = dataclasses.replace(TEAMS, views=frozenset(View))
CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"


def survey(machine, wanted=TEAMS):
    return take_survey(machine, wanted, wanted_views(machine, wanted))


def test_a_registration_costs_a_request_for_the_names_and_one_for_each_value():
    machine = registry({KEY: {**VALUES}})
    (one,) = survey(machine)

    assert one.current == KeyState(True, {name: StringValue.of(text) for name, text in VALUES.items()})
    assert [request[0] for request in machine.requests] == ["subkeys", "string", "string", "string"]


def test_another_spelling_is_the_same_registration_and_another_name_is_not():
    (one,) = survey(registry({rf"{X64}\MSTEAMS": {}, rf"{X64}\MsTeams2": {}}))
    assert (one.key, one.current) == (rf"{X64}\MSTEAMS", KeyState(True))

    (one,) = survey(registry({rf"{X64}\MsTeams2": {}}))
    assert (one.key, one.current) == (KEY, KeyState(False))


def test_a_value_of_another_type_is_there_and_has_no_text():
    (one,) = survey(registry({KEY: {"GUID": None}}))
    assert one.current == KeyState(True, {"GUID": StringValue(ValueState.OTHER_TYPE)})


def test_a_key_that_goes_away_meanwhile_does_not_exist():
    machine = registry({KEY: {}})
    machine.string = lambda *_call: StringValue.missing(key_exists=False)
    (one,) = survey(machine)
    assert one.current == KeyState(False)


@pytest.mark.parametrize(
    ("keys", "rest"),
    [
        ({KEY: {**VALUES}}, Rest()),
        ({KEY: {name.upper(): text for name, text in VALUES.items()}}, Rest()),
        ({KEY: {**VALUES, "Icon": "x"}}, Rest(("Icon",))),
        ({KEY: {"": "x"}}, Rest(("",))),
        ({KEY: {**VALUES, "": None}}, Rest(("",))),
        ({KEY: {}, rf"{KEY}\Below": {}}, Rest(subkeys=("Below",))),
    ],
)
def test_what_else_a_key_holds(keys, rest):
    (one,) = survey(registry(keys), GONE)
    assert one.current is not None
    assert one.current.rest == rest


def test_the_rest_is_not_looked_at_where_the_registration_should_be_present():
    machine = registry({KEY: {"Icon": "x"}})
    survey(machine)
    assert "value_names" not in [request[0] for request in machine.requests]


def test_a_view_that_cannot_be_read_does_not_stop_the_other():
    machine = registry()
    machine.errors["subkeys", X64] = RegistryError("listing", Code.ACCESS_DENIED)
    x64, x86 = survey(machine, BOTH)

    assert (x64.current, x64.error) == (None, "listing: access denied (code 5)")
    assert (x86.current, x86.error) == (KeyState(False), None)


def test_a_machine_that_is_lost_has_no_survey():
    machine = registry()
    machine.errors["subkeys", X86] = UnreachableError("gone")
    with pytest.raises(UnreachableError):
        survey(machine, BOTH)


def test_a_windows_without_a_second_view_gets_none():
    machine = FakeRegistry({X64: {}, "SOFTWARE": {}})
    x64, x86 = survey(machine, BOTH)

    assert x64.current == KeyState(False)
    assert (x86.current, x86.error) == (
        None,
        r"this machine has no HKLM\SOFTWARE\WOW6432Node, so it is a 32-bit Windows: its only view is called x64 here",
    )
    gone = survey(machine, dataclasses.replace(BOTH, values=None))
    assert [one.current for one in gone] == [KeyState(False), KeyState(False)]


def test_the_first_registration_in_the_second_view():
    machine = FakeRegistry({X64: {}, r"SOFTWARE\WOW6432Node": {}})
    assert [one.current for one in survey(machine, BOTH)] == [KeyState(False), KeyState(False)]


@pytest.mark.parametrize(("platform", "named", "views"), [("x64", set(), ["x64"]), ("x86", {View.X64}, ["x64", "x86"])])
def test_the_view_of_office_and_those_that_are_named(platform, named, views):
    machine = registry({CLICK_TO_RUN: {"Platform": platform}})
    wanted = dataclasses.replace(TEAMS, views=frozenset(named), office_view=True)
    assert [view.value for view in wanted_views(machine, wanted)] == views


def test_an_office_that_is_not_known_is_asked_about():
    with pytest.raises(ValueError, match=r"^views: which view .* is not known.* Name x64, x86 or both$"):
        wanted_views(registry(), dataclasses.replace(TEAMS, views=frozenset(), office_view=True))
