# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one command in a remote command shell (WinRS): create, command, receive, signal, delete.

A command continues when its client goes away, so the command line itself undoes whatever must be undone on the
machine. A command that has not ended is never terminated, because Windows would kill it in the middle. A shell whose
command can no longer be followed is therefore left to its idle time-out, and so is one whose creation was never
answered (nothing runs in it).

When the answer to a Receive is lost, so is the output in it. The command is still followed to its end, so that its
shell can be closed; then the error is raised.

Source: [MS-WSMV] 3.1.4.1 (Shell) and 2.2.4.37 to 2.2.4.42 (the rsp: elements).
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import re
import typing as t
import xml.etree.ElementTree as ET

from .. import limits
from . import messages
from .errors import Asked, FaultCode, LostError, NoShellError, ProtocolError, WSManError, WSManFault, may_have_acted
from .messages import SHELL, TRANSFER, WSMAN, Request, Resource
from .retry import RetryBudget

Output = t.Callable[[bytes], None]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# A variable has at most this many characters ("Environment Variables", Microsoft Learn); its name and the sign between
# them are counted here as well.
_LONGEST_VARIABLE = 32_000

_URI = f"{SHELL}/cmd"

#: Windows deletes a shell that has been idle for this many seconds; longer than any command of ours takes.
IDLE_TIMEOUT = 900


def ignore(_piece: bytes) -> None:
    """Drop a piece of output."""


class Shell:
    """Runs one command; ``exchange`` sends a request and returns the answer's body."""

    def __init__(self, exchange: t.Callable[[Request], ET.Element], retries: RetryBudget) -> None:
        self._exchange = exchange
        self._retries = retries
        self._resource = Resource(_URI, "command shell", asked=Asked.SHELL)

    def run(self, command: str, environment: t.Mapping[str, str], output: Output, errors: Output) -> None:
        """See ``Session.run``."""
        self._retries.check_shells()
        self._create(environment)
        try:
            command_id = self._command(command)
        except WSManError as error:
            if isinstance(error, WSManFault) and not may_have_acted(error):
                # Refused: nothing runs that deleting the shell could kill.
                self._delete()
            else:
                self._retries.shell_left_open()
            raise
        try:
            lost = self._receive(command_id, {"stdout": output, "stderr": errors})
        except WSManError:
            self._retries.shell_left_open()
            raise
        with contextlib.suppress(WSManError):
            self._signal(command_id)
        self._delete()
        if lost is not None:
            raise lost

    def _create(self, environment: t.Mapping[str, str]) -> None:
        for name, text in environment.items():
            _check_variable(name, text)
        variables = "".join(messages.element("rsp:Variable", text, Name=name) for name, text in environment.items())
        body = (
            f'<rsp:Shell xmlns:rsp="{SHELL}"><rsp:Environment>{variables}</rsp:Environment>'
            f"<rsp:IdleTimeOut>PT{IDLE_TIMEOUT}.000S</rsp:IdleTimeOut>"
            "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"
        )
        options = {"WINRS_NOPROFILE": "TRUE", "WINRS_CODEPAGE": "65001"}
        # Repeatable: a second shell is harmless, and the name of the first one was in the lost answer.
        request = messages.build(
            self._resource, f"{TRANSFER}/Create", body, options=options, repeatable=True, opens_shell=True
        )
        try:
            answer = self._exchange(request)
        except WSManFault as fault:
            raise (NoShellError() if fault.code == FaultCode.SHELLS_FORBIDDEN else fault) from None
        for selector in answer.iter(f"{{{WSMAN}}}Selector"):
            if selector.get("Name") == "ShellId" and selector.text:
                self._resource = dataclasses.replace(self._resource, selectors={"ShellId": selector.text})
                return
        self._retries.shell_left_open()
        raise ProtocolError("command shell: the answer names no shell")

    def _command(self, command: str) -> str:
        body = f'<rsp:CommandLine xmlns:rsp="{SHELL}">{messages.element("rsp:Command", command)}</rsp:CommandLine>'
        options = {"WINRS_CONSOLEMODE_STDIN": "TRUE", "WINRS_SKIP_CMD_SHELL": "FALSE"}
        request = messages.build(self._resource, f"{SHELL}/Command", body, options=options)
        # Which command lines write is not known here, so each counts as a write.
        answer = self._exchange(dataclasses.replace(request, writes=True))
        command_id = answer.findtext(f"{{{SHELL}}}CommandResponse/{{{SHELL}}}CommandId")
        if not command_id:
            raise ProtocolError("command shell: the answer names no command")
        return command_id

    def _receive(self, command_id: str, streams: t.Mapping[str, Output]) -> LostError | None:
        """Pass on the command's output until it ends; return the error if some of it was lost."""
        body = (
            f'<rsp:Receive xmlns:rsp="{SHELL}">'
            f"{messages.element('rsp:DesiredStream', 'stdout stderr', CommandId=command_id)}</rsp:Receive>"
        )
        deadline = self._retries.clock() + limits.COMMAND_TIME
        lost: LostError | None = None
        printed = 0
        while self._retries.clock() < deadline:
            try:
                answer = self._exchange(messages.build(self._resource, f"{SHELL}/Receive", body))
            except WSManFault as fault:
                # No output within the operation's time: the command is still running.
                if fault.code == FaultCode.TIMED_OUT:
                    continue
                raise (lost or fault) from None
            except LostError as error:
                lost = error
                if not self._retries.try_again():
                    raise
                continue
            for stream in answer.iter(f"{{{SHELL}}}Stream"):
                output = streams.get(stream.get("Name", ""))
                if output is not None and stream.text:
                    piece = _decoded(stream.text)
                    printed += len(piece)
                    if printed > limits.OUTPUT:
                        raise ProtocolError(f"command shell: the command printed more than {limits.OUTPUT:,} bytes")
                    output(piece)
            if _is_done(answer):
                return lost
        raise ProtocolError(f"command shell: the command did not end within {limits.COMMAND_TIME:.0f} seconds")

    def _signal(self, command_id: str) -> None:
        body = (
            f'<rsp:Signal xmlns:rsp="{SHELL}" CommandId={messages.attribute(command_id)}>'
            f"<rsp:Code>{SHELL}/signal/terminate</rsp:Code></rsp:Signal>"
        )
        self._exchange(messages.build(self._resource, f"{SHELL}/Signal", body, repeatable=True))

    def _delete(self) -> None:
        """Delete the shell. The command has ended, so a refusal does not affect the result."""
        try:
            self._exchange(messages.build(self._resource, f"{TRANSFER}/Delete", repeatable=True))
        except WSManError as error:
            if not (isinstance(error, WSManFault) and error.code == FaultCode.SHELL_GONE):
                self._retries.shell_left_open()


def _check_variable(name: str, text: str) -> None:
    """Refuse what a shell of Windows does not take, or what nobody has seen it take."""
    if "%" in text:
        raise ProtocolError(f"command shell: the variable {name} holds a %, and Windows refuses such a shell")
    if not text or _CONTROL.search(text) or len(text) > _LONGEST_VARIABLE:
        raise ProtocolError(
            f"command shell: the variable {name} is empty, holds a control character or has more than "
            f"{_LONGEST_VARIABLE:,} characters; whether Windows takes it is not known"
        )


def _is_done(answer: ET.Element) -> bool:
    state = answer.find(f".//{{{SHELL}}}CommandState")
    return state is not None and state.get("State", "").endswith("/Done")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except ValueError:
        raise ProtocolError("command shell: its output is not base64") from None
