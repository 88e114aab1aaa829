"""Which clients may log in to a machine, and how."""

from __future__ import annotations

import base64
import os
import typing as t
from pathlib import Path

import pytest
import requests
from requests_ntlm import HttpNtlmAuth

from tests.unit.virtual_windows.protocol_support import ADDRESS, CIMV2, PASSWORD, Client, FaultAnswer, envelope, serve
from tests.virtual_windows.machine import Machine
from tests.virtual_windows.protocol import Credentials, TlsFiles, WinRMServer
from tests.virtual_windows.protocol.authentication import Peer, Settings, build
from tests.virtual_windows.protocol.encryption import SpnegoSealer

IDENTIFY = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body>'
    b'<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>'
)


@pytest.fixture(scope="module")
def server():
    with serve() as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server) as connected:
        yield connected


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_a_401_offers_each_way_once(server, client):
    status, headers, body = client.post(IDENTIFY, Authorization="")
    assert (status, body) == (401, b"")
    assert headers.get_all("WWW-Authenticate") == ["Negotiate", 'Basic realm="WSMAN"']
    assert server.log.entries[-1].authentication


@pytest.mark.parametrize("name", ["ansible", "ANSIBLE", r".\ansible", r"DESK1\ansible"])
def test_the_names_of_a_local_account(client, name):
    assert client.post(b"", Authorization=basic(f"{name}:{PASSWORD}"))[0] == 200


@pytest.mark.parametrize(
    "header",
    [basic("ansible:wrong"), basic(f"bob:{PASSWORD}"), basic(rf"CONTOSO\ansible:{PASSWORD}"), "Basic ***", "Bearer x"],
)
def test_a_wrong_login(client, header):
    assert client.post(IDENTIFY, Authorization=header)[0] == 401


def test_basic_counts_for_one_request_only(client):
    assert client.post(b"")[0] == 200
    assert client.post(b"", Authorization="")[0] == 401


def test_unlisted_transports_are_not_accepted():
    with serve(transports=["ntlm"]) as server, Client(server) as client:
        status, headers, _unused = client.post(IDENTIFY)
        assert (status, headers.get_all("WWW-Authenticate")) == (401, ["Negotiate"])
    with serve(transports=["basic"]) as server, Client(server) as client:
        assert client.post(IDENTIFY)[0] == 200
        status, headers, _unused = client.post(IDENTIFY, Authorization="Negotiate TlRM")
        assert (status, headers.get_all("WWW-Authenticate")) == (401, ['Basic realm="WSMAN"'])


def test_a_transport_that_is_not_known_is_an_error():
    with pytest.raises(ValueError, match=r"basic, .*, ntlm; not known: carrier pigeon"):
        serve(transports=["carrier pigeon"]).start()
    with pytest.raises(ValueError, match="none given"):
        serve(transports=[]).start()


@pytest.mark.parametrize("token", ["Negotiate ", "Negotiate ***", "Negotiate " + base64.b64encode(b"x" * 40).decode()])
def test_a_hostile_token_is_refused(client, token):
    status, headers, _unused = client.post(b"", Authorization=token)
    assert (status, headers.get_all("WWW-Authenticate")[0]) == (401, "Negotiate")


def test_ntlm_without_encryption_is_refused_over_http(server):
    with requests.Session() as session:
        session.trust_env = False
        session.auth = HttpNtlmAuth("ansible", PASSWORD)
        assert session.post(server.url, data=b"").status_code == 200
        answer = session.post(server.url, data=IDENTIFY)
        assert (answer.status_code, answer.content) == (500, b"")


def test_an_encrypted_message_without_a_login_to_decrypt_it(client):
    kind = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'
    assert client.post(b"--Encrypted Boundary\r\n", Content_Type=kind)[0] == 400


def test_bindings_to_another_channel_are_refused(tmp_path, monkeypatch):
    tls = TlsFiles.create(tmp_path / "one", [ADDRESS])
    other = TlsFiles.create(tmp_path / "two", [ADDRESS])
    assert tls.channel_binding() != other.channel_binding()
    with serve(scheme="https", tls=tls) as server, requests.Session() as session:
        session.trust_env = False
        session.verify = str(tls.ca)
        session.auth = HttpNtlmAuth("ansible", PASSWORD)
        assert session.post(server.url, data=IDENTIFY).status_code == 200
        monkeypatch.setattr(session.auth, "_get_server_cert", lambda response: b"\0" * 32)
        session.close()
        assert session.post(server.url, data=IDENTIFY).status_code == 401


def test_a_certificate_of_another_authority_is_not_trusted(tmp_path):
    tls, other = (TlsFiles.create(tmp_path / name, [ADDRESS], ["desk1"]) for name in ("one", "two"))
    with serve(scheme="https", tls=tls) as server, requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            session.post(server.url, data=b"", verify=str(other.ca))
    assert tls.key.stat().st_mode & 0o077 == 0


def test_servers_in_one_process_have_accounts_of_the_same_name(monkeypatch):
    monkeypatch.setenv("NTLM_USER_FILE", "/nowhere")
    machine = Machine("desk2")
    with serve() as one, WinRMServer(machine, ADDRESS, 0, credentials=Credentials("ansible", "another")) as two:
        for server, password in ((one, PASSWORD), (two, "another"), (one, PASSWORD)):
            for given, status in ((password, 200), ("wrong", 401)):
                with requests.Session() as session:
                    session.trust_env = False
                    session.auth = HttpNtlmAuth(r".\ansible", given)
                    assert session.post(server.url, data=b"").status_code == status
        assert os.environ["NTLM_USER_FILE"] == "/nowhere"


def test_nothing_is_left_of_the_accounts():
    settings = Settings("DESK1", Credentials("ansible", PASSWORD))
    authenticator: t.Any = build(["ntlm"], settings)[0]
    with authenticator._accounts.in_effect():
        file = Path(os.environ["NTLM_USER_FILE"])
    assert file.read_text() == f":ansible:{PASSWORD}\n.:ansible:{PASSWORD}\nDESK1:ansible:{PASSWORD}\n"
    assert file.stat().st_mode & 0o077 == 0
    authenticator.close()
    assert not file.exists()
    assert "NTLM_USER_FILE" not in os.environ
    assert PASSWORD not in repr(settings)


def test_a_password_that_the_file_of_accounts_cannot_hold():
    with pytest.raises(ValueError, match="colon"):
        build(["ntlm"], Settings("X", Credentials("ansible", "a:b")))


def test_the_port_is_given_back_when_a_server_cannot_start():
    with serve() as server:
        again = WinRMServer(server.machine, ADDRESS, server.port, credentials=Credentials("ansible", "x"))
        with pytest.raises(OSError, match="in use"):
            again.start()


def test_a_handshake_is_for_one_peer():
    (authenticator,) = build(["basic"], Settings("DESK1", Credentials("ansible", PASSWORD)))
    assert authenticator.accepts("basic x")
    assert not authenticator.accepts("Negotiate x")
    assert authenticator.begin(Peer("127.0.0.1")).step(basic(f"ansible:{PASSWORD}")).principal == "ansible"


class Context:
    """A security context that inverts bits."""

    def wrap_winrm(self, data):
        return b"header", bytes(255 - one for one in data), 0

    def unwrap_winrm(self, header, data):
        assert header == b"header"
        return bytes(255 - one for one in data)


def test_the_frame_of_an_encrypted_body():
    context: t.Any = Context()
    sealer = SpnegoSealer(context)
    content_type, sealed = sealer.seal(b"<x/>\r\n")
    assert content_type == (
        'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'
    )
    assert sealed == (
        b"--Encrypted Boundary\r\n"
        b"\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
        b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=6\r\n"
        b"--Encrypted Boundary\r\n"
        b"\tContent-Type: application/octet-stream\r\n"
        b"\x06\x00\x00\x00header" + bytes(255 - one for one in b"<x/>\r\n") + b"--Encrypted Boundary--\r\n"
    )
    assert sealer.unseal(content_type, sealed) == b"<x/>\r\n"
    for broken in (b"", sealed[:-40], sealed.replace(b"Length=6", b"Length=7"), sealed.replace(b"header", b"hidden")):
        with pytest.raises(ValueError, match=r"encrypted message|instead of|decrypted"):
            sealer.unseal(content_type, broken)
    with pytest.raises(ValueError, match="not sealed by"):
        sealer.unseal("multipart/encrypted;protocol=other", sealed)


def test_identify_shows_less_without_a_login(client):
    status, _unused, body = client.post(IDENTIFY)
    assert status == 200
    assert b"<wsmid:ProductVersion>OS: 10.0.26100 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>" in body
    assert b"secprofile/http/basic" in body
    status, _unused, body = client.post(IDENTIFY, Authorization="", WSMANIDENTIFY="unauthenticated")
    assert status == 200
    assert b"<wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>" in body
    assert b"secprofile" not in body


def test_strangers_may_do_nothing_but_identify(server, client):
    message = envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", f"{CIMV2}Win32_OperatingSystem").encode()
    assert client.post(message, Authorization="", WSMANIDENTIFY="unauthenticated")[0] == 401
    assert client.post(message)[0] == 200


def test_a_user_who_is_no_administrator_is_denied():
    with serve() as server, Client(server) as client:
        assert client.registry("EnumKey")["ReturnValue"] == "0"
        server.machine.administrators.clear()
        with pytest.raises(FaultAnswer) as caught:
            client.open_shell()
        assert (caught.value.code, caught.value.subcode) == (5, "w:AccessDenied")
