"""What comes and goes during a hold: users, WinRM, the machine, subscriptions, other controllers."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.happenings import What
from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.watcher import LONGEST_ABSENCE, Watcher
from ansible_collections.presence.office.plugins.plugin_utils.windows import changes
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from tests.virtual_windows.protocol import Drop

from .support import ADA, INTERVAL, held, later, policy, settings, share, simulation, user

BOTH_WAYS = pytest.mark.parametrize("events", [True, False])


def by_account(result):
    return {one["profile"].rpartition("\\")[2]: one for one in result["users"]}


def kinds_of(where, kind):
    return [one for one in where.log.entries if one.kind == kind]


# -- users


@BOTH_WAYS
def test_a_user_who_signs_in_meanwhile_is_held_too(events):
    bob = {
        "account": r"CONTOSO\bob",
        "default": "Lync",
        "clients": {"Teams": {"state": "stopped", "autostart": True, "fights": True, "fights_after": 10}},
    }
    where = simulation(user(), bob)
    later(where, 20, where.windows.sign_in, "bob")
    result = held(where, 90, events=events)

    bob = by_account(result)["bob"]
    assert (where.default("bob"), bob["after"], bob["changed"]) == ("Lync", "Lync", True)
    assert "Teams" in {one["provider"] for one in bob["contested"]}
    # Noticed after five seconds at most; then against a client of ten seconds.
    assert share(where, 60, "bob") >= (0.95 if events else 10 / (10 + INTERVAL + 0.1))
    assert result["hold"]["users"] == 2


@BOTH_WAYS
def test_a_user_who_signs_out_leaves_the_right_default_behind(events):
    """Teams restores the default that it remembers as it stops."""
    ada = user(1, default="Lync")
    where = simulation(ada, user(account=r"CONTOSO\bob"))
    ada_teams = where.windows.clients.get("ada", "Teams")

    def leave():
        ada_teams.take_over()
        where.windows.sign_out("ada")

    later(where, 20, leave)
    result = held(where, events=events)

    assert (where.default("ada"), where.default("bob")) == ("Lync", "Lync")
    assert (by_account(result)["ada"]["hive"], by_account(result)["ada"]["after"]) == ("unloaded", "Lync")
    assert (result["failed"], where.windows.damage) == (False, [])


def test_polling_never_keeps_a_hive_from_unloading():
    """By events Windows probably has to unload it by force."""
    forced = []
    for events in (False, True):
        where = simulation(user(1), user(account=r"CONTOSO\bob"))
        later(where, 20, where.windows.sign_out, "ada")
        later(where, 40, where.windows.sign_in, "ada")
        held(where, events=events)
        forced.append(len(where.windows.warnings))
        assert where.default("ada") == "Lync"
        assert where.windows.dump()["open_keys"] == {}
    assert forced == [0, 1]


def test_users_who_are_not_selected_or_not_loaded_are_left_alone():
    where = simulation(user(), {"account": r"CONTOSO\bob", "default": "Zoom"})
    held(where, wanted=policy(kinds=[HiveKind.LOADED]))
    assert (where.default("ada"), where.default("bob")) == ("Lync", "Zoom")


def test_one_user_whose_hive_says_no_costs_the_others_nothing():
    where = simulation(user(1), user(account=r"CONTOSO\bob", default="Lync"))

    def lock_bob_out():
        where.windows.hive_of("bob").denied = {"read", "write"}

    later(where, 10, lock_bob_out)
    result = held(where, events=True)
    assert "access denied" in by_account(result)["bob"]["error"]
    assert (result["failed"], by_account(result)["ada"]["error"]) == (True, None)
    assert share(where) >= 0.95


# -- the machine


@BOTH_WAYS
def test_a_machine_that_is_off_for_a_while_is_watched_again(events):
    where = simulation(user(1))

    def power(on):
        where.powered = on
        where.restart()

    later(where, 20, power, False)
    later(where, 60, power, True)
    result = held(where, 120, events=events)

    assert (result["failed"], result["hold"]["seconds_unwatched"] >= 35) == (False, True)
    assert result["hold"]["seconds_unwatched"] <= 40 + LONGEST_ABSENCE + 5
    assert "out of sight for" in result["msg"]
    assert where.default() == "Lync"
    if events:
        assert share(where, 25) >= 0.94


def test_a_machine_that_does_not_come_back_is_unreachable_with_its_story():
    where = simulation(user(1))

    def off():
        where.powered = False

    later(where, 20, off)
    result = held(where, 60, events=True)
    assert (result["failed"], result["lost"]) == (True, True)
    assert "could no longer be asked" in result["msg"]
    assert result["users"][0]["contested"][0]["provider"] == "Teams"


def test_subscriptions_that_are_refused_mean_polling_with_a_warning():
    where = simulation(user(1), events=False)
    result = held(where, 120, events=True)
    assert (result["hold"]["watch"], len(kinds_of(where, "Subscribe"))) == ("poll", 2)
    assert result["warnings"][-1].startswith("watch: this machine was polled, since it does not tell of changes (")
    assert share(where, 100) >= 1 / (1 + INTERVAL + 0.1)


@pytest.mark.parametrize("quiet", [False, True])
def test_a_subscription_that_expires_is_replaced_before(quiet):
    where = simulation(user(10))
    where.service.subscriptions.quiet_pulls_are_empty = quiet
    result = held(where, 1_500, events=True)
    assert len(kinds_of(where, "Subscribe")) == 4
    assert [one.fault for one in kinds_of(where, "Pull") if one.fault] in ([], [0x80338029] * len(_quiet(where)))
    assert result["hold"]["watch"] == "events"
    assert share(where, 1_500) >= 0.98
    assert where.service.subscriptions.all() == []


def _quiet(where):
    return [one for one in kinds_of(where, "Pull") if one.fault]


@pytest.mark.parametrize("how", ["restart", "lost answer", "expired early"])
def test_a_subscription_that_is_cut_off_loses_nothing(how):
    where = simulation(user(10))
    cut: list[object] = []

    def drop(request, stage):
        if request.kind == "Pull" and stage == "acted" and not cut and where.clock.elapsed() > 30:
            cut.append(request)
            raise Drop

    if how == "lost answer":
        where.service.interceptors.append(drop)
    elif how == "restart":
        later(where, 33, where.restart)
    else:
        later(where, 33, where.service.subscriptions.close_all)
    result = held(where, 120, events=True)

    assert (result["failed"], result["hold"]["watch"], len(kinds_of(where, "Subscribe"))) == (False, "events", 2)
    assert share(where, 120) >= 0.97
    assert where.service.subscriptions.all() == []


@BOTH_WAYS
def test_a_hold_may_last_longer_than_an_hour(events):
    where = simulation(user(10))
    result = held(where, 4_000, events=events, interval=10)
    assert (result["failed"], result["hold"]["seconds"]) == (False, pytest.approx(4_000, abs=2))
    assert share(where, 4_000) >= (0.98 if events else 10 / (10 + 10 + 0.2))


def test_a_machine_that_sends_too_much_is_left_alone_until_the_next_window():
    """Ten seconds of a window of 1,000 bytes: the budget fails the machine, and the hold goes on."""
    where = simulation(user(1))
    with where.machine() as machine:
        watcher = Watcher(machine, policy(), settings(window=10.0, window_bytes=4_000))
        watcher.start()
        happened = []
        end = where.clock.elapsed() + 60
        while where.clock.elapsed() < end:
            watcher.wait(min(watcher.next_wake(), end))
            happened += watcher.step()
        watcher.close()
    lost = [one for one in happened if one.what is What.LOST]
    assert lost
    assert "sent more than 4,000 bytes" in lost[0].detail
    assert [one for one in happened if one.what is What.BACK]


# -- another controller


def test_two_controllers_that_want_different_things_both_say_so_and_neither_storms():
    """An outside loop drives both watchers, as a fleet's does."""
    where = simulation(user())
    machines = [where.machine(), where.machine()]
    wanted = [policy("Lync"), policy("Teams")]
    watchers = [Watcher(one, what, settings()) for one, what in zip(machines, wanted, strict=True)]
    happened = [watcher.start() for watcher in watchers]
    end = where.clock.elapsed() + 60
    while where.clock.elapsed() < end:
        chosen = min(range(2), key=lambda one: watchers[one].next_wake())
        where.pause(max(0.0, watchers[chosen].next_wake() - where.clock.elapsed()))
        happened[chosen] += watchers[chosen].step()
    for watcher in watchers:
        watcher.close()
    assert len(where.log.writes()) <= 2 * 60 / INTERVAL + 2
    told = [[one for one in mine if one.what is What.CONTESTED] for mine in happened]
    assert [[one.provider for one in mine] for mine in told] == [["Teams"], ["Lync"]]
    assert told[0][0].user == ADA
    assert "does not run in the user's session" in told[0][0].detail


def test_a_subscription_is_tried_again_where_it_was_refused_for_a_while():
    where = simulation(user(1))
    where.windows.events = False

    def allow():
        where.windows.events = True

    later(where, 30, allow)
    result = held(where, 200, events=True)
    assert result["hold"]["watch"] == "events"
    assert share(where, 200 - 2 * changes.AGAIN) >= 0.95
