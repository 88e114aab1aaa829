"""Logins in which TLS takes part: client certificates, and bindings to the channel."""

from __future__ import annotations

import ssl

import pytest
import requests
from requests_ntlm import HttpNtlmAuth

from tests.unit.virtual_windows.protocol_support import ADDRESS, PASSWORD, serve
from tests.virtual_windows.fleet_file import read_fleet
from tests.virtual_windows.machine.reader import DescriptionError
from tests.virtual_windows.protocol.authentication import Credentials, Settings, build
from tests.virtual_windows.protocol.tls import EXPIRED, Authority, TlsFiles, decode_utf8_string

MUTUAL = {"Authorization": "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"}


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return TlsFiles.create(tmp_path_factory.mktemp("tls"), [ADDRESS])


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("clients"), "clients")


@pytest.fixture(scope="module")
def server(tls, clients):
    with serve(scheme="https", tls=tls, transports=["certificate", "basic"], client_authority=clients.path) as running:
        yield running


def post(server, tls, pair=None, **more):
    with requests.Session() as session:
        session.trust_env = False
        cert = (str(pair.certificate), str(pair.key)) if pair else None
        return session.post(server.url, data=b"", verify=str(tls.ca), cert=cert, **more)


def test_a_certificate_is_a_login(server, tls, clients):
    assert post(server, tls, clients.client("known", "Ansible"), headers=MUTUAL).status_code == 200


def test_neither_header_nor_certificate_is_enough_alone(server, tls, clients):
    refused = post(server, tls, headers=MUTUAL)
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="WSMAN"')
    assert post(server, tls, clients.client("silent", "ansible")).status_code == 401
    assert post(server, tls, clients.client("stranger", "bob"), headers=MUTUAL).status_code == 401
    assert post(server, tls, auth=("ansible", PASSWORD)).status_code == 200


@pytest.mark.parametrize(("kind", "alert"), [("expired", "alert certificate expired"), ("unknown", "alert unknown ca")])
def test_a_client_gets_an_alert_about_its_certificate(server, tls, clients, tmp_path, kind, alert):
    authority = clients if kind == "expired" else Authority(tmp_path, "unknown")
    pair = authority.client("account", "ansible", EXPIRED) if kind == "expired" else authority.client("x", "ansible")
    with pytest.raises(requests.exceptions.RequestException, match=alert):
        post(server, tls, pair, headers=MUTUAL)


@pytest.mark.parametrize(("strict", "bound", "status"), [(True, True, 200), (True, False, 401), (False, False, 200)])
def test_how_strict_a_machine_is_about_bindings(tls, strict, bound, status):
    with serve(scheme="https", tls=tls, strict_channel_binding=strict) as server:
        assert post(server, tls, auth=HttpNtlmAuth("ansible", PASSWORD, send_cbt=bound)).status_code == status


def test_an_interceptor_is_detected(tls, tmp_path):
    shown = TlsFiles.create(tmp_path, [ADDRESS])
    between = TlsFiles(shown.ca, shown.certificate, shown.key, bound=tls.certificate)
    assert between.channel_binding() == tls.channel_binding()
    with serve(scheme="https", tls=between) as server:
        assert post(server, between, auth=HttpNtlmAuth("ansible", PASSWORD)).status_code == 401


def test_missing_settings_are_reported():
    settings = Settings("DESK1", Credentials("ansible", PASSWORD))
    with pytest.raises(ValueError, match="certificate needs https"):
        build(["certificate"], settings)
    with pytest.raises(ValueError, match="kerberos needs"):
        build(["kerberos"], settings)
    with pytest.raises(DescriptionError, match="the transport certificate needs scheme https"):
        read_fleet({"machines": {"desk1": {"transports": ["certificate"]}}})


def test_negotiate_is_offered_once_and_credssp_beside_it():
    with serve(transports=["ntlm", "credssp"]) as server:
        answer = requests.post(server.url, data=b"", timeout=10)
        assert answer.headers["WWW-Authenticate"] == "Negotiate, CredSSP"


def test_a_hostile_credssp_token_is_refused():
    with serve(transports=["credssp"]) as server:
        for token in ("", "***", "AAAA", "FgMBAgABAAH8AwM="):
            answer = requests.post(server.url, data=b"", headers={"Authorization": f"CredSSP {token}"}, timeout=10)
            assert answer.status_code == 401


@pytest.mark.parametrize("der", [b"", b"\x0c", b"\x0c\x05abc", b"\x04\x03abc"])
def test_an_invalid_name(der):
    assert decode_utf8_string(der) == ""
    assert decode_utf8_string(b"\x0c\x03abc") == "abc"


def test_a_server_without_client_certificates_does_not_ask_for_any(tls):
    with serve(scheme="https", tls=tls, transports=["basic"]) as server:
        assert server._tls is not None
        context = server._tls.context()
        assert context.verify_mode == ssl.CERT_NONE
