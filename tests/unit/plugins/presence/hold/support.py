"""One machine in a fight, held in a simulation."""

from __future__ import annotations

from ansible_collections.presence.office.plugins.plugin_utils.presence.enforce.policy import Policy
from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.hold import hold_machine
from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.hold_options import Hold
from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.settings import HoldSettings
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from tests.simulation import Simulation

#: Seconds that an exchange takes, and those from a change to having written the default again by events: told, read,
#: written.
LATENCY = 0.02
REACTION = 3 * LATENCY
INTERVAL = 2

#: Clients, by the seconds after which they take the default back.
CLIENTS = {0.1: "Cisco Jabber", 1: "Teams", 10: "RCIM"}
ADA = r"CONTOSO\ada"


def user(*delays, account=ADA, default="Zoom", **more):
    """Return a user who is signed in to Lync, and to clients that fight after so many seconds."""
    fighting = {CLIENTS[delay]: {"state": "running", "fights": True, "fights_after": delay} for delay in delays}
    clients = {"Lync": "running", **fighting}
    return {"account": account, "signed_in": True, "default": default, "clients": clients, **more}


def simulation(*users, **more):
    """Return a machine with these users."""
    return Simulation({"providers": ["Lync", *CLIENTS.values()], "users": list(users), **more}, latency=LATENCY)


def policy(*names, present=True, kinds=(HiveKind.LOADED, HiveKind.UNLOADED), **more):
    """Return a policy; by default: Lync, for all users."""
    return Policy(names or ("Lync",), present, frozenset(kinds), Selection(), **more)


def settings(*, interval=INTERVAL, events=False, **more):
    """Return how to hold."""
    return HoldSettings(interval=interval, events=events, **more)


def held(where, seconds=60, *, events=False, interval=INTERVAL, wanted=None, fail=False):
    """Hold a simulation's machine; return the task's result."""
    how = settings(interval=interval, events=events)
    with where.machine() as machine:
        result = hold_machine(machine, wanted or policy(), Hold(seconds, how, fail))
    return {"failed": result.failed, "lost": result.lost, **result.to_dict()}


def share(where, seconds=60, account="ada", wanted="Lync"):
    """Return for how much of the last seconds the default was right, from the machine's own history."""
    end = where.clock.elapsed()
    return where.windows.history.share(account, wanted, end - seconds, end)


def later(where, seconds, action, *arguments, **more):
    """Let something happen on the machine, by its clock."""
    where.clock.later(seconds, lambda: action(*arguments, **more))
