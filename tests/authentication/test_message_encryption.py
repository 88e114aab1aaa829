"""Encrypted messages that the login cases do not send: long ones, and Kerberos by its own scheme."""

from __future__ import annotations

import typing as t
from xml.etree.ElementTree import fromstring

import pytest
from pypsrp.wsman import WSMan
from winrm.protocol import Protocol

from tests.unit.virtual_windows.protocol_support import CIMV2, ENUMERATION, WQL, envelope
from tests.virtual_windows.fleet import Fleet, Member

PROCESSES = 300
# CredSSP seals this many bytes at once.
PIECE = 16_384

Send = t.Callable[[bytes], bytes]


def by_pywinrm(fleet: Fleet, member: Member) -> Send:
    """Return a function that sends a message by pywinrm."""
    known = fleet.credentials
    # Use neither a proxy nor an authority of the environment.
    account: dict[str, t.Any] = {"username": known.username, "password": known.password, "ca_trust_path": None}
    wire = Protocol(member.server.url, transport="credssp", proxy=None, **account).transport

    def send(message: bytes) -> bytes:
        return bytes(wire.send_message(message))

    return send


def by_pypsrp(fleet: Fleet, member: Member, auth: str = "credssp", **more: t.Any) -> Send:
    """Return a function that sends a message by pypsrp."""
    account = {"username": fleet.credentials.username, "password": fleet.credentials.password, "no_proxy": True}
    options = {**account, "ssl": False, "auth": auth, **more}
    return WSMan(member.address, port=member.port, **options).transport.send


def all_processes(padding: int = 0) -> bytes:
    """Return a request for all processes at once, padded with blanks."""
    body = (
        f'<n:Enumerate xmlns:n="{ENUMERATION}"><w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements>'
        f'<w:Filter Dialect="{WQL}">SELECT * FROM Win32_Process</w:Filter></n:Enumerate>'
    )
    return envelope(f"{ENUMERATION}/Enumerate", f"{CIMV2}*", body + " " * padding).encode()


@pytest.mark.parametrize("client", [by_pywinrm, by_pypsrp])
def test_long_messages_by_credssp_go_in_pieces(client):
    machines = {"desk1": {"transports": ["credssp"], "processes": PROCESSES}}
    with Fleet.load({"machines": machines}) as fleet:
        send = client(fleet, fleet["desk1"])
        for padding in (0, 3 * PIECE):
            answer = send(all_processes(padding))
            assert len(answer) > 2 * PIECE
            assert [one for one in fromstring(answer).iter() if one.tag.endswith("}Win32_Process")]
        requests = [entry for entry in fleet["desk1"].log.entries if not entry.authentication]
        assert [entry.encrypted for entry in requests] == [True, True]
        assert requests[1].bytes_in > 3 * PIECE


def test_kerberos_by_its_own_scheme(monkeypatch):
    with Fleet.load({"machines": {"desk1": {"transports": ["kerberos"]}}}) as fleet:
        member, domain = fleet["desk1"], fleet.domain
        assert domain is not None
        (authenticator,) = member.server._authenticators
        monkeypatch.setattr(authenticator, "challenges", ("Kerberos",))
        override = {"negotiate_hostname_override": domain.host_name("desk1"), "negotiate_service": "HTTP"}
        send = by_pypsrp(fleet, member, "kerberos", username=domain.principal, **override)
        assert fromstring(send(all_processes())).tag.endswith("Envelope")
        assert member.log.entries[-1].encrypted
