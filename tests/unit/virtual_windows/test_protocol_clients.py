"""The client libraries of Ansible's connections work with a machine as with Windows."""

from __future__ import annotations

import threading
from xml.etree.ElementTree import Element, SubElement, fromstring

import pytest
import winrm.exceptions
import winrm.protocol
import xmltodict
from pypsrp.exceptions import AuthenticationError, WSManFaultError
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import OptionSet, SelectorSet

from tests.unit.virtual_windows.protocol_support import (
    ADDRESS,
    CIMV2,
    ENUMERATION,
    HKU,
    NAMESPACES,
    PASSWORD,
    REGISTRY,
    WQL,
    plain,
    pypsrp,
    pywinrm,
    serve,
)
from tests.virtual_windows.machine import Machine, Value, ValueType
from tests.virtual_windows.protocol import TlsFiles

LONG = "x" * 40_000


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return TlsFiles.create(tmp_path_factory.mktemp("tls"), [ADDRESS])


@pytest.fixture(scope="module", params=["http", "https"])
def server(request, tls):
    machine = Machine("desk1", speed=1000)
    machine.registry.set_value(r"HKEY_USERS\.DEFAULT", Value("é<\u4e2d>", ValueType.SZ, LONG))
    with serve(machine, scheme=request.param, tls=tls if request.param == "https" else None) as running:
        yield running
        assert running.shells == []
        assert running.enumerations == []


transports = pytest.mark.parametrize("transport", ["basic", "ntlm"])


@transports
def test_pywinrm_runs_a_command(server, tls, transport):
    with pywinrm(server, transport, tls) as client:
        shell = client.open_shell(codepage=65001, noprofile=True, env_vars={"greeting": "hé"})
        command = client.run_command(shell, "echo", ["%GREETING%", "&", "exit", "/b", "3"])
        assert client.get_command_output(shell, command) == ("hé \r\n".encode(), b"", 3)
        client.cleanup_command(shell, command)
        client.close_shell(shell)


@pytest.mark.parametrize("transport", ["basic", "ntlm", "negotiate"])
def test_pypsrp_runs_a_command(server, tls, transport):
    with pypsrp(server, transport, tls) as client, WinRS(client, codepage=65001) as shell:
        process = Process(shell, "reg", ["query", r"HKU\.DEFAULT"])
        process.invoke()
        assert (process.rc, process.stderr) == (0, b"")
        assert f"    é<\u4e2d>    REG_SZ    {LONG}\r\n" in process.stdout.decode()
        process.signal(SignalCode.TERMINATE)
        assert shell.owner == "ansible"


@transports
def test_pywinrm_calls_a_method_and_queries(server, tls, transport):
    with pywinrm(server, transport, tls) as client:
        request = client.build_wsman_header(f"{REGISTRY}/GetStringValue", REGISTRY)
        inputs = {"@xmlns:q": REGISTRY, "q:hDefKey": HKU, "q:sSubKeyName": ".DEFAULT", "q:sValueName": "É<\u4e2d>"}
        answer = send(client, request, {"q:GetStringValue_INPUT": inputs})
        assert plain(answer[0]) == {"sValue": LONG, "ReturnValue": "0"}

        request = client.build_wsman_header(f"{ENUMERATION}/Enumerate", f"{CIMV2}*")
        query = {"@Dialect": WQL, "#text": "SELECT Name FROM Win32_Process WHERE ProcessId = 4"}
        answer = send(client, request, {"n:Enumerate": {"w:OptimizeEnumeration": None, "w:Filter": query}})
        assert [plain(item) for item in answer.find(".//w:Items", NAMESPACES)] == [{"Name": "System"}]


def send(client, request, body):
    answer = client.send_message(xmltodict.unparse({"env:Envelope": {**request, "env:Body": body}}))
    return fromstring(answer).find("s:Body", NAMESPACES)


@transports
def test_pypsrp_calls_a_method_and_gets_an_instance(server, tls, transport):
    with pypsrp(server, transport, tls) as client:
        inputs = Element(f"{{{REGISTRY}}}EnumValues_INPUT")
        SubElement(inputs, f"{{{REGISTRY}}}hDefKey").text = str(HKU)
        SubElement(inputs, f"{{{REGISTRY}}}sSubKeyName").text = ".DEFAULT"
        answer = client.invoke(f"{REGISTRY}/EnumValues", REGISTRY, inputs)
        (output,) = answer.iterfind("s:Body/*", NAMESPACES)
        assert plain(output) == {"sNames": "é<\u4e2d>", "Types": "1", "ReturnValue": "0"}

        selectors = SelectorSet()
        selectors.add_option("Handle", "4")
        body = client.get(f"{CIMV2}Win32_Process", selector_set=selectors)
        assert plain(body[0])["Name"] == "System"


def test_both_get_the_code_of_a_fault_of_the_shell(server, tls):
    with pywinrm(server, "basic", tls) as client, pytest.raises(winrm.exceptions.WSManFaultError) as caught:
        client.run_command("11111111-1111-1111-1111-111111111111", "hostname")
    assert caught.value.wsman_fault_code == 2150858843
    with pypsrp(server, "basic", tls) as client:
        selectors = SelectorSet()
        selectors.add_option("ShellId", "11111111-1111-1111-1111-111111111111")
        with pytest.raises(WSManFaultError) as fault:
            client.delete("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd", selector_set=selectors)
    assert fault.value.code == 2150858843


def test_a_fault_of_wmi_is_an_msft_wmierror_of_which_pypsrp_sees_the_subcode_only(server, tls):
    with pywinrm(server, "basic", tls) as client, pytest.raises(winrm.exceptions.WSManFaultError) as caught:
        send(client, client.build_wsman_header(f"{REGISTRY}/Nonsense", REGISTRY), {})
    assert (caught.value.wsman_fault_code, caught.value.wmierror_code) == (None, 2150858778)
    with pypsrp(server, "basic", tls) as client, pytest.raises(WSManFaultError) as fault:
        client.invoke(f"{REGISTRY}/Nonsense", REGISTRY, None)
    assert fault.value.code == "n:CannotProcessFilter"


@transports
def test_a_wrong_password_is_refused(server, tls, transport):
    refused = winrm.exceptions.InvalidCredentialsError
    with pywinrm(server, transport, tls, "wrong") as client, pytest.raises(refused):
        client.open_shell()
    with pypsrp(server, transport, tls, "wrong") as client, pytest.raises(AuthenticationError):
        WinRS(client).open()


def test_encryption_on_top_of_https(tls):
    with serve(scheme="https", tls=tls) as server:
        client = winrm.protocol.Protocol(
            server.url,
            transport="ntlm",
            username=r"DESK1\ansible",
            password=PASSWORD,
            ca_trust_path=str(tls.ca),
            message_encryption="always",
            proxy=None,
        )
        shell = client.open_shell()
        client.close_shell(shell)
        assert server.log.entries[-1].bytes_in > 0


def test_control_c_ends_a_command(server, tls):
    begun = threading.Event()
    server.observers.append(lambda line: begun.set())
    with pypsrp(server, "ntlm", tls) as client, WinRS(client) as shell:
        process = Process(shell, "ping", ["-n", "100000", "127.0.0.1", ">nul"])
        process.begin_invoke()
        assert begun.wait(5)
        process.signal(SignalCode.CTRL_C)
        process.end_invoke()
        assert process.rc == 0xC000013A
    server.observers.clear()


def test_options_that_must_be_complied_with(server, tls):
    with pypsrp(server, "basic", tls) as client:
        with WinRS(client, no_profile=True):
            pass
        options = OptionSet()
        options.add_option("WINRS_NONSENSE", "TRUE", {"MustComply": "true"})
        with pytest.raises(WSManFaultError) as fault:
            WinRS(client).open(options)
    assert fault.value.code == 2150858833
