"""The virtual machine's answers have the shape of answers of real machines, as recorded by others.

The shapes below come from public recordings, which are not included. Each names its source: repository, file, and the
version of Windows where it is known. All answers of the same kind in these sources were compared; where they differ
among themselves, the comments say so.
"""

from __future__ import annotations

from textwrap import dedent
from xml.etree.ElementTree import fromstring

import pytest

from tests.conformance.xml_shapes import NAMESPACES, prefixed, shape
from tests.unit.virtual_windows.protocol_support import (
    CIMV2,
    CMD,
    ENUMERATION,
    HKU,
    REGISTRY,
    SHELL,
    TRANSFER,
    WMI,
    WQL,
    Client,
    envelope,
    serve,
)
from tests.virtual_windows.machine import Machine

PYPSRP = "github.com/jborean93/pypsrp, tests/tests_pypsrp/responses"
TXWINRM = "github.com/zenoss/txwinrm (read in the fork tariksetia/txwinrm), txwinrm/test/data"
WINRB = "github.com/WinRb/WinRM, tests/spec/stubs/responses"
OPENWSMAN = "github.com/Openwsman/openwsman, bindings/ruby/tests"

# The header in all recordings. Windows 10 1607 and later put p:ActivityId behind a:MessageID (25 of the 61 in
# pypsrp's test_winrs_*.yml); faults about quotas come without a:RelatesTo.
HEADER = ["s:Header", "  a:Action", "  a:MessageID", "  a:To", "  a:RelatesTo"]

SHELL_OPTIONS = {"WINRS_NOPROFILE": "TRUE", "WINRS_CODEPAGE": "65001"}
STREAMS = "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"


def lines(text):
    return dedent(text).strip().splitlines()


@pytest.fixture(scope="module")
def client():
    """Yield a client of a machine with a few users."""
    users = [{"account": rf"CONTOSO\user{number}", "signed_in": number == 1} for number in (1, 2, 3)]
    machine = Machine("desk1", {"users": users}, speed=1000)
    with serve(machine) as running, Client(running) as ready:
        yield ready
    machine.close()


def answer(client, action, resource, body="", **more):
    """Return the envelope of the answer, a fault or not."""
    _status, _headers, data = client.post(envelope(action, resource, body, **more).encode())
    return fromstring(data)


def check(root, action, expected, header=None):
    """Assert that an answer has this action, header and body."""
    assert prefixed(root.tag) == "s:Envelope"
    assert root.attrib == {"{http://www.w3.org/XML/1998/namespace}lang": "en-US"}
    assert [prefixed(child.tag) for child in root] == ["s:Header", "s:Body"]
    assert shape(root[0]) == (HEADER if header is None else header)
    assert root[0].findtext("a:Action", None, NAMESPACES) == action
    assert root[0].findtext("a:To", "", NAMESPACES).endswith("/role/anonymous")
    identifier = root[0].findtext("a:MessageID", "", NAMESPACES)
    assert identifier.startswith("uuid:")
    assert identifier == f"uuid:{identifier[5:].upper()}"
    assert shape(root[1])[1:] == [f"  {line}" for line in lines(expected)]


# -- methods


def registry(client, method, **given):
    children = "".join(f"<q:{name}>{value}</q:{name}>" for name, value in given.items())
    body = f'<q:{method}_INPUT xmlns:q="{REGISTRY}">{children}</q:{method}_INPUT>'
    return answer(client, f"{REGISTRY}/{method}", REGISTRY, body)


def test_a_method_with_an_array(client):
    """Source: OPENWSMAN/EnumKey.xml (Server 2003 R2): the array is its element repeated, ReturnValue is last."""
    root = registry(client, "EnumKey", hDefKey=HKU, sSubKeyName=r".DEFAULT")
    check(root, f"{REGISTRY}/EnumKeyResponse", "c:EnumKey_OUTPUT\n  c:sNames\n  c:ReturnValue")
    assert root[1][0].tag == f"{{{REGISTRY}}}EnumKey_OUTPUT"
    assert len(root[1][0]) > 2


# -- enumerations


def enumerate_(client, query, elements=32000):
    filter_ = f'<w:MaxElements>{elements}</w:MaxElements><w:Filter Dialect="{WQL}">{query}</w:Filter>'
    body = f"<n:Enumerate><w:OptimizeEnumeration/>{filter_}</n:Enumerate>"
    return answer(client, f"{ENUMERATION}/Enumerate", f"{WMI}root/cimv2/*", body)


def pull(client, context, elements):
    body = (
        f"<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext>"
        f"<n:MaxElements>{elements}</n:MaxElements></n:Pull>"
    )
    return answer(client, f"{ENUMERATION}/Pull", f"{WMI}root/cimv2/*", body)


def test_all_in_one_answer(client):
    """Source: TXWINRM/server_2003, server_2008, server_2012: all 44 that consist of one file.

    The context is there and empty; the end is w:EndOfSequence, of another namespace than in the answers to Pull.
    """
    root = enumerate_(client, "SELECT SID FROM Win32_UserProfile")
    check(
        root,
        f"{ENUMERATION}/EnumerateResponse",
        """
        n:EnumerateResponse
          n:EnumerationContext
          w:Items
            w:XmlFragment
              SID
          w:EndOfSequence
        """,
    )
    assert root.findtext(".//n:EnumerationContext", None, NAMESPACES) == ""


def test_several_answers(client):
    """Source: TXWINRM/server_2008/Win32_Process_all_000.xml to _002.xml, and the other 37 of several files.

    Until the end there is a context, uuid: and capitals; in the last answer there is none, but n:EndOfSequence.
    """
    first = enumerate_(client, "SELECT Handle FROM Win32_Process", elements=1)
    check(
        first,
        f"{ENUMERATION}/EnumerateResponse",
        "n:EnumerateResponse\n  n:EnumerationContext\n  w:Items\n    w:XmlFragment\n      Handle",
    )
    context = first.findtext(".//n:EnumerationContext", "", NAMESPACES)
    assert context == f"uuid:{context[5:].upper()}"
    second = pull(client, context, 1)
    check(
        second,
        f"{ENUMERATION}/PullResponse",
        "n:PullResponse\n  n:EnumerationContext\n  n:Items\n    w:XmlFragment\n      Handle",
    )
    last = pull(client, second.findtext(".//n:EnumerationContext", "", NAMESPACES), 32000)
    check(
        last,
        f"{ENUMERATION}/PullResponse",
        "n:PullResponse\n  n:Items\n    w:XmlFragment\n      Handle\n  n:EndOfSequence",
    )


# The properties of these classes as Server 2008 R2 and 2012 write them: sorted without regard to case.
PROPERTIES = {
    # Read off TXWINRM's server_2008/Win32_Process_star_000.xml.
    "Win32_Process": "Caption CommandLine CreationClassName CreationDate CSCreationClassName CSName Description "
    "ExecutablePath ExecutionState Handle HandleCount InstallDate KernelModeTime MaximumWorkingSetSize "
    "MinimumWorkingSetSize Name OSCreationClassName OSName OtherOperationCount OtherTransferCount PageFaults "
    "PageFileUsage ParentProcessId PeakPageFileUsage PeakVirtualSize PeakWorkingSetSize Priority PrivatePageCount "
    "ProcessId QuotaNonPagedPoolUsage QuotaPagedPoolUsage QuotaPeakNonPagedPoolUsage QuotaPeakPagedPoolUsage "
    "ReadOperationCount ReadTransferCount SessionId Status TerminationDate ThreadCount UserModeTime VirtualSize "
    "WindowsVersion WorkingSetSize WriteOperationCount WriteTransferCount",
    # Read off TXWINRM's server_2012/Win32_OperatingSystem_star_000.xml.
    "Win32_OperatingSystem": "BootDevice BuildNumber BuildType Caption CodeSet CountryCode CreationClassName "
    "CSCreationClassName CSDVersion CSName CurrentTimeZone DataExecutionPrevention_32BitApplications "
    "DataExecutionPrevention_Available DataExecutionPrevention_Drivers DataExecutionPrevention_SupportPolicy Debug "
    "Description Distributed EncryptionLevel ForegroundApplicationBoost FreePhysicalMemory FreeSpaceInPagingFiles "
    "FreeVirtualMemory InstallDate LargeSystemCache LastBootUpTime LocalDateTime Locale Manufacturer "
    "MaxNumberOfProcesses MaxProcessMemorySize MUILanguages Name NumberOfLicensedUsers NumberOfProcesses NumberOfUsers "
    "OperatingSystemSKU Organization OSArchitecture OSLanguage OSProductSuite OSType OtherTypeDescription PAEEnabled "
    "PlusProductID PlusVersionNumber PortableOperatingSystem Primary ProductType RegisteredUser SerialNumber "
    "ServicePackMajorVersion ServicePackMinorVersion SizeStoredInPagingFiles Status SuiteMask SystemDevice "
    "SystemDirectory SystemDrive TotalSwapSpaceSize TotalVirtualMemorySize TotalVisibleMemorySize Version "
    "WindowsDirectory",
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_whole_instances(client, name):
    """Source: TXWINRM/*/*_star_*.xml.

    An instance is typed, its properties are in the class's namespace and in the recorded order. The machine has fewer.
    """
    root = enumerate_(client, f"SELECT * FROM {name}")
    items = root.find(".//w:Items", NAMESPACES)
    assert items is not None
    recorded = PROPERTIES[name].split()
    for item in items:
        assert item.tag == f"{{{CIMV2}{name}}}{name}"
        assert item.get("{http://www.w3.org/2001/XMLSchema-instance}type") == f"p:{name}_Type"
        names = [child.tag.rpartition("}")[2] for child in item]
        assert all(child.tag.startswith(f"{{{CIMV2}{name}}}") for child in item)
        assert names == [one for one in recorded if one in names]
        assert set(names) <= set(recorded)
        for child in item:
            # A NULL is an empty element with nothing but xsi:nil; a datetime is cim:Datetime inside the property.
            assert [prefixed(attribute) for attribute in child.attrib] in ([], ["xsi:nil"])
            assert [prefixed(one.tag) for one in child] in ([], ["cim:Datetime"])


# -- the command shell


CREATED = """
    x:ResourceCreated
      a:Address
      a:ReferenceParameters
        w:ResourceURI
        w:SelectorSet
          w:Selector @Name
    rsp:Shell
      rsp:ShellId
      rsp:ResourceUri
      rsp:Owner
      rsp:ClientIP
      rsp:IdleTimeOut
      rsp:InputStreams
      rsp:OutputStreams
      rsp:ShellRunTime
      rsp:ShellInactivity
    """


def test_a_shell_from_beginning_to_end(client):
    """Source: PYPSRP/test_winrs_standard.yml, and the same in the other eleven test_winrs_*.yml.

    There, a shell that was given variables or a folder lists them between rsp:ClientIP and rsp:IdleTimeOut.
    WINRB/open_shell_v2.xml (Server 2008 R2) has no rsp:Shell behind x:ResourceCreated; later ones have.
    """
    body = f"<rsp:Shell>{STREAMS}</rsp:Shell>"
    created = answer(client, f"{TRANSFER}/Create", CMD, body, options=SHELL_OPTIONS)
    check(created, f"{TRANSFER}/CreateResponse", CREATED)
    selector = created.find(".//w:Selector", NAMESPACES)
    assert selector is not None
    assert selector.get("Name") == "ShellId"
    shell_id = selector.text or ""
    assert shell_id == shell_id.upper()
    assert created.findtext(".//rsp:ShellId", None, NAMESPACES) == shell_id
    assert created.findtext(".//rsp:ResourceUri", None, NAMESPACES) == CMD
    selectors = {"ShellId": shell_id}

    command = "<rsp:CommandLine><rsp:Command>echo hi</rsp:Command></rsp:CommandLine>"
    started = answer(client, f"{SHELL}/Command", CMD, command, selectors=selectors)
    check(started, f"{SHELL}/CommandResponse", "rsp:CommandResponse\n  rsp:CommandId")
    command_id = started.findtext(".//rsp:CommandId", "", NAMESPACES)

    wanted = f'<rsp:Receive><rsp:DesiredStream CommandId="{command_id}">stdout stderr</rsp:DesiredStream></rsp:Receive>'
    received = answer(client, f"{SHELL}/Receive", CMD, wanted, selectors=selectors)
    check(
        received,
        f"{SHELL}/ReceiveResponse",
        """
        rsp:ReceiveResponse
          rsp:Stream @CommandId @Name
          rsp:Stream @CommandId @End @Name
          rsp:CommandState @CommandId @State
            rsp:ExitCode
        """,
    )
    ends = [stream.get("Name") for stream in received.iterfind(".//rsp:Stream[@End='true']", NAMESPACES)]
    assert ends == ["stdout", "stderr"]
    state = received.find(".//rsp:CommandState", NAMESPACES)
    assert state is not None
    assert state.get("State") == f"{SHELL}/CommandState/Done"

    code = f'<rsp:Signal CommandId="{command_id}"><rsp:Code>{SHELL}/signal/terminate</rsp:Code></rsp:Signal>'
    signalled = answer(client, f"{SHELL}/Signal", CMD, code, selectors=selectors)
    check(signalled, f"{SHELL}/SignalResponse", "rsp:SignalResponse")
    deleted = answer(client, f"{TRANSFER}/Delete", CMD, selectors=selectors)
    check(deleted, f"{TRANSFER}/DeleteResponse", "")


# -- faults


def fault(detail, subcode=True):
    code = ["  s:Code", "    s:Value", *(["    s:Subcode", "      s:Value"] if subcode else [])]
    reason = ["  s:Reason", "    s:Text @xml:lang"]
    return "\n".join(["s:Fault", *code, *reason, "  s:Detail", *(f"    {line}" for line in lines(detail))])


def codes(root):
    """Return code and subcode of a fault."""
    return [value.text for value in root.iterfind(".//s:Code//s:Value", NAMESPACES)]


WSMAN_FAULT = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"


def test_a_shell_that_is_gone(client):
    """Source: PYPSRP/test_winrs_bad_cmd_id.yml: InvalidSelectors, and which of them in w:FaultDetail."""
    selectors = {"ShellId": "00000000-0000-0000-0000-000000000000"}
    body = "<rsp:Receive><rsp:DesiredStream>stdout stderr</rsp:DesiredStream></rsp:Receive>"
    root = answer(client, f"{SHELL}/Receive", CMD, body, selectors=selectors)
    check(root, WSMAN_FAULT, fault("w:FaultDetail\nf:WSManFault @Code @Machine\n  f:Message"))
    assert codes(root) == ["s:Sender", "w:InvalidSelectors"]
    detail = root.findtext(".//w:FaultDetail", None, NAMESPACES)
    assert detail == "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/UnexpectedSelectors"
    wsman = root.find(".//f:WSManFault", NAMESPACES)
    assert wsman is not None
    assert wsman.get("Code") == "2150858843"


def test_an_operation_that_times_out(client):
    """Source: PYPSRP/test_winrs_operation_timeout.yml: no w:FaultDetail, and the Receiver's fault."""
    shell_id = client.open_shell()
    command_id = client.run(shell_id, "ping -n 500 127.0.0.1 >nul")
    wanted = f'<rsp:Receive><rsp:DesiredStream CommandId="{command_id}">stdout</rsp:DesiredStream></rsp:Receive>'
    root = answer(client, f"{SHELL}/Receive", CMD, wanted, selectors={"ShellId": shell_id}, timeout="PT0.5S")
    check(root, WSMAN_FAULT, fault("f:WSManFault @Code @Machine\n  f:Message"))
    assert codes(root) == ["s:Receiver", "w:TimedOut"]
    wsman = root.find(".//f:WSManFault", NAMESPACES)
    assert wsman is not None
    assert wsman.get("Code") == "2150858793"
    client.signal(shell_id, command_id)
    client.delete(shell_id)


WMI_ERROR = """
    e:MSFT_WmiError @b:IsCIM_Error @xsi:type
      e:CIMStatusCode @xsi:type
      e:CIMStatusCodeDescription @xsi:nil @xsi:type
      e:ErrorSource @xsi:nil @xsi:type
      e:ErrorSourceFormat @xsi:type
      e:ErrorType @xsi:type
      e:Message @xsi:type
      e:MessageID @xsi:type
      e:OtherErrorSourceFormat @xsi:nil @xsi:type
      e:OtherErrorType @xsi:nil @xsi:type
      e:OwningEntity @xsi:nil @xsi:type
      e:PerceivedSeverity @xsi:type
      e:ProbableCause @xsi:type
      e:ProbableCauseDescription @xsi:nil @xsi:type
      e:error_Category @xsi:type
      e:error_Code @xsi:type
      e:error_Type @xsi:type
      e:error_WindowsErrorMessage @xsi:type
    """


def test_too_many_shells(client):
    """Source: WINRB/wmi_error_v2.xml: an MSFT_WmiError in the place of f:WSManFault, and no a:RelatesTo."""
    body = f"<rsp:Shell>{STREAMS}</rsp:Shell>"
    opened: list[str] = []
    root = answer(client, f"{TRANSFER}/Create", CMD, body, options=SHELL_OPTIONS)
    while (shell_id := root.findtext(".//rsp:ShellId", None, NAMESPACES)) is not None and len(opened) < 200:
        opened.append(shell_id)
        root = answer(client, f"{TRANSFER}/Create", CMD, body, options=SHELL_OPTIONS)
    for shell_id in opened:
        client.delete(shell_id)
    check(root, WSMAN_FAULT, fault(WMI_ERROR), header=HEADER[:-1])
    assert codes(root) == ["s:Sender", "w:QuotaLimit"]
    assert root.findtext(".//e:error_Code", None, NAMESPACES) == "2150859173"


def test_an_unknown_class(client):
    """Sources: WINRB/soap_fault_v2.xml (Server 2008 R2) for codes and action, wmi_error_v2.xml for the detail.

    Server 2008 R2 wraps the provider's WSManFault; Server 2012 and later put an MSFT_WmiError there. The machine is
    one of those: see tests/virtual_windows/protocol/faults.py.
    """
    root = enumerate_(client, "SELECT * FROM Win32_Processa")
    check(root, f"{ENUMERATION}/fault", fault(WMI_ERROR))
    assert codes(root) == ["s:Sender", "n:CannotProcessFilter"]
    assert root.findtext(".//e:error_Code", None, NAMESPACES) == "2150858778"
