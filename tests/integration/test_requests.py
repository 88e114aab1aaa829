"""The number of requests that a task sends to a machine, authentication aside."""

from __future__ import annotations

import pytest

from tests.virtual_windows.protocol import commands

from .machines import JABBER, crowd, machine

PROFILES = 1
REGISTRATIONS = 2  # Office's bitness, and what its view registers
COMMAND = 5  # create a shell, start, receive, signal, delete
TEMPLATE = 1
GUARD = 1  # whether a guard wants something else, once something has changed
NAMES = 6  # at most this many users are looked up by name for the result


@pytest.fixture(autouse=True)
def a_fast_machine(monkeypatch):
    """Let a Receive wait for the end of the command, so that a busy test machine does not cost another one."""
    monkeypatch.setattr(commands, "LINGER", 30.0)


def run_module(ansible, **options):
    """Run the module; return its result and how many requests it took."""
    log = ansible.fleet["desk1"].log
    log.clear()
    done = ansible.module("desk1", name="Lync", **options)
    assert done.status == "ok", done.result["msg"]
    return done.result, log.count()


@pytest.mark.parametrize("users", [1, 5])
def test_steady_state_is_one_request_for_each_of_a_few_signed_in_users(start, users):
    _unused, requests = run_module(start({"desk1": crowd(users, 0, "Lync")}))

    assert requests == PROFILES + users


@pytest.mark.parametrize(("loaded", "unloaded"), [(6, 0), (0, 1), (3, 4), (50, 50)])
def test_steady_state_with_many_or_unloaded_hives_is_one_command_whatever_their_number(start, loaded, unloaded):
    result, requests = run_module(start({"desk1": crowd(loaded, unloaded, "Lync")}))

    assert result["summary"]["unchanged"] == loaded + unloaded
    assert requests == PROFILES + COMMAND


def test_the_template_costs_one_more(start):
    described = crowd(2, 2, "Lync") | {"default_profile": {"default": "Lync"}}
    _unused, requests = run_module(start({"desk1": described}), profiles=["loaded", "unloaded", "default"])

    assert requests == PROFILES + TEMPLATE + COMMAND


def test_names_cost_a_request_for_each_profile_and_a_local_account_one_more(start):
    ansible = start({"desk1": crowd(2, 0, "Lync")})

    for exclude, more in {"S-1-5-21-9-9-9-9": 0, r"CONTOSO\svc": 2, r".\svc": 2 + 1}.items():
        _unused, requests = run_module(ansible, exclude_users=exclude)
        assert requests == PROFILES + 2 + more, exclude


def test_drift_of_a_hundred_users_costs_one_command_more_and_a_few_names(start):
    result, requests = run_module(start({"desk1": crowd(50, 50, JABBER)}))

    assert result["summary"]["changed"] == 100
    assert requests == PROFILES + COMMAND + COMMAND + GUARD + NAMES
    assert COMMAND + GUARD + NAMES <= 12


def test_drift_of_one_signed_in_user_costs_a_write_and_a_name(start):
    _unused, requests = run_module(start({"desk1": crowd(1, 0, JABBER)}))

    assert requests == PROFILES + REGISTRATIONS + 1 + GUARD + 1 + 1


def test_a_machine_without_users_is_asked_for_little_more_than_its_profiles(start):
    _unused, requests = run_module(start({"desk1": machine()}))

    # The account of the connection has a profile, too.
    assert requests <= PROFILES + COMMAND


def test_what_is_sent_stays_small(start):
    ansible = start({"desk1": crowd(50, 50, "Lync")})
    run_module(ansible)

    sent = sum(entry.bytes_in for entry in ansible.fleet["desk1"].log.entries)
    # For comparison: a PowerShell module sends 326 kB for one value.
    assert sent < 60_000
