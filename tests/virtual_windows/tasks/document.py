"""Task definitions: read strictly, and completed as the service shows them again.

What the service adds to a document is partly seen in exported tasks (Date, Author, URI, the ids of principal and
actions, settings with their defaults) and here done in full, so that nobody relies on a document coming back as it was.
"""

from __future__ import annotations

import re
import typing as t
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from xml.etree import ElementTree as ET

from ..machine.scheduler import TaskDefinition, Trigger
from . import schema
from .schema import NAMESPACE, Element

_SYSTEM = frozenset({"s-1-5-18", "system", r"nt authority\system"})
_DEFAULTS = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "true",
    "StopIfGoingOnBatteries": "true",
    "AllowHardTerminate": "true",
    "StartWhenAvailable": "false",
    "RunOnlyIfNetworkAvailable": "false",
    "AllowStartOnDemand": "true",
    "Enabled": "true",
    "Hidden": "false",
    "RunOnlyIfIdle": "false",
    "WakeToRun": "false",
    "ExecutionTimeLimit": "PT72H",
    "Priority": "7",
}


class Code(IntEnum):
    """Errors of the service ([MS-TSCH] 2.3.14; winerror.h)."""

    UNEXPECTED_NODE = 0x80041316
    NAMESPACE = 0x80041317
    INVALID_VALUE = 0x80041318
    MISSING_NODE = 0x80041319
    MALFORMED_XML = 0x8004131A


class TaskXmlError(Exception):
    """The service refuses a document.

    Args:
        code: why.
        where: the element.
    """

    def __init__(self, code: Code, where: str) -> None:
        self.code = code
        self.where = where
        super().__init__(f"{code.name} ({int(code):#010x}): {where}")


def read(document: str) -> TaskDefinition:
    """Return what a document asks for; TaskXmlError for anything that is not in the schema."""
    root = _parse(document)
    _check(root, schema.TASK, "Task")
    principal = root.find(f"{_tag('Principals')}/{_tag('Principal')}")
    user = (principal.findtext(_tag("UserId")) or "") if principal is not None else ""
    if user.lower() not in _SYSTEM:
        raise TaskXmlError(Code.INVALID_VALUE, "Principal: only SYSTEM is built here")
    actions = root.findall(f"{_tag('Actions')}/{_tag('Exec')}")
    if len(actions) != 1:
        raise TaskXmlError(Code.INVALID_VALUE, "Actions: only one is built here")
    settings = root.find(_tag("Settings"))
    return TaskDefinition(
        tuple(_trigger(one) for one in root.findall(f"{_tag('Triggers')}/*")),
        schema.boolean(_setting(settings, "Enabled")),
        _setting(settings, "MultipleInstancesPolicy"),
        actions[0].findtext(_tag("Command")) or "",
        actions[0].findtext(_tag("Arguments")) or "",
    )


def completed(document: str, folder: str, name: str, author: str, now: datetime) -> str:
    """Return a valid document with all that the service adds, in its own layout."""
    root = _parse(document)
    root.set("version", root.get("version", "1.2"))
    information = _ensure(root, "RegistrationInfo", 0)
    for child, value in (
        ("Date", f"{now:%Y-%m-%dT%H:%M:%S}"),
        ("Author", author),
        ("URI", f"{folder}{name}"),
    ):
        _ensure(information, child).text = value
    settings = _ensure(root, "Settings")
    for child, value in _DEFAULTS.items():
        if settings.find(_tag(child)) is None:
            ET.SubElement(settings, _tag(child)).text = value
    idle = _ensure(settings, "IdleSettings")
    for child, value in (("StopOnIdleEnd", "true"), ("RestartOnIdle", "false")):
        _ensure(idle, child).text = value
    for principal in root.iter(_tag("Principal")):
        principal.set("id", principal.get("id", "Author"))
    for actions in root.iter(_tag("Actions")):
        actions.set("Context", actions.get("Context", "Author"))
    ET.indent(root)
    ET.register_namespace("", NAMESPACE)
    text = ET.tostring(root, "unicode").replace("\n", "\r\n")
    return f'<?xml version="1.0" encoding="UTF-16"?>\r\n{text}'


def _parse(document: str) -> ET.Element:
    declared = re.match(r'<\?xml[^>]*encoding="([^"]*)"', document)
    # The text is UTF-16 when it reaches the service, which cannot switch to another encoding.
    if declared is not None and declared[1].upper() != "UTF-16":
        raise TaskXmlError(Code.MALFORMED_XML, f"encoding {declared[1]}")
    if "<!DOCTYPE" in document:
        raise TaskXmlError(Code.MALFORMED_XML, "DOCTYPE")
    try:
        root = ET.fromstring(document)
    except ET.ParseError as error:
        raise TaskXmlError(Code.MALFORMED_XML, str(error)) from error
    if not root.tag.startswith(f"{{{NAMESPACE}}}"):
        raise TaskXmlError(Code.NAMESPACE, root.tag)
    if root.tag != _tag("Task"):
        raise TaskXmlError(Code.UNEXPECTED_NODE, root.tag)
    return root


def _check(element: ET.Element, expected: Element, where: str) -> None:
    if set(element.attrib) - expected.attributes:
        raise TaskXmlError(Code.UNEXPECTED_NODE, f"{where}: attributes {sorted(element.attrib)}")
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        raise TaskXmlError(Code.UNEXPECTED_NODE, f"{where}: text")
    names = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
    for name, child in zip(names, element, strict=True):
        inside = f"{where}/{name}"
        kind = expected.children.get(name)
        if kind is None or (names.count(name) > 1 and not expected.many):
            raise TaskXmlError(Code.UNEXPECTED_NODE, inside)
        if isinstance(kind, Element):
            _check(child, kind, inside)
        else:
            _check_value(child, kind, inside)
    order = list(expected.children)
    if expected.ordered and names != sorted(names, key=order.index):
        raise TaskXmlError(Code.UNEXPECTED_NODE, f"{where}: order {names}")
    if missing := sorted(expected.required - set(names)):
        raise TaskXmlError(Code.MISSING_NODE, f"{where}/{missing[0]}")


def _check_value(element: ET.Element, check: schema.Check, where: str) -> None:
    if len(element) or element.attrib:
        raise TaskXmlError(Code.UNEXPECTED_NODE, where)
    try:
        check(element.text or "")
    except ValueError as error:
        raise TaskXmlError(Code.INVALID_VALUE, f"{where}: {element.text!r}") from error


def _trigger(element: ET.Element) -> Trigger:
    name = element.tag.removeprefix(f"{{{NAMESPACE}}}").removesuffix("Trigger")
    if element.find(_tag("UserId")) is not None or element.find(_tag("RandomDelay")) is not None:
        raise TaskXmlError(Code.INVALID_VALUE, f"{name}Trigger: UserId and RandomDelay are not built here")
    repetition = element.find(_tag("Repetition"))
    return Trigger(
        name,
        schema.boolean(element.findtext(_tag("Enabled")) or "true"),
        _utc(element.findtext(_tag("StartBoundary"))),
        _utc(element.findtext(_tag("EndBoundary"))),
        schema.duration(element.findtext(_tag("Delay")) or "PT0S"),
        _duration(repetition, "Interval"),
        _duration(repetition, "Duration"),
    )


def _utc(text: str | None) -> datetime | None:
    """Return a moment; one without a zone is local time, which is UTC on a virtual machine."""
    moment = schema.moment(text) if text else None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def _duration(element: ET.Element | None, name: str) -> timedelta | None:
    text = element.findtext(_tag(name)) if element is not None else None
    return schema.duration(text) if text else None


def _setting(settings: ET.Element | None, name: str) -> str:
    return (settings.findtext(_tag(name)) if settings is not None else None) or _DEFAULTS[name]


def _ensure(parent: ET.Element, name: str, position: int | None = None) -> ET.Element:
    child = parent.find(_tag(name))
    if child is None:
        child = ET.Element(_tag(name))
        parent.insert(len(parent) if position is None else position, child)
    return child


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def edited(document: str, path: str, text: str) -> str:
    """Return a document with another text in one element (a path like `Settings/Enabled`), as somebody edits it."""
    root = _parse(document)
    element: t.Any = root.find("/".join(map(_tag, path.split("/"))))
    element.text = text
    return ET.tostring(root, "unicode")
