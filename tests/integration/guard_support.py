"""Helpers of the tests of the guard: run the module, wait for the machine's own clock, look at the task."""

from __future__ import annotations

import threading
import time
import typing as t

from tests.virtual_windows.machine.scheduler import Task

from .runner import Ansible, TaskResult

MODULE = "presence.office.guard"
FOLDER = "\\presence.office\\"
KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\presence.office\Guard"


def run_guard(ansible: Ansible, *options: str, **arguments: t.Any) -> tuple[TaskResult, int, str]:
    """Run the module; return the task's result, the number of requests and the output."""
    log = ansible.fleet["desk1"].log
    log.clear()
    run = ansible.tasks([{"name": "it", MODULE: arguments}], *options)
    return run.of("desk1"), log.count(), run.output


def task_of(ansible: Ansible) -> Task:
    """Return the guard's task."""
    return ansible.fleet["desk1"].machine.scheduler.find(FOLDER, "Guard")


def until(holds: t.Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait, in real seconds, until the machine has done something by its own clock; return whether it has."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        threading.Event().wait(0.01)
    return holds()
