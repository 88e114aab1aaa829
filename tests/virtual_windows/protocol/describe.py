"""Describe a request for the log: its kind, and a line with the details."""

from __future__ import annotations

from contextlib import suppress
from xml.etree.ElementTree import Element

from .envelope import Message
from .faults import Fault
from .log import Request
from .namespaces import (
    COMMAND,
    CREATE,
    DELETE,
    ENUMERATE,
    ENUMERATION,
    GET,
    PULL,
    RECEIVE,
    RELEASE,
    SEND,
    SHELL,
    SIGNAL,
    SIGNAL_CODE,
    SUBSCRIBE,
    UNSUBSCRIBE,
    tag,
)
from .operations.command import command_line
from .operations.enumeration import wql_text
from .operations.eventing import filter_text
from .operations.wmi_address import is_wmi

KINDS = {
    GET: "Get",
    CREATE: "Create",
    DELETE: "Delete",
    ENUMERATE: "Enumerate",
    PULL: "Pull",
    RELEASE: "Release",
    COMMAND: "Command",
    SEND: "Send",
    RECEIVE: "Receive",
    SIGNAL: "Signal",
    SUBSCRIBE: "Subscribe",
    UNSUBSCRIBE: "Unsubscribe",
}


def is_invoke(message: Message) -> bool:
    """Return whether the action is a method of the resource."""
    above = message.action.rpartition("/")[0]
    return is_wmi(message.resource) and above.lower() == message.resource.lower()


def describe(message: Message, request: Request) -> None:
    """Fill in the entry of a message, as far as the message could be read."""
    request.resource = message.resource
    if message.identify:
        request.kind = "Identify"
    elif is_invoke(message):
        request.kind = "Invoke"
        request.method = message.action.rpartition("/")[2]
        request.parameters = _parameters(message.body)
        given = ", ".join(f"{name}={value!r}" for name, value in request.parameters.items())
        request.detail = f"{request.method}({given})"
    else:
        request.kind = KINDS.get(message.action, "")
        request.detail = _detail(message, request.kind)
    if message.selectors and (request.kind in ("Invoke", "Get") or is_wmi(message.resource)):
        chosen = ", ".join(f"{name}={value!r}" for name, value in message.selectors.items())
        request.detail = f"{request.detail} of {chosen}".strip()


def _parameters(body: Element | None) -> dict[str, str | list[str]]:
    parameters: dict[str, str | list[str]] = {}
    for child in body if body is not None else ():
        name, value = child.tag.rpartition("}")[2], child.text or ""
        before = parameters.get(name)
        if before is None:
            parameters[name] = value
        else:
            parameters[name] = [*(before if isinstance(before, list) else [before]), value]
    return parameters


def _detail(message: Message, kind: str) -> str:
    body = message.body
    detail = ""
    if body is None:
        detail = message.selectors.get("shellid", "")
    elif kind == "Enumerate":
        detail = wql_text(body) or message.resource.rpartition("/")[2]
    elif kind in ("Pull", "Release"):
        detail = body.findtext(tag(ENUMERATION, "EnumerationContext")) or ""
    elif kind == "Subscribe":
        detail = filter_text(body)
    elif kind == "Unsubscribe":
        detail = message.identifier
    elif kind == "Command":
        # an invalid command line is refused later
        with suppress(Fault):
            detail = command_line(body)
    elif kind == "Signal":
        detail = (body.findtext(tag(SHELL, "Code")) or "").strip().removeprefix(SIGNAL_CODE)
    return detail.strip()
