"""Envelopes: what a request must have, the faults for what it lacks, and the form of an answer."""

from __future__ import annotations

import re
from xml.etree.ElementTree import ParseError, fromstring

import pytest

from tests.unit.virtual_windows.protocol_support import (
    ANONYMOUS,
    CIMV2,
    CMD,
    NAMESPACES,
    REGISTRY,
    SHELL,
    TRANSFER,
    Client,
    FaultAnswer,
    envelope,
    serve,
)
from tests.virtual_windows.machine import Value, ValueType
from tests.virtual_windows.protocol import Fault, FaultStyle, duration, fault_codes
from tests.virtual_windows.protocol.envelope import MAX_ENVELOPE_SIZE, Message, fits, write
from tests.virtual_windows.protocol.faults import SHELL_PLUGIN, WMI_PLUGIN
from tests.virtual_windows.protocol.xmltext import escape, parse

GET = f"{TRANSFER}/Get"
PROCESS = f"{CIMV2}Win32_Process"


@pytest.fixture(scope="module")
def client():
    with serve() as server, Client(server) as connected:
        yield connected


def fault_of(client, text):
    """Return the fault that answers a message."""
    with pytest.raises(FaultAnswer) as caught:
        client.ask(text)
    return caught.value


def message(text):
    read = Message()
    read.read(text.encode())
    return read


def test_a_request_is_decoded():
    read = message(
        envelope(
            GET,
            PROCESS,
            "<rsp:Shell/>",
            selectors={"Handle": " 4 "},
            options={"WINRS_NOPROFILE": "TRUE"},
            timeout="P0DT0H0M1.5S",
            max_size="9000",
            message_id="uuid:1",
        )
    )
    assert (read.action, read.resource, read.message_id) == (GET, PROCESS, "uuid:1")
    assert (read.host, read.timeout, read.max_size) == ("desk1.example", 1.5, 9000)
    assert read.selectors == {"handle": " 4 "}
    assert read.options["winrs_noprofile"].value == "TRUE"
    assert read.body.tag == f"{{{SHELL}}}Shell"


def test_limits_of_the_service_hold_for_every_request():
    read = message(envelope(GET, PROCESS, timeout="PT3600S", max_size="99999999"))
    assert (read.timeout, read.max_size) == (60, MAX_ENVELOPE_SIZE)
    plain = envelope(GET, PROCESS)
    without = re.sub(r"<w:(OperationTimeout|MaxEnvelopeSize).*?</w:\1>", "", plain)
    assert (message(without).timeout, message(without).max_size) == (60, MAX_ENVELOPE_SIZE)


def test_utf_16_is_understood():
    read = Message()
    read.read(('<?xml version="1.0" encoding="UTF-16"?>' + envelope(GET, PROCESS)).encode("utf-16"))
    assert read.action == GET


good = envelope(GET, PROCESS, selectors={"Handle": "4"}, message_id="uuid:77")


@pytest.mark.parametrize(
    ("text", "code", "subcode", "detail"),
    [
        ("nonsense", 0x80338043, "w:SchemaValidationError", ""),
        (f'<!DOCTYPE x [<!ENTITY a "b">]>{good}', 0x80338043, "w:SchemaValidationError", ""),
        ("<Envelope/>", 0x80338043, "w:SchemaValidationError", ""),
        (
            good.replace(NAMESPACES["s"], "http://schemas.xmlsoap.org/soap/envelope/"),
            0x8033800D,
            "",
            "",
        ),
        (re.sub("<s:Body>.*</s:Body>", "", good), 0x80338027, "w:InvalidBody", ""),
        (re.sub("<a:Action.*?</a:Action>", "", good), 0x80338011, "a:MessageInformationHeaderRequired", ""),
        (re.sub("<a:To>.*?</a:To>", "", good), 0x80338011, "a:MessageInformationHeaderRequired", ""),
        (re.sub("<a:ReplyTo>.*?</a:ReplyTo>", "", good), 0x80338011, "a:MessageInformationHeaderRequired", ""),
        (re.sub("<a:MessageID>.*?</a:MessageID>", "", good), 0x8033800F, "a:InvalidMessageInformationHeader", ""),
        (good.replace("uuid:77", "x" * 2049), 0x8033800F, "a:InvalidMessageInformationHeader", ""),
        (good.replace(ANONYMOUS, "http://elsewhere"), 0x80338076, "w:UnsupportedFeature", "AddressingMode"),
        (
            re.sub("<w:ResourceURI.*?</w:ResourceURI>", "", good),
            0x8033803B,
            "a:DestinationUnreachable",
            "InvalidResourceURI",
        ),
        (good.replace("PT20S", "PT-1S"), 0x8033800F, "a:InvalidMessageInformationHeader", ""),
        (good.replace("PT20S", "soon"), 0x8033800F, "a:InvalidMessageInformationHeader", ""),
        (good.replace("153600", "8191"), 0x8033807E, "w:EncodingLimit", "MinimumEnvelopeLimit"),
        (good.replace("153600", "much"), 0x8033800F, "a:InvalidMessageInformationHeader", ""),
        (
            good.replace('<w:Locale s:mustUnderstand="false"', '<w:Locale s:mustUnderstand="true"'),
            0x80338087,
            "w:UnsupportedFeature",
            "Locale",
        ),
        (
            good.replace("</s:Header>", '<w:FragmentTransfer s:mustUnderstand="true"/></s:Header>'),
            0x80338077,
            "w:UnsupportedFeature",
            "FragmentLevelAccess",
        ),
        (
            good.replace("</w:SelectorSet>", '<w:Selector Name="HANDLE">5</w:Selector></w:SelectorSet>'),
            0x8033805F,
            "w:InvalidSelectors",
            "DuplicateSelectors",
        ),
        (good.replace('Name="Handle"', 'Name=""'), 0x8033805B, "w:InvalidSelectors", "UnexpectedSelectors"),
        (good.replace(f">{GET}<", ">http://nonsense<"), 0x80338013, "a:ActionNotSupported", ""),
        (good.replace(f">{GET}<", f">{TRANSFER}/Put<"), 0x80338013, "a:ActionNotSupported", ""),
        (good.replace(f">{GET}<", f">{REGISTRY}/EnumKey<"), 0x80338031, "w:ActionMismatch", ""),
        (
            good.replace(f">{PROCESS}<", ">http://nonsense<"),
            0x8033803B,
            "a:DestinationUnreachable",
            "InvalidResourceURI",
        ),
        (
            good.replace(f">{PROCESS}<", ">http://schemas.microsoft.com/powershell/Microsoft.PowerShell<"),
            0x8033803B,
            "a:DestinationUnreachable",
            "InvalidResourceURI",
        ),
        (good.replace(f">{PROCESS}<", f">{CMD}<"), 0x80338013, "a:ActionNotSupported", ""),
        (good.replace(f">{PROCESS}<", f">{CIMV2}<"), 0x8033803B, "a:DestinationUnreachable", "InvalidResourceURI"),
        (
            good.replace(f">{PROCESS}<", f">{CIMV2}Win32_Nothing<"),
            0x80338000,
            "a:DestinationUnreachable",
            "InvalidResourceURI",
        ),
        (good.replace("cimv2", "nowhere"), 0x80338000, "a:DestinationUnreachable", "InvalidResourceURI"),
        (good.replace(">4<", ">5<"), 0x80338000, "a:DestinationUnreachable", "InvalidResourceURI"),
        (good.replace('Name="Handle"', 'Name="ProcessId"'), 0x8033805B, "w:InvalidSelectors", "UnexpectedSelectors"),
        (
            re.sub("<w:Selector .*?</w:Selector>", "", good),
            0x803380FA,
            "a:DestinationUnreachable",
            "InvalidResourceURI",
        ),
        (
            good.replace("</w:SelectorSet>", '<w:Selector Name="__cimnamespace">root/x</w:Selector></w:SelectorSet>'),
            0x8033813B,
            "w:InternalError",
            "",
        ),
    ],
)
def test_the_fault_for_each_mistake(client, text, code, subcode, detail):
    fault = fault_of(client, text)
    assert (fault.code, fault.subcode, fault.detail) == (code, subcode, detail)
    assert client.server.log.entries[-1].fault == code


def test_the_good_one_is_good(client):
    root = client.ask(good)
    assert root.findtext("s:Header/a:Action", "", NAMESPACES) == f"{GET}Response"
    assert root.findtext("s:Header/a:RelatesTo", "", NAMESPACES) == "uuid:77"
    assert root.findtext("s:Header/a:To", "", NAMESPACES) == ANONYMOUS
    same = good.replace(
        "</w:SelectorSet>", r'<w:Selector Name="__cimNamespace">root\CIMV2</w:Selector></w:SelectorSet>'
    )
    assert client.ask(same) is not None


def test_a_fault_relates_to_the_request_as_soon_as_that_can_be_read(client):
    assert fault_of(client, good.replace("PT20S", "PT-1S")).relates_to == "uuid:77"
    assert fault_of(client, "nonsense").relates_to is None


def test_a_timeout_that_cannot_be_is_named(client):
    fault = fault_of(client, good.replace("PT20S", "PT-1S"))
    assert "invalid timeout field in the SOAP header: PT-1S. " in fault.wmi.findtext("e:Message", "", NAMESPACES)


def test_a_header_that_must_be_understood_is_named(client):
    text = good.replace("</s:Header>", '<q:Odd xmlns:q="urn:odd" s:mustUnderstand="1"/></s:Header>')
    fault = fault_of(client, text)
    assert (fault.value, fault.code, fault.subcode) == ("s:MustUnderstand", None, "")
    named = fault.root.find("s:Header/s:NotUnderstood", NAMESPACES)
    assert named.get("qname") == "q:Odd"
    assert client.ask(text.replace('"1"', '"false"')) is not None
    # pywinrm writes the attribute without a namespace, so it has no effect
    assert client.ask(text.replace('s:mustUnderstand="1"', 'mustUnderstand="true"')) is not None


def test_the_version_of_soap_has_a_code_of_its_own(client):
    fault = fault_of(client, good.replace(NAMESPACES["s"], "http://schemas.xmlsoap.org/soap/envelope/"))
    assert fault.value == "s:VersionMismatch"


def test_an_answer_looks_like_a_recorded_one():
    text = write("urn:x", "<y/>", "a w", "uuid:<1>")
    assert re.sub("uuid:[0-9A-F-]{36}", "ID", text) == (
        '<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><a:Action>urn:x</a:Action>'
        f"<a:MessageID>ID</a:MessageID><a:To>{ANONYMOUS}</a:To><a:RelatesTo>uuid:&lt;1&gt;</a:RelatesTo></s:Header>"
        "<s:Body><y/></s:Body></s:Envelope>"
    )


def test_the_size_of_an_answer_counts_in_utf_16():
    assert fits(76_800, 153_600)
    assert not fits(76_801, 153_600)


def fault_xml(fault, style):
    """Return a fault's XML in a style, parsed."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    body = f"<s:Body>{fault.body('desk1', style)}</s:Body>"
    return FaultAnswer(fromstring(f"<s:Envelope {declared}><s:Header/>{body}</s:Envelope>"))


@pytest.mark.parametrize("code", sorted(fault_codes.SHAPES))
def test_every_known_fault_can_be_sent_both_ways(code):
    fault = Fault(code, "what <exactly>")
    wsman, wmi = (fault_xml(fault, style) for style in (FaultStyle.WSMAN, FaultStyle.WMI_ERROR))
    if code == fault_codes.MUST_UNDERSTAND:
        assert (wsman.code, wmi.code) == (None, None)
        return
    assert (wsman.code, wmi.code) == (code, code)
    assert wsman.wsman.get("Machine") == "desk1"
    assert wsman.wsman.findtext("f:Message", "", NAMESPACES) == "what <exactly>"
    assert wmi.wmi.findtext("e:MessageID", "", NAMESPACES) == f"HRESULT 0x{code:08x}"
    assert wmi.wsman is None
    assert wsman.reason == fault_codes.SHAPES[code].reason


@pytest.mark.parametrize(
    ("subcode", "action"),
    [
        ("w:TimedOut", "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"),
        ("a:ActionNotSupported", "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"),
        ("n:CannotProcessFilter", "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault"),
        ("", "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"),
    ],
)
def test_the_action_of_a_fault_is_that_of_its_subcode(subcode, action):
    (code, *_unused) = [code for code, shape in fault_codes.SHAPES.items() if shape.subcode == subcode]
    assert Fault(code).action == action


def test_a_code_that_is_not_known_is_an_internal_error():
    fault = fault_xml(Fault(0x80070422), FaultStyle.WSMAN)
    assert (fault.code, fault.value, fault.subcode) == (0x80070422, "s:Receiver", "w:InternalError")


def test_the_plugin_that_failed():
    fault = fault_xml(Fault(87, provider=SHELL_PLUGIN), FaultStyle.WSMAN)
    provider = fault.wsman.find("f:Message/f:ProviderFault", NAMESPACES)
    assert provider.attrib == {"provider": "Shell cmd plugin", "path": r"%systemroot%\system32\winrscmd.dll"}
    assert provider.text == "The parameter is incorrect. "
    fault = fault_xml(Fault(0x80338000, provider=WMI_PLUGIN), FaultStyle.WSMAN)
    nested = fault.wsman.find("f:Message/f:ProviderFault/f:WSManFault", NAMESPACES)
    assert nested.get("Code") == str(0x80338000)


def test_faults_can_be_sent_as_older_windows_does(client):
    client.server.fault_style = FaultStyle.WSMAN
    fault = fault_of(client, good.replace(">4<", ">5<"))
    client.server.fault_style = None
    assert fault.wsman.get("Code") == str(0x80338000)
    assert fault.wsman.get("Machine") == "desk1.example"
    status = fault.wsman.find("f:Message/f:ProviderFault/f:ExtendedError", NAMESPACES)[0]
    assert [child.text for child in status] == [None, "GetObject", 'Win32_Process.handle="5"', "WinMgmt", None]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c'"),
        ("tab\tline\nreturn\r", "tab\tline\nreturn&#13;"),
        ("\0\x01\x1f\x7f", "???\x7f"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("\ufffe\uffff", "??"),
        ("\U0001f600 ]]>", "\U0001f600 ]]&gt;"),
    ],
)
def test_text_that_can_and_cannot_stand_in_xml(text, written):
    assert escape(text) == written
    assert fromstring(f"<x>{written}</x>".encode()).text


def test_document_types_are_refused():
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(ParseError):
            parse('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'.encode(encoding))


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT20S", 20), ("PT60.000S", 60), ("P1DT1H1M1.5S", 90061.5), ("P0DT0H0M0S", 0), ("PT2M", 120)]
)
def test_durations(text, seconds):
    assert duration.parse(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "PT-1S", "20", "P1Y", "-PT1S", "PT1.S"])
def test_invalid_durations(text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        duration.parse(text)


def test_how_a_shell_shows_durations():
    assert duration.seconds(7200) == "PT7200.000S"
    assert duration.days(93_784.9) == "P1DT2H3M4S"


def test_an_answer_that_is_too_large_is_a_fault_instead(client):
    key = r"HKEY_USERS\.DEFAULT\Software"
    client.server.machine.registry.set_value(key, Value("long", ValueType.SZ, "x" * 5_000))
    parameters = {"hDefKey": "2147483651", "sSubKeyName": r".DEFAULT\Software", "sValueName": "long"}
    inputs = "".join(f"<q:{name}>{value}</q:{name}>" for name, value in parameters.items())
    body = f'<q:GetStringValue_INPUT xmlns:q="{REGISTRY}">{inputs}</q:GetStringValue_INPUT>'
    fault = fault_of(client, envelope(f"{REGISTRY}/GetStringValue", REGISTRY, body, max_size="8192"))
    assert (fault.code, fault.subcode, fault.detail) == (0x80338048, "w:EncodingLimit", "MaxEnvelopeSizeExceeded")
