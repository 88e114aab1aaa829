"""Helpers of the protocol tests: a server in front of a machine, and a minimal client."""

from __future__ import annotations

import base64
import http.client
import typing as t
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, fromstring
from xml.sax.saxutils import escape

import winrm.protocol
from pypsrp.wsman import WSMan

from tests.virtual_windows.machine import Machine
from tests.virtual_windows.protocol import Credentials, TlsFiles, WinRMServer

ADDRESS = "127.0.0.9"
PASSWORD = "Passw0rd-1"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
CIMV2 = f"{WMI}root/cimv2/"
REGISTRY = f"{WMI}root/default/StdRegProv"
CMD = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
HKLM, HKU = 2147483650, 2147483651
NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "n": ENUMERATION,
    "x": TRANSFER,
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
    "rsp": SHELL,
    "f": "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
    "e": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def serve(machine: Machine | None = None, **settings: t.Any) -> WinRMServer:
    """Return a server, to be entered."""
    return WinRMServer(
        machine or Machine("desk1", speed=1000),
        ADDRESS,
        0,
        credentials=Credentials("ansible", PASSWORD),
        **settings,
    )


@contextmanager
def pywinrm(
    server: WinRMServer, transport: t.Any, tls: TlsFiles | None = None, password: str = PASSWORD
) -> t.Iterator[winrm.protocol.Protocol]:
    """Yield a session of pywinrm, as Ansible's `winrm` uses it."""
    protocol = winrm.protocol.Protocol(
        server.url,
        transport=transport,
        username="ansible",
        password=password,
        ca_trust_path=str(tls.ca) if tls else "legacy_requests",
        proxy=None,
    )
    try:
        yield protocol
    finally:
        protocol.transport.close_session()


@contextmanager
def pypsrp(
    server: WinRMServer, transport: str, tls: TlsFiles | None = None, password: str = PASSWORD
) -> t.Iterator[WSMan]:
    """Yield a client of pypsrp, as Ansible's `psrp` uses it."""
    secure = server.scheme == "https"
    # a path works like a bool, despite the annotation
    trusted: t.Any = str(tls.ca) if tls else True
    client = WSMan(
        server.address,
        port=server.port,
        username="ansible",
        password=password,
        ssl=secure,
        auth=transport,
        encryption="auto" if secure or transport != "basic" else "never",
        cert_validation=trusted,
        no_proxy=True,
        reconnection_retries=0,
    )
    with client:
        yield client


class FaultAnswer(AssertionError):
    """The server answered with a fault."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.action = root.findtext("s:Header/a:Action", "", NAMESPACES)
        self.relates_to = root.findtext("s:Header/a:RelatesTo", None, NAMESPACES)
        fault = root.find("s:Body/s:Fault", NAMESPACES)
        assert fault is not None
        self.value = fault.findtext("s:Code/s:Value", "", NAMESPACES)
        self.subcode = fault.findtext("s:Code/s:Subcode/s:Value", "", NAMESPACES)
        self.reason = fault.findtext("s:Reason/s:Text", "", NAMESPACES)
        detail = fault.findtext("s:Detail/w:FaultDetail", "", NAMESPACES)
        self.detail = detail.rpartition("/")[2]
        self.wsman = fault.find("s:Detail/f:WSManFault", NAMESPACES)
        self.wmi = fault.find("s:Detail/e:MSFT_WmiError", NAMESPACES)
        code = self.wsman.get("Code") if self.wsman is not None else None
        if self.wmi is not None:
            code = self.wmi.findtext("e:error_Code", None, NAMESPACES)
        self.code = int(code) if code else None
        super().__init__(f"{self.code} {self.subcode} {self.detail}: {self.reason}")


@dataclass
class Client:
    """Talks to a server by HTTP with Basic authentication."""

    server: WinRMServer
    password: str = PASSWORD
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(self.server.address, self.server.port, timeout=10)

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.connection.close()

    @property
    def authorization(self) -> str:
        """The header of Basic authentication."""
        return "Basic " + base64.b64encode(f"ansible:{self.password}".encode()).decode()

    def post(self, body: bytes, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send a request; return status, headers and body of the answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        defaults = {"Authorization": self.authorization, "Content-Type": "application/soap+xml;charset=UTF-8"}
        self.connection.request("POST", "/wsman", body, {**defaults, **named})
        response = self.connection.getresponse()
        return response.status, response.headers, response.read()

    def ask(self, envelope: str) -> Element:
        """Send an envelope; return the root of the answer, or raise FaultAnswer."""
        status, _unused, body = self.post(envelope.encode())
        root = fromstring(body)
        if status == 500:
            raise FaultAnswer(root)
        assert status == 200
        return root

    def send(self, action: str, resource: str, body: str = "", **more: t.Any) -> Element:
        """Send a message; return the s:Body of the answer."""
        answer = self.ask(envelope(action, resource, body, **more)).find("s:Body", NAMESPACES)
        assert answer is not None
        return answer

    def invoke(self, resource: str, method: str, selectors: dict[str, str] | None = None, **given: t.Any) -> t.Any:
        """Call a method; return its outputs as text, lists for what is repeated, None for NULL."""
        children = "".join(
            f"<q:{name}>{escape(str(item))}</q:{name}>"
            for name, value in given.items()
            for item in (value if isinstance(value, list) else [value])
        )
        body = f'<q:{method}_INPUT xmlns:q="{resource}">{children}</q:{method}_INPUT>'
        output = self.send(f"{resource}/{method}", resource, body, selectors=selectors)[0]
        assert output.tag.lower() == f"{{{resource}}}{method}_OUTPUT".lower()
        return plain(output)

    def registry(self, method: str, key: str = "", root: int = HKU, **given: t.Any) -> t.Any:
        """Call a method of StdRegProv."""
        return self.invoke(REGISTRY, method, hDefKey=root, sSubKeyName=key, **given)

    def enumerate(
        self, query: str, namespace: str = "root/cimv2", elements: int | None = 32000, **more: t.Any
    ) -> Element:
        """Return the EnumerateResponse for a query."""
        limit = f"<w:MaxElements>{elements}</w:MaxElements>" if elements else ""
        filter_ = f'<w:Filter Dialect="{WQL}">{escape(query)}</w:Filter>'
        body = f"<n:Enumerate><w:OptimizeEnumeration/>{limit}{filter_}</n:Enumerate>"
        return self.send(f"{ENUMERATION}/Enumerate", f"{WMI}{namespace}/*", body, **more)[0]

    def pull(self, context: str, elements: int | None = 32000, resource: str = f"{CIMV2}*", **more: t.Any) -> Element:
        """Return the PullResponse."""
        limit = f"<n:MaxElements>{elements}</n:MaxElements>" if elements else ""
        body = f"<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext>{limit}</n:Pull>"
        return self.send(f"{ENUMERATION}/Pull", resource, body, **more)[0]

    def query(self, text: str) -> list[dict[str, t.Any]]:
        """Return all items of a query, as plain data."""
        answer = self.enumerate(text)
        items = [plain(item) for item in answer.iterfind("w:Items/*", NAMESPACES)]
        while answer.find("w:EndOfSequence", NAMESPACES) is None and answer.find("n:EndOfSequence", NAMESPACES) is None:
            answer = self.pull(answer.findtext("n:EnumerationContext", "", NAMESPACES))
            items += [plain(item) for item in answer.iterfind("n:Items/*", NAMESPACES)]
        return items

    def open_shell(self, fields: str = "", options: dict[str, str] | None = None, **more: t.Any) -> str:
        """Open a shell; return its id."""
        streams = "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"
        body = self.send(
            f"{TRANSFER}/Create",
            CMD,
            f"<rsp:Shell>{streams}{fields}</rsp:Shell>",
            options={"WINRS_CODEPAGE": "65001", **(options or {})},
            **more,
        )
        return body.findtext("rsp:Shell/rsp:ShellId", "", NAMESPACES)

    def shell(self, verb: str, shell_id: str, body: str, **more: t.Any) -> Element:
        """Return a request to a shell."""
        return self.send(f"{SHELL}/{verb}", CMD, body, selectors={"ShellId": shell_id}, **more)

    def run(self, shell_id: str, line: str, **more: t.Any) -> str:
        """Start a command; return its id."""
        body = f"<rsp:CommandLine><rsp:Command>{escape(line)}</rsp:Command></rsp:CommandLine>"
        return self.shell("Command", shell_id, body, **more).findtext(".//rsp:CommandId", "", NAMESPACES)

    def receive(self, shell_id: str, command_id: str, streams: str = "stdout stderr", **more: t.Any) -> Received:
        """Send a Receive; return its answer."""
        stream = f'<rsp:DesiredStream CommandId="{command_id}">{streams}</rsp:DesiredStream>'
        return Received(self.shell("Receive", shell_id, f"<rsp:Receive>{stream}</rsp:Receive>", **more)[0])

    def signal(self, shell_id: str, command_id: str, code: str = "terminate") -> None:
        """Signal a command."""
        body = f'<rsp:Signal CommandId="{command_id}"><rsp:Code>{SHELL}/signal/{code}</rsp:Code></rsp:Signal>'
        self.shell("Signal", shell_id, body)

    def delete(self, shell_id: str) -> None:
        """Delete a shell."""
        self.send(f"{TRANSFER}/Delete", CMD, selectors={"ShellId": shell_id})


class Received:
    """A ReceiveResponse."""

    def __init__(self, response: Element) -> None:
        self.streams: dict[str, bytes] = {"stdout": b"", "stderr": b""}
        for stream in response.iterfind("rsp:Stream", NAMESPACES):
            self.streams[stream.get("Name", "")] += base64.b64decode(stream.text or "")
        state = response.find("rsp:CommandState", NAMESPACES)
        assert state is not None
        self.state = state.get("State", "").rpartition("/")[2]
        code = state.findtext("rsp:ExitCode", None, NAMESPACES)
        self.exit_code = int(code) if code is not None else None

    @property
    def stdout(self) -> bytes:
        """Standard output."""
        return self.streams["stdout"]


def plain(element: Element) -> dict[str, t.Any]:
    """Return the children of an element by their names, without namespaces."""
    children: dict[str, t.Any] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        nil = child.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"
        value = plain(child) if len(child) else None if nil else child.text or ""
        if name in children:
            before = children[name]
            children[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            children[name] = value
    return children


def envelope(  # noqa: PLR0913 - every header that a test wants otherwise
    action: str,
    resource: str,
    body: str = "",
    *,
    selectors: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    timeout: str = "PT20S",
    max_size: str = "153600",
    header: str = "",
    message_id: str | None = None,
) -> str:
    """Return a request as pypsrp writes it."""
    chosen = "".join(
        f'<w:Selector Name="{name}">{escape(value)}</w:Selector>' for name, value in (selectors or {}).items()
    )
    given = "".join(f'<w:Option Name="{name}">{escape(value)}</w:Option>' for name, value in (options or {}).items())
    return (
        f"<s:Envelope {DECLARED}><s:Header>"
        f'<a:Action s:mustUnderstand="true">{action}</a:Action>'
        '<w:Locale s:mustUnderstand="false" xml:lang="en-US"/>'
        f'<w:MaxEnvelopeSize s:mustUnderstand="true">{max_size}</w:MaxEnvelopeSize>'
        f"<a:MessageID>{message_id or f'uuid:{uuid.uuid4()}'}</a:MessageID>"
        f"<w:OperationTimeout>{timeout}</w:OperationTimeout>"
        f'<a:ReplyTo><a:Address s:mustUnderstand="true">{ANONYMOUS}</a:Address></a:ReplyTo>'
        f'<w:ResourceURI s:mustUnderstand="true">{resource}</w:ResourceURI>'
        "<a:To>http://desk1.example:5985/wsman</a:To>"
        f"<w:OptionSet>{given}</w:OptionSet><w:SelectorSet>{chosen}</w:SelectorSet>{header}"
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
