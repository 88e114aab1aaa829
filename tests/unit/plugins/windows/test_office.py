"""The platform of Office by typed calls: the first answer counts."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.office import read_platform
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
OFFICE = r"SOFTWARE\Microsoft\Office"
OFFICE_32 = r"SOFTWARE\WOW6432Node\Microsoft\Office"


class Registry:
    """Has some string values, by key and name, and counts requests."""

    def __init__(self, values):
        self.values = values
        self.requests = 0

    def string(self, _root, key, name):
        self.requests += 1
        value = self.values.get((key, name))
        return value if isinstance(value, StringValue) else StringValue.of(value) if value else StringValue.missing()


CASES = {
    "Click-to-Run": ({(CLICK_TO_RUN, "Platform"): "x64"}, View.X64, 1),
    "Click-to-Run before MSI": (
        {(CLICK_TO_RUN, "Platform"): "x86", (rf"{OFFICE}\16.0\Outlook", "Bitness"): "x64"},
        View.X86,
        1,
    ),
    "Click-to-Run says something else": (
        {(CLICK_TO_RUN, "Platform"): "arm", (rf"{OFFICE}\16.0\Outlook", "Bitness"): "x64"},
        None,
        1,
    ),
    "Click-to-Run, another type": (
        {
            (CLICK_TO_RUN, "Platform"): StringValue(ValueState.OTHER_TYPE),
            (rf"{OFFICE}\16.0\Outlook", "Bitness"): "x64",
        },
        View.X64,
        2,
    ),
    "MSI, 64-bit": ({(rf"{OFFICE}\16.0\Outlook", "Bitness"): "x64"}, View.X64, 2),
    "MSI, 32-bit": ({(rf"{OFFICE_32}\16.0\Outlook", "Bitness"): "x86"}, View.X86, 3),
    "MSI, the newest": (
        {(rf"{OFFICE_32}\14.0\Outlook", "Bitness"): "x86", (rf"{OFFICE}\15.0\Outlook", "Bitness"): "x64"},
        View.X64,
        4,
    ),
    "no Office": ({}, None, 7),
}


@pytest.mark.parametrize("case", CASES)
def test_the_platform_of_office(case):
    values, platform, requests = CASES[case]
    registry = Registry(values)

    assert read_platform(t.cast(t.Any, registry)) is platform
    assert registry.requests == requests
