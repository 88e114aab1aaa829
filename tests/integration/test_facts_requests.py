"""What the facts cost in requests, authentication aside."""

from __future__ import annotations

import pytest

from tests.virtual_windows.fleet import Fleet

from .connections import connections
from .facts_support import MODULE
from .machines import ADA, JABBER, crowd, machine
from .runner import Ansible

PROFILES = 1
COMMAND = 5  # create a shell, start, receive, signal, delete: registrations, Office, all hives
TEMPLATE = 1
PROCESSES = 1
SESSION = 1
NAME = 1

OWN_SERVERS = [{"name": "Teams", "com_scope": "user"}]


def teams(loaded, unloaded):
    """Return users of classic Teams, which registers its COM server for each user."""
    return crowd(loaded, unloaded, "Teams") | {"providers": OWN_SERVERS}


def run_clients(described):
    """Add a running client to each signed-in user of a described machine."""
    for user in described["users"]:
        if user.get("signed_in"):
            user["clients"] = {"Lync": "running"}
    return described


#: The machine, the arguments of the task, and the expected requests.
CASES = {
    "providers only": (crowd(3, 3, "Lync"), {"gather": ["providers"]}, COMMAND),
    "users": (crowd(20, 20, "Lync"), {"gather": ["providers", "users"]}, PROFILES + COMMAND),
    "users, not mounted": (crowd(2, 2, "Lync"), {"gather": ["users"], "mount": False}, PROFILES + COMMAND),
    "template": (
        crowd(1, 1, "Lync"),
        {"gather": ["users"], "profiles": ["loaded", "unloaded", "default"]},
        PROFILES + TEMPLATE + COMMAND,
    ),
    "processes, none runs": (
        crowd(5, 5, "Lync"),
        {"gather": ["users", "processes"]},
        PROFILES + COMMAND + PROCESSES,
    ),
    "processes": (
        run_clients(crowd(5, 5, "Lync")),
        {"gather": ["users", "processes"]},
        PROFILES + COMMAND + PROCESSES + 5 * SESSION,
    ),
    "processes, nobody signed in": (crowd(0, 5, "Lync"), {"gather": ["users", "processes"]}, PROFILES + COMMAND),
    "everything, one user": (machine(ADA), {}, PROFILES + COMMAND + PROCESSES + SESSION + NAME),
    "own servers, few signed in": (teams(2, 0), {"gather": ["users", "notes"]}, PROFILES + COMMAND + 2),
    "own servers": (teams(20, 20), {"gather": ["users", "notes"]}, PROFILES + COMMAND + COMMAND),
    "own servers, no notes": (teams(5, 0), {"gather": ["users"]}, PROFILES + COMMAND),
    "nobody": ({"providers": ["Lync"]}, {}, PROFILES + COMMAND),
}


@pytest.fixture(scope="module", params=connections(__name__))
def cases(request, tmp_path_factory):
    """Yield facts and request log of each case: a machine and a task each, in one run."""
    described = {f"m{number}": case[0] for number, case in enumerate(CASES.values())}
    described["names"] = crowd(110, 0, "Lync")
    described["busy"] = machine(ADA | {"clients": {"Lync": "running", JABBER: "running"}})
    arguments = {f"m{number}": case[1] for number, case in enumerate(CASES.values())}
    tasks = [
        {"name": "facts", MODULE: arguments.get(host, {}), "when": f"inventory_hostname == '{host}'"}
        for host in described
    ]
    with Fleet.load({"machines": described}) as fleet:
        run = Ansible(fleet, request.param, tmp_path_factory.mktemp("facts")).tasks(tasks)
        assert run.code == 0, run.output
        results = {one.host: one.result for one in run.results if one.status == "ok"}
        yield {host: (results[host]["ansible_facts"]["im_presence"], fleet[host].log) for host in described}


@pytest.mark.parametrize("case", CASES)
def test_requests(cases, case):
    facts, log = cases[f"m{list(CASES).index(case)}"]

    # A slow command takes more than one Receive; their number does not matter.
    assert log.count() - log.count("Receive") + log.count("Command") == CASES[case][2]
    assert facts["truncated"] == []


def test_every_session_is_queried_once_whatever_runs_in_it(cases):
    _unused, log = cases["busy"]

    assert [entry.method for entry in log.entries].count("GetOwnerSid") == 1


def test_names_are_looked_up_for_at_most_a_hundred_users(cases):
    facts, log = cases["names"]

    assert log.count("Get") == 100
    assert facts["truncated"] == ["accounts: 100 of 110 names are looked up"]
    assert sum(user["account"] is None for user in facts["users"]) == 10
