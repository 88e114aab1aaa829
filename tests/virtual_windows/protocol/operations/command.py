"""Command, Send, Receive and Signal of a command shell ([MS-WSMV] 3.1.4.11 to 3.1.4.14)."""

from __future__ import annotations

import base64
import binascii
import typing as t
from contextlib import contextmanager
from xml.etree.ElementTree import Element

from .. import fault_codes
from ..commands import STREAM_NAMES, Command
from ..exchange import Exchange, Reply
from ..faults import SHELL_PLUGIN, Fault
from ..namespaces import COMMAND_STATE, SHELL, SIGNAL_CODE, tag
from ..shells import Shell
from .shell import check_options, client_id, invalid_element, refuse_chunked, shell_element

_OPTIONS = {"winrs_consolemode_stdin", "winrs_skip_cmd_shell"}
_STREAM_NUMBERS = {name: number for number, name in STREAM_NAMES.items()}
# The size of an answer besides the streams, rounded up.
_FRAME = 4_096


def command(exchange: Exchange) -> Reply:
    """Start a command."""
    refuse_chunked(exchange)
    check_options(exchange, _OPTIONS)
    body = shell_element(exchange.message.body, "CommandLine")
    line = command_line(body)
    if not line:
        raise invalid_element("CommandLine")
    skip = exchange.message.options.get("winrs_skip_cmd_shell")
    with _shell(exchange) as shell:
        started = Command(client_id(body.get("CommandId"), fault_codes.COMMAND_ID_INVALID), line, shell.code_page)
        if started.id in shell.commands:
            raise Fault(fault_codes.COMMAND_ID_TAKEN)
        skipped = skip is not None and skip.value.strip().lower() in ("true", "1")
        shell.commands[started.id] = started
        try:
            exchange.service.start(started, shell, exchange.request, without_cmd=skipped)
        except Fault:
            del shell.commands[started.id]
            raise
        if shell.closed:
            started.terminate()
    identity = f"<rsp:CommandResponse><rsp:CommandId>{started.id}</rsp:CommandId></rsp:CommandResponse>"
    return Reply(identity, "a x w rsp p")


def command_line(body: Element | None) -> str:
    """Return command and arguments as one line: the shell puts a space between them and quotes nothing."""
    if body is None:
        return ""
    parts = []
    for child in body:
        name = child.tag.removeprefix(f"{{{SHELL}}}")
        if name not in ("Command", "Arguments"):
            raise invalid_element(name)
        parts.append(child.text or "")
    return " ".join(parts).strip()


def send(exchange: Exchange) -> Reply:
    """Take input for a command."""
    refuse_chunked(exchange)
    body = shell_element(exchange.message.body, "Send")
    with _shell(exchange) as shell:
        for stream in body:
            if stream.tag != tag(SHELL, "Stream"):
                raise invalid_element(stream.tag.rpartition("}")[2])
            if stream.get("Name") not in shell.inputs.split():
                raise Fault(fault_codes.INVALID_PARAMETER, provider=SHELL_PLUGIN)
            target = _command(shell, stream)
            try:
                target.stdin += base64.b64decode(stream.text or "", validate=True)
            except binascii.Error:
                raise invalid_element("Stream") from None
    return Reply("<rsp:SendResponse/>", "a x w rsp p")


def receive(exchange: Exchange) -> Reply:
    """Wait for the output of a command and return it."""
    message = exchange.message
    body = shell_element(message.body, "Receive")
    stream_element = body.find(tag(SHELL, "DesiredStream"))
    if stream_element is None:
        raise invalid_element("Receive")
    names = (stream_element.text or "").split()
    with _shell(exchange) as shell:
        if not names or set(names) - set(shell.outputs.split()):
            raise Fault(fault_codes.INVALID_PARAMETER, provider=SHELL_PLUGIN)
        source = _command(shell, stream_element)
        numbers = {_STREAM_NUMBERS[name] for name in names}
        # Two bytes of UTF-16 per character, four characters of base64 for three bytes.
        limit = (message.max_size - _FRAME) // 8 * 3
        output = source.receive(numbers, message.timeout, limit)
    of_command = f'CommandId="{source.id}"'
    streams = [
        f'<rsp:Stream Name="{STREAM_NAMES[number]}" {of_command}>{base64.b64encode(data).decode()}</rsp:Stream>'
        for number, data in output.pieces
    ]
    if output.exit_code is None:
        state = f'<rsp:CommandState {of_command} State="{COMMAND_STATE}Running"/>'
    else:
        streams += [f'<rsp:Stream Name="{name}" {of_command} End="true"></rsp:Stream>' for name in names]
        code = f"<rsp:ExitCode>{output.exit_code}</rsp:ExitCode>"
        state = f'<rsp:CommandState {of_command} State="{COMMAND_STATE}Done">{code}</rsp:CommandState>'
    return Reply(f"<rsp:ReceiveResponse>{''.join(streams)}{state}</rsp:ReceiveResponse>", "a w rsp p")


def signal(exchange: Exchange) -> Reply:
    """Stop a command, or note that its client is done with it."""
    body = shell_element(exchange.message.body, "Signal")
    code = (body.findtext(tag(SHELL, "Code")) or "").strip()
    name = code[len(SIGNAL_CODE) :].lower() if code.lower().startswith(SIGNAL_CODE) else ""
    with _shell(exchange) as shell:
        target = _command(shell, body)
        if name == "terminate":
            target.terminate()
            shell.commands.pop(target.id, None)
        elif name in ("ctrl_c", "ctrl_break"):
            target.interrupt()
        else:
            raise Fault(fault_codes.INVALID_PARAMETER, f"The signal {code} is not supported. ")
    return Reply("<rsp:SignalResponse/>", "a x w rsp p")


@contextmanager
def _shell(exchange: Exchange) -> t.Iterator[Shell]:
    shells = exchange.service.shells
    shell = shells.enter(exchange.message.selectors.get("shellid"))
    try:
        yield shell
    finally:
        shells.leave(shell)


def _command(shell: Shell, element: Element) -> Command:
    command_id = element.get("CommandId")
    if not command_id:
        raise Fault(fault_codes.INVALID_PARAMETER, provider=SHELL_PLUGIN)
    return shell.command(command_id)
