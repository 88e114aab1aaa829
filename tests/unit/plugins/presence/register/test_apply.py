"""Plans carried out: what was done is in the result, whatever fails."""

from __future__ import annotations

import dataclasses

from ansible_collections.presence.office.plugins.plugin_utils.presence.register.apply import apply, preview
from ansible_collections.presence.office.plugins.plugin_utils.presence.register.plan import make_plan
from ansible_collections.presence.office.plugins.plugin_utils.presence.register.survey import (
    KeyState,
    take_survey,
    wanted_views,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Code, RegistryError
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import UnreachableError

from .support import GONE, TEAMS, VALUES, X64, X86, registry

KEY = rf"{X64}\MsTeams"
KEY_32 = rf"{X86}\MsTeams"
BOTH = dataclasses.replace(TEAMS, views=frozenset(View))
DENIED = RegistryError("writing", Code.ACCESS_DENIED)


def planned(machine, wanted):
    survey = take_survey(machine, wanted, wanted_views(machine, wanted))
    machine.requests.clear()
    return [(one, make_plan(wanted, one.current) if one.current else None) for one in survey]


def test_a_preview_sends_nothing_and_says_what_applying_says():
    machine = registry()
    plans = planned(machine, BOTH)
    expected = preview(plans)

    assert machine.requests == []
    assert apply(machine, plans, removes=False) == expected
    assert (machine.keys[KEY], machine.keys[KEY_32]) == (VALUES, VALUES)


def test_removing():
    machine = registry({KEY: {**VALUES}})
    (one,) = apply(machine, planned(machine, GONE), removes=True)

    assert (one.changed, one.after) == (True, KeyState(False))
    assert KEY not in machine.keys
    assert machine.requests == [("delete_key", KEY)]


def test_a_failure_in_the_middle_is_looked_at_and_the_other_view_is_done():
    machine = registry()
    plans = planned(machine, BOTH)
    machine.errors["set_string", KEY, "GUID"] = DENIED
    x64, x86 = apply(machine, plans, removes=False)

    assert (x64.error, x64.changed, x64.lost) == ("writing: access denied (code 5)", True, False)
    assert x64.after == KeyState(True, {"FriendlyName": StringValue.of("Microsoft Teams")})
    assert (x86.error, x86.changed) == (None, True)
    assert machine.keys[KEY_32] == VALUES


def test_a_failure_that_changed_nothing():
    machine = registry({KEY: {**VALUES}})
    plans = planned(machine, GONE)
    machine.errors["delete_key",] = DENIED
    (one,) = apply(machine, plans, removes=True)

    assert (one.changed, one.after) == (False, one.surveyed.current)


def test_what_cannot_be_looked_at_is_not_known():
    machine = registry()
    plans = planned(machine, TEAMS)
    machine.errors["set_string", KEY, "GUID"] = machine.errors["string",] = DENIED
    (one,) = apply(machine, plans, removes=False)

    assert (one.changed, one.after) == (True, None)


def test_a_machine_that_is_lost_is_not_asked_again_and_what_was_written_stays_in_the_result():
    machine = registry()
    plans = planned(machine, BOTH)
    machine.errors["set_string", KEY, "GUID"] = UnreachableError("gone")
    x64, x86 = apply(machine, plans, removes=False)

    assert (x64.error, x64.lost, x64.changed, x64.after) == ("gone", True, True, None)
    assert (x86.error, x86.lost, x86.changed) == ("not tried, since the machine went out of reach", True, False)
    assert machine.requests[-1] == ("set_string", KEY, "GUID")


def test_a_view_without_anything_to_do_is_fine_even_then():
    machine = registry({KEY_32: {**VALUES}})
    plans = planned(machine, BOTH)
    machine.errors["create_key",] = UnreachableError("gone")
    x64, x86 = apply(machine, plans, removes=False)

    assert (x64.changed, x64.lost, x86.error) == (False, True, None)


def test_a_view_that_could_not_be_read_keeps_its_error():
    machine = registry()
    machine.errors["subkeys", X64] = DENIED
    plans = planned(machine, BOTH)

    for applied in (preview(plans), apply(machine, plans, removes=False)):
        assert [one.error for one in applied] == ["writing: access denied (code 5)", None]
        assert [one.changed for one in applied] == [False, True]
