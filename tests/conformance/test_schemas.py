"""All that goes over the wire keeps to the schemas of [MS-WSMV] and of what it builds on: see `messages`.

What the collection sends over both connections, what the virtual machine answers, and every fault it knows. That the
schemas are no stricter than Windows is shown by what pywinrm and pypsrp send, and that they are strict by messages
with one thing wrong.
"""

from __future__ import annotations

import re
import typing as t
from contextlib import contextmanager
from unittest import mock
from xml.etree.ElementTree import fromstring

import pytest
from pypsrp.shell import Process, SignalCode, WinRS

from ansible_collections.presence.office.plugins.plugin_utils.wsman import enumeration
from tests.conformance.message_checks import check_exchange, check_fault, errors
from tests.conformance.xml_shapes import NAMESPACES
from tests.integration.machines import ADA, JABBER, machine
from tests.reliability.driver import Driver
from tests.unit.virtual_windows.protocol_support import (
    CIMV2,
    CMD,
    ENUMERATION,
    SHELL,
    TRANSFER,
    WQL,
    Client,
    envelope,
    pypsrp,
    pywinrm,
    serve,
)
from tests.virtual_windows.fleet import Fleet
from tests.virtual_windows.machine import Machine
from tests.virtual_windows.protocol import Fault, FaultStyle, fault_codes
from tests.virtual_windows.protocol.service import Service

# pywinrm's and pypsrp's own: old ways.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
STREAMS = "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"


@contextmanager
def tapped():
    """Yield what is asked and answered while this is open, as it is inside any encryption."""
    exchanges: list[tuple[bytes, bytes]] = []
    handle = Service.handle

    def handling(self, data, *more):
        status, answer = handle(self, data, *more)
        exchanges.append((data, answer))
        return status, answer

    with mock.patch.object(Service, "handle", handling):
        yield exchanges


def operations(exchanges):
    """Return the operations of the exchanges, by the last part of their actions, once each is checked."""
    return {check_exchange(asked, answered).rpartition("/")[2] for asked, answered in exchanges}


# -- the collection and the virtual machine


CAROL = {"account": r"CONTOSO\carol", "signed_in": True, "default": JABBER}
BOB = {"account": r"CONTOSO\bob", "default": JABBER}
SIGNED_IN = machine(ADA, CAROL)
ALL = machine(ADA, BOB, CAROL, default_profile={"default": JABBER})
HIVES = {"profiles": ["loaded", "unloaded", "default"]}
COMMAND = {"Create", "Command", "Receive", "Signal", "Delete"}
LIST = {"Enumerate", "Pull"}
#: A machine, a task, and the operations that it takes.
TASKS: dict[str, tuple[dict[str, t.Any], str, dict[str, t.Any], set[str]]] = {
    "enforce by command": (ALL, "default_im_app", {"name": ["Lync"], **HIVES}, COMMAND | LIST | {"Get", "EnumKey"}),
    "enforce by typed calls": (SIGNED_IN, "default_im_app", {"name": ["Lync"]}, {"GetStringValue", "SetStringValue"}),
    "remove": (SIGNED_IN, "default_im_app", {"name": [JABBER], "state": "absent"}, {"GetStringValue", "DeleteValue"}),
    "facts": (ALL, "im_provider_facts", HIVES, COMMAND | LIST | {"GetOwnerSid"}),
}


@pytest.mark.parametrize("connection", ["winrm", "psrp"])
@pytest.mark.parametrize("task", TASKS)
def test_what_a_task_says_and_hears(task, connection, tmp_path, record_property):
    described, module, arguments, expected = TASKS[task]
    # So that a few profiles make a list of several answers.
    with mock.patch.object(enumeration, "BATCH", 2), Fleet.load({"machines": {"desk1": described}}) as fleet:
        driver = Driver(fleet, connection, tmp_path)
        with tapped() as exchanges:
            outcome = driver.run(module, **arguments)
    assert outcome.status == "ok", outcome.message
    found = operations(exchanges)
    assert expected <= found, found
    record_property("messages that keep to the schemas", 2 * len(exchanges))


@pytest.fixture(scope="module")
def server():
    users = [{"account": rf"CONTOSO\user{number}", "signed_in": number == 1} for number in (1, 2, 3)]
    windows = Machine("desk1", {"users": users}, speed=1000)
    with serve(windows) as running:
        yield running
    windows.close()


@pytest.fixture
def client(server):
    with Client(server) as ready:
        yield ready


def test_what_the_collection_does_not_ask_for(client):
    with tapped() as exchanges:
        client.post(
            f'<s:Envelope xmlns:s="{NAMESPACES["s"]}"><s:Header/><s:Body><i:Identify xmlns:i="{IDENTITY}"/></s:Body>'
            "</s:Envelope>".encode()
        )
        asked = f'<n:Enumerate><w:Filter Dialect="{WQL}">SELECT SID FROM Win32_UserProfile</w:Filter></n:Enumerate>'
        begun = client.send(f"{ENUMERATION}/Enumerate", f"{CIMV2}*", asked)
        context = begun.findtext(".//n:EnumerationContext", "", NAMESPACES)
        pulled = client.pull(context, 1)
        context = pulled.findtext("n:EnumerationContext", "", NAMESPACES)
        released = f"<n:Release><n:EnumerationContext>{context}</n:EnumerationContext></n:Release>"
        client.send(f"{ENUMERATION}/Release", f"{CIMV2}*", released)
        client.send(f"{TRANSFER}/Get", f"{CIMV2}Win32_OperatingSystem")
        fields = '<rsp:Environment><rsp:Variable Name="a">b</rsp:Variable></rsp:Environment>'
        body = f"<rsp:Shell>{fields}<rsp:Lifetime>PT60S</rsp:Lifetime>{STREAMS}</rsp:Shell>"
        created = client.send(f"{TRANSFER}/Create", CMD, body)
        shell_id = created.findtext("rsp:Shell/rsp:ShellId", "", NAMESPACES)
        client.send(f"{TRANSFER}/Get", SHELL, selectors={"ShellId": shell_id})
        command_id = client.run(shell_id, "ping -n 500 127.0.0.1 >nul")
        stream = f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{command_id}" End="true">aGk=</rsp:Stream></rsp:Send>'
        client.shell("Send", shell_id, stream)
        client.signal(shell_id, command_id, "ctrl_c")
        client.receive(shell_id, command_id)
        client.delete(shell_id)
    assert [(asked, errors(answered)) for asked, answered in exchanges if errors(answered)] == []
    assert len(exchanges) == 12


@pytest.mark.parametrize("style", FaultStyle)
@pytest.mark.parametrize("code", [*fault_codes.SHAPES, 0x80041001])
def test_faults(client, server, code, style, record_property):
    def strike(request, stage):
        raise Fault(code, style=style)

    server.interceptors.append(strike)
    try:
        with tapped() as exchanges:
            client.post(envelope(f"{TRANSFER}/Get", f"{CIMV2}Win32_OperatingSystem").encode())
    finally:
        server.interceptors.remove(strike)
    ((_asked, answered),) = exchanges
    assert errors(answered) == []
    check_fault(fromstring(answered))
    record_property("messages that keep to the schemas", 1)


# -- the schemas themselves


def put_right(asked: bytes) -> bytes:
    """Return a request without the two things in which these libraries keep to no schema, and which Windows takes.

    Both put the environment behind the streams, and pywinrm its mustUnderstand into no namespace.
    """
    moved = re.sub(
        rb"(<rsp:InputStreams>.*</rsp:OutputStreams>)(<rsp:Environment>.*</rsp:Environment>)", rb"\2\1", asked
    )
    return moved.replace(b" mustUnderstand=", b" env:mustUnderstand=")


def check_put_right(exchanges, expected):
    assert any(errors(asked) for asked, _answered in exchanges)
    assert operations([(put_right(asked), answered) for asked, answered in exchanges]) == expected


def test_what_pywinrm_says(server):
    with tapped() as exchanges, pywinrm(server, "basic") as client:
        shell_id = client.open_shell(codepage=65001, noprofile=True, env_vars={"greeting": "hi"})
        command_id = client.run_command(shell_id, "echo", ["%GREETING%"])
        client.get_command_output(shell_id, command_id)
        client.cleanup_command(shell_id, command_id)
        client.close_shell(shell_id)
    check_put_right(exchanges, COMMAND)


def test_what_pypsrp_says(server):
    with tapped() as exchanges, pypsrp(server, "basic") as client:
        shell = WinRS(client, codepage=65001, environment={"a": "b"})
        shell.open()
        process = Process(shell, "echo", ["%A%"])
        process.invoke()
        process.signal(SignalCode.TERMINATE)
        shell.close()
    check_put_right(exchanges, COMMAND)


@pytest.fixture(scope="module")
def messages(server):
    """Return a good message of every kind, by its action."""
    with Client(server) as client, tapped() as exchanges:
        found = client.enumerate("SELECT SID FROM Win32_UserProfile", elements=1)
        client.pull(found.findtext("n:EnumerationContext", "", NAMESPACES))
        shell_id = client.open_shell()
        command_id = client.run(shell_id, "echo hi")
        client.receive(shell_id, command_id)
        client.signal(shell_id, command_id)
        client.delete(shell_id)
        client.post(envelope(f"{TRANSFER}/Get", f"{CIMV2}Win32_Nothing").encode())
    answers = [answered.decode() for _asked, answered in exchanges]
    return {fromstring(one).findtext(".//a:Action", "", NAMESPACES).rpartition("/")[2]: one for one in answers}


#: A good message, what stands in it, and what is to stand there instead.
WRONG = {
    "a header nobody knows": ("PullResponse", "<a:To>", "<a:For>x</a:For><a:To>"),
    "no body": ("DeleteResponse", "<s:Body></s:Body>", ""),
    "a MessageID that is empty": ("PullResponse", "<a:MessageID>.*?<", "<a:MessageID><"),
    "an element of another namespace": ("CommandResponse", "rsp:CommandId", "a:CommandId"),
    "a body nobody knows": ("CommandResponse", "rsp:CommandResponse", "rsp:CommandReply"),
    "no CommandId": ("CommandResponse", "<rsp:CommandId>.*</rsp:CommandId>", ""),
    "a state nobody knows": ("ReceiveResponse", "CommandState/Done", "CommandState/Dead"),
    "a state of no command": ("ReceiveResponse", '(<rsp:CommandState) CommandId="[^"]*"', r"\1"),
    "an exit code that is no number": ("ReceiveResponse", "<rsp:ExitCode>0<", "<rsp:ExitCode>ok<"),
    "the state before the output": (
        "ReceiveResponse",
        "(<rsp:Stream.*)(<rsp:CommandState.*</rsp:CommandState>)",
        r"\2\1",
    ),
    "output that is no base64": ("ReceiveResponse", r'(Name="stdout"[^>]*>)\w+', r"\1h.i"),
    "a stream nobody knows": ("ReceiveResponse", 'Name="stderr"', 'Name="stdlog"'),
    "a stream without a name": ("ReceiveResponse", ' Name="stdout"', ""),
    "a shell in another order": (
        "CreateResponse",
        "(<rsp:ShellId>.*?</rsp:ShellId>)(<rsp:ResourceUri>.*?</rsp:ResourceUri>)",
        r"\2\1",
    ),
    "a duration that is none": ("CreateResponse", "<rsp:IdleTimeOut>[^<]*", "<rsp:IdleTimeOut>7200"),
    "a selector without a name": ("CreateResponse", ' Name="ShellId"', ""),
    "no address": ("CreateResponse", "<a:Address>.*?</a:Address>", ""),
    "no context": ("EnumerateResponse", "<n:EnumerationContext>.*</n:EnumerationContext>", ""),
    "items of WS-Enumeration": ("EnumerateResponse", "w:Items", "n:Items"),
    "items of WS-Management": ("PullResponse", "n:Items", "w:Items"),
    "the end, and a context": ("PullResponse", "<n:Items>", "<n:EnumerationContext>x</n:EnumerationContext><n:Items>"),
    "neither end nor context": ("PullResponse", "<n:EndOfSequence/>", ""),
    "a subcode of no prefix": ("fault", r"(<s:Subcode><s:Value>)\w+:", r"\1q:"),
    "a code SOAP does not know": ("fault", "s:Sender", "s:Client"),
    "no reason": ("fault", "<s:Reason>.*</s:Reason>", ""),
    "a reason in no language": ("fault", '<s:Text xml:lang="en-US">', "<s:Text>"),
    "a detail of somebody else's": ("fault", "wsman/faultDetail/", "wsman/detail/"),
}


@pytest.mark.parametrize("what", WRONG)
def test_one_thing_that_is_wrong(what, messages, record_property):
    action, old, new = WRONG[what]
    good = messages[action]
    assert errors(good) == []
    bad = re.sub(old, new, good)
    assert bad != good
    assert errors(bad) != []
    record_property("messages that do not, and are noticed", 1)


def test_a_fault_of_windows_has_a_code_and_a_machine(client):
    with tapped() as exchanges:
        client.post(envelope(f"{SHELL}/Receive", CMD, selectors={"ShellId": "x"}).encode())
    ((_asked, answered),) = exchanges
    assert errors(answered) == []
    assert errors(answered.replace(b" Code=", b" Kode=")) != []
    assert errors(re.sub(rb' Machine="[^"]*"', b"", answered)) != []
