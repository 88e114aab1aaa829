"""Fleets that run: real servers, addresses of their own, inventories, power."""

from __future__ import annotations

import socket
import stat

import pytest
import yaml
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan
from winrm.protocol import Protocol

from tests.virtual_windows.addresses import Addresses, free_port
from tests.virtual_windows.fleet import Fleet
from tests.virtual_windows.protocol import WinRMServer

ADA = {"account": r"CONTOSO\ada", "signed_in": True}


def run(fleet, name, line="reg query HKU", transport=None):
    """Run a command line with pywinrm; return exit code and output."""
    member = fleet[name]
    protocol = Protocol(
        member.server.url,
        transport=transport or member.description.transports[0],
        username=fleet.credentials.username,
        password=fleet.credentials.password,
        ca_trust_path=str(fleet.ca) if fleet.ca else None,  # type: ignore[arg-type]
        proxy=None,
    )
    shell = protocol.open_shell(codepage=65001)
    try:
        output, _unused, code = protocol.get_command_output(shell, protocol.run_command(shell, line))
    finally:
        protocol.close_shell(shell)
        protocol.transport.close_session()
    return code, output.decode()


def run_psrp(fleet, name):
    """Run `reg query HKU` with pypsrp as an inventory for psrp says; return its output."""
    member = fleet[name]
    wsman = WSMan(
        member.address,
        port=member.port,
        username=fleet.credentials.username,
        password=fleet.credentials.password,
        ssl=member.description.scheme == "https",
        auth=member.description.transports[0],
        cert_validation=str(fleet.ca) if fleet.ca else True,  # type: ignore[arg-type]
        encryption="never" if member.description.transports[0] == "basic" else "auto",
        no_proxy=True,
    )
    with wsman, WinRS(wsman) as shell:
        process = Process(shell, "reg query HKU")
        process.invoke()
        process.signal(SignalCode.TERMINATE)
        return process.stdout.decode()


def refused(member):
    with socket.socket() as probe:
        return probe.connect_ex((member.address, member.port)) != 0


def inventory(fleet, path, connection):
    children = yaml.safe_load(fleet.write_inventory(path, connection).read_text(encoding="utf-8"))["all"]["children"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return children


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("transport", ["ntlm", "basic"])
def test_real_clients_reach_it(scheme, transport):
    source = {"machines": {"desk1": {"scheme": scheme, "transports": [transport], "users": [ADA]}}}
    with Fleet.load(source) as fleet:
        sid = fleet["desk1"].machine.sid_of("ada")
        code, output = run(fleet, "desk1")
        assert code == 0
        assert sid in output
        assert sid in run_psrp(fleet, "desk1")
        assert fleet["desk1"].log.count("Command") == 2
        assert fleet["desk1"].server.shells == []


def test_inventory_for_winrm(tmp_path):
    source = {
        "machines": {
            "a": {"transports": ["basic"], "groups": ["desks"]},
            "b": {"scheme": "https"},
            "c": {"power": "off", "groups": ["desks"]},
        }
    }
    with Fleet.load(source) as fleet:
        groups = inventory(fleet, tmp_path / "new" / "hosts.yml", "winrm")
        every = groups["virtual_windows"]
        assert groups["desks"]["hosts"] == {"a": {}, "c": {}}
        assert every["vars"]["ansible_connection"] == "winrm"
        assert every["vars"]["ansible_password"] == fleet.credentials.password
        assert every["hosts"]["a"] == {
            "ansible_host": fleet["a"].address,
            "ansible_port": fleet["a"].port,
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "basic",
        }
        assert every["hosts"]["b"]["ansible_winrm_ca_trust_path"] == str(fleet.ca)
        assert refused(fleet["c"])
        assert len({host["ansible_host"] for host in every["hosts"].values()}) == 3


def test_inventory_for_psrp(tmp_path):
    source = {"machines": {"a": {"transports": ["basic"]}, "b": {"scheme": "https", "transports": ["basic"]}, "c": {}}}
    with Fleet.load(source) as fleet:
        hosts = inventory(fleet, tmp_path / "hosts.yml", "psrp")["virtual_windows"]["hosts"]
        assert hosts["a"]["ansible_psrp_message_encryption"] == "never"
        assert hosts["a"]["ansible_psrp_protocol"] == "http"
        assert hosts["b"]["ansible_psrp_ca_cert"] == str(fleet.ca)
        assert "ansible_psrp_message_encryption" not in {**hosts["b"], **hosts["c"]}
        assert hosts["c"]["ansible_psrp_auth"] == "ntlm"
        with pytest.raises(ValueError, match="winrm, psrp"):
            fleet.write_inventory(tmp_path / "x", "ssh")


def test_switching_off_and_on_keeps_the_machine():
    with Fleet.load({"machines": {"desk1": {"users": [ADA]}}}) as fleet:
        member = fleet["desk1"]
        before = member.machine.dump()
        member.power_off()
        member.power_off()
        assert refused(member)
        member.power_on()
        assert run(fleet, "desk1")[0] == 0
        assert member.machine.dump() == before


def test_fleets_do_not_meet():
    source = {"machines": {"a": {"times": 5}}}
    with Fleet.load(source) as one, Fleet.load(source) as other:
        addresses = [member.address for fleet in (one, other) for member in fleet]
        assert len({*addresses}) == 10
        assert all(address.startswith("127.") for address in addresses)
        assert one.credentials.password != other.credentials.password
        assert run(one, "a-1", transport="ntlm")[0] == run(other, "a-1", transport="ntlm")[0] == 0


def test_a_fleet_is_gone_when_it_ends_and_can_start_again():
    fleet = Fleet.load({"machines": {"a": {"scheme": "https"}}})
    with fleet:
        member = fleet["a"]
        assert fleet.ca is not None
        files = fleet.ca.parent
    assert refused(member)
    assert not files.exists()
    assert len(fleet) == 0
    with pytest.raises(KeyError, match="no machine is called 'a'"):
        fleet["a"]
    with fleet:
        assert run(fleet, "a")[0] == 0


def test_a_failure_on_the_way_leaves_nothing_open(monkeypatch):
    started: list[WinRMServer] = []
    start = WinRMServer.start

    def fails_second(server):
        if started:
            raise OSError("no port is left")
        start(server)
        started.append(server)

    monkeypatch.setattr(WinRMServer, "start", fails_second)
    fleet = Fleet.load({"machines": {"a": {"times": 2}}})
    with pytest.raises(OSError, match="no port"):
        fleet.start()
    assert len(fleet) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((started[0].address, started[0].port))


def test_addresses_of_more_than_one_block():
    addresses = Addresses()
    try:
        taken = [addresses.take() for _unused in range(260)]
        assert len({*taken}) == 260
        assert len({address.rpartition(".")[0] for address in taken}) == 2
        assert addresses.control() not in taken
    finally:
        addresses.close()


def test_a_port_that_is_taken_is_not_used():
    addresses = Addresses()
    address = addresses.take()
    try:
        with socket.create_server((address, 5985)):
            port = free_port(address, "http")
        assert 10_000 <= port < 30_000
        assert free_port(address, "https") == 5986
    finally:
        addresses.close()
