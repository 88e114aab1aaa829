"""Scheduled tasks by WMI: what is sent, what absence looks like, and lost answers."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.scheduled_tasks import (
    NAMESPACE,
    LastRun,
    NoTaskClassesError,
    ScheduledTasks,
    TaskName,
)
from ansible_collections.presence.office.plugins.plugin_utils.wsman import messages
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    LostError,
    ProtocolError,
    WSManFault,
)
from tests.unit.plugins.wsman.support import Wire

TASK = TaskName("\\acme\\", "Echo")
ABSENT = [0x80070002, 0x80070003, 0x80070490]
NO_CLASS = [0x8033801A, 0x8004100E, 0x80041010]
CLASS = f"{messages.WMI}/{NAMESPACE}/PS_ScheduledTask"
INFO = (
    "<q:LastRunTime><c:Datetime>2026-11-28T01:02:03Z</c:Datetime></q:LastRunTime><q:LastTaskResult>7</q:LastTaskResult>"
)


def output(method, inside="", value="0"):
    """Return the answer of a method."""
    named = f'xmlns:p="{CLASS}" xmlns:q="q" xmlns:c="c" xmlns:i="{messages.XSI}"'
    return f"<p:{method}_OUTPUT {named}>{inside}<p:ReturnValue>{value}</p:ReturnValue></p:{method}_OUTPUT>"


EXPORT = output("ExportByName", "<p:cmdletOutput>&lt;Task/&gt;</p:cmdletOutput>")
REGISTERED = output("RegisterByXml", "<p:cmdletOutput><q:TaskName>Echo</q:TaskName></p:cmdletOutput>")


def tasks(*answers):
    """Return the tasks of a machine that gives these answers, and the wire."""
    wire = Wire(*answers)
    return ScheduledTasks(wire.session()), wire


def test_a_definition_and_the_last_run():
    assert tasks(EXPORT)[0].export(TASK) == "<Task/>"
    for inside in (INFO, f"<q:MSFT_TaskDynamicInfo>{INFO}</q:MSFT_TaskDynamicInfo>"):
        answer = output("GetInfoByName", f"<p:CmdletOutput>{inside}</p:CmdletOutput>")
        assert tasks(answer)[0].last_run(TASK) == LastRun("2026-11-28T01:02:03Z", 7)
    never = output("GetInfoByName", '<p:cmdletOutput><q:LastRunTime i:nil="true"/></p:cmdletOutput>')
    assert tasks(never)[0].last_run(TASK) == tasks(output("GetInfoByName"))[0].last_run(TASK) == LastRun(None, None)


@pytest.mark.parametrize("code", ABSENT)
def test_a_task_that_is_not_there(code):
    for answer in (code, output("ExportByName", value=str(code))):
        assert tasks(answer)[0].export(TASK) is None
    assert tasks(code)[0].last_run(TASK) is None
    assert tasks(code)[0].delete(TASK) is None
    with pytest.raises(WSManFault):
        tasks(code)[0].register(TASK, "<Task/>", lambda _xml: True)


@pytest.mark.parametrize("code", NO_CLASS)
def test_a_machine_without_the_classes(code):
    with pytest.raises(NoTaskClassesError, match=r"this machine's WMI has no classes for scheduled tasks"):
        tasks(code)[0].export(TASK)


def test_other_refusals_and_broken_answers():
    with pytest.raises(WSManFault, match="access denied"):
        tasks(5)[0].export(TASK)
    with pytest.raises(WSManFault, match="0x8004131A"):
        tasks(output("RegisterByXml", value=str(0x8004131A)))[0].register(TASK, "x", lambda _xml: True)
    for answer in (output("ExportByName"), output("ExportByName", value="x")):
        with pytest.raises(ProtocolError, match="ExportByName: the answer holds no"):
            tasks(answer)[0].export(TASK)


def test_a_lost_answer_is_looked_after_before_anything_is_done_again():
    lost = LostError("lost")
    done, wire = tasks(lost, EXPORT)
    done.register(TASK, "<Task/>", lambda xml: xml == "<Task/>")
    assert wire.sent == ["RegisterByXml", "ExportByName"]

    again, wire = tasks(lost, EXPORT, REGISTERED)
    again.register(TASK, "<Task/>", lambda _xml: False)
    assert wire.sent == ["RegisterByXml", "ExportByName", "RegisterByXml"]

    gone, wire = tasks(lost, ABSENT[0])
    gone.delete(TASK)
    assert wire.sent == ["Delete", "ExportByName"]

    given_up, wire = tasks(lost, EXPORT, lost, EXPORT, lost, EXPORT)
    with pytest.raises(LostError):
        given_up.delete(TASK)
    assert wire.sent.count("Delete") == 3
