"""Check messages against the schemas in `schemas/`, and exchanges against what [MS-WSMV] says about their operation.

The schemas follow the specifications that they name, and accept the examples of [MS-WSMV] 4.1, 4.7 and 4.10 as printed,
except for misprints: an attribute `SequenceId` that the schema of 2.2.4.27 calls
`SequenceID`, an element `CommandLine` in a Shell (3.1.4.2.1 has it, the schema of 2.2.4.37 has not), a prefix that is
never declared, and a shortened w:FaultDetail.
"""

from __future__ import annotations

import functools
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import xmlschema

from .xml_shapes import NAMESPACES, WMI, prefixed

SHELL, TRANSFER, ENUMERATION, EVENTING, ADDRESSING = (NAMESPACES[prefix] for prefix in ("rsp", "x", "n", "ev", "a"))
ANONYMOUS = f"{ADDRESSING}/role/anonymous"

#: The content of s:Body in request and answer, by action (3.1.4.4 to 3.1.4.14); methods and Get are below.
BODIES = {
    f"{TRANSFER}/Create": (["rsp:Shell"], ["x:ResourceCreated", "rsp:Shell"]),
    f"{TRANSFER}/Delete": ([], []),
    f"{ENUMERATION}/Enumerate": (["n:Enumerate"], ["n:EnumerateResponse"]),
    f"{ENUMERATION}/Pull": (["n:Pull"], ["n:PullResponse"]),
    f"{ENUMERATION}/Release": (["n:Release"], []),
    f"{EVENTING}/Subscribe": (["ev:Subscribe"], ["ev:SubscribeResponse"]),
    f"{EVENTING}/Unsubscribe": (["ev:Unsubscribe"], []),
    f"{SHELL}/Command": (["rsp:CommandLine"], ["rsp:CommandResponse"]),
    f"{SHELL}/Send": (["rsp:Send"], ["rsp:SendResponse"]),
    f"{SHELL}/Receive": (["rsp:Receive"], ["rsp:ReceiveResponse"]),
    f"{SHELL}/Signal": (["rsp:Signal"], ["rsp:SignalResponse"]),
}

#: The a:Action of a fault, by the prefix of its subcode (DSP0226, section 14; WS-Addressing, WS-Enumeration,
#: WS-Eventing).
FAULT_ACTIONS = {
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
    "a": f"{ADDRESSING}/fault",
    "n": f"{ENUMERATION}/fault",
    "e": f"{EVENTING}/fault",
    "": f"{ADDRESSING}/fault",
}


@functools.cache
def _schemas() -> xmlschema.XMLSchema11:
    # Nothing is downloaded: all schemas are local files.
    return xmlschema.XMLSchema11(str(Path(__file__).with_name("schemas") / "soap.xsd"), allow="local")


def errors(message: bytes | str) -> list[str]:
    """Return the violations of the schemas in a message, a line each."""
    text = message if isinstance(message, str) else message.decode()
    return [f"{error.path}: {error.reason}" for error in _schemas().iter_errors(text)]


def check_exchange(request: bytes | str, answer: bytes | str) -> str:
    """Assert that both conform to the schemas and to their operation; return its action."""
    for message in (request, answer):
        assert not (violations := errors(message)), f"{violations} in {message!r}"
    request_root, answer_root = fromstring(request), fromstring(answer)
    action = _header(request_root, "a:Action")
    # Required in a request (DSP0226 5.4, [MS-WSMV] 3.1.4.1.1 and 3.1.4.1.3) and in an answer.
    assert _header(request_root, "w:ResourceURI")
    assert _header(request_root, "a:To")
    assert _header(request_root, "a:ReplyTo/a:Address") == ANONYMOUS
    assert _header(answer_root, "a:To") == ANONYMOUS
    assert _header(answer_root, "a:RelatesTo") == _header(request_root, "a:MessageID") != ""
    assert _header(answer_root, "a:MessageID") not in ("", _header(request_root, "a:MessageID"))
    if answer_root.find("s:Body/s:Fault", NAMESPACES) is not None:
        check_fault(answer_root)
        return action
    assert _header(answer_root, "a:Action") == f"{action}Response"
    expected = BODIES.get(action) or _bodies_of_an_object(action, _header(request_root, "w:ResourceURI"))
    assert (_body(request_root), _body(answer_root)) == expected
    return action


def check_fault(answer: Element) -> None:
    """Assert that a fault's action is that of its subcode."""
    subcode = answer.findtext(".//s:Subcode/s:Value", "", NAMESPACES)
    assert _header(answer, "a:Action") == FAULT_ACTIONS[subcode.partition(":")[0]]


def _bodies_of_an_object(action: str, resource: str) -> tuple[list[str], list[str]]:
    """Return the bodies of a WMI method or of Get: an object of the class, in the namespace of the resource."""
    if action == f"{TRANSFER}/Get":
        return [], [f"{{{resource}}}{resource.rpartition('/')[2]}"]
    target, _unused, method = action.rpartition("/")
    assert target == resource, f"unknown action {action}"
    return [f"{{{resource}}}{method}_INPUT"], [f"{{{resource}}}{method}_OUTPUT"]


def _header(root: Element, path: str) -> str:
    return root.findtext(f"s:Header/{path}", "", NAMESPACES)


def _body(root: Element) -> list[str]:
    body = root.find("s:Body", NAMESPACES)
    assert body is not None
    return [child.tag if child.tag.startswith(f"{{{WMI}") else prefixed(child.tag) for child in body]
