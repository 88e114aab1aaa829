"""The history of DefaultIMApp, clients that fight for it, and the simulated clock by which both can be exact."""

from __future__ import annotations

import threading

import pytest

from tests.virtual_windows.machine import Machine, Value, ValueType
from tests.virtual_windows.machine.simulated_clock import SimulatedClock

IM = r"Software\IM Providers"


def machine(*clients, **more):
    ada = {"account": r"CONTOSO\ada", "default": "Cisco Jabber", "clients": dict(clients), **more}
    described = {"providers": ["Lync", "Cisco Jabber", "Teams"], "users": [{"signed_in": True, **ada}]}
    return Machine("desk1", described, clock=SimulatedClock())


def fighter(name, after):
    return name, {"state": "running", "fights": True, "fights_after": after}


def set_default(windows, name):
    windows.registry.set_value(rf"{windows.user_key('ada')}\{IM}", Value("DefaultIMApp", ValueType.SZ, name))


def test_a_fight_and_its_share_of_the_time():
    windows = machine(fighter("Cisco Jabber", 1))
    windows.clock.sleep(10)
    set_default(windows, "Lync")
    windows.clock.sleep(9)
    assert windows.clock.elapsed() == 19
    assert [(one.at, one.data) for one in windows.history.of("ada")] == [
        (0, "Cisco Jabber"),
        (10, "Lync"),
        (11, "Cisco Jabber"),
    ]
    assert windows.history.share("ada", "lync", 10, 20) == pytest.approx(0.1)
    assert windows.history.share("ada", None, 10, 20) == 0


def test_two_fighters_fight_each_other_as_well():
    windows = machine(fighter("Cisco Jabber", 1), fighter("Teams", 0.25))
    set_default(windows, "Lync")
    windows.clock.sleep(3)
    assert [(one.at, one.data) for one in windows.history.of("ada")][1:5] == [
        (0, "Lync"),
        (0.25, "Teams"),
        (1, "Cisco Jabber"),
        (1.25, "Teams"),
    ]


def test_nothing_counts_while_the_user_is_signed_out():
    windows = machine(default="Lync")
    windows.clock.sleep(5)
    windows.sign_out("ada")
    windows.clock.sleep(5)
    windows.sign_in("ada")
    assert [(one.at, one.data, one.loaded) for one in windows.history.of("ada")] == [
        (0, "Lync", True),
        (5, None, False),
        (10, "Lync", True),
    ]
    assert windows.history.share("ada", "Lync", 0, 20) == 1
    assert windows.history.share("ada", "Lync", 6, 9) == 1


def test_the_simulated_clock_stops_where_the_wait_is_over():
    clock = SimulatedClock()
    ran = []
    clock.later(3, lambda: ran.append(clock.elapsed()))
    changed = threading.Condition()
    with changed:
        assert clock.wait_for(changed, lambda: bool(ran), 10)
    assert (ran, clock.elapsed()) == ([3], 3)
    cancelled = threading.Event()
    clock.later(1, cancelled.set)
    assert clock.sleep(10, cancelled)
    assert clock.elapsed() == 4
    with changed:
        assert not clock.wait_for(changed, lambda: False, 2)
    assert (clock.elapsed(), clock.idle()) == (6, True)
