"""The winrm connection as a transport: authentication methods in order, no shell, its client."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleError
from requests import ConnectionError as RequestsConnectionError
from requests import Session as HttpSession
from winrm.exceptions import InvalidCredentialsError

from ansible_collections.presence.office.plugins.plugin_utils.wsman import winrm
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    LoginRefusedError,
    LostError,
    UnreachableError,
    WSManError,
)
from ansible_collections.presence.office.plugins.plugin_utils.wsman.winrm import WinrmTransport


class Client:
    """pywinrm's HTTP client: its session is made, and an encrypted login done, before a message is sent."""

    def __init__(self, method, outcome):
        self.method = method
        self.sent = []
        self.closed = False
        self.logged_in_over = None
        self._outcome = outcome
        self._session = HttpSession()

    def setup_encryption(self, session):
        self.logged_in_over = session

    def build_session(self):
        if self.logged_in_over is None:
            self.setup_encryption(self._session)
        return self._session

    def send_message(self, message):
        self.sent.append(message)
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    def close_session(self):
        self.closed = True


class Connection:
    """An Ansible connection as far as the transport uses it; ``methods`` says what becomes of each."""

    def __init__(self, error=None, kwargs=None, managed=True, **methods):
        self.shell_id = None
        self.clients = []
        self.shell_ids = []
        self._methods = methods
        self._error = error
        self._managed = managed
        self._kwargs = kwargs or {}

    def _build_winrm_kwargs(self):
        if self._error:
            raise self._error
        self._winrm_transport = list(self._methods)
        self._winrm_kwargs = self._kwargs
        self._kerb_managed = self._managed
        self._winrm_host, self._winrm_port, self._winrm_scheme = "192.0.2.7", 5985, "http"

    def _winrm_connect(self):
        self.shell_ids.append(self.shell_id)
        (method,) = self._winrm_transport
        outcome = self._methods[method]
        if isinstance(outcome, AnsibleError):
            raise outcome
        self.clients.append(Client(method, outcome))
        return SimpleNamespace(transport=self.clients[-1])

    def tried(self):
        return [client.method for client in self.clients]


REFUSED = InvalidCredentialsError("the specified credentials were rejected by the server")


def test_methods_are_tried_in_order_and_the_one_that_works_is_kept():
    connection = Connection(kerberos=REFUSED, ntlm=b"answer", basic=b"never")
    transport = WinrmTransport(connection)

    assert [transport.send(b"one"), transport.send(b"two")] == [b"answer", b"answer"]
    assert connection.tried() == ["kerberos", "ntlm"]
    assert [client.closed for client in connection.clients] == [True, False]
    assert connection.clients[1].sent == [b"one", b"two"]

    transport.close()
    transport.send(b"three")
    assert connection.tried() == ["kerberos", "ntlm", "ntlm"]
    assert connection.clients[1].closed


def test_a_method_that_ansible_cannot_prepare_is_passed_over():
    connection = Connection(kerberos=AnsibleError("kerberos: no ticket"), ntlm=b"answer")

    assert WinrmTransport(connection).send(b"") == b"answer"


def test_if_every_method_is_refused_each_is_named_with_its_reason():
    connection = Connection(kerberos=AnsibleError("kerberos: no ticket"), ntlm=REFUSED)

    with pytest.raises(LoginRefusedError) as raised:
        WinrmTransport(connection).send(b"")
    assert str(raised.value).startswith("192.0.2.7:5985 (HTTP): kerberos: no ticket; ntlm: the login was refused: ")


def test_a_single_refused_method_needs_no_name():
    with pytest.raises(LoginRefusedError, match=r"^192.0.2.7:5985 \(HTTP\): the login was refused: .* \(HTTP 401\)$"):
        WinrmTransport(Connection(ntlm=REFUSED)).send(b"")


def test_no_method_at_all_is_refused():
    with pytest.raises(LoginRefusedError, match="no authentication method is set"):
        WinrmTransport(Connection()).send(b"")


def test_a_machine_that_cannot_be_reached_is_not_tried_with_another_method():
    connection = Connection(kerberos=RequestsConnectionError("Connection refused"), ntlm=b"answer")

    with pytest.raises(LostError, match="no WinRM service listens there"):
        WinrmTransport(connection).send(b"")
    assert connection.tried() == ["kerberos"]


@pytest.mark.parametrize("outcome", [b"answer", AnsibleError("no ticket")])
def test_no_shell_is_opened_and_the_connection_is_left_as_it_was(outcome):
    connection = Connection(kerberos=outcome)
    connection.shell_id = "of Ansible"
    transport = WinrmTransport(connection)
    try:
        transport.send(b"")
    except LoginRefusedError:
        assert outcome != b"answer"

    assert connection.shell_ids == ["none"]
    assert connection.shell_id == "of Ansible"


def test_answers_of_an_encrypted_login_are_guarded_as_well():
    connection = Connection(ntlm=b"answer")
    WinrmTransport(connection).send(b"")

    adapter = connection.clients[0].logged_in_over.get_adapter("http://desk1")
    assert adapter.build_response.__qualname__.startswith("ResponseGuard.")


def test_each_client_has_its_own_guard():
    transport = WinrmTransport(Connection(ntlm=b"answer"))
    transport.send(b"")
    first_guard = transport.guard
    transport.close()
    transport.send(b"")

    assert transport.guard is not first_guard


@pytest.mark.parametrize("use", [lambda one: one.send(b""), lambda one: one.operation_timeout])
def test_options_that_ansible_refuses_are_an_unreachable_machine(use):
    connection = Connection(AnsibleError("bad ansible_winrm_transport"), ntlm=b"answer")

    with pytest.raises(UnreachableError, match="bad ansible_winrm_transport") as raised:
        use(WinrmTransport(connection))
    assert raised.type is UnreachableError
    assert connection.clients == []


def test_the_service_answers_before_the_client_stops_waiting():
    kwargs = {"operation_timeout_sec": 20, "read_timeout_sec": 5}

    assert WinrmTransport(Connection(kwargs=kwargs)).operation_timeout == 4
    assert WinrmTransport(Connection()).operation_timeout == 20


def test_a_missing_library_says_what_to_install(monkeypatch):
    monkeypatch.setattr(winrm, "HAS_WINRM", False)
    with pytest.raises(WSManError, match="pip install pywinrm"):
        WinrmTransport(Connection())


def test_a_method_that_cannot_carry_the_password_is_passed_over_before_anything_is_sent():
    secret = "пароль"
    connection = Connection(kwargs={"username": "ada", "password": secret}, basic=b"never", ntlm=b"answer")
    assert WinrmTransport(connection).send(b"") == b"answer"
    assert connection.tried() == ["ntlm"]

    only = Connection(kwargs={"username": "ada", "password": secret}, ssl=b"never")
    sentence = "cannot carry the password.*set ansible_winrm_transport to ntlm"
    with pytest.raises(LoginRefusedError, match=sentence) as raised:
        WinrmTransport(only).send(b"")
    assert only.tried() == []
    assert secret not in str(raised.value)


def test_a_client_certificate_needs_no_password_and_kerberos_with_a_ticket_neither():
    kwargs = {"username": "ada", "password": "пароль\n", "cert_pem": "/a.pem"}
    assert WinrmTransport(Connection(kwargs=kwargs, ssl=b"answer")).send(b"") == b"answer"

    with pytest.raises(LoginRefusedError, match="Kerberos cannot carry"):
        WinrmTransport(Connection(kwargs=kwargs, kerberos=b"never")).send(b"")
    assert WinrmTransport(Connection(kwargs=kwargs, managed=False, kerberos=b"answer")).send(b"") == b"answer"


def test_a_refused_login_says_what_the_letters_may_have_done():
    connection = Connection(kwargs={"username": "strauß", "password": "x"}, ntlm=REFUSED)
    with pytest.raises(LoginRefusedError, match=r"HTTP 401\); the user name holds a letter whose capital"):
        WinrmTransport(connection).send(b"")
