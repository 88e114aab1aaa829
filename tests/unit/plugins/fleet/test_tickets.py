"""Hosts that log in by Kerberos share one ticket."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.presence.office.plugins.plugin_utils.fleet.tickets import FRESH, REFUSED_AGAIN, Tickets


class Connection:
    def __init__(self, calls, *, refused=False):
        self.calls = calls
        self.refused = refused

    def _kerb_auth(self, principal, password):
        self.calls.append((principal, password))
        self._kerb_ccache = object()
        if self.refused:
            raise AnsibleConnectionFailure("Kerberos auth failure for principal")


@pytest.fixture
def clock():
    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    return Clock()


def test_one_ticket_serves_all_and_is_renewed(clock):
    tickets = Tickets(clock)
    calls: list[tuple[str, str]] = []
    hosts = [tickets.share(Connection(calls)) for _n in range(3)]
    for host in hosts:
        host._kerb_auth("ada@X", "secret")
    assert calls == [("ada@X", "secret")]

    clock.now += FRESH
    for host in hosts:
        host._kerb_auth("ada@X", "secret")
    assert len(calls) == 2


def test_a_refused_principal_is_not_tried_for_every_host(clock):
    tickets = Tickets(clock)
    calls: list[tuple[str, str]] = []
    hosts = [tickets.share(Connection(calls, refused=True)) for _n in range(3)]
    for host in hosts:
        with pytest.raises(AnsibleConnectionFailure, match="auth failure"):
            host._kerb_auth("ada@X", "wrong")
    assert len(calls) == 1

    clock.now += REFUSED_AGAIN
    for host in hosts:
        host.refused = False
        host._kerb_auth("ada@X", "right")
    assert calls[1:] == [("ada@X", "right")]


def test_a_second_principal_is_refused_with_both_names(clock):
    tickets = Tickets(clock)
    tickets.share(Connection([]))._kerb_auth("ada@X", "secret")
    with pytest.raises(AnsibleConnectionFailure, match="one principal only: bob@X is not ada@X"):
        tickets.share(Connection([]))._kerb_auth("bob@X", "secret")


def test_a_connection_without_tickets_of_its_own_is_left_alone():
    connection = object()
    assert Tickets().share(connection) is connection
