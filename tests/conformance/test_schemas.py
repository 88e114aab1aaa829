"""All messages conform to the schemas of [MS-WSMV] and of the standards that it builds on: see `message_checks`.

Covers what the collection sends over both connections, the virtual machine's answers, and each of its faults. Messages
of pywinrm and pypsrp show that the schemas are no stricter than Windows; messages with one mistake show that they are
strict.
"""

from __future__ import annotations

import re
import typing as t
from contextlib import contextmanager
from unittest import mock
from xml.etree.ElementTree import fromstring

import pytest
from pypsrp.shell import Process, SignalCode, WinRS

from ansible_collections.presence.office.plugins.plugin_utils.presence.keys import DEFAULT_IM_APP
from ansible_collections.presence.office.plugins.plugin_utils.windows.changes import Events, Polling
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import HiveFile
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.wsman import enumeration
from ansible_collections.presence.office.plugins.plugin_utils.wsman.session import Session
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
    WMI,
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

# Deprecated calls in pywinrm and pypsrp.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
STREAMS = "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"


@contextmanager
def tapped():
    """Yield the list of exchanges (request, answer) while this is open, without encryption."""
    exchanges: list[tuple[bytes, bytes]] = []
    handle = Service.handle

    def handling(self, data, *more):
        status, answer = handle(self, data, *more)
        exchanges.append((data, answer))
        return status, answer

    with mock.patch.object(Service, "handle", handling):
        yield exchanges


def operations(exchanges):
    """Check the exchanges; return their operations, by the last part of their actions."""
    return {check_exchange(request, answer).rpartition("/")[2] for request, answer in exchanges}


# -- the collection and the virtual machine


CAROL = {"account": r"CONTOSO\carol", "signed_in": True, "default": JABBER}
BOB = {"account": r"CONTOSO\bob", "default": JABBER}
SIGNED_IN = machine(ADA, CAROL)
ALL = machine(ADA, BOB, CAROL, default_profile={"default": JABBER})
HIVES = {"profiles": ["loaded", "unloaded", "default"]}
COMMAND = {"Create", "Command", "Receive", "Signal", "Delete"}
LIST = {"Enumerate", "Pull"}
#: A machine, a task, and the operations that it uses.
TASKS: dict[str, tuple[dict[str, t.Any], str, dict[str, t.Any], set[str]]] = {
    "enforce by command": (ALL, "default_im_app", {"name": ["Lync"], **HIVES}, COMMAND | LIST | {"Get"}),
    "enforce by typed calls": (
        SIGNED_IN,
        "default_im_app",
        {"name": ["Lync"]},
        {"EnumKey", "GetStringValue", "SetStringValue"},
    ),
    "remove": (SIGNED_IN, "default_im_app", {"name": [JABBER], "state": "absent"}, {"GetStringValue", "DeleteValue"}),
    "facts": (ALL, "im_provider_facts", HIVES, COMMAND | LIST | {"GetOwnerSid"}),
}


@pytest.mark.parametrize("connection", ["winrm", "psrp"])
@pytest.mark.parametrize("task", TASKS)
def test_messages_of_a_task(task, connection, tmp_path, record_property):
    described, module, arguments, expected = TASKS[task]
    # In small batches, so that a few profiles make a list of several answers.
    with mock.patch.object(enumeration, "BATCH", 2), Fleet.load({"machines": {"desk1": described}}) as fleet:
        driver = Driver(fleet, connection, tmp_path)
        with tapped() as exchanges:
            outcome = driver.run(module, **arguments)
    assert outcome.status == "ok", outcome.message
    sent = operations(exchanges)
    assert expected <= sent, sent
    record_property("messages that keep to the schemas", 2 * len(exchanges))


@pytest.mark.parametrize("connection", ["winrm", "psrp"])
def test_messages_of_a_subscription(connection, tmp_path, record_property):
    with Fleet.load({"machines": {"desk1": SIGNED_IN}}) as fleet:
        desk1 = fleet["desk1"]
        session = Session(Driver(fleet, connection, tmp_path).transport())
        events = Events(session, DEFAULT_IM_APP, Polling(2, lambda _seconds: None))
        with tapped() as exchanges:
            sids = [desk1.machine.sid_of(account) for account in ("ada", "carol")]
            events.watch([HiveFile("", sid, HiveKind.LOADED, "") for sid in sids], all_keys_exist=True)
            assert events.wait(1)
            desk1.machine.clients.get("ada", JABBER).take_over()
            desk1.machine.clients.get("ada", "Lync").take_over()
            assert events.wait(1)
            assert not events.wait(1)
            events.close()
        session.close()
    assert operations(exchanges) == {"Subscribe", "Pull", "Unsubscribe"}
    assert desk1.server.subscriptions.all() == []
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


def test_operations_that_the_collection_does_not_use(client):
    with tapped() as exchanges:
        client.post(
            f'<s:Envelope xmlns:s="{NAMESPACES["s"]}"><s:Header/><s:Body><i:Identify xmlns:i="{IDENTITY}"/></s:Body>'
            "</s:Envelope>".encode()
        )
        query = f'<n:Enumerate><w:Filter Dialect="{WQL}">SELECT SID FROM Win32_UserProfile</w:Filter></n:Enumerate>'
        started = client.send(f"{ENUMERATION}/Enumerate", f"{CIMV2}*", query)
        context = started.findtext(".//n:EnumerationContext", "", NAMESPACES)
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
    assert [(request, errors(answer)) for request, answer in exchanges if errors(answer)] == []
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
    ((_request, answered),) = exchanges
    assert errors(answered) == []
    check_fault(fromstring(answered))
    record_property("messages that keep to the schemas", 1)


# -- the schemas themselves


def corrected(request: bytes) -> bytes:
    """Correct the two things in which requests of these libraries violate the schemas, and which Windows accepts.

    Both put the environment after the streams, and pywinrm's mustUnderstand has no namespace.
    """
    moved = re.sub(
        rb"(<rsp:InputStreams>.*</rsp:OutputStreams>)(<rsp:Environment>.*</rsp:Environment>)", rb"\2\1", request
    )
    return moved.replace(b" mustUnderstand=", b" env:mustUnderstand=")


def check_corrected(exchanges, expected):
    """Assert that the requests violate the schemas, and only by what `corrected` corrects."""
    assert any(errors(request) for request, _answer in exchanges)
    assert operations([(corrected(request), answer) for request, answer in exchanges]) == expected


def test_messages_of_pywinrm(server):
    with tapped() as exchanges, pywinrm(server, "basic") as client:
        shell_id = client.open_shell(codepage=65001, noprofile=True, env_vars={"greeting": "hi"})
        command_id = client.run_command(shell_id, "echo", ["%GREETING%"])
        client.get_command_output(shell_id, command_id)
        client.cleanup_command(shell_id, command_id)
        client.close_shell(shell_id)
    check_corrected(exchanges, COMMAND)


def test_messages_of_pypsrp(server):
    with tapped() as exchanges, pypsrp(server, "basic") as client:
        shell = WinRS(client, codepage=65001, environment={"a": "b"})
        shell.open()
        process = Process(shell, "echo", ["%A%"])
        process.invoke()
        process.signal(SignalCode.TERMINATE)
        shell.close()
    check_corrected(exchanges, COMMAND)


EVENTING = NAMESPACES["ev"]
SUBSCRIBE = (
    f'<ev:Subscribe xmlns:ev="{EVENTING}"><ev:Delivery Mode="http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull"/>'
    f'<ev:Expires>PT1M</ev:Expires><w:Filter Dialect="{WQL}">SELECT * FROM RegistryValueChangeEvent WHERE '
    "Hive='HKEY_LOCAL_MACHINE' AND KeyPath='SOFTWARE' AND ValueName='x'</w:Filter></ev:Subscribe>"
)


@pytest.fixture(scope="module")
def messages(server):
    """Return a good message of every kind, by its action."""
    with Client(server) as client, tapped() as exchanges:
        page = client.enumerate("SELECT SID FROM Win32_UserProfile", elements=1)
        client.pull(page.findtext("n:EnumerationContext", "", NAMESPACES))
        shell_id = client.open_shell()
        command_id = client.run(shell_id, "echo hi")
        client.receive(shell_id, command_id)
        client.signal(shell_id, command_id)
        client.delete(shell_id)
        client.send(f"{EVENTING}/Subscribe", f"{WMI}root/default/*", SUBSCRIBE)
        client.post(envelope(f"{TRANSFER}/Get", f"{CIMV2}Win32_Nothing").encode())
    answers = [answered.decode() for _request, answered in exchanges]
    return {fromstring(one).findtext(".//a:Action", "", NAMESPACES).rpartition("/")[2]: one for one in answers}


#: A valid message, a pattern in it, and its replacement.
WRONG = {
    "an unknown header": ("PullResponse", "<a:To>", "<a:For>x</a:For><a:To>"),
    "no body": ("DeleteResponse", "<s:Body></s:Body>", ""),
    "a MessageID that is empty": ("PullResponse", "<a:MessageID>.*?<", "<a:MessageID><"),
    "an element of another namespace": ("CommandResponse", "rsp:CommandId", "a:CommandId"),
    "an unknown body": ("CommandResponse", "rsp:CommandResponse", "rsp:CommandReply"),
    "no CommandId": ("CommandResponse", "<rsp:CommandId>.*</rsp:CommandId>", ""),
    "an unknown state": ("ReceiveResponse", "CommandState/Done", "CommandState/Dead"),
    "a state of no command": ("ReceiveResponse", '(<rsp:CommandState) CommandId="[^"]*"', r"\1"),
    "an exit code that is no number": ("ReceiveResponse", "<rsp:ExitCode>0<", "<rsp:ExitCode>ok<"),
    "the state before the output": (
        "ReceiveResponse",
        "(<rsp:Stream.*)(<rsp:CommandState.*</rsp:CommandState>)",
        r"\2\1",
    ),
    "output that is no base64": ("ReceiveResponse", r'(Name="stdout"[^>]*>)\w+', r"\1h.i"),
    "an unknown stream": ("ReceiveResponse", 'Name="stderr"', 'Name="stdlog"'),
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
    "a subscription without a context": (
        "SubscribeResponse",
        "<n:EnumerationContext>.*</n:EnumerationContext>",
        "",
    ),
    "a subscription without a manager": (
        "SubscribeResponse",
        "<e:SubscriptionManager>.*</e:SubscriptionManager>",
        "",
    ),
    "a subscription that expires some time": ("SubscribeResponse", "<e:Expires>[^<]*", "<e:Expires>soon"),
    "a subcode of no prefix": ("fault", r"(<s:Subcode><s:Value>)\w+:", r"\1q:"),
    "a code SOAP does not know": ("fault", "s:Sender", "s:Client"),
    "no reason": ("fault", "<s:Reason>.*</s:Reason>", ""),
    "a reason in no language": ("fault", '<s:Text xml:lang="en-US">', "<s:Text>"),
    "a detail in another namespace": ("fault", "wsman/faultDetail/", "wsman/detail/"),
}


@pytest.mark.parametrize("what", WRONG)
def test_messages_with_one_mistake(what, messages, record_property):
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
    ((_request, answered),) = exchanges
    assert errors(answered) == []
    assert errors(answered.replace(b" Code=", b" Kode=")) != []
    assert errors(re.sub(rb' Machine="[^"]*"', b"", answered)) != []
