"""A machine that answers WS-Management requests from a list, and answers for it."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET

from ansible_collections.presence.office.plugins.plugin_utils.wsman import messages, session

SHELL = messages.SHELL
CLASS = f"{messages.WMI}/root/default/StdRegProv"


class Wire:
    """Answers requests from a list: bodies, fault codes or exceptions."""

    operation_timeout = 20

    def __init__(self, *answers):
        self.sent = []
        self.pauses = []
        self._answers = iter(answers)

    def send(self, message):
        header = ET.fromstring(message)[0]
        action = header.findtext(f"{{{messages.ADDRESSING}}}Action", "")
        self.sent.append(action.rsplit("/", 1)[-1])
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            answer = (
                f'<s:Fault><s:Detail><f:WSManFault xmlns:f="{messages.FAULT}" Code="{answer}"/></s:Detail></s:Fault>'
            )
        relates_to = header.findtext(f"{{{messages.ADDRESSING}}}MessageID")
        return (
            f'<s:Envelope xmlns:s="{messages.SOAP}" xmlns:a="{messages.ADDRESSING}"><s:Header>'
            f"<a:RelatesTo>{relates_to}</a:RelatesTo></s:Header><s:Body>{answer}</s:Body></s:Envelope>"
        ).encode()

    def close(self):
        """Nothing to close."""

    def session(self):
        return session.Session(self, self.pauses.append)


def invoke(wire, *, repeatable):
    """Call a method that the machine answers with ``OUTPUT``."""
    return wire.session().invoke("StdRegProv", "EnumKey", [], namespace="root/default", repeatable=repeatable)


OUTPUT = f'<m:EnumKey_OUTPUT xmlns:m="{CLASS}"><m:ReturnValue>0</m:ReturnValue></m:EnumKey_OUTPUT>'


def enumerated(kind, *items, end):
    """Return the answer to an Enumerate or a Pull."""
    rows = "".join(f"<x><SID>{item}</SID></x>" for item in items)
    context = "" if end else "<n:EnumerationContext>ctx</n:EnumerationContext>"
    space = f'xmlns:n="{messages.ENUMERATION}" xmlns:w="{messages.WSMAN}"'
    ending = ("<w:EndOfSequence/>" if kind == "Enumerate" else "<n:EndOfSequence/>") if end else ""
    holder = "w:Items" if kind == "Enumerate" else "n:Items"
    return f"<n:{kind}Response {space}>{context}<{holder}>{rows}</{holder}>{ending}</n:{kind}Response>"


CREATED = f'<x><w:Selector xmlns:w="{messages.WSMAN}" Name="ShellId">shell-1</w:Selector></x>'
STARTED = f'<r:CommandResponse xmlns:r="{SHELL}"><r:CommandId>command-1</r:CommandId></r:CommandResponse>'


def received(text, *, done=False, exit_code="<r:ExitCode>0</r:ExitCode>"):
    """Return the answer to a Receive."""
    stream = f'<r:Stream Name="stdout" CommandId="command-1">{base64.b64encode(text).decode()}</r:Stream>'
    state = f'<r:CommandState CommandId="command-1" State="{SHELL}/CommandState/Running"/>'
    if done:
        state = f'<r:CommandState CommandId="command-1" State="{SHELL}/CommandState/Done">{exit_code}</r:CommandState>'
    return f'<r:ReceiveResponse xmlns:r="{SHELL}">{stream}{state}</r:ReceiveResponse>'
