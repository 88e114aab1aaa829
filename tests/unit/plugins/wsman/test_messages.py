"""Envelopes built and answers taken apart; nothing but the package's own errors comes out."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.wsman import messages
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    FaultCode,
    ProtocolError,
    WSManError,
    WSManFault,
)
from tests.virtual_windows.protocol import xmltext

NASTY = "<b>&\"'\\ ü 日本 %PATH% !x! ^& ]]>"


def request():
    return messages.build(messages.Resource("http://example/uri", "StdRegProv.EnumKey"), "http://example/action")


def envelope(body, relates_to):
    return (
        f'<s:Envelope xmlns:s="{messages.SOAP}" xmlns:a="{messages.ADDRESSING}"><s:Header>'
        f"<a:RelatesTo>{relates_to}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def fault(code='Code="5"', text="Zugriff verweigert"):
    detail = f'<f:WSManFault xmlns:f="{messages.FAULT}" {code}><f:Message>{text}</f:Message></f:WSManFault>'
    reason = '<s:Reason><s:Text xml:lang="">r</s:Text></s:Reason>'
    return f"<s:Fault>{reason}<s:Detail>{detail}</s:Detail></s:Fault>"


def test_what_is_sent_is_escaped_wherever_it_stands():
    resource = messages.Resource("http://example/" + NASTY, "x", {NASTY: NASTY})
    built = messages.build(resource, NASTY, messages.element("m", NASTY, a=NASTY), options={"o": NASTY})
    root = ET.fromstring(built.envelope(20))

    (selector,) = root.iter(f"{{{messages.WSMAN}}}Selector")
    assert (selector.text, selector.get("Name")) == (NASTY, NASTY)
    (element,) = root.iter("m")
    assert (element.text, element.get("a")) == (NASTY, NASTY)


def test_a_carriage_return_arrives_as_one_and_not_as_a_line_feed():
    """XML 1.0, 2.11: a parser makes a line feed of a raw one, and of one with a line feed behind it."""
    text = "a\r\nb\rc\n\td"
    resource = messages.Resource("http://example/uri", "x", {text: text})
    built = messages.build(resource, "action", messages.element("m", text, a=text), options={"o": text})
    root = ET.fromstring(built.envelope(20))

    for one in (
        *root.iter(f"{{{messages.WSMAN}}}Selector"),
        *root.iter(f"{{{messages.WSMAN}}}Option"),
        *root.iter("m"),
    ):
        assert one.text == text
    assert next(root.iter("m")).get("a") == text


def test_carriage_returns_go_to_the_virtual_machine_and_back():
    """It reads as an XML parser does, and answers with references."""
    text = "a\r\nb\rc"
    sent = xmltext.parse(f"<x><y>{text}</y>{messages.element('y', text)}</x>".encode())
    assert [one.text for one in sent] == ["a\nb\nc", text]

    asked = request()
    body = messages.parse(asked, envelope(f"<x><y>{xmltext.escape(text)}</y></x>", asked.message_id))
    assert messages.properties(body[0]) == {"y": text}


@pytest.mark.parametrize("text", ["\x00", "a\x1b", "\ud800", "\uffff"])
def test_what_xml_cannot_carry_is_refused_before_it_is_sent(text):
    with pytest.raises(ValueError, match="cannot be sent to the machine"):
        messages.element("m", text)


def test_every_message_has_an_id_of_its_own():
    assert request().message_id != request().message_id


def test_an_answer_to_another_question_is_refused():
    with pytest.raises(ProtocolError, match="the answer belongs to another request"):
        messages.parse(request(), envelope("", "uuid:0"))


def test_an_answer_to_the_question_is_taken():
    asked = request()

    assert messages.parse(asked, envelope("<x/>", asked.message_id.lower()))[0].tag == "x"


def test_a_fault_keeps_its_code_its_words_and_what_it_was_about():
    with pytest.raises(WSManFault) as raised:
        messages.parse(request(), envelope(fault(), "whatever"))

    assert (raised.value.code, raised.value.subject) == (5, "StdRegProv.EnumKey")
    assert raised.value.reason == "Zugriff verweigert"
    assert "is not an administrator of this machine" in str(raised.value)


def test_a_fault_of_wmi_has_its_code_in_another_place():
    detail = (
        f'<p:MSFT_WmiError xmlns:p="{messages.WMI_ERROR}"><p:CIMStatusCode>2</p:CIMStatusCode>'
        "<p:Message>Zugriff verweigert</p:Message><p:error_Code>5</p:error_Code></p:MSFT_WmiError>"
    )
    with pytest.raises(WSManFault) as raised:
        messages.parse(request(), envelope(f"<s:Fault><s:Detail>{detail}</s:Detail></s:Fault>", ""))

    assert (raised.value.code, raised.value.reason) == (5, "Zugriff verweigert")


def without_code(subcode, reason="in the machine's words"):
    value = f"<s:Subcode><s:Value>{subcode}</s:Value></s:Subcode>" if subcode else ""
    words = f"<s:Reason><s:Text>{reason}</s:Text></s:Reason>"
    return f"<s:Fault><s:Code><s:Value>s:Sender</s:Value>{value}</s:Code>{words}</s:Fault>"


@pytest.mark.parametrize(
    ("subcode", "code", "sentence"),
    [
        ("w:AccessDenied", FaultCode.ACCESS_DENIED, r"the account is not an administrator.*fault w:AccessDenied\)"),
        ("wsman:TimedOut", FaultCode.TIMED_OUT, "timed out on the machine.*fault wsman:TimedOut"),
        ("a:DestinationUnreachable", FaultCode.NOT_FOUND, "there is no such resource.*a:DestinationUnreachable"),
        ("n:InvalidEnumerationContext", FaultCode.LIST_GONE, "in the machine's words"),
        ("w:QuotaLimit", FaultCode.OPERATION_QUOTA, "too many operations at once"),
        ("w:UnsupportedFeature", None, r"in the machine's words \(WS-Management fault w:UnsupportedFeature\)"),
        ("w:\u202eX" + "y" * 500, None, r"fault w:\\u202eXy{56,57}…?"),
        ("", None, r"in the machine's words \(WS-Management fault no code\)"),
    ],
)
def test_a_fault_without_a_code_is_known_by_its_subcode(subcode, code, sentence):
    with pytest.raises(WSManFault, match=sentence) as raised:
        messages.parse(request(), envelope(without_code(subcode), "whatever"))
    assert raised.value.code == code


def test_a_code_that_is_not_known_keeps_what_its_subcode_says():
    """WMI has an "access denied" of its own, 0x80338105, under the same subcode."""
    body = without_code("w:AccessDenied").replace(
        "</s:Fault>", f'<s:Detail><f:WSManFault xmlns:f="{messages.FAULT}" Code="2150859013"/></s:Detail></s:Fault>'
    )
    with pytest.raises(WSManFault, match=r"the account is not an administrator.*fault 0x80338105\)"):
        messages.parse(request(), envelope(body, "whatever"))


def test_a_fault_without_a_treatment_of_its_own_is_told_in_the_machine_s_words():
    with pytest.raises(WSManFault, match=r"StdRegProv.EnumKey: Zugriff verweigert \(WS-Management fault 0x0000007B\)"):
        messages.parse(request(), envelope(fault('Code="123"'), "whatever"))


def test_a_fault_s_words_cannot_reach_the_terminal_raw():
    with pytest.raises(WSManFault) as raised:
        messages.parse(request(), envelope(fault('Code="x"', "a\u202eb" + "y" * 5000), "whatever"))

    assert raised.value.code is None
    assert "\u202e" not in str(raised.value)
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", "not well-formed XML"),
        (b"<html>", "not well-formed XML"),
        (b"<html/>", "no SOAP envelope"),
        (b"\xff\xfe", "not UTF-8"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "declares a document type"),
        ('<?xml version="1.0"?><!DOCTYPE x><x/>'.encode("utf-16"), "not UTF-8"),
    ],
)
def test_what_is_no_answer_says_so(answer, sentence):
    with pytest.raises(ProtocolError, match=f"^StdRegProv.EnumKey: .*{sentence}"):
        messages.parse(request(), answer)


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_end_in_our_own_errors(answer):
    with pytest.raises(WSManError):
        messages.parse(request(), answer)


def test_properties_tell_null_from_empty_and_lists_from_scalars():
    instance = ET.fromstring(
        f'<i xmlns:xsi="{messages.XSI}" xmlns:p="urn:p"><p:A xsi:nil="true"/><p:B/><p:C>1</p:C><p:C>2</p:C>'
        "<p:D><Datetime>2013-04-15T16:28:43Z</Datetime></p:D></i>"
    )
    properties = messages.properties(instance)

    assert properties == {"A": None, "B": "", "C": ["1", "2"], "D": "2013-04-15T16:28:43Z"}
    assert [messages.as_list(properties.get(name)) for name in "BCX"] == [[""], ["1", "2"], []]


@pytest.mark.parametrize(("text", "value"), [("true", None), ("TRUE", None), ("1", None), ("false", "x"), ("0", "x")])
def test_null_is_told_in_any_case(text, value):
    instance = ET.fromstring(f'<i xmlns:xsi="{messages.XSI}"><A xsi:nil="{text}">x</A></i>')

    assert messages.properties(instance) == {"A": value}
