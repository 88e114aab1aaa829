"""`guard`: a machine that keeps the default by itself, over real connections; and what it costs."""

from __future__ import annotations

import functools
from datetime import timedelta

from tests.virtual_windows.tasks.document import edited

from .guard_support import FOLDER, KEY, MODULE, run_guard, task_of, until
from .machines import JABBER, machine

PLATFORM = REGISTERED = EXPORT = NAMES = VALUE = CREATE = REGISTER = 1


def people():
    """Return a machine with somebody signed in, and somebody who is not."""
    ada = {"account": r"CONTOSO\ada", "signed_in": True, "default": JABBER}
    return machine(ada, {"account": r"CONTOSO\bob", "default": JABBER})


def test_set_up_in_check_mode_for_real_again_mended_and_removed(start):
    ansible = start({"desk1": people()})
    member = ansible.fleet["desk1"]
    before = member.machine.dump()

    checked, requests, output = run_guard(ansible, "--check", "--diff", name="Lync")
    assert checked.result["msg"] == "the guard would be set up: Lync, every 5 minutes"
    assert "+\\presence.office\\Guard: every 5 minutes" in output
    assert requests == EXPORT + NAMES + PLATFORM + REGISTERED
    assert member.log.writes() == []
    assert member.machine.dump()["hives"] == before["hives"]

    done, requests, _unused = run_guard(ansible, name=["Nope", "lync"])
    assert done.result["msg"] == "the guard was set up: Lync, every 5 minutes"
    assert done.result["provider"]["passed_over"] == [{"name": "Nope", "reason": "not usable"}]
    assert done.result["after"] == {"task": True, "provider": "Lync", "period": 5, "altered": []}
    assert until(lambda: member.machine.default_of("ada") == "Lync")
    assert until(lambda: task_of(ansible).last_result == 0)
    assert member.machine.default_of("bob") == JABBER

    again, requests, output = run_guard(ansible, "--diff", name="Lync")
    assert (again.result["changed"], again.result["msg"]) == (
        False,
        "nothing to change: the guard keeps Lync, every 5 minutes",
    )
    assert requests == EXPORT + NAMES + VALUE
    assert "after" not in output
    assert member.log.writes() == []

    task = task_of(ansible)
    member.machine.scheduler.register(FOLDER, "Guard", edited(task.document, "Settings/Enabled", "0"), task.definition)
    mended, _requests, output = run_guard(ansible, "--diff", name=JABBER, period=1)
    assert mended.result["msg"] == (
        "the guard was changed (it kept Lync, Triggers/TimeTrigger/Repetition/Interval is PT5M instead of PT1M, "
        "Settings/Enabled is 0 instead of true): Cisco Jabber, every 1 minute"
    )
    assert "-Settings/Enabled: 0" in output
    assert "+Settings/Enabled: true" in output
    assert run_guard(ansible, name=JABBER, period=1)[0].result["changed"] is False

    gone, requests, _unused = run_guard(ansible, state="absent")
    assert requests == 8
    assert gone.result["msg"] == (
        r"the guard was removed; the empty task folder \presence.office stays, since no call removes it"
    )
    assert member.machine.dump()["tasks"] == {}
    assert not member.machine.registry.exists(KEY.rpartition("\\")[0])
    again, requests, _unused = run_guard(ansible, state="absent")
    assert (again.result["changed"], again.result["msg"]) == (False, "nothing to change: this machine has no guard")
    assert requests == EXPORT + NAMES + 1


def test_the_guard_alone_with_winrm_off(start):
    """Right again within a period, and within 90 seconds of a sign-in, by the machine's own clock."""
    described = people()
    described["users"] += [{"account": r"CONTOSO\eve", "default": JABBER}]
    ansible = start({"desk1": described})
    member = ansible.fleet["desk1"]
    done, requests, _unused = run_guard(ansible, name="Lync", period=1)
    assert (done.status, requests) == ("ok", 7)
    windows, clock = member.machine, member.machine.clock
    assert until(lambda: windows.default_of("ada") == "Lync")
    member.power_off()  # its WinRM service: the machine runs on

    windows.sign_in("eve")
    signed_in = clock.now()
    assert until(lambda: windows.default_of("eve") == "Lync")
    assert (clock.now() - signed_in).total_seconds() < 90 + 30  # a busy test machine is slow to look

    value = windows.registry.value(rf"{windows.user_key('ada')}\Software\IM Providers", "DefaultIMApp")
    for _time in range(2):
        windows.registry.set_value(
            rf"{windows.user_key('ada')}\Software\IM Providers", type(value)("DefaultIMApp", value.type, JABBER)
        )
        assert until(lambda: windows.default_of("ada") == "Lync")
    assert windows.default_of("bob") == JABBER


def has_default(windows, name):
    """Return whether Ada has this default."""
    return windows.default_of("ada") == name


HOSTILE = ['"&calc&', "%PATH%", "!x!", "n" * 255, "Größe 默认 \U0001f600", "^<|>'`;$(Arg0)"]


def test_names_are_data(start):
    ansible = start({f"desk{number}": people() for number, _name in enumerate(HOSTILE)})
    names = {f"desk{number}": name for number, name in enumerate(HOSTILE)}
    task = {"name": "it", MODULE: {"name": "{{ names[inventory_hostname] }}", "require_registered": False}}

    run = ansible.tasks([task], names=names)

    assert run.code == 0, run.output
    documents = set()
    for host, name in names.items():
        windows = ansible.fleet[host].machine
        assert until(functools.partial(has_default, windows, name))
        documents |= {task.definition.arguments for task in windows.scheduler.all()}
    assert len(documents) == 1


def test_what_cannot_be_guarded(start):
    ansible = start(
        {
            "desk1": people(),
            "old": people() | {"task_classes": False},
            "bare": {"users": [{"account": r"CONTOSO\ada", "signed_in": True}]},
        }
    )
    tasks = [
        {"name": "unregistered", MODULE: {"name": "Teams"}},
        {"name": "some users", MODULE: {"name": "Lync", "users": ["ada"]}},
        {"name": "too often", MODULE: {"name": "Lync", "period": 0}},
        {"name": "present", MODULE: {"name": "Lync"}},
        {"name": "absent", MODULE: {"state": "absent"}},
    ]
    run = ansible.tasks([{**task, "ignore_errors": True} for task in tasks])

    def said(host, task):
        return run.of(host, task).result["msg"]

    assert said("desk1", "unregistered").startswith("no provider can be set: Teams (not usable). Registered on this")
    assert run.of("desk1", "unregistered").result["reason"] == "not_usable"
    assert said("desk1", "some users").startswith("users: a guard is for all users of the machine")
    assert said("desk1", "too often") == (
        "period: 0 is not possible: the Task Scheduler repeats a task every 1 to 44640 minutes"
    )
    assert said("old", "present") == (
        "this machine's WMI has no classes for scheduled tasks (root/Microsoft/Windows/TaskScheduler): Windows 8 and "
        "Server 2012 are the first that have them"
    )
    assert said("old", "absent") == "nothing to change: this machine has no guard"
    assert said("bare", "present") == "nothing to change: this machine has neither Office nor an IM provider"


def test_the_facts_tell_of_a_guard_for_two_requests(start):
    ansible = start({"desk1": people()})
    member = ansible.fleet["desk1"]
    facts = {"name": "facts", "presence.office.im_provider_facts": {"gather": ["providers"]}}

    def gathered():
        member.log.clear()
        guard = ansible.tasks([facts]).of("desk1").result["ansible_facts"]["im_presence"]["guard"]
        return guard, member.log.count() - member.log.count("Receive")

    assert gathered() == (None, 4)
    assert run_guard(ansible, name="Lync", period=60)[0].status == "ok"
    assert until(lambda: task_of(ansible).last_result == 0)
    guard, requests = gathered()
    ran = guard.pop("last_run")
    assert ran.endswith("Z")
    assert guard == {"provider": "Lync", "period": 60, "last_result": 0, "altered": [], "error": None}
    assert requests == 4 + 2

    task = task_of(ansible)
    changed = edited(task.document, "Triggers/LogonTrigger/Enabled", "false")
    member.machine.scheduler.register(FOLDER, "Guard", changed, task.definition)
    member.machine.registry.delete_key(KEY)
    guard, _requests = gathered()
    assert guard["altered"] == [
        r"HKLM\SOFTWARE\presence.office\Guard names no provider",
        "Triggers/LogonTrigger/Enabled is false instead of true",
    ]


def test_setting_something_else_names_the_guard(start):
    """Only where something changes: it costs a request."""
    ansible = start({"desk1": people()})
    assert run_guard(ansible, name="Lync")[0].status == "ok"
    windows = ansible.fleet["desk1"].machine
    assert until(lambda: windows.default_of("ada") == "Lync")

    other = ansible.module("desk1", "--check", name=JABBER, profiles=["loaded"])
    same = ansible.module("desk1", "--check", name="Lync")
    none = ansible.module("desk1", "--check", state="absent", users=[r"CONTOSO\ada"])

    (warning,) = other.result["warnings"]
    assert warning == (
        r"this machine has a guard, the scheduled task \presence.office\Guard, which keeps Lync as everybody's default "
        "and sets it again within its period: change or remove the guard with presence.office.guard"
    )
    assert same.result["changed"]
    assert "warnings" not in same.result
    assert none.result["warnings"] == other.result["warnings"]

    held = {"name": "it", "presence.office.hold": {"name": JABBER, "seconds": 2, "profiles": ["loaded"]}}
    done = ansible.tasks([held]).of("desk1").result
    assert warning in done["hosts"]["desk1"]["warnings"], done
    for_a_while = ansible.module("desk1", name="Lync", hold=2, profiles=["loaded"]).result
    assert not any("guard" in one for one in for_a_while.get("warnings", []))


def test_the_playbook(start):
    ansible = start({"desk1": people()})

    assert (
        ansible.playbook(
            "presence.office.guard", presence_office_guard_name="Lync", presence_office_guard_period=2
        ).code
        == 0
    )
    assert task_of(ansible).definition.triggers[2].interval == timedelta(minutes=2)
    assert ansible.playbook("presence.office.guard", presence_office_guard_state="absent").code == 0
