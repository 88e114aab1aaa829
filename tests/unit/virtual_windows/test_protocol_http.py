"""HTTP: one path, one method, bodies of a size or in chunks, and a connection that is kept."""

from __future__ import annotations

import io
import socket

import pytest

from tests.unit.virtual_windows.protocol_support import CMD, TRANSFER, Client, FaultAnswer, envelope, serve
from tests.virtual_windows.machine import Machine
from tests.virtual_windows.protocol import Credentials, WinRMServer
from tests.virtual_windows.protocol.http import BadRequest, HttpResponse, read_request


@pytest.fixture(scope="module")
def server():
    with serve() as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server) as connected:
        yield connected


class Wire:
    """Collects what would go to the client."""

    def __init__(self):
        self.sent = b""

    def sendall(self, data):
        self.sent += data


def read(data, limit=100):
    return read_request(io.BytesIO(data), Wire(), limit)


def body_of(stream, wire, limit=100):
    request = read_request(stream, wire, limit)
    assert request
    return request.body


def test_a_request():
    data = b"POST /wsman?PSVersion=5.1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    request = read(data + b"POST")
    assert (request.method, request.path, request.body, request.size) == ("POST", "/wsman", b"abc", len(data))
    assert request.headers == {"host": "x", "content-length": "3"}


def test_what_begins_like_tls_is_refused_without_waiting_for_a_line():
    with pytest.raises(BadRequest):
        read(b"\x16\x03\x01")


def test_a_body_in_chunks():
    head = b"POST /wsman HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    request = read(head + b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert (request.body, request.chunked) == (b"abcde", True)
    assert read(head + b"60\r\n" + b"x" * 0x60 + b"\r\n60\r\n" + b"x" * 0x60 + b"\r\n0\r\n\r\n").body is None


def test_a_body_that_is_too_large_is_read_and_forgotten():
    stream = io.BytesIO(b"POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n" + b"x" * 101 + b"next")
    assert body_of(stream, Wire()) is None
    assert stream.read() == b"next"


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 101,
    ],
)
def test_invalid_requests(data):
    with pytest.raises(BadRequest):
        read(data)


def test_the_end_of_a_connection():
    assert read(b"") is None


def test_a_client_that_waits_gets_100_continue():
    data = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
    wire = Wire()
    assert body_of(io.BytesIO(data), wire) == b"x"
    assert wire.sent == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_an_answer_is_one_piece():
    packed = HttpResponse(401, headers=[("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "Basic")]).pack()
    head, _unused, body = packed.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 401 \r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic\r\n")
    assert head.endswith(b"Content-Length: 0")
    assert body == b""


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/", 404), ("POST", "/wsman/x", 404), ("GET", "/wsman", 405)]
)
def test_elsewhere(client, method, path, status):
    client.connection.request(method, path, headers={"Authorization": client.authorization})
    response = client.connection.getresponse()
    assert (response.status, response.read()) == (status, b"")


def test_a_connection_is_kept(client):
    assert [client.post(b"")[0] for _unused in range(3)] == [200, 200, 200]
    status, headers, _unused = client.post(b"", Connection="close")
    assert (status, headers["Connection"]) == (200, "close")


def test_bytes_that_are_no_http_end_the_connection(server):
    with socket.create_connection((server.address, server.port), 5) as raw:
        raw.sendall(b"\x16\x03\x01\r\n\r\n")
        assert raw.makefile("rb").readline() == b"HTTP/1.1 400 Bad Request\r\n"


def test_a_request_beyond_the_largest_envelope_is_413(client, server):
    status, _unused, body = client.post(b"x" * 512_001)
    assert (status, body) == (413, b"")
    assert server.log.entries[-1].status == 413
    assert client.post(b"x" * 600_000)[0] == 413
    assert client.post(b"")[0] == 200


def test_chunks_are_taken_for_wmi_but_not_for_shells(client):
    def post(text):
        client.connection.request(
            "POST",
            "/wsman",
            iter([text[:100].encode(), text[100:].encode()]),
            {"Authorization": client.authorization},
            encode_chunked=True,
        )
        response = client.connection.getresponse()
        return response.status, response.read()

    identify = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body>'
        '<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/>'
        "</s:Body></s:Envelope>"
    )
    assert post(identify)[0] == 200
    status, body = post(envelope(f"{TRANSFER}/Create", CMD, "<rsp:Shell/>"))
    assert status == 500
    assert b'Code="50"' in body


def test_malformed_xml_is_a_fault(client):
    with pytest.raises(FaultAnswer) as caught:
        client.ask("<s:Envelope")
    assert (caught.value.code, caught.value.subcode) == (2150858819, "w:SchemaValidationError")


def test_where_a_server_may_listen():
    credentials = Credentials("ansible", "x")
    with pytest.raises(ValueError, match="no loopback address"):
        WinRMServer(Machine("x"), "0.0.0.0", 0, credentials=credentials)
    with pytest.raises(ValueError, match="scheme"):
        WinRMServer(Machine("x"), "127.0.0.1", 0, scheme="https", credentials=credentials)


def test_stopping_ends_connections_and_frees_the_port():
    with serve() as server, Client(server) as client:
        assert client.post(b"")[0] == 200
        server.stop()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((server.address, server.port), 5)
        assert client.connection.sock.recv(1) == b""
        server.stop()
        server.start()
        with Client(server) as again:
            assert again.post(b"")[0] == 200
            with pytest.raises(RuntimeError):
                server.start()
