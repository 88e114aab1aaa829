"""What the diagnosis and the notes know of a user and of the machine."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.user import MachineState, User
from ansible_collections.presence.office.plugins.plugin_utils.presence.provider_states import (
    ProviderState,
    UpAndRunning,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Provider, Registration
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

X64, X86 = View.X64, View.X86
ONE, TWO = Registration("one"), Registration("two")
SID = "S-1-5-21-1-2-3-1"
RUNNING, STOPPED, UNSET = UpAndRunning.RUNNING, UpAndRunning.NOT_RUNNING, UpAndRunning.UNSET


def user(default, *states, signed_in=True):
    return User(SID, signed_in, default, {state.name.casefold(): state for state in states})


def state(name, up=RUNNING, process=None):
    return ProviderState(name, "machine", up, process)


@pytest.mark.parametrize(
    ("platform", "read", "others"),
    [(X64, {X64: ONE}, {X86: TWO}), (X86, {X86: TWO}, {X64: ONE}), (None, {X64: ONE, X86: TWO}, {})],
)
def test_registrations_where_office_looks_and_where_it_does_not(platform, read, others):
    machine = MachineState({"lync": Provider("Lync", {X64: ONE, X86: TWO})}, platform)

    assert (machine.registrations("LYNC"), machine.other_views("LYNC")) == (read, others)
    assert (machine.registrations("Zoom"), machine.other_views("Zoom")) == ({}, {})


@pytest.mark.parametrize("value", [StringValue.missing(), StringValue(ValueState.OTHER_TYPE), StringValue.of("")])
def test_a_user_without_a_default_runs_none(value):
    one = user(value, state("Lync"))

    assert (one.name, one.runs, one.uses_default, one.running) == ("", False, False, ("Lync",))
    assert one.state == ProviderState("", "no", UNSET)


@pytest.mark.parametrize(
    ("up", "process", "signed_in", "runs"),
    [
        (RUNNING, True, True, True),
        (RUNNING, None, True, True),
        (RUNNING, False, True, False),
        (RUNNING, True, False, False),
        (STOPPED, True, True, False),
        (UpAndRunning.STARTING, True, True, False),
    ],
)
def test_the_default_runs_if_it_is_no_leftover(up, process, signed_in, runs):
    one = user(StringValue.of("LYNC"), state("Lync", up, process), signed_in=signed_in)

    assert (one.runs, one.state.name, one.uses_default) == (runs, "Lync", True)


def test_a_default_without_up_and_running_was_never_used():
    assert not user(StringValue.of("Lync"), state("Lync", UNSET, True)).uses_default


def test_others_that_run_are_listed_without_the_default():
    states = [
        state("Lync"),
        state("Zoom"),
        state("Own", process=True),
        state("Old", process=False),
        state("Off", STOPPED),
    ]

    assert user(StringValue.of("lync"), *states).running == ("Zoom", "Own")
    assert user(StringValue.of("lync"), *states, signed_in=False).running == ()


def test_keys_are_written_as_people_write_them():
    one = user(StringValue.of("Lync"))

    assert one.key() == rf"HKU\{SID}\Software\IM Providers"
    assert one.key(r"Software\X") == rf"HKU\{SID}\Software\X"
