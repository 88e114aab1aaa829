"""Fights about one default, by the machine's clock: how much of the time it is right, and who is named.

The share is that of the virtual machine's own history, and not what the collection believes. docs/holding.md has the
formulas.
"""

from __future__ import annotations

import pytest

from tests.virtual_windows.machine.describe_users import ClientDescription

from .support import CLIENTS, INTERVAL, LATENCY, REACTION, held, later, policy, share, simulation, user

COMBINATIONS = [(1,), (10,), (1, 10), (0.1,), (0.1, 1), (0.1, 10), (0.1, 1, 10)]


def only_user(result):
    (one,) = result["users"]
    return one


def names(delays):
    return {CLIENTS[delay] for delay in delays}


def against_one_that_is_too_fast(fastest, *others):
    """Return the share in a fight with pauses; another client's turn may come first."""
    return fastest / (fastest + INTERVAL + 2 * REACTION) * (1 - sum(fastest / other for other in others))


@pytest.mark.parametrize("delays", COMBINATIONS)
def test_by_events_the_default_is_right_nearly_always_against_clients_of_a_second_or_more(delays):
    where = simulation(user(*delays))
    result = held(where, events=True)

    if min(delays) < 0.5:
        assert share(where) >= against_one_that_is_too_fast(*delays)
    else:
        assert share(where) >= max(0.95, 1 - sum(REACTION / delay for delay in delays))
    assert {one["provider"] for one in only_user(result)["contested"]} >= names(delays)
    assert only_user(result)["after"] == "Lync"
    assert result["hold"]["watch"] == "events"


@pytest.mark.parametrize("delays", COMBINATIONS)
def test_by_polling_the_default_is_right_for_as_long_as_the_interval_allows(delays):
    where = simulation(user(*delays))
    result = held(where, 120)

    fastest = min(delays)
    assert share(where, 120) >= fastest / (fastest + INTERVAL + 2 * REACTION)
    assert CLIENTS[fastest] in {one["provider"] for one in only_user(result)["contested"]}
    assert result["hold"]["watch"] == "poll"


@pytest.mark.parametrize("events", [True, False])
def test_one_that_is_too_fast_is_met_with_pauses_and_named(events):
    where = simulation(user(0.1))
    result = held(where, events=events)

    # Without pauses there would be 400.
    assert len(where.log.writes()) <= 60 / INTERVAL + 5
    (fighter,) = only_user(result)["contested"]
    assert (fighter["provider"], fighter["program"], fighter["running"]) == ("Cisco Jabber", "CiscoJabber.exe", True)
    assert fighter["times"] == pytest.approx(60 / INTERVAL, abs=4)
    assert fighter["median"] == pytest.approx(0.1 if events else INTERVAL, abs=3 * LATENCY)
    assert fighter["seconds_lost"] == pytest.approx(60 * (1 - share(where)), abs=4)
    (warning,) = result["warnings"]
    assert warning.startswith(r"CONTOSO\ada: Cisco Jabber (CiscoJabber.exe runs in the user's session) came back")
    assert result["failed"] is False


def test_what_is_told_of_two_fighters_is_when_each_came_back():
    result = held(simulation(user(1, 10)), events=True)
    told = {one["provider"]: one for one in only_user(result)["contested"]}
    assert told["Teams"]["median"] == pytest.approx(1, abs=REACTION)
    assert told["RCIM"]["median"] == pytest.approx(10, abs=0.2)
    assert told["Teams"]["times"] > 50
    assert 4 <= told["RCIM"]["times"] <= 6


def test_contested_fail_fails_the_task_and_says_nothing_else():
    result = held(simulation(user(1)), 20, events=True, fail=True)
    assert (result["failed"], result["lost"], result["reason"]) == (True, False, "contested")
    assert result["msg"].startswith(r"contested: CONTOSO\ada: Teams (Teams.exe runs in the user's session) came back")
    assert "warnings" not in result


def test_nothing_but_the_default_is_written():
    where = simulation(user(0.1, 1, 10), user(account=r"CONTOSO\bob", default="Lync"))
    before = where.windows.dump()["hives"]
    held(where, events=True)

    written = {(one.method, one.parameters["sValueName"]) for one in where.log.writes()}
    assert written == {("SetStringValue", "DefaultIMApp")}
    after = where.windows.dump()["hives"]
    changed = [path for path in after if after[path] != before[path]]
    assert changed == [r"C:\Users\ada\NTUSER.DAT"]
    assert where.windows.damage == []


def test_a_client_that_does_not_run_is_not_blamed():
    """Something else writes its name, again and again: a logon script, another controller."""
    where = simulation(user())
    teams = where.windows.clients.add(where.windows.sid_of("ada"), _stopped("Teams"))
    for seconds in range(3, 60, 6):
        later(where, seconds, teams.take_over)
    result = held(where)

    (fighter,) = only_user(result)["contested"]
    assert (fighter["provider"], fighter["program"], fighter["running"]) == ("Teams", "Teams.exe", False)
    assert "does not run in the user's session, so something else writes it" in result["warnings"][0]


def test_an_overwriting_that_is_not_repeated_is_no_fight():
    where = simulation(user(default="Lync"))
    later(where, 10, where.windows.clients.add(where.windows.sid_of("ada"), _stopped("Teams")).take_over)
    result = held(where, events=True, fail=True)

    one = only_user(result)
    assert (result["failed"], result["changed"], one["changed"], one["restored"]) == (False, True, True, 1)
    assert [(it["provider"], it["times"], it["median"]) for it in one["contested"]] == [("Teams", 1, None)]
    assert result["summary"]["changed"] == 1
    assert result["msg"] == "nothing to change for 1 user; held for 60 s for 1 user: restored 1 time"
    assert "warnings" not in result


def test_holding_that_there_is_no_default():
    where = simulation(user(1))
    result = held(where, wanted=policy("Teams", present=False), events=True)
    # Teams has nothing to take back before somebody changes the value.
    assert (result["changed"], where.default()) == (False, "Zoom")
    later(where, 5, where.windows.clients.get("ada", "Teams").take_over)
    result = held(where, wanted=policy("Teams", present=False), events=True)
    assert share(where, 50, wanted=None) >= 0.95
    assert {(one.method, one.parameters["sValueName"]) for one in where.log.writes()} == {
        ("DeleteValue", "DefaultIMApp")
    }
    assert only_user(result)["contested"][0]["provider"] == "Teams"


def _stopped(name):
    return ClientDescription(name, f"{name}.exe")
