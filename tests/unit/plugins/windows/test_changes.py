"""When a value may have changed: by asking again and again, or by events that fall back to that at any fault."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows import changes
from ansible_collections.presence.office.plugins.plugin_utils.windows.changes import Events, Polling, Wake
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import settings_hive
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_values import ValueName
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import LostError, WSManFault
from ansible_collections.presence.office.plugins.plugin_utils.wsman.subscription import EXPIRES
from tests.simulation import Simulation
from tests.virtual_windows.machine.describe_users import ClientDescription

from .support import hive

VALUE = ValueName(r"Software\IM Providers", "DefaultIMApp")
JABBER = ClientDescription("Cisco Jabber", "CiscoJabber.exe")
CHANGE = [{"KeyPath": r"s-1-5-21-1-2-3-0\software\IM Providers"}]


class Machine:
    """A session of a machine whose subscriptions answer from a list; its clock moves when somebody waits.

    A Pull is answered with events at once, or quietly after its time (``[]``), or with an error.
    """

    def __init__(self, *answers, quick=False):
        self.now = 0.0
        self.answers = list(answers)
        self.quick = quick
        self.queries = []
        self.open = 0
        self.refuse = None
        self.retries = SimpleNamespace(clock=lambda: self.now, pause=self.pause)

    def pause(self, seconds):
        self.now += seconds

    def subscribe(self, query, namespace):
        assert namespace == "root/default"
        self.queries.append(query)
        if self.refuse:
            raise self.refuse
        self.open += 1
        return self

    def pull(self, seconds):
        if self.answers and isinstance(self.answers[0], Exception):
            raise self.answers.pop(0)
        answer = self.answers.pop(0) if self.answers else []
        if not answer and not self.quick:
            self.now += seconds
        return answer

    def close(self):
        self.open -= 1


def events(machine, hives=1, **more):
    listening = Events(machine, VALUE, Polling(2, machine.pause))
    listening.watch([hive(number) for number in range(hives)], **({"all_keys_exist": True} | more))
    return listening


def test_polling_waits_and_knows_nothing():
    machine = Machine()
    polling = Polling(2, machine.pause)
    polling.watch([hive(1)], all_keys_exist=True)
    assert (polling.wait(1.5), machine.now, polling.interval, polling.refusal) == (Wake.TIME, 1.5, 2, None)
    polling.close()
    assert machine.queries == []


def test_events_read_once_after_subscribing_and_then_when_told():
    machine = Machine(CHANGE, [], CHANGE)
    listening = events(machine, 2)
    assert listening.interval == 2
    assert (listening.wait(5), machine.now) == (Wake.MAYBE, 0)
    assert listening.interval == changes.SAFETY_INTERVAL
    assert (listening.wait(5), machine.now) == (Wake.EVENT, 0)
    assert listening.changed == {"S-1-5-21-1-2-3-0"}
    assert (listening.wait(5), machine.now) == (False, 5)
    assert (listening.wait(0.2), machine.now) == (False, 5.2)
    keys = [rf"S-1-5-21-1-2-3-{number}\\Software\\IM Providers" for number in (0, 1)]
    (query,) = machine.queries
    where = f"Hive='HKEY_USERS' AND (KeyPath='{keys[0]}' OR KeyPath='{keys[1]}') AND ValueName='DefaultIMApp'"
    assert query == f"SELECT * FROM RegistryValueChangeEvent WHERE {where}"
    listening.close()
    assert machine.open == 0


@pytest.mark.parametrize("event", [{}, {"KeyPath": None}, {"KeyPath": ["a", "b"]}, {"KeyPath": "S-1-5-21-9"}])
def test_an_event_about_nothing_of_ours_may_be_about_anything(event):
    listening = events(Machine([*CHANGE, event]))
    listening.wait(1)
    assert listening.wait(1) is Wake.MAYBE


def test_other_hives_need_another_subscription_and_another_read():
    machine = Machine()
    listening = events(machine)
    listening.wait(1)
    listening.watch([hive(7)], all_keys_exist=True)
    assert listening.interval == 2
    assert listening.wait(1)
    assert (len(machine.queries), machine.open) == (2, 1)
    listening.watch([], all_keys_exist=True)
    assert listening.wait(1)
    assert (len(machine.queries), machine.open) == (2, 0)


def test_a_subscription_is_replaced_before_it_expires():
    machine = Machine()
    listening = events(machine)
    listening.wait(1)
    while len(machine.queries) == 1:
        listening.wait(20)
    assert machine.now < EXPIRES
    assert (machine.open, listening.refusal) == (1, None)


def test_a_refusal_means_polling_and_another_try_later():
    machine = Machine()
    machine.refuse = WSManFault("events", 0x80338013, "not supported")
    listening = events(machine)
    assert listening.wait(1)
    assert "not supported" in listening.refusal
    while machine.now < changes.AGAIN - 2:
        assert (listening.interval, listening.wait(2)) == (2, False)
    assert len(machine.queries) == 1
    machine.refuse = None
    while len(machine.queries) == 1:
        listening.wait(2)
    assert (listening.interval, listening.refusal) == (changes.SAFETY_INTERVAL, None)


@pytest.mark.parametrize("error", [LostError("cut off"), WSManFault("events", 0x8033801B, "expired")])
def test_a_subscription_that_is_cut_off_is_read_at_once_and_made_anew_soon(error):
    machine = Machine(error)
    listening = events(machine)
    listening.wait(1)
    assert listening.wait(5)
    assert (machine.now, listening.interval) == (0, 2)
    assert not listening.wait(2)
    assert listening.wait(2)
    assert (machine.now, listening.interval, machine.open) == (2, changes.SAFETY_INTERVAL, 1)


@pytest.mark.parametrize("answers", [[CHANGE] * 1_000, []])
def test_a_machine_that_answers_without_end_is_polled(answers):
    machine = Machine(*answers, quick=True)
    listening = events(machine)
    for _number in range(changes.MOST_WAKES + 2):
        listening.wait(5)
    assert (listening.interval, machine.open) == (2, 0)
    assert "without end" in listening.refusal


def test_keys_that_do_not_exist_and_crowds_are_polled():
    for listening in (events(Machine(), all_keys_exist=False), events(Machine(), changes.MOST_HIVES + 1)):
        assert (listening.wait(1), listening.interval, listening.refusal) == (False, 2, None)


def test_a_virtual_machine_tells_of_changes_until_its_service_restarts():
    ada = {"account": "ada", "signed_in": True, "default": "Lync"}
    simulation = Simulation({"providers": ["Lync"], "users": [ada]})
    windows, clock = simulation.windows, simulation.clock
    machine = simulation.machine()
    listening = machine.changes(VALUE, 2, events=True)
    listening.watch(
        [settings_hive(profile) for profile in machine.profiles() if profile.kind is HiveKind.LOADED],
        all_keys_exist=True,
    )
    assert listening.wait(10)
    windows.clock.later(3, windows.clients.add(windows.sid_of("ada"), JABBER).take_over)
    began = clock.elapsed()
    assert listening.wait(10)
    assert clock.elapsed() - began == pytest.approx(3, abs=0.1)
    assert not listening.wait(10)
    simulation.restart()
    assert listening.wait(10)
    assert (listening.interval, listening.wait(2), listening.wait(2)) == (2, Wake.TIME, Wake.MAYBE)
    assert listening.interval == changes.SAFETY_INTERVAL
    listening.close()
    assert simulation.service.subscriptions.all() == []
    assert windows.dump()["open_keys"] == {}
