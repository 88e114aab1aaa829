"""The psrp connection as a transport: its options, its client, no runspace."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleError
from requests import Session as HttpSession

from ansible_collections.presence.office.plugins.plugin_utils.wsman import psrp
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import UnreachableError, WSManError
from ansible_collections.presence.office.plugins.plugin_utils.wsman.psrp import PsrpTransport


class Connection:
    """An Ansible connection as far as the transport uses it."""

    def __init__(self, error=None, **kwargs):
        self.built = 0
        self._error = error
        self._kwargs = kwargs
        self._psrp_conn_kwargs = None

    def _build_kwargs(self):
        self.built += 1
        if self._error:
            raise self._error
        self._psrp_conn_kwargs = self._kwargs


class Client:
    """pypsrp's HTTP client: its session is made before the first message."""

    def __init__(self, kwargs):
        self.kwargs = kwargs
        self.session = None
        self.sent = []
        self.sessions_made = 0
        self.closed = False

    def _build_session(self):
        self.sessions_made += 1
        return HttpSession()

    def send(self, message):
        self.sent.append(message)
        return b"answer"

    def close(self):
        self.closed = True


@pytest.fixture
def clients(monkeypatch):
    """Return the clients that pypsrp makes; each has the arguments it was made with."""
    made = []

    def wsman(**kwargs):
        made.append(Client(kwargs))
        return SimpleNamespace(transport=made[-1])

    monkeypatch.setattr(psrp, "WSMan", wsman)
    return made


def test_the_client_is_made_from_the_inventory_when_the_first_message_is_sent(clients):
    connection = Connection(server="desk1", port=5986)
    transport = PsrpTransport(connection)
    assert clients == []

    assert [transport.send(b"one"), transport.send(b"two")] == [b"answer", b"answer"]
    (client,) = clients
    assert client.kwargs == {"server": "desk1", "port": 5986}
    assert (client.sent, client.sessions_made, connection.built) == ([b"one", b"two"], 1, 1)


def test_after_closing_the_next_message_opens_a_new_client_with_a_new_guard(clients):
    transport = PsrpTransport(Connection())
    transport.send(b"one")
    first_guard = transport.guard
    transport.close()
    transport.send(b"two")

    old, new = clients
    assert (old.closed, old.sent, new.closed, new.sent) == (True, [b"one"], False, [b"two"])
    assert transport.guard is not first_guard


def test_each_client_s_session_is_guarded(clients):
    transport = PsrpTransport(Connection())
    transport.send(b"one")

    adapter = clients[0].session.get_adapter("http://desk1")
    assert adapter.build_response.__qualname__.startswith("ResponseGuard.")


@pytest.mark.parametrize("use", [lambda one: one.send(b""), lambda one: one.operation_timeout])
def test_options_that_ansible_refuses_are_an_unreachable_machine(clients, use):
    transport = PsrpTransport(Connection(AnsibleError("bad ansible_psrp_auth\n")))

    with pytest.raises(UnreachableError, match="bad ansible_psrp_auth"):
        use(transport)
    assert clients == []


def test_options_that_pypsrp_refuses_are_an_unreachable_machine(monkeypatch):
    def refuse(**_kwargs):
        raise ValueError("no such auth: magic")

    monkeypatch.setattr(psrp, "WSMan", refuse)
    with pytest.raises(UnreachableError, match=r"^desk1:5986 \(HTTPS\): no such auth: magic"):
        PsrpTransport(Connection(server="desk1", port=5986, ssl=True)).send(b"")


def test_the_service_answers_before_the_client_stops_waiting():
    assert PsrpTransport(Connection(operation_timeout=20, read_timeout=5)).operation_timeout == 4
    assert PsrpTransport(Connection()).operation_timeout == 20


def test_a_missing_library_says_what_to_install(monkeypatch):
    monkeypatch.setattr(psrp, "HAS_PYPSRP", False)
    with pytest.raises(WSManError, match="pip install pypsrp"):
        PsrpTransport(Connection())
