"""Names that people know for providers."""

from __future__ import annotations

from ansible_collections.presence.office.plugins.plugin_utils.report.app_names import AppNames
from ansible_collections.presence.office.plugins.plugin_utils.report.facts import read_machine
from tests.browser.fleets import JABBER, machine


def test_names():
    other = machine(providers=("Lync",))
    other["providers"][0]["friendly_name"] = "Another name"
    names = AppNames([read_machine("one", machine(providers=("Lync", JABBER))), read_machine("two", other)])
    assert (names.short("LYNC"), names.full("lync")) == ("Skype for Business", "Skype for Business (lync)")
    assert (names.short(JABBER), names.full(JABBER)) == (JABBER, JABBER)
    assert (names.short("Zoom"), names.full("Zoom")) == ("Zoom", "Zoom")
