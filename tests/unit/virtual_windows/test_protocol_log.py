"""What a test or a benchmark can observe and change: the request log, programs, interceptors, latency."""

from __future__ import annotations

import http.client
import threading
import time

import pytest

from tests.unit.virtual_windows.protocol_support import (
    CIMV2,
    ENUMERATION,
    REGISTRY,
    TRANSFER,
    Client,
    FaultAnswer,
    envelope,
    serve,
)
from tests.virtual_windows.protocol import Answer, Drop, Fault, RequestLog


@pytest.fixture
def server():
    with serve() as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server) as connected:
        yield connected


def test_entries_describe_the_requests(server, client):
    client.registry("GetStringValue", r".DEFAULT\Software", sValueName="it's")
    client.registry("SetMultiStringValue", r".DEFAULT\Software", sValueName="m", sValue=["a", "b"])
    client.enumerate("SELECT Name FROM Win32_Process", elements=1)
    client.send(f"{TRANSFER}/Get", f"{CIMV2}Win32_Process", selectors={"Handle": "4"})
    shell = client.open_shell()
    command = client.run(shell, "echo hi")
    client.receive(shell, command)
    client.signal(shell, command)
    client.delete(shell)
    with pytest.raises(FaultAnswer):
        client.delete(shell)
    assert [(one.kind, one.detail, one.status, one.fault) for one in server.log.entries] == [
        (
            "Invoke",
            "GetStringValue(hDefKey='2147483651', sSubKeyName='.DEFAULT\\\\Software', sValueName=\"it's\")",
            200,
            None,
        ),
        (
            "Invoke",
            (
                "SetMultiStringValue(hDefKey='2147483651', sSubKeyName='.DEFAULT\\\\Software', sValueName='m', "
                "sValue=['a', 'b'])"
            ),
            200,
            None,
        ),
        ("Enumerate", "SELECT Name FROM Win32_Process", 200, None),
        ("Get", "of handle='4'", 200, None),
        ("Create", "", 200, None),
        ("Command", "echo hi", 200, None),
        ("Receive", "", 200, None),
        ("Signal", "terminate", 200, None),
        ("Delete", shell, 200, None),
        ("Delete", shell, 500, 2150858843),
    ]
    first = server.log.entries[0]
    assert (first.number, first.resource, first.method) == (1, REGISTRY, "GetStringValue")
    assert first.parameters["sSubKeyName"] == r".DEFAULT\Software"
    assert first.bytes_in > len(first.detail)
    assert first.bytes_out > 500
    assert server.log.count() == 10
    assert server.log.count("Delete") == 2


def test_authentication_is_not_counted(server, client):
    client.post(b"", Authorization="")
    client.post(b"")
    assert [one.authentication for one in server.log.entries] == [True, True]
    assert server.log.count() == 0


def test_writes_are_the_methods_that_write(server, client):
    key = r".DEFAULT\Software\New"
    client.registry("EnumKey", key)
    client.registry("CreateKey", key)
    client.registry("SetStringValue", key, sValueName="a", sValue="b")
    client.registry("GetStringValue", key, sValueName="a")
    client.registry("DeleteValue", key, sValueName="a")
    client.registry("DeleteKey", key)
    methods = [one.method for one in server.log.writes()]
    assert methods == ["CreateKey", "SetStringValue", "DeleteValue", "DeleteKey"]


def test_writes_are_commands_whose_reg_add_really_started(server, client):
    shell = client.open_shell()

    def run(line):
        command = client.run(shell, line)
        while client.receive(shell, command).state != "Done":
            pass

    run("if 1==2 reg add HKU\\.DEFAULT\\Software /v a /d b /f")
    run("reg query HKU\\.DEFAULT\\Software & rem reg add")
    assert server.log.writes() == []
    run("reg query HKU\\.DEFAULT\\Software >nul & reg add HKU\\.DEFAULT\\Software /v a /d b /f")
    (write,) = server.log.writes()
    assert write.programs == ["reg query HKU\\.DEFAULT\\Software", "reg add HKU\\.DEFAULT\\Software /v a /d b /f"]
    assert server.log.programs[-2:] == write.programs
    server.log.clear()
    assert (server.log.entries, server.log.programs, server.log.writes()) == ([], [], [])


@pytest.mark.parametrize(
    ("line", "writes"),
    [
        ("reg add X", True),
        ("REG.EXE DELETE X", True),
        (r'"C:\Windows\System32\reg.exe" import x', True),
        (r"C:\Windows\System32\reg.exe  copy a b", True),
        ("reg query add", False),
        ("reg load HKU\\x y", False),
        ("regadd add", False),
        ("ping add", False),
    ],
)
def test_programs_that_write(line, writes):
    log = RequestLog()
    request = log.begin()
    log.program(request, line)
    assert bool(log.writes()) is writes


def test_numbers_go_on_after_clearing():
    log = RequestLog()
    assert log.begin().number == 1
    log.clear()
    assert log.begin().number == 2


def test_an_observer_acts_before_a_program_starts(server, client):
    seen = []

    def observer(line):
        seen.append(line)
        server.machine.registry.create_key(r"HKEY_USERS\.DEFAULT\Software\Meanwhile")

    server.observers.append(observer)
    shell = client.open_shell()
    command = client.run(shell, r"reg query HKU\.DEFAULT\Software\Meanwhile")
    assert client.receive(shell, command).exit_code == 0
    assert seen == [r"reg query HKU\.DEFAULT\Software\Meanwhile"]


def test_interceptors_are_called_before_and_after(server, client):
    stages = []
    server.interceptors.append(lambda request, stage: stages.append((request.kind, request.method, stage)))
    client.registry("EnumKey")
    with pytest.raises(FaultAnswer):
        client.registry("Nonsense")
    assert stages == [
        ("Invoke", "EnumKey", "received"),
        ("Invoke", "EnumKey", "acted"),
        ("Invoke", "Nonsense", "received"),
        ("Invoke", "Nonsense", "acted"),
    ]


def once(server, wanted_stage, outcome):
    """Raise `outcome` for the next message at that stage."""

    def interceptor(request, stage):
        if stage == wanted_stage:
            server.interceptors.remove(interceptor)
            raise outcome

    server.interceptors.append(interceptor)


@pytest.mark.parametrize(("stage", "exists"), [("received", False), ("acted", True)])
def test_a_connection_that_breaks(server, client, stage, exists):
    once(server, stage, Drop())
    with pytest.raises(http.client.RemoteDisconnected):
        client.registry("CreateKey", r".DEFAULT\Software\Broken")
    assert server.log.entries[-1].status == 0
    assert server.machine.registry.exists(r"HKEY_USERS\.DEFAULT\Software\Broken") is exists
    client.connection.close()
    assert client.registry("EnumKey")["ReturnValue"] == "0"


@pytest.mark.parametrize(("stage", "exists"), [("received", False), ("acted", True)])
def test_a_fault_that_is_injected(server, client, stage, exists):
    once(server, stage, Fault(2150858793))
    with pytest.raises(FaultAnswer) as caught:
        client.registry("CreateKey", r".DEFAULT\Software\Late")
    assert (caught.value.code, caught.value.subcode) == (2150858793, "w:TimedOut")
    assert server.log.entries[-1].fault == 2150858793
    assert server.machine.registry.exists(r"HKEY_USERS\.DEFAULT\Software\Late") is exists


def test_an_answer_that_is_injected(server, client):
    message = envelope(f"{REGISTRY}/EnumKey", REGISTRY).encode()
    once(server, "received", Answer(503))
    assert client.post(message)[0] == 503
    once(server, "acted", Answer(200, b"<cut", "text/html"))
    status, headers, body = client.post(message)
    assert (status, headers["Content-Type"], body) == (200, "text/html", b"<cut")
    assert [one.status for one in server.log.entries] == [503, 200]


def test_an_interceptor_may_block(server, client):
    reached, go_on = threading.Event(), threading.Event()

    def interceptor(request, stage):
        if stage == "received" and request.method == "EnumKey":
            reached.set()
            assert go_on.wait(5)

    server.interceptors.append(interceptor)
    outcome = []

    def ask():
        with Client(server) as own:
            outcome.append(own.registry("EnumKey", r".DEFAULT\Software\Between")["ReturnValue"])

    thread = threading.Thread(target=ask)
    thread.start()
    assert reached.wait(5)
    assert client.registry("CreateKey", r".DEFAULT\Software\Between")["ReturnValue"] == "0"
    go_on.set()
    thread.join(5)
    assert outcome == ["0"]


def test_latency_is_added_to_every_round_trip():
    with serve(latency=0.05) as server, Client(server) as client:
        before = time.monotonic()
        client.registry("EnumKey")
        assert 0.05 <= time.monotonic() - before < 1


def test_an_identify_is_named(server, client):
    client.post(
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body>'
        b'<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>'
    )
    assert server.log.entries[-1].kind == "Identify"


def test_a_pull_and_a_release_are_named(server, client):
    for verb in ("Pull", "Release"):
        body = f"<n:{verb}><n:EnumerationContext>uuid:x</n:EnumerationContext></n:{verb}>"
        with pytest.raises(FaultAnswer):
            client.send(f"{ENUMERATION}/{verb}", f"{CIMV2}*", body)
    assert [(one.kind, one.detail) for one in server.log.entries] == [("Pull", "uuid:x"), ("Release", "uuid:x")]
