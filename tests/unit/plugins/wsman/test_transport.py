"""What both transports share: one client at a time, opened when needed, with its own guard."""

from __future__ import annotations

import pytest
from spnego.exceptions import SpnegoError

from ansible_collections.presence.office.plugins.plugin_utils.wsman.endpoint import Endpoint
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    LoginRefusedError,
    LostError,
    UnreachableError,
)
from ansible_collections.presence.office.plugins.plugin_utils.wsman.http import LibraryErrors
from ansible_collections.presence.office.plugins.plugin_utils.wsman.response_guard import ResponseGuard
from ansible_collections.presence.office.plugins.plugin_utils.wsman.transport import LibraryTransport, quoted


class LibraryError(Exception):
    pass


class Client:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.guards = []
        self.closed = 0


class Transport(LibraryTransport):
    errors = LibraryErrors(LibraryError, LibraryError, (OSError,))

    endpoint = Endpoint("192.0.2.7", 5986, "http", "ansible_winrm_scheme")

    def attempt(self, message):
        return self.exchange(message)

    def post(self, client, guard, message):
        client.guards.append(guard)
        answer = client.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer + message

    def close_client(self, client):
        client.closed += 1


def used(client):
    transport, guard = Transport(None), ResponseGuard()
    transport.use(client, guard)
    return transport, guard


def test_a_message_goes_to_the_client_under_its_guard():
    client = Client(b"answer to ")
    transport, guard = used(client)

    assert transport.exchange(b"message") == b"answer to message"
    assert client.guards == [guard]


def test_a_new_client_gets_a_new_guard():
    old, new = Client(b""), Client(b"")
    transport, first = used(old)
    transport.exchange(b"")
    transport.close()
    second = ResponseGuard()
    transport.use(new, second)
    transport.exchange(b"")

    assert (old.guards, new.guards) == ([first], [second])


def test_a_client_is_closed_once():
    client = Client()
    transport, _guard = used(client)
    transport.close()
    transport.close()

    assert client.closed == 1


def test_closing_without_a_client_does_nothing():
    transport = Transport(None)
    transport.close()

    assert transport.client is None


def test_only_errors_before_the_first_answer_of_a_client_are_failed_logins():
    transport, _guard = used(Client(SpnegoError(error_code=1)))
    with pytest.raises(LoginRefusedError, match="the login failed"):
        transport.exchange(b"")

    transport, _guard = used(Client(b"", SpnegoError(error_code=1)))
    transport.exchange(b"")
    with pytest.raises(UnreachableError) as raised:
        transport.exchange(b"")
    assert raised.type is UnreachableError

    transport.close()
    transport.use(Client(SpnegoError(error_code=1)), ResponseGuard())
    with pytest.raises(LoginRefusedError):
        transport.exchange(b"")


def test_an_error_text_is_shown_on_one_line_and_cut():
    assert quoted("a\nb") == r"a\nb"
    assert quoted(ValueError("x" * 600)) == "x" * 500 + "…"


def test_an_error_names_address_and_port_and_once_the_machine_has_answered_no_other_cause():
    reset = ConnectionResetError("Connection reset by peer")
    transport, _guard = used(Client(reset, b"", reset))

    sentence = r"^192.0.2.7:5986 \(HTTP\): the machine broke .*; port 5986 is that of HTTPS"
    with pytest.raises(UnreachableError, match=sentence) as raised:
        transport.send(b"")
    assert not isinstance(raised.value, LostError)  # asking again would make no difference

    transport.send(b"")
    with pytest.raises(LostError, match=r"^192.0.2.7:5986 \(HTTP\): the machine broke the connection$"):
        transport.send(b"")
