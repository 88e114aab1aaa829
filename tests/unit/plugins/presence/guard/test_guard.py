"""The guard from options to result, on a machine in memory."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.guard.contradiction import contradiction
from ansible_collections.presence.office.plugins.plugin_utils.presence.guard.desired import (
    Desired,
    check_no_selection,
    desired,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.guard.guard import CannotGuardError, guard
from ansible_collections.presence.office.plugins.plugin_utils.presence.guard.guard_facts import (
    printed_key,
    read_guard,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.guard.task import (
    ARGUMENTS,
    KEY,
    PARENT_KEY,
    definition,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.command_output import Output
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.scheduled_tasks import (
    LastRun,
    NoTaskClassesError,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.task_definition import parsed, written
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import LostError, WSManFault
from tests.unit.plugins.presence.register.support import X64, FakeRegistry

OFFICE = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
WITH_TEAMS: dict[str, t.Any] = {OFFICE: {"Platform": "x64"}, X64: {}, rf"{X64}\Teams": {}, rf"{X64}\Lync": {}}
TEAMS = Desired(("teams",), True, 5, True)
GONE = Desired((), False, 5, True)
OPTIONS = {"name": ["Teams"], "state": "present", "period": 5, "require_registered": True}


class FakeTasks:
    """One task, or none; ``error`` is raised instead of an answer."""

    def __init__(self, xml=None):
        self.xml = xml
        self.error = None
        self.calls = []

    def _called(self, name):
        self.calls.append(name)
        if self.error is not None:
            raise self.error

    def export(self, _task):
        self._called("export")
        return self.xml

    def last_run(self, _task):
        self._called("last_run")
        return LastRun("2026", 0)

    def register(self, _task, xml, _is_as_wanted):
        self._called("register")
        self.xml = xml

    def delete(self, _task):
        self._called("delete")
        self.xml = None


def machine(keys=None, xml=None):
    """Return a machine with these keys below HKLM, and this task."""
    return types.SimpleNamespace(
        registry=FakeRegistry(dict(WITH_TEAMS if keys is None else keys)), scheduled_tasks=FakeTasks(xml)
    )


def guarded(values=None, period=5):
    """Return a machine with a guard that keeps Teams."""
    return machine(
        {**WITH_TEAMS, PARENT_KEY: {}, KEY: values or {"DefaultIMApp": "Teams"}}, written(definition(period))
    )


def test_a_guard_is_set_up_key_first_and_is_then_as_wanted():
    windows = machine()

    done = guard(windows, TEAMS, check_mode=False).to_dict()

    assert (done["changed"], done["msg"]) == (True, "the guard was set up: Teams, every 5 minutes")
    assert done["before"] == {"task": False, "provider": None, "period": None, "altered": []}
    assert done["after"] == {"task": True, "provider": "Teams", "period": 5, "altered": []}
    assert windows.registry.keys[KEY] == {"DefaultIMApp": "Teams"}
    assert parsed(windows.scheduled_tasks.xml) == definition(5)
    assert "Teams" not in windows.scheduled_tasks.xml

    again = guard(windows, TEAMS, check_mode=False)
    assert (again.changed, again.diff()) == (False, [])
    assert again.to_dict()["after"] == done["after"]


def test_check_mode_tells_the_same_and_writes_nothing():
    windows = machine()

    done = guard(windows, TEAMS, check_mode=True)

    assert done.to_dict()["msg"] == "the guard would be set up: Teams, every 5 minutes"
    assert KEY not in windows.registry.keys
    assert windows.scheduled_tasks.calls == ["export"]
    assert done.diff()[0]["after"] == (
        "\\presence.office\\Guard: every 5 minutes\nHKLM\\SOFTWARE\\presence.office\\Guard, DefaultIMApp: Teams\n"
    )


@pytest.mark.parametrize(
    ("windows", "wanted", "why"),
    [
        (guarded(), Desired(("Lync",), True, 5, True), "it kept Teams"),
        (guarded({"DefaultIMApp": None}), TEAMS, "it kept nothing"),
        (guarded({"DefaultIMApp": "Teams", "x": "y"}), TEAMS, "its key held 1 other value"),
        (guarded(period=60), TEAMS, "Triggers/TimeTrigger/Repetition/Interval is PT60M instead of PT5M"),
        (machine({**WITH_TEAMS, KEY: {"DefaultIMApp": "Teams"}}), TEAMS, "its task was missing"),
    ],
)
def test_what_is_not_as_wanted_is_mended_and_told(windows, wanted, why):
    done = guard(windows, wanted, check_mode=False)

    assert done.to_dict()["msg"].startswith(f"the guard was changed ({why}): ")
    assert windows.registry.keys[KEY] == {"DefaultIMApp": "Lync" if wanted.names == ("Lync",) else "Teams"}
    assert not guard(windows, wanted, check_mode=False).changed


def test_only_another_provider_is_one_write_and_no_other_task():
    windows = guarded()

    guard(windows, Desired(("Lync",), True, 5, True), check_mode=False)

    assert windows.scheduled_tasks.calls == ["export"]
    assert [call[0] for call in windows.registry.requests if call[0] not in ("string", "subkeys", "value_names")] == [
        "set_string"
    ]


def test_it_is_removed_with_its_keys_unless_they_hold_something_else():
    windows = guarded()
    done = guard(windows, GONE, check_mode=False).to_dict()
    assert "the empty task folder \\presence.office stays" in done["msg"]
    assert (windows.scheduled_tasks.xml, KEY in windows.registry.keys, PARENT_KEY in windows.registry.keys) == (
        None,
        False,
        False,
    )
    assert guard(windows, GONE, check_mode=False).to_dict()["msg"] == "nothing to change: this machine has no guard"

    others: tuple[dict[str, t.Any], ...] = ({PARENT_KEY: {"x": "y"}}, {PARENT_KEY: {}, rf"{PARENT_KEY}\Other": {}})
    for other in others:
        windows = machine({KEY: {"DefaultIMApp": "Teams"}, **other})
        assert guard(windows, GONE, check_mode=False).changed
        assert (KEY in windows.registry.keys, PARENT_KEY in windows.registry.keys) == (False, True)

    left_over = machine({PARENT_KEY: {}})
    assert guard(left_over, GONE, check_mode=False).changed
    assert left_over.registry.keys == {}


def test_a_provider_that_is_registered_nowhere_is_refused_unless_none_has_to_be():
    with pytest.raises(CannotGuardError, match=r"no provider can be set: Zoom \(not usable\)") as caught:
        guard(machine(), Desired(("Zoom",), True, 5, True), check_mode=False)
    assert caught.value.details() == {"reason": "not_usable"}
    assert (
        guard(machine(), Desired(("Zoom",), True, 5, False), check_mode=False).to_dict()["after"]["provider"] == "Zoom"
    )
    bare = guard(machine({}), TEAMS, check_mode=False).to_dict()
    assert (bare["changed"], bare["provider"]) == (False, None)
    assert bare["msg"] == "nothing to change: this machine has neither Office nor an IM provider"


def test_a_machine_without_the_classes_can_have_none_removed_only():
    windows = machine()
    windows.scheduled_tasks.error = NoTaskClassesError()
    with pytest.raises(CannotGuardError, match="Server 2012") as caught:
        guard(windows, TEAMS, check_mode=False)
    assert caught.value.details() == {"reason": "no_task_classes"}
    assert not guard(windows, GONE, check_mode=False).changed


@pytest.mark.parametrize(("error", "lost"), [(LostError("lost"), True), (WSManFault("x", 5, ""), False)])
def test_what_fails_half_way_is_told_and_mended_by_the_next_run(error, lost):
    windows = machine()
    fails = {"register": error}
    real = windows.scheduled_tasks.register

    def register(*_arguments):
        raise fails["register"]

    windows.scheduled_tasks.register = register

    done = guard(windows, TEAMS, check_mode=False)

    assert done.to_dict()["msg"] == f"the guard failed after a part was done: {error}"
    assert (done.applied.lost, done.to_dict()["after"], done.diff()) == (lost, None, [])
    windows.scheduled_tasks.register = real
    assert guard(windows, TEAMS, check_mode=False).to_dict()["msg"] == (
        "the guard was changed (its task was missing): Teams, every 5 minutes"
    )


def test_the_options():
    assert desired(OPTIONS) == Desired(("Teams",), True, 5, True)
    for bad, sentence in (
        ({"name": []}, "name is empty"),
        ({"name": [r"a\b"]}, "cannot be a provider's name"),
        ({"name": ["n" * 256]}, "cannot be a provider's name"),
        ({"period": 0}, "period: 0 is not possible"),
        ({"period": 44_641}, "every 1 to 44640 minutes"),
    ):
        with pytest.raises(ValueError, match=sentence.replace("\\", ".")):
            desired({**OPTIONS, **bad})
    for option in ("users", "exclude_users", "profiles"):
        with pytest.raises(ValueError, match=f"{option}: a guard is for all users of the machine"):
            check_no_selection({option: ["ada"]})


def test_the_command_is_short_and_runs_programs_by_their_whole_paths_only():
    assert len(ARGUMENTS) < 1_000  # cmd takes 8,191 characters
    assert ARGUMENTS.count("reg.exe") == ARGUMENTS.count(r"!SystemRoot!\System32\reg.exe") == 5
    assert "%S" not in ARGUMENTS  # whatever expands such variables, or does not


@pytest.mark.parametrize(
    ("defaults", "warns"),
    [(["Lync"], True), ([None], True), (["Teams", "Lync"], True), (["teams"], False), ([], False)],
)
def test_a_warning_where_the_guard_wants_something_else(defaults, warns):
    windows = guarded()

    warning = contradiction(windows, defaults)

    assert (warning is not None) == warns
    assert len(windows.registry.requests) == bool(defaults)
    assert contradiction(machine(), defaults) is None
    windows.registry.errors["string",] = LostError("lost")
    assert contradiction(windows, defaults) is None


def printed(text):
    """Return an answer of the command."""
    return [Output(bytearray(text.encode()))]


GUARD = rf"HKEY_LOCAL_MACHINE\{KEY}"


def test_what_is_printed_of_the_key():
    assert printed_key({}) is None
    both = printed(f"\r\n{GUARD}\r\n    DefaultIMApp    REG_SZ    Teams\r\n    x    REG_DWORD    0x1\r\n")
    assert printed_key({"guard": both}) == (StringValue.of("Teams"), ("x",))
    task_only = printed_key({"guard.task": printed("\r\nHKEY_LOCAL_MACHINE\\a\\Guard\r\n    Id    REG_SZ    {}\r\n")})
    assert task_only == (StringValue.missing(key_exists=False), ())


def facts(windows, key):
    """Return the facts of a machine's guard."""
    return vars(read_guard(windows, key))


def test_the_facts():
    assert read_guard(machine(), None) is None
    teams = (StringValue.of("Teams"), ())
    assert facts(guarded(period=60), teams) == {
        "provider": "Teams",
        "period": 60,
        "last_run": "2026",
        "last_result": 0,
        "altered": [],
        "error": None,
    }
    assert facts(machine(), teams)["altered"] == ["the task is missing"]
    odd = facts(guarded(), (StringValue.missing(), ("x",)))
    assert odd["altered"] == [rf"HKLM\{KEY} names no provider", rf"HKLM\{KEY} holds other values"]
    broken = guarded()
    broken.scheduled_tasks.error = LostError("lost")
    assert facts(broken, teams)["error"] == "lost"
