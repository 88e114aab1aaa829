"""Which Office a machine has: from what ``reg query`` prints, and by typed calls."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.windows.command_output import Output
from ansible_collections.presence.office.plugins.plugin_utils.windows.office import (
    QUESTION,
    Office,
    parse_office,
    read_platform,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

CLICK_TO_RUN = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
INSTALLER = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office\15.0\Outlook"
OLDER = r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Office\14.0\Outlook"


def printed(*lines):
    return Output(bytearray("".join(f"{line}\r\n" for line in lines).encode()))


def bitness(key, text):
    return ("", key, f"    Bitness    REG_SZ    {text}", "")


@pytest.mark.parametrize(
    ("lines", "office"),
    [
        ((), None),
        (
            (
                *("", CLICK_TO_RUN, "    VersionToReport    REG_SZ    16.0.1"),
                *("", CLICK_TO_RUN, "    Platform    REG_SZ    x86"),
            ),
            Office("16.0.1", View.X86),
        ),
        (("", CLICK_TO_RUN, "    Platform    REG_SZ    arm64"), Office(None, None)),
        (bitness(INSTALLER, "X64"), Office("15.0", View.X64)),
        ((*bitness(INSTALLER, "x64"), *bitness(OLDER, "x86")), Office("15.0", View.X64)),
        (bitness(OLDER, "x86"), Office("14.0", View.X86)),
    ],
)
def test_office(lines, office):
    assert parse_office(printed(*lines)) == office


@given(st.binary(max_size=400))
def test_nothing_that_is_printed_is_taken_for_an_unknown_platform(noise):
    office = parse_office(Output(bytearray(noise)))

    assert office is None or office.platform in (None, *View)


@pytest.mark.parametrize(
    ("version", "key_version"),
    [
        ("16.0.17328.20162", "16.0"),
        ("16.0.1", "16.0"),
        ("15.0", "15.0"),
        ("14.0", "14.0"),
        ("16", "16"),
        ("", "16.0"),
        (None, "16.0"),
    ],
)
def test_the_version_as_it_names_keys(version, key_version):
    assert Office(version, None).key_version == key_version


def test_the_question_leaves_the_version_that_the_answer_has():
    """Click-to-Run's key is that of 16.0; Windows Installer's first version in the order of the question counts."""
    ask_click_to_run, _if, ask_installer = QUESTION.partition("(if not !errorlevel!==0 ((set office=none)& ")

    assert ask_click_to_run.startswith("echo !mark! answer office& (set office=16.0)& ")
    assert ask_click_to_run.endswith(r'ClickToRun\Configuration" /v Platform 2>nul)& ')
    assert ask_installer.startswith("(for %v in (16.0 15.0 14.0) do (")
    assert ask_installer.count("(if !errorlevel!==0 (if !office!==none (set office=%v)))") == len(View)
    for key in (OFFICE, OFFICE_32):
        assert rf'(reg query "HKLM\{key}\%v\Outlook" /v Bitness 2>nul)' in ask_installer


CLICK_TO_RUN_KEY = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
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
    "Click-to-Run": ({(CLICK_TO_RUN_KEY, "Platform"): "x64"}, View.X64, 1),
    "Click-to-Run before MSI": (
        {(CLICK_TO_RUN_KEY, "Platform"): "x86", (rf"{OFFICE}\16.0\Outlook", "Bitness"): "x64"},
        View.X86,
        1,
    ),
    "Click-to-Run says something else": (
        {(CLICK_TO_RUN_KEY, "Platform"): "arm", (rf"{OFFICE}\16.0\Outlook", "Bitness"): "x64"},
        None,
        1,
    ),
    "Click-to-Run, another type": (
        {
            (CLICK_TO_RUN_KEY, "Platform"): StringValue(ValueState.OTHER_TYPE),
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
