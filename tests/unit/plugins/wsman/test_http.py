"""What an exchange comes to when a library raises: the machine's last answer may say more than the error."""

from __future__ import annotations

from http.client import BadStatusLine
from ssl import SSLError
from types import SimpleNamespace

import pytest
from requests import ConnectionError as RequestsConnectionError
from requests.exceptions import InvalidSchema, InvalidURL, RequestException
from spnego.exceptions import SpnegoError
from urllib3.exceptions import LocationParseError

from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    LoginRefusedError,
    LostError,
    ProtocolError,
    UnreachableError,
    WrongSchemeError,
)
from ansible_collections.presence.office.plugins.plugin_utils.wsman.http import (
    LibraryErrors,
    exchange,
    operation_time,
)
from ansible_collections.presence.office.plugins.plugin_utils.wsman.response_guard import ResponseGuard

from .test_login_errors import like

#: What requests-credssp and requests-ntlm make of an answer that is no step of their login.
NO_TOKEN = like("requests_credssp", "AuthenticationException", "Server did not response with a CredSSP token")
NO_HEADER = KeyError("www-authenticate")
#: What they raise where a token is expected and none comes.
NO_CHALLENGE = PermissionError("Access denied: Server did not respond with NTLM challenge token")


class HttpError(Exception):
    """As both libraries have it."""

    def __init__(self, code, response_text=""):
        self.code = code
        self.response_text = response_text


class RejectedError(Exception):
    """As both libraries have it, under other names."""


def answer(status, body=b"", content_type="application/soap+xml;charset=UTF-8"):
    return SimpleNamespace(status_code=status, content=body, headers={"Content-Type": content_type})


def exchanged(error, *answers, logged_in=False):
    guard = ResponseGuard()
    guard.last = answer(503)  # of the exchange before

    def send(message):
        for one in answers:
            guard.last = one
        raise error

    return exchange(
        send, b"<m/>", LibraryErrors(HttpError, RejectedError, (OSError, LibraryError)), guard, logged_in=logged_in
    )


@pytest.mark.parametrize("logged_in", [False, True])
@pytest.mark.parametrize("error", [NO_TOKEN, NO_HEADER])
@pytest.mark.parametrize(
    ("status", "kind", "sign"),
    [
        (503, LostError, "stopping or too busy"),
        (400, LostError, "could not read the message"),
        (403, UnreachableError, "may not use WinRM"),
        (500, UnreachableError, "HTTP 500"),
    ],
)
def test_a_login_that_trips_over_an_answer_fails_with_what_was_answered(error, status, kind, sign, logged_in):
    with pytest.raises(kind, match=sign) as raised:
        exchanged(error, answer(401), answer(status), logged_in=logged_in)
    assert raised.type is kind


def test_a_fault_in_answer_to_the_last_step_of_a_login_is_the_answer():
    assert exchanged(NO_TOKEN, answer(401), answer(500, b"<fault/>")) == b"<fault/>"


def test_an_answer_that_breaks_off_is_a_lost_one_and_is_not_read_again():
    class Broken(SimpleNamespace):
        @property
        def content(self):
            raise RequestsConnectionError("IncompleteRead(1 bytes read, 2 more expected)")

    broken = Broken(status_code=500, headers={})
    with pytest.raises(LostError, match="in the middle of its answer"):
        exchanged(NO_TOKEN, broken)
    with pytest.raises(LostError, match="broke the connection"):
        exchanged(RequestsConnectionError("Connection reset by peer"), answer(500, b"<half"))


class LibraryError(Exception):
    """What pywinrm raises where the length of a decrypted message is not the announced one."""


@pytest.mark.parametrize("logged_in", [False, True])
@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("error", [ValueError("x"), SpnegoError(error_code=1), NO_TOKEN, LibraryError("length")])
def test_an_encrypted_answer_that_cannot_be_decrypted_is_no_failed_login_and_not_taken_as_it_is(
    error, status, logged_in
):
    """Whoever encrypts has accepted the login, although the first message's answer comes in the login's exchange."""
    with pytest.raises(ProtocolError, match="cannot be decrypted"):
        exchanged(error, answer(200), answer(status, b"sealed", "multipart/encrypted;protocol=x"), logged_in=logged_in)


def test_an_encrypted_answer_that_breaks_off_is_a_lost_one():
    with pytest.raises(LostError, match="broke the connection"):
        exchanged(RequestsConnectionError("Connection reset"), answer(200, b"", "multipart/encrypted;protocol=x"))


@pytest.mark.parametrize(
    ("sealed", "content_type", "taken"),
    [
        (True, "multipart/encrypted;protocol=x", True),
        (True, "Multipart/x-multi-encrypted;protocol=x", True),
        (True, "application/soap+xml;charset=UTF-8", False),
        (False, "application/soap+xml;charset=UTF-8", True),
    ],
)
def test_an_answer_in_the_clear_to_an_encrypted_message_is_not_used(sealed, content_type, taken):
    guard = ResponseGuard()

    def send(message):
        guard.sealed, guard.last = sealed, answer(200, b"<a/>", content_type)
        return b"<a/>"

    def done():
        return exchange(send, b"<m/>", LibraryErrors(HttpError, RejectedError, (OSError,)), guard, logged_in=True)

    if taken:
        assert done() == b"<a/>"
    else:
        with pytest.raises(ProtocolError, match="anybody in between"):
            done()


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"), WrongSchemeError, "no TLS"),
        (SSLError("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert"), UnreachableError, "the TLS handshake failed"),
        (BadStatusLine("\x15\x03\x01\x00\x02\x02F"), WrongSchemeError, "speaks TLS"),
        (BadStatusLine("SSH-2.0-OpenSSH_9.2\r\n"), UnreachableError, "does not speak HTTP"),
        (RequestsConnectionError("ReadTimeoutError: read timed out"), LostError, "within the read time-out"),
    ],
)
def test_what_is_found_behind_the_port_is_told(error, kind, sentence):
    with pytest.raises(UnreachableError, match=sentence) as raised:
        exchanged(RequestsConnectionError("Connection aborted.", error))
    assert raised.type is kind
    assert getattr(raised.value, "timed_out", False) is (kind is LostError)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("[Errno 111] Connection refused", "no WinRM service listens there"),
        ("[Errno 113] No route to host", "switched off, or a firewall"),
        ("[Errno 101] Network is unreachable", "no route to the machine's network"),
        ("something else", "no connection could be made"),
    ],
)
def test_a_machine_without_a_connection_is_told_by_what_the_network_says(words, sentence):
    with pytest.raises(LostError, match=sentence) as raised:
        exchanged(RequestsConnectionError(f"NewConnectionError('Failed to establish a new connection: {words}')"))
    assert raised.value.connecting


def test_a_certificate_s_reason_is_shown_without_control_characters():
    with pytest.raises(UnreachableError) as raised:
        exchanged(SSLError("certificate verify failed: \x1b[31m" + "x" * 5000))
    assert "\x1b" not in str(raised.value)
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NO_TOKEN, "the login failed: Server did not response with a CredSSP token"),
        (NO_HEADER, "the login was refused.*HTTP 401"),
        (NO_CHALLENGE, "the login failed: Access denied: Server did not respond with NTLM challenge token"),
        (SpnegoError(error_code=1), "the login failed"),
    ],
)
@pytest.mark.parametrize("logged_in", [False, True])
def test_a_login_that_is_wanted_and_fails_is_refused(error, sentence, logged_in):
    with pytest.raises(LoginRefusedError, match=sentence):
        exchanged(error, answer(401), logged_in=logged_in)


def test_only_the_beginning_of_a_conversation_is_a_login():
    for before in ([], [answer(200)]):
        with pytest.raises(LoginRefusedError, match="the login failed"):
            exchanged(SpnegoError(error_code=1), *before)
        with pytest.raises(ProtocolError, match="cannot be decoded"):
            exchanged(SpnegoError(error_code=1), *before, answer(200), logged_in=True)


def test_a_connection_that_breaks_in_a_login_is_a_lost_one():
    with pytest.raises(LostError, match="broke the connection"):
        exchanged(RequestsConnectionError("Connection reset by peer"), answer(401))


@pytest.mark.parametrize("logged_in", [False, True])
@pytest.mark.parametrize(("error", "sent"), [("NewConnectionError: Connection refused", False), ("ReadTimeout", True)])
def test_what_met_no_connection_was_not_sent_although_its_sending_had_begun(error, sent, logged_in):
    """The guard notes a message that brings its whole login (Basic, Kerberos) before there is a connection."""
    guard = ResponseGuard()

    def send(message):
        guard.sent = True
        raise RequestsConnectionError(error)

    errors = LibraryErrors(HttpError, RejectedError, (OSError,))
    with pytest.raises(LostError) as raised:
        exchange(send, b"<m/>", errors, guard, logged_in=logged_in)
    assert raised.value.sent is sent


def test_what_the_libraries_themselves_understood_stands():
    with pytest.raises(LoginRefusedError, match="HTTP 401"):
        exchanged(RejectedError(), answer(401))
    with pytest.raises(LostError, match="HTTP 503"):
        exchanged(HttpError(503), answer(503))
    assert exchanged(HttpError(500, "<fault/>"), answer(500, b"sealed")) == b"<fault/>"


SECRET = "S3cret"


@pytest.mark.parametrize(
    "error",
    [
        InvalidURL(f"Failed to parse: http://svc:{SECRET}@proxy:99999"),
        InvalidSchema(f"no adapter for {SECRET}"),
        LocationParseError(f"'svc:{SECRET}', label empty or too long"),
        RequestException(f"whatever, with {SECRET}"),
        UnicodeEncodeError("latin-1", f"{SECRET}\u4e2d", 6, 7, "ordinal not in range(256)"),
    ],
)
def test_a_proxy_error_does_not_quote_its_password(error):
    with pytest.raises(UnreachableError) as raised:
        exchanged(error)
    assert SECRET not in str(raised.value)


def test_letters_that_cannot_be_sent_are_told_without_them():
    """Names and passwords are looked at before: see ``login``."""
    error = UnicodeEncodeError("utf-8", f"http://svc:{SECRET}@proxy\ud800", 22, 23, "surrogates not allowed")
    with pytest.raises(UnreachableError, match="holds a letter that cannot be sent") as raised:
        exchanged(error)
    assert SECRET not in str(raised.value)


def test_what_a_library_refuses_before_anything_is_sent_is_not_blamed_on_the_machine():
    with pytest.raises(UnreachableError, match="the password must be specified"):
        exchanged(ValueError("For basic auth, the password must be specified"))
    with pytest.raises(ProtocolError, match="cannot be decoded"):
        exchanged(ValueError("padding"), answer(200))


@pytest.mark.parametrize(
    ("operation", "reading", "seconds"),
    [(None, None, 20), (20, 30, 20), ("2", "3", 2), (20, 5, 4), (600, 610, 60), ("soon", "later", 20), (0, 1, 1)],
)
def test_the_service_is_to_answer_before_the_client_stops_waiting(operation, reading, seconds):
    assert operation_time(operation, reading) == seconds
