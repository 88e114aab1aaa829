"""Definitions of tasks: written by the schema, and compared with what the service makes of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.guard.task import DESCRIPTION, definition
from ansible_collections.presence.office.plugins.plugin_utils.windows.task_definition import (
    differences,
    minutes,
    parsed,
    written,
)
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import ProtocolError
from tests.virtual_windows.tasks import completed, read

WANTED = definition(5)
NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"

#: An export with everything that Windows may add, leave out or write otherwise.
EXPORTED = f"""<?xml version="1.0" encoding="UTF-16"?>\r
<Task version="1.4" xmlns="{NAMESPACE}">\r
  <RegistrationInfo>
    <Date>2026-11-28T01:02:03.4567890</Date>
    <Author>CONTOSO\\admin</Author>
    <Description>{DESCRIPTION.replace(" ", chr(10), 3)}</Description>
    <URI>\\presence.office\\Guard</URI>
    <SecurityDescriptor>D:(A;;FA;;;BA)</SecurityDescriptor>
  </RegistrationInfo>
  <Principals>
    <Principal id="Author"><UserId>NT AUTHORITY\\SYSTEM</UserId><RunLevel>HighestAvailable</RunLevel></Principal>
  </Principals>
  <Settings>
    <DisallowStartIfOnBatteries>0</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>FALSE</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT60S</ExecutionTimeLimit>
    <IdleSettings><StopOnIdleEnd>true</StopOnIdleEnd><RestartOnIdle>false</RestartOnIdle></IdleSettings>
    <UseUnifiedSchedulingEngine>true</UseUnifiedSchedulingEngine>
    <Priority>7</Priority>
  </Settings>
  <Triggers>
    <RegistrationTrigger id="a" />
    <LogonTrigger>
      <Repetition><Interval>PT1M</Interval><Duration>PT600S</Duration></Repetition>
      <Delay>PT30S</Delay>
    </LogonTrigger>
    <TimeTrigger>
      <Enabled>1</Enabled>
      <StartBoundary>2020-01-01T00:00:00</StartBoundary>
      <Repetition><Interval>PT5M</Interval></Repetition>
      <RandomDelay>PT0M</RandomDelay>
    </TimeTrigger>
  </Triggers>
  <Actions Context="Author">
    <Exec>
      <Command>{WANTED["Actions/Exec/Command"]}</Command>
      <Arguments>{WANTED["Actions/Exec/Arguments"].replace("&", "&amp;").replace(">", "&gt;")}</Arguments>
    </Exec>
  </Actions>
</Task>"""


def test_what_is_written_is_in_the_schema_and_reads_as_it_was_meant():
    xml = written(WANTED)

    read(xml)  # strict
    assert parsed(xml) == WANTED
    assert xml.startswith('<?xml version="1.0" encoding="UTF-16"?>')


def test_everything_that_windows_adds_makes_no_difference():
    assert differences(WANTED, parsed(EXPORTED)) == []
    again = completed(written(WANTED), "\\presence.office\\", "Guard", "me", datetime(2026, 1, 1, tzinfo=UTC))
    assert differences(WANTED, parsed(again)) == []


EDITS = {
    "switched off": ("<Settings>", "<Settings><Enabled>false</Enabled>", "Settings/Enabled"),
    "hidden": ("<Settings>", "<Settings><Hidden>true</Hidden>", "Settings/Hidden"),
    "only if idle": ("<Settings>", "<Settings><RunOnlyIfIdle>true</RunOnlyIfIdle>", "Settings/RunOnlyIfIdle"),
    "batteries": (
        "<DisallowStartIfOnBatteries>0</DisallowStartIfOnBatteries>",
        "",
        "Settings/DisallowStartIfOnBatteries",
    ),
    "period": ("PT5M", "PT10M", "Triggers/TimeTrigger/Repetition/Interval"),
    "end": (
        "<Repetition><Interval>PT5M",
        "<EndBoundary>2021-01-01T00:00:00</EndBoundary><Repetition><Interval>PT5M",
        "Triggers/TimeTrigger/EndBoundary",
    ),
    "one user": ("<Delay>PT30S", "<UserId>ada</UserId><Delay>PT30S", "Triggers/LogonTrigger/UserId"),
    "trigger switched off": (
        '<RegistrationTrigger id="a" />',
        "<RegistrationTrigger><Enabled>false</Enabled></RegistrationTrigger>",
        "Triggers/RegistrationTrigger/Enabled",
    ),
    "no registration": ('<RegistrationTrigger id="a" />', "", "Triggers/RegistrationTrigger/Enabled"),
    "another trigger": ("<Triggers>", "<Triggers><BootTrigger/>", "Triggers/BootTrigger"),
    "twice": (
        "</Triggers>",
        "<TimeTrigger><StartBoundary>2020-01-01T00:00:00</StartBoundary></TimeTrigger></Triggers>",
        "Triggers/TimeTrigger[2]/StartBoundary",
    ),
    "another program": ("</Exec>", "</Exec><Exec><Command>calc.exe</Command></Exec>", "Actions/Exec[2]/Command"),
    "another command": ("cmd.exe</Command>", "calc.exe</Command>", "Actions/Exec/Command"),
    "another argument": ("/e:on", "/e:off", "Actions/Exec/Arguments"),
    "somewhere": ("</Exec>", "<WorkingDirectory>C:\\</WorkingDirectory></Exec>", "Actions/Exec/WorkingDirectory"),
    "another account": ("NT AUTHORITY\\SYSTEM", "S-1-5-19", "Principals/Principal/UserId"),
}


@pytest.mark.parametrize("case", EDITS)
def test_what_somebody_edits_is_noticed(case):
    old, new, path = EDITS[case]
    assert old in EXPORTED

    assert [one.path for one in differences(WANTED, parsed(EXPORTED.replace(old, new, 1)))] == [path]


@pytest.mark.parametrize("xml", ["", "no XML", "<a>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<a>" * 100])
def test_what_is_no_definition_is_refused(xml):
    with pytest.raises(ProtocolError, match=r"definition|nested"):
        parsed(xml)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("PT5M", 5), ("PT1H", 60), ("P1D", 1440), ("PT90S", 1), ("5", None), ("P", None), (None, None)],
)
def test_minutes(text, expected):
    assert minutes(text) == expected
