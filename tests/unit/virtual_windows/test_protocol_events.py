"""Subscriptions to registry changes in Pull mode: what WS-Eventing and [MS-WSMV] say, and what nobody may rely on."""

from __future__ import annotations

import threading

import pytest

from tests.unit.virtual_windows.protocol_support import NAMESPACES, WMI, WQL, Client, FaultAnswer, plain, serve
from tests.virtual_windows.machine import Machine, Value, ValueType
from tests.virtual_windows.protocol import fault_codes

EVENTING = "http://schemas.xmlsoap.org/ws/2004/08/eventing"
EVENTS = f"{WMI}root/default/*"
PULL_MODE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull"
IM = r"Software\IM Providers"
NAMED = {**NAMESPACES, "ev": EVENTING}


@pytest.fixture
def server():
    users = [{"account": rf"CONTOSO\{name}", "signed_in": True, "default": "Lync"} for name in ("ada", "bob")]
    windows = Machine("desk1", {"providers": ["Lync"], "users": users}, speed=50)
    with serve(windows) as running:
        yield running
    windows.close()


@pytest.fixture
def client(server):
    with Client(server) as ready:
        yield ready


def query(machine, *accounts, name="DefaultIMApp", hive="HKEY_USERS"):
    keys = [rf"{machine.sid_of(account)}\{IM}".replace("\\", r"\\") for account in accounts]
    paths = " OR ".join(f"KeyPath='{key}'" for key in keys)
    return f"SELECT * FROM RegistryValueChangeEvent WHERE Hive='{hive}' AND ({paths}) AND ValueName='{name}'"


def subscribe(client, text, *, mode=PULL_MODE, dialect=WQL, expires="<ev:Expires>PT10M</ev:Expires>", turned=False):
    parts = [f'<ev:Delivery Mode="{mode}"/>', expires, f'<w:Filter Dialect="{dialect}">{text}</w:Filter>']
    body = f'<ev:Subscribe xmlns:ev="{EVENTING}">{"".join(reversed(parts) if turned else parts)}</ev:Subscribe>'
    return client.send(f"{EVENTING}/Subscribe", EVENTS, body)[0]


def context_of(answer):
    return answer.findtext("n:EnumerationContext", "", NAMED)


def pull(client, context, timeout="PT20S"):
    return client.pull(context, resource=EVENTS, timeout=timeout)


def unsubscribe(client, identifier):
    header = f'<ev:Identifier xmlns:ev="{EVENTING}">{identifier}</ev:Identifier>'
    body = f'<ev:Unsubscribe xmlns:ev="{EVENTING}"/>'
    return client.send(f"{EVENTING}/Unsubscribe", EVENTS, body, header=header)


def set_default(machine, account, data):
    machine.registry.set_value(rf"{machine.user_key(account)}\{IM}", Value("DefaultIMApp", ValueType.SZ, data))


def code_of(call, *arguments, **more):
    with pytest.raises(FaultAnswer) as raised:
        call(*arguments, **more)
    return raised.value.code


def test_a_change_is_told_and_what_changed_before_the_pull_too(server, client):
    machine = server.machine
    answer = subscribe(client, query(machine, "ada", "bob"))
    assert answer.findtext("ev:Expires", "", NAMED).startswith("PT59")
    set_default(machine, "ada", "Zoom")
    set_default(machine, "bob", "Lync")  # was that before
    pulled = pull(client, context_of(answer))
    (event,) = [plain(one) for one in pulled.iterfind("n:Items/*", NAMED)]
    assert (event["KeyPath"], event["ValueName"]) == (rf"{machine.sid_of('ada')}\{IM}", "DefaultIMApp")
    changing = threading.Timer(0.05, set_default, (machine, "bob", "Zoom"))
    changing.start()
    (event,) = [plain(one) for one in pull(client, context_of(pulled)).iterfind("n:Items/*", NAMED)]
    assert event["KeyPath"] == rf"{machine.sid_of('bob')}\{IM}"
    changing.join()


def test_a_quiet_pull_times_out_and_its_context_stays(server, client):
    context = context_of(subscribe(client, query(server.machine, "ada")))
    assert code_of(pull, client, context, "PT2S") == fault_codes.OPERATION_TIMED_OUT
    server.subscriptions.quiet_pulls_are_empty = True
    quiet = pull(client, context, "PT2S")
    assert list(quiet.iterfind("n:Items/*", NAMED)) == []
    assert context_of(quiet) != context
    assert code_of(pull, client, context) == fault_codes.INVALID_ENUMERATION_CONTEXT


def test_unsubscribing_ends_it_twice_does_no_harm(server, client):
    answer = subscribe(client, query(server.machine, "ada"))
    assert server.machine.dump()["open_keys"] != {}
    identifier = answer.findtext(".//ev:Identifier", "", NAMED)
    unsubscribe(client, identifier)
    unsubscribe(client, identifier)
    assert (server.subscriptions.all(), server.machine.dump()["open_keys"]) == ([], {})
    assert code_of(pull, client, context_of(answer)) == fault_codes.INVALID_ENUMERATION_CONTEXT


def test_it_expires_by_the_machines_clock(server, client):
    context = context_of(subscribe(client, query(server.machine, "ada"), expires="<ev:Expires>PT5S</ev:Expires>"))
    assert code_of(pull, client, context, "PT4S") == fault_codes.OPERATION_TIMED_OUT
    server.machine.clock.sleep(5)
    assert code_of(pull, client, context) == fault_codes.INVALID_ENUMERATION_CONTEXT
    assert server.subscriptions.all() == []


def test_a_service_that_stops_ends_all(server, client):
    subscribe(client, query(server.machine, "ada"))
    server.stop()
    assert server.subscriptions.all() == []
    server.start()


def test_what_cannot_be_subscribed_to(server, client):
    machine = server.machine
    good = query(machine, "ada")
    refused = {
        fault_codes.SCHEMA_VALIDATION_ERROR: {"text": good, "turned": True},
        fault_codes.DELIVERY_MODE_UNAVAILABLE: {"text": good, "mode": "http://example.com/Push"},
        fault_codes.EVENT_FILTER_UNAVAILABLE: {"text": good, "dialect": "http://example.com/XPath"},
        fault_codes.INVALID_EXPIRATION: {"text": good, "expires": "<ev:Expires>soon</ev:Expires>"},
        fault_codes.RESOURCE_NOT_FOUND: {"text": good.replace("IM Providers", "Nothing")},
    }
    assert {code: code_of(subscribe, client, **given) for code, given in refused.items()} == {
        code: code for code in refused
    }
    for text in (good.replace("HKEY_USERS", "HKEY_CURRENT_USER"), "SELECT * FROM RegistryValueChangeEvent"):
        assert code_of(subscribe, client, text) == fault_codes.CANNOT_PROCESS_FILTER
    assert code_of(subscribe, client, "SELECT * FROM Win32_Process") is not None
    machine.events = False
    assert code_of(subscribe, client, good) == fault_codes.ACTION_NOT_SUPPORTED
    assert (server.subscriptions.all(), machine.dump()["open_keys"]) == ([], {})


def test_a_hive_with_a_subscription_is_unloaded_by_force_and_tells_nothing_more(server, client):
    machine = server.machine
    context = context_of(subscribe(client, query(machine, "ada")))
    machine.sign_out("ada")
    assert [line.partition(":")[0] for line in machine.warnings] == ["1530"]
    machine.sign_in("ada")
    set_default(machine, "ada", "Zoom")
    assert code_of(pull, client, context, "PT2S") == fault_codes.OPERATION_TIMED_OUT
    machine.sign_out("bob")
    assert len(machine.warnings) == 1
