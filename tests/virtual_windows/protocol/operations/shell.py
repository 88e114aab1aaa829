"""Create, Get and Delete of a command shell ([MS-WSMV] 3.1.4.5.2, 3.1.4.2.1, 3.1.4.4.1)."""

from __future__ import annotations

import codecs
import re
import uuid
from xml.etree.ElementTree import Element

from ...machine import Win32Error
from .. import duration, fault_codes
from ..exchange import Exchange, Reply
from ..faults import SHELL_PLUGIN, Fault
from ..namespaces import CMD_RESOURCE, SHELL, tag
from ..shells import IDLE_TIMEOUT, MAX_IDLE_TIMEOUT, Shell, new_shell_id
from ..xmltext import escape

_OPTIONS = {"winrs_noprofile", "winrs_codepage"}
# What a console uses when the client does not say; the OEM code page of an English Windows.
_OEM_CODE_PAGE = 437
_POLICY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WinRM\Service\WinRS"
_REFUSED = re.compile(r"[%\x00-\x1f\x7f]")
_LONGEST_VARIABLE = 32_767


def create(exchange: Exchange) -> Reply:
    """Open a shell."""
    message = exchange.message
    refuse_chunked(exchange)
    _refuse_forbidden(exchange)
    check_options(exchange, _OPTIONS)
    body = shell_element(message.body, "Shell")
    fields = {child.tag.rpartition("}")[2]: child for child in body if child.tag.startswith(f"{{{SHELL}}}")}
    unknown = set(fields) - {
        "InputStreams",
        "OutputStreams",
        "Environment",
        "WorkingDirectory",
        "IdleTimeOut",
        "Lifetime",
        "Name",
    }
    if unknown:
        raise invalid_element(min(unknown))
    machine = exchange.service.machine
    environment = exchange.service.environment()
    with machine.lock:
        cwd = environment.get("USERPROFILE", environment.get("SystemRoot", "C:\\"))
    shell = Shell(
        owner=exchange.principal,
        client=exchange.peer,
        environment=_merged(environment, fields.get("Environment")),
        cwd=_text(fields.get("WorkingDirectory")) or cwd,
        code_page=_code_page(exchange),
        inputs=_streams(fields.get("InputStreams"), "stdin"),
        outputs=_streams(fields.get("OutputStreams"), "stdout stderr"),
        idle_timeout=_idle_timeout(fields.get("IdleTimeOut")),
        lifetime=_seconds(fields.get("Lifetime")),
        id=client_id(body.get("ShellId"), fault_codes.SHELL_ID_INVALID),
    )
    exchange.service.shells.add(shell)
    created = (
        f"<x:ResourceCreated><a:Address>{escape(message.to)}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{CMD_RESOURCE}</w:ResourceURI><w:SelectorSet>"
        f'<w:Selector Name="ShellId">{shell.id}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
        "</x:ResourceCreated>"
    )
    return Reply(created + _shell_xml(exchange, shell), "a x w rsp p")


def _refuse_forbidden(exchange: Exchange) -> None:
    """Refuse every new shell where the policy "Allow Remote Shell Access" is disabled (WindowsRemoteShell.admx)."""
    machine = exchange.service.machine
    try:
        allowed = machine.registry.value(_POLICY, "AllowRemoteShellAccess").data
    except Win32Error:
        return
    if allowed == 0:
        raise Fault(fault_codes.REMOTE_SHELLS_NOT_ALLOWED)


def get(exchange: Exchange) -> Reply:
    """Return the properties of a shell."""
    shells = exchange.service.shells
    shell = shells.enter(exchange.message.selectors.get("shellid"))
    try:
        return Reply(_shell_xml(exchange, shell), "a x w rsp p")
    finally:
        shells.leave(shell)


def delete(exchange: Exchange) -> Reply:
    """End a shell and all it runs."""
    shells = exchange.service.shells
    shells.close(shells.enter(exchange.message.selectors.get("shellid")))
    return Reply("", "a w p")


# -- shared with the operations on commands


def refuse_chunked(exchange: Exchange) -> None:
    """Refuse a chunked request ([MS-WSMV] 3.1.4.1.31.8)."""
    if exchange.chunked:
        raise Fault(fault_codes.NOT_SUPPORTED)


def check_options(exchange: Exchange, known: set[str]) -> None:
    """Refuse an unknown option that the client says must be complied with; ignore others."""
    options = exchange.message.options
    if any(option.must_comply and name not in known for name, option in options.items()):
        raise Fault(fault_codes.OPTIONS_NOT_SUPPORTED)


def shell_element(body: Element | None, name: str) -> Element:
    """Return the body, which has to be this element."""
    if body is None or body.tag != tag(SHELL, name):
        raise invalid_element(body.tag.rpartition("}")[2] if body is not None else "Body")
    return body


def invalid_element(name: str) -> Fault:
    """Return the fault for an invalid element ([MS-WSMV] 3.1.4.1.31.3)."""
    text = (
        f"The Windows Remote Shell cannot process the request. The SOAP packet contains an element {name} that is "
        "invalid. Retry the request with the correct XML element. "
    )
    return Fault(fault_codes.SCHEMA_VALIDATION_ERROR, text)


def client_id(text: str | None, code: int) -> str:
    """Return the id that the client wants, or a new one; Fault `code` when it is no GUID."""
    if text is None:
        return new_shell_id()
    try:
        return str(uuid.UUID(text.removeprefix("uuid:"))).upper()
    except ValueError:
        raise Fault(code) from None


def _text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _merged(environment: dict[str, str], given: Element | None) -> dict[str, str]:
    """Merge variables by name, whatever its case; an existing one keeps its spelling."""
    merged = dict(environment)
    spelling = {name.upper(): name for name in merged}
    for variable in given if given is not None else ():
        name = variable.get("Name", "")
        if variable.tag != tag(SHELL, "Variable") or not name or "=" in name:
            raise invalid_element(variable.tag.rpartition("}")[2])
        text = variable.text or ""
        # A % is refused: rundeck-plugins/py-winrm-plugin#74, #77, #78, apache/brooklyn-docs#391. Which forms of it are
        # not is not known, nor whether the others are taken: no recording has an empty variable or a control character.
        # The size is that of the reference of SetEnvironmentVariable.
        if not text or _REFUSED.search(text) or len(name) + len(text) >= _LONGEST_VARIABLE:
            raise Fault(fault_codes.INVALID_PARAMETER, provider=SHELL_PLUGIN)
        merged[spelling.setdefault(name.upper(), name)] = text
    return merged


def _code_page(exchange: Exchange) -> int:
    option = exchange.message.options.get("winrs_codepage")
    text = option.value.strip() if option else str(_OEM_CODE_PAGE)
    try:
        codecs.lookup("utf-8" if int(text) == 65001 else f"cp{int(text)}")
    except (ValueError, LookupError):
        raise Fault(fault_codes.CODE_PAGE_NOT_SUPPORTED, provider=SHELL_PLUGIN) from None
    return int(text)


def _streams(element: Element | None, allowed: str) -> str:
    if element is None:
        return allowed
    names = _text(element).split()
    if set(names) - set(allowed.split()):
        raise Fault(fault_codes.INVALID_PARAMETER, provider=SHELL_PLUGIN)
    return " ".join(names)


def _seconds(element: Element | None) -> float | None:
    if element is None:
        return None
    try:
        return duration.parse(_text(element))
    except ValueError:
        raise invalid_element(element.tag.rpartition("}")[2]) from None


def _idle_timeout(element: Element | None) -> float:
    timeout = _seconds(element)
    if timeout is None:
        return IDLE_TIMEOUT
    if not 0 < timeout <= MAX_IDLE_TIMEOUT:
        raise Fault(fault_codes.IDLE_TIMEOUT_OUT_OF_BOUNDS)
    return timeout


def _shell_xml(exchange: Exchange, shell: Shell) -> str:
    age, idle = exchange.service.shells.age(shell)
    return (
        f'<rsp:Shell xmlns:rsp="{SHELL}"><rsp:ShellId>{shell.id}</rsp:ShellId>'
        f"<rsp:ResourceUri>{CMD_RESOURCE}</rsp:ResourceUri><rsp:Owner>{escape(shell.owner)}</rsp:Owner>"
        f"<rsp:ClientIP>{escape(shell.client)}</rsp:ClientIP>"
        f"<rsp:IdleTimeOut>{duration.seconds(shell.idle_timeout)}</rsp:IdleTimeOut>"
        f"<rsp:InputStreams>{shell.inputs}</rsp:InputStreams><rsp:OutputStreams>{shell.outputs}</rsp:OutputStreams>"
        f"<rsp:ShellRunTime>{duration.days(age)}</rsp:ShellRunTime>"
        f"<rsp:ShellInactivity>{duration.days(idle)}</rsp:ShellInactivity></rsp:Shell>"
    )
