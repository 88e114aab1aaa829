r"""The guard's command: on the virtual machine by its scheduler, and in Wine's cmd.exe with Wine's own reg.exe.

Wine 8 has no `reg compare`, so there every user's value is copied; and no other `for` after a `for` with one in it (its
cmd skips what follows), for which the command has none. What it does not prove: `reg compare`, and that Windows' Task
Scheduler starts the command as it is written.
"""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.guard.task import (
    ARGUMENTS,
    KEY,
    VALUE,
    definition,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.task_definition import written
from tests.conformance.registry_backends import parse_dump
from tests.conformance.wine import parse_result, run_request, word
from tests.virtual_windows import cmd
from tests.virtual_windows.machine import Machine, Value, ValueType
from tests.virtual_windows.machine.simulated_clock import SimulatedClock
from tests.virtual_windows.tasks import read

HKU = "HKEY_USERS"
GUARD = rf"HKEY_LOCAL_MACHINE\{KEY}"
IM = r"Software\IM Providers"
LYNC = {VALUE: "Lync"}

#: Keys below HKEY_USERS, with their values; and whether the guard has to write there.
HIVES = {
    "S-1-5-21-101-2-3-1001": (IM, LYNC, True),
    "S-1-5-21-102-2-3-1002": (IM, {}, True),
    "S-1-12-1-103-2-3-4": (IM, {**LYNC, "Other": "stays"}, True),
    "S-1-5-21-104-2-3-1003": (r"Software\Other", LYNC, False),
    "S-1-5-21-101-2-3-1001_Classes": (IM, LYNC, False),
    "S-1-5-80-1-2-3-4": (IM, LYNC, False),
    "S-1-5-20": (IM, LYNC, False),
    "S-1-5-21-1-2": (IM, LYNC, False),
    "presence.office.1a2b3c4d.1": (IM, LYNC, False),
    'S-1-5-21-105-2-3-"&calc&': (IM, LYNC, None),  # only administrators can mount it
}
NAMES = ["Teams", '"&calc&', "%PATH%", "!x!", "n" * 255, "Größe 默认 \U0001f600", "^<|>'`;$(Arg0)"]


def expected(hive, name):
    """Return the values of a hive's key after a run."""
    _key, values, writes = HIVES[hive]
    return {**values, **({VALUE: name} if writes else {})}


@pytest.fixture(scope="module")
def machine():
    """Yield a virtual machine with these hives."""
    machine = Machine("desk1", clock=SimulatedClock())
    machine.runner = cmd.run
    for hive, (key, values, _writes) in HIVES.items():
        own = machine.registry.ensure(rf"{HKU}\{hive}\{key}")
        for one, data in values.items():
            own.set(Value(one, ValueType.SZ, data))
    yield machine
    machine.close()


@pytest.mark.parametrize("name", NAMES)
def test_on_the_virtual_machine(machine, name):
    machine.registry.ensure(GUARD).set(Value(VALUE, ValueType.SZ, name))
    task = machine.scheduler.register("\\presence.office\\", "Guard", "", read(written(definition(5))))

    machine.clock.sleep(1)  # registered, it runs

    assert task.last_result == 0
    for hive, (key, _values, writes) in HIVES.items():
        if writes is not None:
            found = {one.name: one.data for one in machine.registry.values(rf"{HKU}\{hive}\{key}")}
            assert found == expected(hive, name), hive


def test_in_wine(wine):
    line = rf"C:\windows\system32\cmd.exe {ARGUMENTS}"
    variables = {"PATH": r"C:\windows\system32;C:\windows", "SystemRoot": r"C:\windows"}
    run = run_request(line, r"C:\windows", variables)
    hives = {hive: key for hive, (key, _values, writes) in HIVES.items() if writes is not None}
    start = [f"wipe {word(GUARD)}"]
    for hive, key in hives.items():
        where = place(hive, key)
        start += [f"wipe {place(hive)}", f"key {where}"]
        start += [f"seed {where} {word(one)} 1 {data(text)}" for one, text in HIVES[hive][1].items()]
    without = parse_result(wine.ask([*start, run])[-1])
    assert (without.code, without.out, without.err) == (2, b"", b"")

    for name in NAMES:
        requests = [f"key {word(GUARD)}", f"seed {word(GUARD)} {word(VALUE)} 1 {data(name)}", run]
        dumps = [f"dump {place(hive, key)}" for hive, key in hives.items()]
        answers = wine.ask([*requests, *dumps])
        done = parse_result(answers[2])
        assert (done.code, done.out, done.err) == (0, b"", b"")
        for hive, dump in zip(hives, answers[3:], strict=True):
            found = {one: raw for _key, one, kind, raw in parse_dump(dump) if kind >= 0}
            assert found == {one: stored(text) for one, text in expected(hive, name).items()}, hive
    wine.ask([f"wipe {word(GUARD)}", *(f"wipe {place(hive)}" for hive in hives)])


def place(*names):
    """Return a key below HKEY_USERS, as the probe takes it."""
    return word("\\".join([HKU, *names]))


def stored(text):
    """Return a REG_SZ as it is stored."""
    return f"{text}\0".encode("utf-16-le")


def data(text):
    """Return it as the probe takes it."""
    return f".{stored(text).hex()}"
