"""The behaviour of IM clients: they start in steps, crash, take over DefaultIMApp, restore it, and fight for it."""

from __future__ import annotations

import threading

import pytest

from tests.virtual_windows.machine import Machine, Value, ValueType

IM = r"Software\IM Providers"


def seeded(clients, default="Lync", **more):
    machine = Machine("desk1", speed=1000)
    user = {"account": r"CONTOSO\ada", "signed_in": True, "default": default, "clients": clients, **more}
    machine.seed({"providers": ["Lync", "Cisco Jabber", "Teams"], "users": [user]})
    return machine


def up(machine, name):
    return machine.registry.value(rf"{machine.user_key('ada')}\{IM}\{name}", "UpAndRunning").data


def set_default(machine, name):
    machine.registry.set_value(rf"{machine.user_key('ada')}\{IM}", Value("DefaultIMApp", ValueType.SZ, name))


def test_states_from_a_description():
    machine = seeded({"Lync": "running", "Cisco Jabber": "crashed", "Teams": "starting", "Zoom": "stopped"})
    states = {client.description.name: client.state for client in machine.clients.of("ada")}
    assert states == {"Lync": "running", "Cisco Jabber": "crashed", "Teams": "starting", "Zoom": "stopped"}
    assert [up(machine, name) for name in states] == [2, 2, 1, 0]
    session = machine.session_of("ada")
    assert [one.session_id for one in machine.processes.find("LYNC.EXE")] == [session.id]
    assert machine.processes.find("CiscoJabber.exe") == []


def test_starting_goes_through_the_steps():
    machine = seeded({"Lync": "stopped"})
    client = machine.clients.get("ada", "lync")
    seen = []
    machine.registry.watchers.append(lambda path: seen.append(client.state) if path == client.key else None)
    client.start(seconds=1)
    assert seen == ["stopped", "starting", "running"]
    client.stop()
    assert (client.state, up(machine, "Lync")) == ("stopped", 0)


def test_it_can_stay_at_starting():
    machine = seeded({"Lync": "stopped"})
    client = machine.clients.get("ada", "Lync")
    client.start(until="starting")
    assert (client.state, up(machine, "Lync")) == ("starting", 1)
    client.start()
    assert (client.state, len(machine.processes.find("lync.exe"))) == ("running", 1)


def test_a_client_that_is_stopped_while_it_starts_stays_stopped():
    machine = seeded({"Lync": "stopped"})
    client = machine.clients.get("ada", "Lync")
    asleep, go_on = threading.Event(), threading.Event()

    def sleep(_seconds):
        asleep.set()
        go_on.wait(5)

    machine.clock.sleep = sleep
    thread = threading.Thread(target=client.start, args=(1,))
    thread.start()
    assert asleep.wait(5)
    client.stop()
    go_on.set()
    thread.join()
    assert client.state == "stopped"


def test_a_crash_leaves_the_value():
    machine = seeded({"Lync": "running"})
    client = machine.clients.get("ada", "Lync")
    client.crash()
    assert (client.state, up(machine, "Lync"), machine.processes.find("lync.exe")) == ("crashed", 2, [])


def test_signing_out_ends_clients_but_cures_no_crash():
    machine = seeded({"Lync": "running", "Cisco Jabber": "crashed"})
    machine.sign_out("ada")
    hive = machine.hive_of("ada")
    states = [hive.at(rf"{IM}\{name}").value("UpAndRunning").data for name in ("Lync", "Cisco Jabber")]
    assert states == [0, 2]
    assert [client.state for client in machine.clients.of("ada")] == ["stopped", "stopped"]


def test_a_client_of_a_user_without_a_session_cannot_start():
    machine = seeded({"Lync": "stopped"})
    machine.sign_out("ada")
    with pytest.raises(ValueError, match="not signed in"):
        machine.clients.get("ada", "Lync").start()


def test_autostart():
    machine = seeded({"Lync": {"autostart": True}})
    machine.sign_out("ada")
    machine.sign_in("ada")
    assert machine.clients.get("ada", "Lync").state == "running"


@pytest.mark.parametrize(
    ("clients", "before", "after"),
    [
        ({"Lync": {"at_start": "if_empty"}}, "Cisco Jabber", "Cisco Jabber"),
        ({"Lync": {"at_start": "if_empty"}}, None, "Lync"),
        ({"Lync": {"at_start": "if_empty"}}, "", "Lync"),
        ({"Lync": "stopped"}, None, None),
        ({"Cisco Jabber": "stopped"}, "Lync", "Cisco Jabber"),
        ({"MsTeams": "stopped"}, "Lync", "MsTeams"),
        ({"Zoom": "stopped"}, None, None),
    ],
)
def test_the_default_after_a_start(clients, before, after):
    machine = seeded(clients, default=before)
    (client,) = clients
    machine.clients.get("ada", client).start()
    assert machine.default_of("ada") == after


def test_teams_remembers_whom_it_took_over_from():
    machine = seeded({"Teams": "stopped"})
    client = machine.clients.get("ada", "Teams")
    client.start()
    assert machine.default_of("ada") == "Teams"
    assert machine.registry.value(client.key, "PreviousDefaultIMApp").data == "Lync"
    client.stop()
    assert machine.default_of("ada") == "Lync"
    client.start()
    set_default(machine, "Cisco Jabber")
    client.stop()
    assert machine.default_of("ada") == "Cisco Jabber"


def test_a_client_that_fights_takes_the_default_back():
    machine = seeded({"Cisco Jabber": {"state": "running", "fights": True}}, default="Cisco Jabber")
    with machine.lock:
        set_default(machine, "Lync")
        assert machine.default_of("ada") == "Lync"  # it takes a moment
    assert machine.clock.idle()
    assert machine.default_of("ada") == "Cisco Jabber"
    machine.registry.delete_key(rf"{machine.user_key('ada')}\{IM}", recursive=True)
    assert machine.clock.idle()
    assert machine.default_of("ada") == "Cisco Jabber"


def test_it_fights_only_while_it_runs():
    machine = seeded({"Cisco Jabber": {"state": "running", "fights": True}}, default="Cisco Jabber")
    machine.clients.get("ada", "Cisco Jabber").crash()
    set_default(machine, "Lync")
    assert machine.clock.idle()
    assert machine.default_of("ada") == "Lync"


def test_it_does_not_react_to_a_default_it_never_lost():
    machine = seeded({"Cisco Jabber": {"state": "running", "fights": True}}, default="Lync")
    machine.registry.create_key(rf"{machine.user_key('ada')}\Software\Other")
    assert machine.clock.idle()
    assert machine.default_of("ada") == "Lync"


def test_two_that_fight_go_on_until_the_machine_is_closed():
    fighting = {"state": "running", "fights": True, "fights_after": 1}
    machine = seeded({"Cisco Jabber": fighting, "Lync": fighting}, default="Cisco Jabber")
    changes, enough = [], threading.Event()

    def watch(_path):
        changes.append(machine.default_of("ada"))
        if len(changes) >= 6:
            enough.set()

    machine.registry.watchers.append(watch)
    set_default(machine, "Lync")
    assert enough.wait(5)
    machine.close()
    assert {*changes} == {"Lync", "Cisco Jabber"}


def test_a_user_whose_hive_cannot_be_written():
    machine = seeded({"Lync": "stopped"}, denied=["write"])
    machine.clients.get("ada", "Lync").start()
    assert up(machine, "Lync") == 0
    assert len(machine.processes.find("lync.exe")) == 1


def test_unknown_clients_are_reported():
    machine = seeded({"Lync": "stopped"})
    with pytest.raises(KeyError, match="has no client 'Teams'"):
        machine.clients.get("ada", "Teams")
