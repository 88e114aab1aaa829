# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One command in a remote command shell (WinRS): create, run, receive, signal, delete - five requests.

A command goes on when its client goes away, so whatever must be undone on the machine is undone by the
command line itself. What we must never do is end a command that has not ended: Windows would kill it in
the middle. A shell whose command cannot be followed any more is therefore left to its idle time-out, and so is
one whose creation was never answered: nothing runs in it.

When the answer to a Receive is lost, so is the output in it. The command is followed to its end all the same, so
that its shell can be closed; then the loss is told.

Source: [MS-WSMV] 3.1.4.1 (Shell) and 2.2.4.37 to 2.2.4.42 (the rsp: elements).
"""

from __future__ import annotations

import base64
import contextlib
import time
import typing as t
import xml.etree.ElementTree as ET

from . import limits, messages
from .errors import FaultCode, LostError, ProtocolError, WSManError, WSManFault, may_have_acted
from .messages import SHELL, TRANSFER, WSMAN, Request, Resource

Output = t.Callable[[bytes], None]

_URI = f"{SHELL}/cmd"

#: Windows deletes a shell that nobody has asked anything of for this long; it outlives any command of ours.
IDLE_TIMEOUT = 900


class Shell:
    """Runs one command; ``exchange`` sends a request and returns the answer's body."""

    def __init__(self, exchange: t.Callable[[Request], ET.Element], pause: t.Callable[[float], None]) -> None:
        self._exchange = exchange
        self._pause = pause
        self._resource = Resource(_URI, "command shell")

    def run(self, command: str, environment: t.Mapping[str, str], output: Output) -> None:
        """See ``Session.run``."""
        self._create(environment)
        try:
            command_id = self._start(command)
        except WSManFault as fault:
            # Refused, so nothing runs that deleting the shell could kill - unless the refusal came too late.
            if not may_have_acted(fault):
                self._tidy(self._delete)
            raise
        self._receive(command_id, output)

    @staticmethod
    def _tidy(*steps: t.Callable[[], None]) -> None:
        """Close what is over. A machine that will not, because it has done so itself, costs nobody a result."""
        for step in steps:
            with contextlib.suppress(WSManError):
                step()

    def _create(self, environment: t.Mapping[str, str]) -> None:
        variables = "".join(messages.element("rsp:Variable", text, Name=name) for name, text in environment.items())
        body = (
            f'<rsp:Shell xmlns:rsp="{SHELL}"><rsp:Environment>{variables}</rsp:Environment>'
            f"<rsp:IdleTimeOut>PT{IDLE_TIMEOUT}.000S</rsp:IdleTimeOut>"
            "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"
        )
        options = {"WINRS_NOPROFILE": "TRUE", "WINRS_CODEPAGE": "65001"}
        # Repeatable: a second shell harms nobody. The first one's name was in the answer that was lost.
        request = messages.build(self._resource, f"{TRANSFER}/Create", body, options=options, repeatable=True)
        answer = self._exchange(request)
        for selector in answer.iter(f"{{{WSMAN}}}Selector"):
            if selector.get("Name") == "ShellId" and selector.text:
                self._resource = Resource(_URI, "command shell", {"ShellId": selector.text})
                return
        raise ProtocolError("command shell: the answer names no shell")

    def _start(self, command: str) -> str:
        body = f'<rsp:CommandLine xmlns:rsp="{SHELL}">{messages.element("rsp:Command", command)}</rsp:CommandLine>'
        options = {"WINRS_CONSOLEMODE_STDIN": "TRUE", "WINRS_SKIP_CMD_SHELL": "FALSE"}
        answer = self._exchange(messages.build(self._resource, f"{SHELL}/Command", body, options=options))
        command_id = answer.findtext(f"{{{SHELL}}}CommandResponse/{{{SHELL}}}CommandId")
        if not command_id:
            raise ProtocolError("command shell: the answer names no command")
        return command_id

    def _receive(self, command_id: str, output: Output) -> None:
        body = (
            f'<rsp:Receive xmlns:rsp="{SHELL}">'
            f"{messages.element('rsp:DesiredStream', 'stdout stderr', CommandId=command_id)}</rsp:Receive>"
        )
        deadline = time.monotonic() + limits.COMMAND_TIME
        pauses = iter(limits.BACK_OFF)
        lost: WSManError | None = None
        printed = 0
        while time.monotonic() < deadline:
            try:
                answer = self._exchange(messages.build(self._resource, f"{SHELL}/Receive", body))
            except WSManFault as fault:
                # No output within the operation's time: the command is still at work.
                if fault.code == FaultCode.TIMED_OUT:
                    continue
                raise (lost or fault) from None
            except LostError as error:
                lost, pause = error, next(pauses, None)
                if pause is None:
                    raise
                self._pause(pause)
                continue
            for stream in answer.iter(f"{{{SHELL}}}Stream"):
                if stream.get("Name") == "stdout" and stream.text:
                    piece = _decoded(stream.text)
                    printed += len(piece)
                    if printed > limits.OUTPUT:
                        raise ProtocolError(f"command shell: the command printed more than {limits.OUTPUT:,} bytes")
                    output(piece)
            if _is_done(answer):
                return self._ended(command_id, lost)
        raise ProtocolError(f"command shell: the command did not end within {limits.COMMAND_TIME:.0f} seconds")

    def _ended(self, command_id: str, lost: WSManError | None) -> None:
        self._tidy(lambda: self._signal(command_id), self._delete)
        if lost is not None:
            raise lost

    def _signal(self, command_id: str) -> None:
        body = (
            f'<rsp:Signal xmlns:rsp="{SHELL}" CommandId={messages.attribute(command_id)}>'
            f"<rsp:Code>{SHELL}/signal/terminate</rsp:Code></rsp:Signal>"
        )
        self._exchange(messages.build(self._resource, f"{SHELL}/Signal", body, repeatable=True))

    def _delete(self) -> None:
        self._exchange(messages.build(self._resource, f"{TRANSFER}/Delete", repeatable=True))


def _is_done(answer: ET.Element) -> bool:
    state = answer.find(f".//{{{SHELL}}}CommandState")
    return state is not None and state.get("State", "").endswith("/Done")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except ValueError:
        raise ProtocolError("command shell: its output is not base64") from None
