"""Command shells: what they start with, how their commands run on, and how both end."""

from __future__ import annotations

import threading
import uuid

import pytest

from tests.unit.virtual_windows.protocol_support import (
    CMD,
    NAMESPACES,
    SHELL,
    TRANSFER,
    Client,
    FaultAnswer,
    serve,
)
from tests.virtual_windows.cmd import Cancelled
from tests.virtual_windows.machine import Win32Error
from tests.virtual_windows.machine.values import Value, ValueType


class Program:
    """Stands in for cmd.exe: reports its start, and does what the test requests."""

    def __init__(self):
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.ended = threading.Event()
        self.calls = []
        self.write = None
        self.exit_code = 0

    def __call__(self, machine, command_line, environment, cwd, write, cancelled, observe=None):
        self.calls.append((command_line, environment, cwd))
        self.write = write
        self.begun.set()
        try:
            while not self.may_end.wait(0.01):
                if cancelled.is_set():
                    raise Cancelled
            return self.exit_code
        finally:
            self.ended.set()


@pytest.fixture
def program():
    """Return the stand-in for cmd.exe."""
    return Program()


@pytest.fixture
def now():
    """Return the clock of the shells, which tests set."""
    return [0.0]


@pytest.fixture
def server(program, now):
    with serve(runner=program, now=lambda: now[0]) as running:
        yield running
        program.may_end.set()


@pytest.fixture
def client(server):
    with Client(server) as connected:
        yield connected


@pytest.fixture
def shell(client):
    return client.open_shell()


def fault_of(call, *args, **kwargs):
    """Return the fault that a call raises."""
    with pytest.raises(FaultAnswer) as caught:
        call(*args, **kwargs)
    return caught.value


def started(client, shell, program, line="work"):
    """Start a command and wait until its program runs; return its id."""
    command = client.run(shell, line)
    assert program.begun.wait(5)
    return command


def test_the_properties_of_a_shell(client, server, now):
    shell = client.open_shell("<rsp:IdleTimeOut>PT120S</rsp:IdleTimeOut>")
    now[0] = 62
    body = client.send(f"{TRANSFER}/Get", SHELL, selectors={"ShellId": shell})
    fields = {child.tag.rpartition("}")[2]: child.text for child in body[0]}
    assert fields == {
        "ShellId": shell,
        "ResourceUri": CMD,
        "Owner": "ansible",
        "ClientIP": "127.0.0.1",
        "IdleTimeOut": "PT120.000S",
        "InputStreams": "stdin",
        "OutputStreams": "stdout stderr",
        "ShellRunTime": "P0DT0H1M2S",
        "ShellInactivity": "P0DT0H0M0S",
    }
    assert shell == str(uuid.UUID(shell)).upper()
    assert [one.id for one in server.shells] == [shell]


def test_a_created_shell_is_addressed(client):
    body = client.send(f"{TRANSFER}/Create", CMD, "<rsp:Shell/>")
    assert body.findtext("x:ResourceCreated/a:Address", "", NAMESPACES) == "http://desk1.example:5985/wsman"
    selector = body.find(".//w:Selector", NAMESPACES)
    assert selector.attrib == {"Name": "ShellId"}
    assert selector.text == body.findtext("rsp:Shell/rsp:ShellId", "", NAMESPACES)


def test_the_environment_of_a_command(client, server, program):
    variables = '<rsp:Variable Name="PATH">C:\\bin;x</rsp:Variable><rsp:Variable Name="New">é</rsp:Variable>'
    shell = client.open_shell(
        f"<rsp:Environment>{variables}</rsp:Environment><rsp:WorkingDirectory>C:\\Windows\\Temp</rsp:WorkingDirectory>"
    )
    arguments = '<rsp:Arguments>b  c</rsp:Arguments><rsp:Arguments>"d"</rsp:Arguments>'
    body = f"<rsp:CommandLine><rsp:Command>a</rsp:Command>{arguments}</rsp:CommandLine>"
    client.shell("Command", shell, body)
    assert program.begun.wait(5)
    line, environment, cwd = program.calls[0]
    assert line == r'C:\Windows\system32\cmd.exe /C "a b  c "d""'
    assert cwd == r"C:\Windows\Temp"
    expected = {**server.machine.environment, "Path": r"C:\bin;x", "New": "é"}
    assert environment == expected


@pytest.mark.parametrize("text", ["100%", "%", "%PATH%", "a%b%c", "", "a\nb", "a\tb", "x" * 32_767])
def test_a_shell_with_a_variable_that_windows_refuses_or_was_never_seen_with(client, server, text):
    variable = f'<rsp:Variable Name="X">{text}</rsp:Variable>'
    body = f"<rsp:Shell><rsp:Environment>{variable}</rsp:Environment></rsp:Shell>"

    assert fault_of(client.send, f"{TRANSFER}/Create", CMD, body).code == 87
    assert server.shells == []


def test_without_cmd_the_line_is_started_as_it_is(client, shell, program):
    program.may_end.set()
    client.run(shell, "reg.exe query X", options={"WINRS_SKIP_CMD_SHELL": "TRUE", "WINRS_CONSOLEMODE_STDIN": "FALSE"})
    assert program.calls[0][0] == "reg.exe query X"


def test_without_cmd_there_has_to_be_such_a_program():
    def run(*arguments):
        raise Win32Error(2, "nothing.exe")

    with serve(runner=run) as server, Client(server) as client:
        shell = client.open_shell()
        fault = fault_of(client.run, shell, "nothing.exe", options={"WINRS_SKIP_CMD_SHELL": "TRUE"})
        assert (fault.code, fault.subcode) == (0x80070002, "w:InternalError")
        assert fault.reason == "The system cannot find the file specified. "
        assert server.shells[0].commands == {}


def test_output_comes_as_it_is_written_and_the_exit_code_at_the_end(client, shell, program):
    command = started(client, shell, program)
    program.write(1, b"one\r\n")
    received = client.receive(shell, command)
    assert (received.state, received.exit_code, received.stdout) == ("Running", None, b"one\r\n")
    program.write(2, b"two")
    program.exit_code = -1
    program.may_end.set()
    received = client.receive(shell, command)
    assert (received.state, received.exit_code) == ("Done", 0xFFFFFFFF)
    assert received.streams == {"stdout": b"", "stderr": b"two"}


def test_the_end_of_the_streams_is_marked(client, shell, program):
    command = started(client, shell, program)
    program.may_end.set()
    request = f'<rsp:Receive><rsp:DesiredStream CommandId="{command}">stdout stderr</rsp:DesiredStream></rsp:Receive>'
    response = client.shell("Receive", shell, request)[0]
    assert [(one.get("Name"), one.get("End"), one.text) for one in response.iterfind("rsp:Stream", NAMESPACES)] == [
        ("stdout", "true", None),
        ("stderr", "true", None),
    ]


def test_a_quick_command_takes_one_receive(client, shell, program):
    command = started(client, shell, program)
    program.write(1, b"quick")
    threading.Timer(0.02, program.may_end.set).start()
    received = client.receive(shell, command)
    assert (received.state, received.stdout) == ("Done", b"quick")


def test_streams_that_are_not_wanted(client, shell, program):
    command = started(client, shell, program)
    program.write(2, b"unwanted")
    program.write(1, b"wanted")
    program.may_end.set()
    assert client.receive(shell, command, "stdout").streams == {"stdout": b"wanted", "stderr": b""}
    fault = fault_of(client.receive, shell, command, "stdout prompt")
    assert (fault.code, fault.detail) == (87, "InvalidValue")


def test_much_output_comes_in_answers_that_fit(client, shell, program, server):
    command = started(client, shell, program)
    data = bytes(range(256)) * 400
    program.write(1, data)
    program.may_end.set()
    output, rounds, state = b"", 0, "Running"
    while state != "Done":
        received = client.receive(shell, command, max_size="65536")
        output, rounds, state = output + received.stdout, rounds + 1, received.state
    assert output == data
    assert rounds > 3
    assert all(one.bytes_out < 65536 / 2 for one in server.log.entries)


def test_a_receive_times_out_and_loses_nothing(client, shell, program):
    command = started(client, shell, program)
    fault = fault_of(client.receive, shell, command, timeout="PT0.05S")
    assert (fault.code, fault.value, fault.subcode) == (2150858793, "s:Receiver", "w:TimedOut")
    assert fault.wsman is not None
    program.write(1, b"late")
    program.may_end.set()
    assert client.receive(shell, command).stdout == b"late"


@pytest.mark.parametrize(
    ("page", "text", "sent"), [("65001", "é\u4e2d", "é\u4e2d".encode()), ("850", "é\u4e2d", b"\x82?")]
)
def test_the_code_page_of_output(client, program, page, text, sent):
    shell = client.open_shell(options={"WINRS_CODEPAGE": page})
    command = started(client, shell, program)
    for byte in text.encode():
        program.write(1, bytes([byte]))
    program.may_end.set()
    assert client.receive(shell, command).stdout == sent


def test_a_code_page_that_there_is_not(client):
    for page in ("4711", "x"):
        assert fault_of(client.open_shell, options={"WINRS_CODEPAGE": page}).code == 0x80338140


def test_a_command_goes_on_when_its_client_goes_away(server, program):
    with Client(server) as client:
        shell = client.open_shell()
        command = started(client, shell, program)
    program.write(1, b"still here")
    program.may_end.set()
    with Client(server) as another:
        assert another.receive(shell, command).stdout == b"still here"


def test_terminate_stops_a_command_and_forgets_it(client, shell, program):
    command = started(client, shell, program)
    client.signal(shell, command)
    assert program.ended.wait(5)
    fault = fault_of(client.receive, shell, command)
    assert (fault.code, fault.detail) == (2150858843, "UnexpectedSelectors")
    assert "command identifier that does not exist" in fault.wsman.findtext("f:Message", "", NAMESPACES)


def waiting(server, call):
    """Run a Receive on a thread of its own, once it is being answered."""
    received = threading.Event()
    outcome = []

    def interceptor(request, stage):
        if request.kind == "Receive":
            received.set()

    server.interceptors.append(interceptor)

    def receive():
        with Client(server) as own:
            outcome.append(fault_of(call, own).code)

    thread = threading.Thread(target=receive)
    thread.start()
    assert received.wait(5)
    return thread, outcome


def test_a_pending_receive_learns_that_the_command_was_terminated(server, client, shell, program):
    command = started(client, shell, program)
    thread, outcome = waiting(server, lambda own: own.receive(shell, command))
    client.signal(shell, command)
    thread.join(5)
    assert outcome in ([995], [2150858843])


def test_deleting_a_shell_stops_its_commands(server, client, shell, program):
    command = started(client, shell, program)
    thread, outcome = waiting(server, lambda own: own.receive(shell, command))
    client.delete(shell)
    thread.join(5)
    assert program.ended.wait(5)
    assert outcome in ([995], [2150858843])
    assert server.shells == []
    fault = fault_of(client.delete, shell)
    assert (fault.code, fault.subcode) == (2150858843, "w:InvalidSelectors")
    assert shell in fault.wsman.findtext("f:Message", "", NAMESPACES)


@pytest.mark.parametrize("code", ["ctrl_c", "ctrl_break"])
def test_control_c(client, shell, program, code):
    command = started(client, shell, program)
    program.write(1, b"so far")
    client.signal(shell, command, code)
    assert program.ended.wait(5)
    received = client.receive(shell, command)
    assert (received.state, received.exit_code, received.stdout) == ("Done", 0xC000013A, b"so far")


def test_a_signal_that_there_is_not(client, shell, program):
    command = started(client, shell, program)
    assert fault_of(client.signal, shell, command, "wave").code == 87


def test_input_is_taken(server, client, shell, program):
    command = started(client, shell, program)
    stream = f'<rsp:Stream Name="stdin" CommandId="{command}">{{}}</rsp:Stream>'.format
    client.shell("Send", shell, f"<rsp:Send>{stream('eQ0K')}</rsp:Send>")
    assert bytes(server.shells[0].command(command).stdin) == b"y\r\n"
    assert fault_of(client.shell, "Send", shell, f"<rsp:Send>{stream('***')}</rsp:Send>").code == 2150858817
    other = '<rsp:Send><rsp:Stream Name="other"/></rsp:Send>'
    assert fault_of(client.shell, "Send", shell, other).code == 87
    assert fault_of(client.shell, "Send", shell, "<rsp:Send><rsp:Flow/></rsp:Send>").code == 2150858817


def test_an_idle_shell_ends(server, client, program, now):
    shell = client.open_shell("<rsp:IdleTimeOut>PT60S</rsp:IdleTimeOut>")
    started(client, shell, program)
    now[0] = 59
    client.send(f"{TRANSFER}/Get", SHELL, selectors={"ShellId": shell})
    now[0] = 118
    assert [one.id for one in server.shells] == [shell]
    now[0] = 120
    assert fault_of(client.run, shell, "more").code == 2150858843
    assert program.ended.wait(5)
    assert server.shells == []


def test_a_shell_is_not_idle_while_someone_waits_for_output(server, client, program, now):
    shell = client.open_shell("<rsp:IdleTimeOut>PT60S</rsp:IdleTimeOut>")
    command = started(client, shell, program)
    thread, _unused = waiting(server, lambda own: own.receive(shell, command, timeout="PT0.2S"))
    while not server._service.shells._open[shell].requests:
        pass
    now[0] = 1_000
    assert [one.id for one in server.shells] == [shell]
    thread.join(5)
    now[0] = 1_061
    assert server.shells == []


def test_a_lifetime(server, client, now):
    client.open_shell("<rsp:Lifetime>PT10S</rsp:Lifetime>")
    now[0] = 9
    assert len(server.shells) == 1
    now[0] = 10
    assert server.shells == []


def test_the_commands_of_an_expired_shell_end_without_a_request(program, now, monkeypatch):
    monkeypatch.setattr("tests.virtual_windows.protocol.server._HOUSEKEEPING", 0.01)
    with serve(runner=program, now=lambda: now[0]) as server, Client(server) as client:
        started(client, client.open_shell("<rsp:IdleTimeOut>PT60S</rsp:IdleTimeOut>"), program)
        now[0] = 61
        assert program.ended.wait(5)


def test_the_default_idle_timeout_and_its_bounds(client, server):
    client.open_shell()
    assert server.shells[0].idle_timeout == 7_200
    for wrong in ("PT0S", "P99999D"):
        fault = fault_of(client.open_shell, f"<rsp:IdleTimeOut>{wrong}</rsp:IdleTimeOut>")
        assert fault.code == 0x803381F2
    assert fault_of(client.open_shell, "<rsp:IdleTimeOut>soon</rsp:IdleTimeOut>").code == 2150858817


def test_the_quota_of_shells(client, server):
    server.max_shells_per_user = 2
    shells = [client.open_shell() for _unused in range(2)]
    fault = fault_of(client.open_shell)
    assert (fault.code, fault.subcode, fault.relates_to) == (2150859173, "w:QuotaLimit", None)
    assert "maximum number of 2 concurrent shells" in fault.wmi.findtext("e:Message", "", NAMESPACES)
    client.delete(shells[0])
    client.open_shell()


def test_ids_that_the_client_chooses(client, program):
    client_id = str(uuid.uuid4())

    def create(shell_id):
        return client.send(f"{TRANSFER}/Create", CMD, f'<rsp:Shell ShellId="{shell_id}"/>')

    assert create(client_id).findtext("rsp:Shell/rsp:ShellId", "", NAMESPACES) == client_id.upper()
    assert fault_of(create, client_id).code == 0x803381D7
    assert fault_of(create, "x").code == 0x803381D5

    def run(command_id):
        body = f'<rsp:CommandLine CommandId="{command_id}"><rsp:Command>x</rsp:Command></rsp:CommandLine>'
        return client.shell("Command", client_id, body).findtext(".//rsp:CommandId", "", NAMESPACES)

    assert run(client_id) == client_id.upper()
    assert fault_of(run, client_id).code == 0x803381D6
    assert fault_of(run, "x").code == 0x803381D4
    assert program.begun.wait(5)


@pytest.mark.parametrize(
    ("verb", "body", "code"),
    [
        ("Command", "", 2150858817),
        ("Command", "<rsp:CommandLine/>", 2150858817),
        ("Command", "<rsp:CommandLine><rsp:Command>x</rsp:Command><rsp:Argument/></rsp:CommandLine>", 2150858817),
        ("Receive", "<rsp:Receive/>", 2150858817),
        ("Receive", "<rsp:Receive><rsp:DesiredStream>stdout</rsp:DesiredStream></rsp:Receive>", 87),
        (
            "Receive",
            '<rsp:Receive><rsp:DesiredStream CommandId="x">stdout</rsp:DesiredStream></rsp:Receive>',
            2150858843,
        ),
        ("Signal", "<rsp:Signal><rsp:Code>x</rsp:Code></rsp:Signal>", 87),
        ("Disconnect", "<rsp:Disconnect/>", 2150858771),
    ],
)
def test_a_request_that_is_wrong(client, shell, verb, body, code):
    fault = fault_of(client.shell, verb, shell, body)
    assert fault.code == code
    assert fault.wsman is not None


def test_a_request_for_no_shell(client):
    assert fault_of(client.send, f"{SHELL}/Command", CMD, "<rsp:CommandLine/>").code == 2150858817
    line = "<rsp:CommandLine><rsp:Command>x</rsp:Command></rsp:CommandLine>"
    assert fault_of(client.send, f"{SHELL}/Command", CMD, line).code == 2150858842


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", 2150858817),
        ("<rsp:Shell><rsp:Nonsense/></rsp:Shell>", 2150858817),
        ("<rsp:Shell><rsp:InputStreams>stdin other</rsp:InputStreams></rsp:Shell>", 87),
        ("<rsp:Shell><rsp:Environment><rsp:Variable/></rsp:Environment></rsp:Shell>", 2150858817),
        ("<rsp:Shell><rsp:Environment><rsp:Other/></rsp:Environment></rsp:Shell>", 2150858817),
    ],
)
def test_a_shell_that_cannot_be_created(client, body, code):
    assert fault_of(client.send, f"{TRANSFER}/Create", CMD, body).code == code


def test_a_bug_of_the_virtual_machine_is_not_a_result(caplog):
    def run(*arguments):
        raise ZeroDivisionError("oh")

    with serve(runner=run) as server, Client(server) as client:
        shell = client.open_shell()
        command = client.run(shell, "x")
        fault = fault_of(client.receive, shell, command)
    assert fault.code == 50
    assert "failed in the virtual machine" in caplog.text


def test_stopping_the_server_stops_commands(program):
    with serve(runner=program) as server, Client(server) as client:
        started(client, client.open_shell(), program)
        server.stop()
        assert program.ended.wait(5)
        assert server.shells == []


@pytest.mark.parametrize(("value", "refused"), [(0, True), (1, False)])
def test_a_policy_forbids_new_shells(client, server, value, refused):
    """WindowsRemoteShell.admx: disabled, new connections are rejected; WsmError.h has the code."""
    opened = client.open_shell()
    key = server.machine.registry.ensure(r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WinRM\Service\WinRS")
    key.set(Value("AllowRemoteShellAccess", ValueType.DWORD, value))

    if refused:
        assert fault_of(client.open_shell).code == 0x803381AC
    else:
        client.open_shell()
    # One that is open goes on.
    client.send(f"{TRANSFER}/Delete", SHELL, selectors={"ShellId": opened})
