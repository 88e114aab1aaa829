"""WMI over the wire: methods, instances, queries and their pages, and how the data is written."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.unit.virtual_windows.protocol_support import (
    CIMV2,
    ENUMERATION,
    HKLM,
    NAMESPACES,
    REGISTRY,
    TRANSFER,
    WMI,
    Client,
    FaultAnswer,
    plain,
    serve,
)
from tests.virtual_windows.machine import Machine, Profile, Value, ValueType
from tests.virtual_windows.protocol import enumerations

PROCESS = f"{CIMV2}Win32_Process"
ODD = "a<b>&'\"]]>\t\n\r\u00e9\U0001f600\ud800\x01 "


@pytest.fixture(scope="module")
def server():
    machine = Machine("desk1", speed=1000)
    for number in range(300):
        machine.processes.start(f"app{number}.exe", 1, "S-1-5-18", pid=10_000 + number * 4)
    moment = datetime(2013, 4, 15, 16, 28, 43, 488171, UTC)
    machine.profiles.add(Profile("S-1-5-21-1-2-3-1001", r"C:\Users\ada", 8, last_use=moment))
    with serve(machine) as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server) as connected:
        yield connected
    assert server.enumerations == []


def fault_of(call, *args, **kwargs):
    """Return the fault that a call raises."""
    with pytest.raises(FaultAnswer) as caught:
        call(*args, **kwargs)
    return caught.value


def text_of(client, *args, **kwargs):
    """Return the body of the answer to `send` as it came over the wire."""
    bodies = []
    ask = client.post

    def listen(body, **headers):
        bodies.append(ask(body, **headers))
        return bodies[-1]

    client.post = listen
    client.send(*args, **kwargs)
    del client.post
    return bodies[-1][2].decode()


def between(pattern, text):
    match = re.search(pattern, text, re.DOTALL)
    assert match
    return match[1]


def invoke_text(client, method, children):
    body = f'<q:{method}_INPUT xmlns:q="{REGISTRY}">{children}</q:{method}_INPUT>'
    text = text_of(client, f"{REGISTRY}/{method}", REGISTRY, body)
    return between(r"<s:Body><p:\w+ [^>]*>(.*)</p:\w+></s:Body>", text)


KEY = "<q:hDefKey>2147483651</q:hDefKey><q:sSubKeyName>.DEFAULT\\Software\\T</q:sSubKeyName>"


def test_outputs_then_the_return_value_as_they_are_written(server, client):
    registry = server.machine.registry
    key = r"HKEY_USERS\.DEFAULT\Software\T"
    registry.create_key(key)
    assert invoke_text(client, "EnumKey", KEY) == '<p:sNames xsi:nil="true"/><p:ReturnValue>0</p:ReturnValue>'
    registry.create_key(rf"{key}\One")
    registry.set_value(key, Value("", ValueType.SZ, ""))
    registry.set_value(key, Value("n", ValueType.QWORD, 2**64 - 1))
    registry.set_value(key, Value("m", ValueType.MULTI_SZ, ["", "b"]))
    registry.set_value(key, Value("e", ValueType.MULTI_SZ, []))
    registry.set_value(key, Value("b", ValueType.BINARY, b"\x00\xff"))
    assert invoke_text(client, "EnumKey", KEY) == "<p:sNames>One</p:sNames><p:ReturnValue>0</p:ReturnValue>"
    assert invoke_text(client, "EnumValues", KEY) == (
        "<p:sNames></p:sNames><p:sNames>n</p:sNames><p:sNames>m</p:sNames><p:sNames>e</p:sNames><p:sNames>b</p:sNames>"
        "<p:Types>1</p:Types><p:Types>11</p:Types><p:Types>7</p:Types><p:Types>7</p:Types><p:Types>3</p:Types>"
        "<p:ReturnValue>0</p:ReturnValue>"
    )
    assert invoke_text(client, "GetStringValue", KEY) == "<p:sValue></p:sValue><p:ReturnValue>0</p:ReturnValue>"
    named = f"{KEY}<q:sValueName>{{}}</q:sValueName>".format
    assert invoke_text(client, "GetQWORDValue", named("n")) == (
        "<p:uValue>18446744073709551615</p:uValue><p:ReturnValue>0</p:ReturnValue>"
    )
    assert invoke_text(client, "GetMultiStringValue", named("m")) == (
        "<p:sValue></p:sValue><p:sValue>b</p:sValue><p:ReturnValue>0</p:ReturnValue>"
    )
    assert invoke_text(client, "GetMultiStringValue", named("e")) == "<p:ReturnValue>0</p:ReturnValue>"
    assert invoke_text(client, "GetBinaryValue", named("b")) == (
        "<p:uValue>0</p:uValue><p:uValue>255</p:uValue><p:ReturnValue>0</p:ReturnValue>"
    )
    assert invoke_text(client, "GetDWORDValue", named("nothing")) == (
        '<p:uValue xsi:nil="true"/><p:ReturnValue>1</p:ReturnValue>'
    )


def test_text_that_xml_cannot_carry_comes_out_as_windows_would_replace_it(server, client):
    server.machine.registry.set_value(r"HKEY_USERS\.DEFAULT", Value(ODD, ValueType.SZ, ODD))
    answer = client.registry("EnumValues", ".DEFAULT")
    assert answer["sNames"] == ODD.replace("\ud800", "\ufffd").replace("\x01", "?")
    server.machine.registry.delete_value(r"HKEY_USERS\.DEFAULT", ODD)


@pytest.mark.parametrize(
    ("method", "inputs", "code"),
    [
        ("Nothing", "", 0x8033801A),
        ("EnumKey", "<q:hDefKey>x</q:hDefKey>", 0x80338054),
        ("EnumKey", "<q:hDefKey>-1</q:hDefKey>", 0x80338054),
        ("EnumKey", "<q:hDefKey>4294967296</q:hDefKey>", 0x80338054),
        ("EnumKey", "<q:hDefKey>1</q:hDefKey><q:hDefKey>2</q:hDefKey>", 0x80338054),
        ("EnumKey", "<q:nonsense>1</q:nonsense>", 0x80338055),
        ("EnumKey", "<hDefKey>1</hDefKey>", 0x80338055),
        ("SetDWORDValue", KEY, 0x8033811E),
        (
            "SetStringValue",
            f'{KEY}<q:sValue xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>',
            0x8033811E,
        ),
    ],
)
def test_a_call_that_is_wrong(client, method, inputs, code):
    fault = fault_of(invoke_text, client, method, inputs)
    assert fault.code == code
    assert fault.wmi is not None


def test_a_body_that_belongs_to_another_method(client):
    body = f'<q:EnumKey_INPUT xmlns:q="{REGISTRY}"/>'
    fault = fault_of(client.send, f"{REGISTRY}/EnumValues", REGISTRY, body)
    assert (fault.code, fault.subcode) == (0x80338041, "w:SchemaValidationError")
    body = '<q:EnumValues_INPUT xmlns:q="urn:x"/>'
    assert fault_of(client.send, f"{REGISTRY}/EnumValues", REGISTRY, body).code == 0x80338041


def test_a_class_that_the_machine_does_not_have(client):
    for resource in (f"{CIMV2}StdRegProof", f"{WMI}root/nowhere/StdRegProv"):
        fault = fault_of(client.invoke, resource, "EnumKey")
        assert (fault.code, fault.subcode) == (2150858778, "n:CannotProcessFilter")


def test_the_registry_provider_is_in_two_namespaces_and_names_are_in_any_case(client):
    for resource in (REGISTRY, f"{CIMV2}stdregprov"):
        names = client.invoke(resource, "EnumKey", hDefKey=HKLM, sSubKeyName="")["sNames"]
        assert "SOFTWARE" in names
    assert client.invoke(REGISTRY, "enumkey")["ReturnValue"] == "0"


def test_a_static_method_takes_no_selectors(client):
    assert fault_of(client.invoke, REGISTRY, "EnumKey", {"Name": "x"}).code == 2150858843


def test_a_method_of_one_instance(client):
    owner = client.invoke(PROCESS, "GetOwnerSid", {"Handle": "10000"})
    assert owner == {"Sid": "S-1-5-18", "ReturnValue": "0"}
    assert client.invoke(PROCESS, "GetOwnerSid", {"HANDLE": "4"}) == {"Sid": None, "ReturnValue": "2"}
    assert fault_of(client.invoke, PROCESS, "GetOwnerSid", {"Handle": "3"}).code == 2150858752
    assert fault_of(client.invoke, PROCESS, "GetOwnerSid").code == 2150859002
    body = client.send(f"{PROCESS}/GetOwnerSid", PROCESS, selectors={"Handle": "10000"})
    assert plain(body[0])["ReturnValue"] == "0"


def test_getting_an_account(server, client):
    sid = server.machine.administrator.sid

    def get(value):
        return plain(client.send(f"{TRANSFER}/Get", f"{CIMV2}Win32_SID", selectors={"SID": value})[0])

    assert (get(sid)["AccountName"], get(sid)["ReferencedDomainName"]) == ("ansible", "DESK1")
    gone = get("S-1-5-21-9-9-9-1")
    assert (gone["AccountName"], gone["ReferencedDomainName"]) == ("", "")
    assert fault_of(get, "nonsense").code == 2150858752


def test_a_class_that_cannot_list(client):
    fault = fault_of(client.query, "SELECT * FROM Win32_SID")
    assert (fault.code, fault.value, fault.subcode) == (0x80338102, "s:Receiver", "w:InternalError")


def test_a_singleton_needs_no_keys(client):
    body = client.send(f"{TRANSFER}/Get", f"{CIMV2}Win32_OperatingSystem")
    assert plain(body[0])["OSArchitecture"] == "64-bit"


def test_a_whole_instance_as_it_is_written(client):
    text = text_of(
        client,
        f"{ENUMERATION}/Enumerate",
        f"{CIMV2}*",
        '<n:Enumerate><w:OptimizeEnumeration/><w:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">'
        "select * from win32_userprofile where localpath like '%ada'</w:Filter></n:Enumerate>",
    )
    item = between("<w:Items>(.*)</w:Items><w:EndOfSequence/></n:EnumerateResponse>", text)
    assert "<n:EnumerateResponse><n:EnumerationContext></n:EnumerationContext><w:Items>" in text
    resource = f"{CIMV2}Win32_UserProfile"
    assert item.startswith(
        '<p:Win32_UserProfile xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:p="{resource}" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" '
        'xsi:type="p:Win32_UserProfile_Type"><p:AppDataRoaming xsi:nil="true"/>'
    )
    assert "<p:LastUseTime><cim:Datetime>2013-04-15T16:28:43.488171Z</cim:Datetime></p:LastUseTime>" in item
    assert "<p:Loaded>false</p:Loaded><p:LocalPath>C:\\Users\\ada</p:LocalPath>" in item
    assert '<p:RoamingPath xsi:nil="true"/>' in item
    assert "<p:Status>8</p:Status>" in item


def test_a_fragment_as_it_is_written(client):
    text = text_of(
        client,
        f"{ENUMERATION}/Enumerate",
        f"{CIMV2}*",
        '<n:Enumerate><w:OptimizeEnumeration/><n:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">'
        "SELECT Status, sid, LastUseTime, RoamingPath FROM Win32_UserProfile WHERE SID = 'S-1-5-21-1-2-3-1001'"
        "</n:Filter></n:Enumerate>",
    )
    assert between("<w:Items>(.*)</w:Items>", text) == (
        '<w:XmlFragment xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">'
        "<LastUseTime><Datetime>2013-04-15T16:28:43.488171Z</Datetime></LastUseTime>"
        '<RoamingPath xsi:nil="true"/><SID>S-1-5-21-1-2-3-1001</SID><Status>8</Status></w:XmlFragment>'
    )


def test_a_query_without_results(client):
    answer = client.enumerate("SELECT Name FROM Win32_Process WHERE Name = 'nothing.exe'")
    assert [child.tag.rpartition("}")[2] for child in answer] == ["EnumerationContext", "Items", "EndOfSequence"]


def test_all_instances_without_a_query(client):
    body = client.send(
        f"{ENUMERATION}/Enumerate",
        f"{CIMV2}Win32_ComputerSystem",
        "<n:Enumerate><w:OptimizeEnumeration/></n:Enumerate>",
    )
    (item,) = body[0].find("w:Items", NAMESPACES)
    assert plain(item)["Name"] == "DESK1"


@pytest.mark.parametrize(
    ("query", "namespace"),
    [
        ("SELECT * FROM Win32_Nothing", "root/cimv2"),
        ("SELECT * FROM Win32_Process", "root/nowhere"),
        ("SELECT * FROM Win32_Process", "root/default"),
        ("SELEKT * FROM Win32_Process", "root/cimv2"),
        ("SELECT Nothing FROM Win32_Process", "root/cimv2"),
        ("", "root/cimv2"),
    ],
)
def test_a_query_that_cannot_be_answered(client, query, namespace):
    fault = fault_of(client.enumerate, query, namespace)
    assert (fault.code, fault.subcode) == (2150858778, "n:CannotProcessFilter")


def enumerate_with(client, body, resource=f"{CIMV2}*", **more):
    return fault_of(client.send, f"{ENUMERATION}/Enumerate", resource, body, **more).code


def test_invalid_enumerations(client):
    wql = '<w:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">SELECT * FROM Win32_Process</w:Filter>'
    assert enumerate_with(client, "") == 0x80338041
    assert enumerate_with(client, "<n:Pull/>") == 0x80338041
    assert enumerate_with(client, "<n:Enumerate/>") == 0x8033801A
    assert enumerate_with(client, f"<n:Enumerate>{wql}</n:Enumerate>", PROCESS) == 2150859003
    assert enumerate_with(client, f"<n:Enumerate>{wql}</n:Enumerate>", selectors={"Handle": "4"}) == 2150859016
    xpath = wql.replace("http://schemas.microsoft.com/wbem/wsman/1/WQL", "http://www.w3.org/TR/1999/REC-xpath-19991116")
    assert enumerate_with(client, f"<n:Enumerate>{xpath}</n:Enumerate>") == 0x80338019
    mode = "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>"
    assert enumerate_with(client, f"<n:Enumerate>{mode}{wql}</n:Enumerate>") == 0x80338086
    for wrong in ("0", "-1", "many"):
        limit = f"<w:MaxElements>{wrong}</w:MaxElements>"
        assert enumerate_with(client, f"<n:Enumerate><w:OptimizeEnumeration/>{limit}{wql}</n:Enumerate>") == 0x80338041
    assert enumerate_with(client, "<n:Enumerate/>", f"{CIMV2}Win32_Nothing") == 0x80338000


QUERY = "SELECT * FROM Win32_Process WHERE Name LIKE 'app%'"


def test_pages_end_where_the_envelope_would_grow_too_large(server, client):
    names = {one["Name"] for one in client.query(QUERY)}
    assert len(names) == 300
    kinds = [one.kind for one in server.log.entries]
    assert kinds.count("Pull") >= 2
    sizes = [one.bytes_out for one in server.log.entries if one.kind == "Pull"]
    assert all(size < 153_600 / 2 + 400 for size in sizes)


def test_one_item_unless_more_are_requested(client):
    answer = client.enumerate(QUERY, elements=None)
    assert len(answer.find("w:Items", NAMESPACES)) == 1
    assert answer.find("w:EndOfSequence", NAMESPACES) is None
    context = answer.findtext("n:EnumerationContext", "", NAMESPACES)
    answer = client.pull(context, elements=None)
    assert len(answer.find("n:Items", NAMESPACES)) == 1
    following = answer.findtext("n:EnumerationContext", "", NAMESPACES)
    assert following != context
    # a context is good for one Pull
    assert fault_of(client.pull, context).code == 0x8033801B
    assert fault_of(client.pull, following, resource=PROCESS).code == 0x8033801B
    release = f"<n:Release><n:EnumerationContext>{following}</n:EnumerationContext></n:Release>"
    assert list(client.send(f"{ENUMERATION}/Release", f"{CIMV2}*", release)) == []
    fault = fault_of(client.pull, following)
    assert (fault.value, fault.subcode) == ("s:Receiver", "n:InvalidEnumerationContext")


def test_an_enumeration_that_is_not_optimized_answers_with_a_context_only(client):
    query = "SELECT Name FROM Win32_OperatingSystem"
    wql = f'<w:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">{query}</w:Filter>'
    body = client.send(f"{ENUMERATION}/Enumerate", f"{CIMV2}*", f"<n:Enumerate>{wql}</n:Enumerate>")
    (context,) = body[0]
    answer = client.pull(context.text)
    assert [child.tag.rpartition("}")[2] for child in answer] == ["Items", "EndOfSequence"]


def test_an_item_that_never_fits_ends_the_enumeration(server, client):
    server.machine.profiles.add(Profile("S-1-5-21-1-2-3-1002", "C:\\" + "x" * 9_000))
    fault = fault_of(client.enumerate, "SELECT * FROM Win32_UserProfile WHERE LocalPath LIKE '%xx'", max_size="8192")
    assert (fault.code, fault.detail) == (0x80338048, "MaxEnvelopeSizeExceeded")


def test_enumerations_are_given_up_after_a_while_and_limited(monkeypatch):
    now = [0.0]
    with serve(now=lambda: now[0]) as server, Client(server) as client:
        monkeypatch.setattr(enumerations, "MAX_PER_USER", 2)
        query = "SELECT Name FROM Win32_Process"
        context = client.enumerate(query, elements=1).findtext("n:EnumerationContext", "", NAMESPACES)
        client.enumerate(query, elements=1)
        fault = fault_of(client.enumerate, query)
        assert (fault.code, fault.subcode, fault.relates_to) == (2150859174, "w:QuotaLimit", None)
        assert len(server.enumerations) == 2
        now[0] = 30
        context = client.pull(context, 1).findtext("n:EnumerationContext", "", NAMESPACES)
        now[0] = 61
        assert [one.context for one in server.enumerations] == [context]
        now[0] = 91
        assert server.enumerations == []
        assert fault_of(client.pull, context).code == 0x8033801B


def test_a_bug_of_the_virtual_machine_is_not_a_result(server, client, caplog, monkeypatch):
    monkeypatch.setattr(server.machine.registry, "subkeys", lambda path: 1 / 0)
    fault = fault_of(client.registry, "EnumKey")
    assert fault.code == 50
    assert "ZeroDivisionError" in fault.wmi.findtext("e:Message", "", NAMESPACES)
    assert "failed in the virtual machine" in caplog.text
