"""Subscribe, Pull and Unsubscribe: what is sent, in which order, and what an answer means."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.wsman import messages
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    FaultCode,
    LostError,
    ProtocolError,
    WSManFault,
)

from .support import Wire

SPACES = f'xmlns:e="{messages.EVENTING}" xmlns:n="{messages.ENUMERATION}"'


class RecordingWire(Wire):
    """Keeps whole messages as well."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.messages = []

    def send(self, message):
        self.messages.append(ET.fromstring(message))
        return super().send(message)


def subscribed(identifier="id-1", context="ctx-1"):
    manager = f"<e:SubscriptionManager><e:Anywhere><e:Identifier>{identifier}</e:Identifier></e:Anywhere>"
    return (
        f"<e:SubscribeResponse {SPACES}>{manager}</e:SubscriptionManager>"
        f"<n:EnumerationContext>{context}</n:EnumerationContext></e:SubscribeResponse>"
    )


def pulled(*keys, context="ctx-2"):
    items = "".join(f"<x><KeyPath>{key}</KeyPath></x>" for key in keys)
    return (
        f"<n:PullResponse {SPACES}><n:EnumerationContext>{context}</n:EnumerationContext>"
        f"<n:Items>{items}</n:Items></n:PullResponse>"
    )


def subscribe(wire):
    return wire.session().subscribe("SELECT * FROM RegistryValueChangeEvent", "root/default")


def text(message, name):
    return [one.text for one in message.iter() if one.tag.rpartition("}")[2] == name]


def test_the_order_of_a_subscription_and_the_names_of_the_next_messages():
    wire = RecordingWire(subscribed(), pulled("a", "b"), pulled(), "")
    subscription = subscribe(wire)
    assert [event["KeyPath"] for event in subscription.pull(7.25)] == ["a", "b"]
    assert subscription.pull(0.1) == []
    subscription.close()

    assert wire.sent == ["Subscribe", "Pull", "Pull", "Unsubscribe"]
    body = wire.messages[0][1][0]
    assert [child.tag.rpartition("}")[2] for child in body] == ["Delivery", "Expires", "Filter"]
    assert [text(message, "OperationTimeout") for message in wire.messages[:3]] == [["PT20S"], ["PT7.25S"], ["PT0.5S"]]
    assert [text(message, "EnumerationContext") for message in wire.messages[1:3]] == [["ctx-1"], ["ctx-2"]]
    assert text(wire.messages[3][0], "Identifier") == ["id-1"]


def test_a_pull_that_times_out_on_the_machine_is_quiet_and_sent_once():
    wire = RecordingWire(subscribed(), int(FaultCode.TIMED_OUT), pulled("a"))
    subscription = subscribe(wire)
    assert subscription.pull(5) == []
    assert len(subscription.pull(5)) == 1
    assert text(wire.messages[2], "EnumerationContext") == ["ctx-1"]
    assert wire.pauses == []


@pytest.mark.parametrize("answer", [LostError("gone"), int(FaultCode.LIST_GONE), "", "<x/>", pulled(context="")])
def test_what_ends_a_subscription(answer):
    wire = RecordingWire(subscribed(), answer)
    subscription = subscribe(wire)
    with pytest.raises((LostError, WSManFault, ProtocolError)):
        subscription.pull(5)
    assert wire.sent == ["Subscribe", "Pull"]


@pytest.mark.parametrize("answer", ["<x/>", subscribed(identifier=""), subscribed(context="x" * 2_049)])
def test_what_is_no_subscription(answer):
    with pytest.raises(ProtocolError):
        subscribe(RecordingWire(answer))


def test_a_subscription_that_cannot_be_ended_is_left_to_expire():
    subscription = subscribe(RecordingWire(subscribed(), 5))
    subscription.close()
