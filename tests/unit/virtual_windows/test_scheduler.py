"""The scheduler: strict definitions, triggers, runs as SYSTEM; its WMI classes; `reg copy` and `reg compare`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.virtual_windows import cmd
from tests.virtual_windows.cmd.console import Console
from tests.virtual_windows.machine import Machine, Win32Error
from tests.virtual_windows.machine.scheduler import HAS_NOT_RUN
from tests.virtual_windows.machine.simulated_clock import SimulatedClock
from tests.virtual_windows.tasks import TaskXmlError, completed, read
from tests.virtual_windows.tasks.document import edited
from tests.virtual_windows.wmi import Embedded, WbemError, find

NAMESPACE = "root/Microsoft/Windows/TaskScheduler"
FOLDER = "\\acme\\"
TRIGGERS = {
    "registration": "<RegistrationTrigger/>",
    "sign-in": "<LogonTrigger><Repetition><Interval>PT1M</Interval><Duration>PT2M</Duration></Repetition>"
    "<Delay>PT30S</Delay></LogonTrigger>",
    "clock": "<TimeTrigger><Repetition><Interval>PT1M</Interval></Repetition></TimeTrigger>".replace(
        "<Repetition>", "<StartBoundary>2020-01-01T00:00:00</StartBoundary><Repetition>"
    ),
}
SYSTEM = "<Principals><Principal><UserId>S-1-5-18</UserId></Principal></Principals>"
ECHO = (
    "<Actions><Exec><Command>%SystemRoot%\\System32\\cmd.exe</Command>"
    "<Arguments>/d /c whoami&gt;&gt;C:\\log.txt&amp; exit 7</Arguments></Exec></Actions>"
)


def xml(*triggers, principals=SYSTEM, actions=ECHO, settings=""):
    """Return a definition."""
    inside = f"<Triggers>{''.join(triggers)}</Triggers>{principals}{settings}{actions}"
    return f'<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">{inside}</Task>'


@pytest.fixture
def machine():
    """Return a machine whose time passes while somebody sleeps on its clock."""
    machine = Machine("desk1", {"users": [{"account": "ada"}]}, clock=SimulatedClock())
    machine.runner = cmd.run
    return machine


def call(machine, method, **arguments):
    """Call a method of PS_ScheduledTask."""
    target = find(NAMESPACE, "PS_ScheduledTask")(machine)
    found = target.method(method)
    return target.invoke(found, None, {one.name: arguments.get(one.name, one.default) for one in found.inputs})


def register(machine, document, name="Echo"):
    """Register a task; return it."""
    call(machine, "RegisterByXml", Force=True, Xml=document, TaskPath=FOLDER, TaskName=name)
    return machine.scheduler.find(FOLDER, name)


def runs(task, since):
    """Return when a task ran, in seconds."""
    return [(run - since).total_seconds() for run in task.runs]


def test_it_runs_at_registration_as_system_and_tells_the_exit_code(machine):
    task = register(machine, xml(TRIGGERS["registration"]))

    machine.clock.sleep(1)
    assert len(task.runs) == 1
    info = call(machine, "GetInfoByName", TaskName="Echo", TaskPath=FOLDER)["cmdletOutput"]
    assert isinstance(info, Embedded)
    assert (info.data["LastTaskResult"], info.data["LastRunTime"]) == (7, task.runs[0])
    assert not machine.processes.find("cmd.exe")


def test_it_runs_half_a_minute_after_a_sign_in_and_twice_again(machine):
    task = register(machine, xml(TRIGGERS["sign-in"]))
    assert (task.runs, task.last_result) == ([], HAS_NOT_RUN)

    before = machine.clock.now()
    machine.sign_in("ada")
    machine.clock.sleep(3600)

    assert runs(task, before) == [30, 90, 150]


def test_it_runs_by_the_clock_until_it_is_deleted_and_its_folder_stays(machine):
    task = register(machine, xml(TRIGGERS["clock"]))
    machine.clock.sleep(120)
    assert len(task.runs) == 2
    assert machine.scheduler.next_run(task) > task.runs[-1]

    tasks = find(NAMESPACE, "MSFT_ScheduledTask")(machine)
    (listed,) = tasks.instances()
    assert (listed["TaskPath"], listed["TaskName"]) == (FOLDER, "Echo")
    tasks.delete(listed)

    machine.clock.sleep(120)
    assert len(task.runs) == 2
    assert list(tasks.instances()) == []
    assert machine.scheduler.folders == {"\\", FOLDER}
    with pytest.raises(WbemError, match="0x80070002"):
        call(machine, "ExportByName", TaskName="Echo", TaskPath=FOLDER)


@pytest.mark.parametrize("path", ["Settings/Enabled", "Triggers/RegistrationTrigger/Enabled"])
def test_what_is_switched_off_does_not_run(machine, path):
    trigger = "<RegistrationTrigger><Enabled>true</Enabled></RegistrationTrigger>"
    document = edited(xml(trigger, settings="<Settings><Enabled>true</Enabled></Settings>"), path, "false")

    task = register(machine, document)

    machine.clock.sleep(120)
    assert task.runs == []


def test_a_document_comes_back_with_more_in_it_and_can_be_registered_again():
    document = completed(xml(TRIGGERS["clock"]), FOLDER, "Echo", "me", datetime(2026, 1, 2, tzinfo=UTC))

    assert "<URI>\\acme\\Echo</URI>" in document
    assert "<Date>2026-01-02T00:00:00</Date>" in document
    assert document.startswith('<?xml version="1.0" encoding="UTF-16"?>')
    assert read(document) == read(xml(TRIGGERS["clock"]))


@pytest.mark.parametrize(
    ("document", "code"),
    {
        "no XML": ("x", "MALFORMED_XML"),
        "UTF-8": (f'<?xml version="1.0" encoding="UTF-8"?>{xml()}', "MALFORMED_XML"),
        "no namespace": ("<Task/>", "NAMESPACE"),
        "unknown element": (xml(settings="<Settings><Colour/></Settings>"), "UNEXPECTED_NODE"),
        "unknown trigger": (xml("<MoonTrigger/>"), "UNEXPECTED_NODE"),
        "twice": (xml(settings="<Settings/><Settings/>"), "UNEXPECTED_NODE"),
        "order": (xml("<LogonTrigger><Delay>PT1S</Delay><Enabled>true</Enabled></LogonTrigger>"), "UNEXPECTED_NODE"),
        "too often": (xml(TRIGGERS["clock"].replace("PT1M", "PT59S")), "INVALID_VALUE"),
        "no boolean": (xml(settings="<Settings><Enabled>yes</Enabled></Settings>"), "INVALID_VALUE"),
        "another account": (xml(principals=SYSTEM.replace("18", "19")), "INVALID_VALUE"),
        "no start": (xml("<TimeTrigger/>"), "MISSING_NODE"),
        "no action": (xml(actions=""), "MISSING_NODE"),
    }.values(),
)
def test_what_is_not_in_the_schema_is_refused(document, code):
    with pytest.raises(TaskXmlError, match=code):
        read(document)


def test_refusals_of_the_classes(machine):
    register(machine, xml())
    with pytest.raises(WbemError, match="0x800700b7"):
        call(machine, "RegisterByXml", Xml=xml(), TaskPath=FOLDER, TaskName="Echo")
    with pytest.raises(WbemError, match="0x80041316"):
        register(machine, xml("<MoonTrigger/>"))
    with pytest.raises(Win32Error):
        machine.scheduler.find("\\", "Echo")
    machine.scheduler.has_classes = False
    with pytest.raises(WbemError, match="INVALID_NAMESPACE"):
        register(machine, xml())


@pytest.mark.parametrize(
    ("second", "code"),
    [("/d x", 0), ("/d X", 2), ("/d y", 2), ("/t REG_EXPAND_SZ /d x", 2), (None, 1)],
)
def test_reg_compare(machine, second, code):
    console = Console(machine)
    console.run(r"reg add HKLM\SOFTWARE\A /v v /d x /f")
    console.run(rf"reg add HKLM\SOFTWARE\B /v v {second} /f" if second else r"reg add HKLM\SOFTWARE\B /f")

    assert console.run(r"reg compare HKLM\SOFTWARE\A HKLM\SOFTWARE\B /v v /on").code == code
    assert console.run(r"reg compare HKLM\SOFTWARE\A HKLM\SOFTWARE\None /v v /on").code == 1
    assert "not built here" in console.run(r"reg compare HKLM\SOFTWARE\A HKLM\SOFTWARE\B /v v").err


def test_reg_copy_asks_before_it_overwrites(machine):
    console = Console(machine)
    console.run(r"reg add HKLM\SOFTWARE\A /v v /d x /f& reg add HKLM\SOFTWARE\B /v v /d y /f")

    assert "overwrite" in console.run(r"reg copy HKLM\SOFTWARE\A HKLM\SOFTWARE\B").out
    assert "y" in console.run(r"reg query HKLM\SOFTWARE\B /v v").out
    assert console.run(r"reg copy HKLM\SOFTWARE\A").code == 1
    assert console.run(r"reg copy HKLM\SOFTWARE\A HKLM\SOFTWARE\a\ /f").code == 1
