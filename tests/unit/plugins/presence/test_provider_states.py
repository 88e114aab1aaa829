"""The providers of one user: who registered them, what their clients report, whether they run."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.provider_states import (
    ProviderState,
    UpAndRunning,
    own_programs,
    provider_states,
    runs_for,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Provider, Registration
from ansible_collections.presence.office.plugins.plugin_utils.windows.processes import RunningPrograms
from ansible_collections.presence.office.plugins.plugin_utils.windows.reg_query import PrintedKey, PrintedValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from .support import tree

LYNC = Provider(
    "Lync", {View.X64: Registration(process_name="lync64.exe"), View.X86: Registration(process_name="lync.exe")}
)
MACHINE = {"lync": LYNC, "zoom": Provider("Zoom", {View.X64: Registration()})}


def states(keys, *, listed=(), platform=None, running=()):
    is_running = {"running": True, "ended": False}

    def runs(program):
        return is_running.get(program, program in running if running is not None else None)

    return provider_states(keys.keys, MACHINE, listed, platform, runs)


def test_listed_providers_come_first_then_the_user_s_own():
    result = states(tree(LYNC=2, Own={"ProcessName": "own.exe"}, Rest=1), listed=[LYNC])

    assert [(folded, one.name, one.registered) for folded, one in result.items()] == [
        ("lync", "Lync", "machine"),
        ("own", "Own", "user"),
        ("rest", "Rest", "no"),
    ]


def test_a_provider_of_the_machine_that_only_the_user_s_key_names_is_written_as_the_machine_does():
    assert states(tree(ZOOM=0))["zoom"] == ProviderState("Zoom", "machine", UpAndRunning.NOT_RUNNING)


def test_keys_deeper_down_and_names_that_are_too_long_are_no_providers():
    keys = tree(Lync=2)
    keys.keys[r"lync\below"] = PrintedKey(r"HKU\x\Lync\Below", {})
    keys.keys["x" * 256] = PrintedKey("HKU\\" + "x" * 256, {})

    assert list(states(keys)) == ["lync"]


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (PrintedValue("REG_DWORD", "0x0"), UpAndRunning.NOT_RUNNING),
        (PrintedValue("REG_DWORD", "0x1"), UpAndRunning.STARTING),
        (PrintedValue("REG_DWORD", "0x2"), UpAndRunning.RUNNING),
        (PrintedValue("REG_DWORD", "0x3"), UpAndRunning.INVALID),
        (PrintedValue("REG_DWORD", "two"), UpAndRunning.INVALID),
        (PrintedValue("REG_DWORD", "0x" + "0" * 9 + "2"), UpAndRunning.INVALID),
        (PrintedValue("REG_SZ", "2"), UpAndRunning.INVALID),
        (None, UpAndRunning.UNSET),
    ],
)
def test_what_a_client_reports(value, state):
    keys = tree(Lync={})
    if value:
        keys.keys["lync"].values["upandrunning"] = value

    assert states(keys)["lync"].up_and_running is state


@pytest.mark.parametrize(
    ("platform", "running", "process"),
    [
        (View.X64, ["lync64.exe"], True),
        (View.X64, ["lync.exe"], False),
        (View.X86, ["lync.exe"], True),
        (None, ["lync.exe"], True),
        (None, [], False),
        (None, None, None),
    ],
)
def test_the_program_of_the_view_that_office_reads_counts(platform, running, process):
    assert states(tree(), listed=[LYNC], platform=platform, running=running)["lync"].process is process


def test_a_provider_without_a_program_is_not_known_to_run():
    assert states(tree(Zoom=2))["zoom"].process is None


def test_a_program_of_the_user_s_own_provider_counts_if_the_machine_has_none_of_that_name():
    own = {"ProcessName": "own.exe"}

    assert states(tree(Own=own), running=["own.exe"])["own"].process is True
    assert states(tree(Lync=own), running=["own.exe"])["lync"].process is False


def test_own_programs_are_those_that_have_a_name():
    keys = tree(One={"ProcessName": "one.exe"}, Two=2, Three={"ProcessName": ""}).keys

    assert list(own_programs(keys)) == ["one.exe"]


@pytest.mark.parametrize(
    ("up", "process", "really"),
    [
        (UpAndRunning.RUNNING, True, True),
        (UpAndRunning.RUNNING, None, True),
        (UpAndRunning.RUNNING, False, False),
        (UpAndRunning.STARTING, True, False),
    ],
)
def test_a_provider_really_runs_if_its_value_is_no_leftover(up, process, really):
    assert ProviderState("Lync", "machine", up, process).really_runs is really


def test_whether_a_program_runs_is_known_of_users_whose_processes_were_queried():
    running = RunningPrograms(frozenset({"lync.exe"}), {"S-1": {"lync.exe"}})

    assert runs_for("s-1", running)("LYNC.exe") is True
    assert runs_for("S-2", running)("lync.exe") is False
    assert runs_for(None, running)("lync.exe") is None
    assert runs_for("S-1", None)("lync.exe") is None
