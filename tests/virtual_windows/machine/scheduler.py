r"""The Task Scheduler service: its folders and tasks, their triggers, and what runs.

Tasks run as SYSTEM in session 0, the only account that is built. It knows no XML: a task's document is text to it, and
what the document says is in a `TaskDefinition` (see `tests/virtual_windows/tasks`).

Sources: [MS-TSCH]; "Trigger Types", "RepetitionPattern", "TaskSettings.MultipleInstances" (Microsoft Learn). Left out:
that a run is ended after its ExecutionTimeLimit, batteries, battery saver, missed runs.
"""

from __future__ import annotations

import re
import threading
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import errors
from .errors import Win32Error
from .keys import fold
from .processes import SYSTEM_SID
from .registry import HKLM
from .values import Value, ValueType

if t.TYPE_CHECKING:
    from .machine import Machine

#: The results of a task that has not run yet, and of one that runs (SCHED_S_TASK_HAS_NOT_RUN, SCHED_S_TASK_RUNNING).
HAS_NOT_RUN = 0x41303
RUNNING = 0x41301

#: Runs a command line, like `cmd.run`: where, the line, environment, current directory, output, when to stop.
Runner = t.Callable[["Machine", str, dict[str, str], str, t.Callable[[int, bytes], None], threading.Event], int]

_TREE = rf"{HKLM}\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree"


@dataclass(frozen=True)
class Trigger:
    """What starts a task: `Logon` (of anybody), `Time` or `Registration`.

    Attributes:
        start, end: when it is active, in UTC.
        delay: between the event and the first run.
        interval, duration: repetition after that; without a duration for ever.
    """

    kind: str
    enabled: bool = True
    start: datetime | None = None
    end: datetime | None = None
    delay: timedelta = timedelta()
    interval: timedelta | None = None
    duration: timedelta | None = None


@dataclass(frozen=True)
class TaskDefinition:
    """What the service does with a task.

    Attributes:
        multiple: MultipleInstancesPolicy.
        command, arguments: of the one program; variables in the command are expanded.
    """

    triggers: tuple[Trigger, ...]
    enabled: bool
    multiple: str
    command: str
    arguments: str


@dataclass
class Task:
    r"""A registered task.

    Attributes:
        folder, name: `\presence.office\` and `Guard`.
        document: its XML.
        runs: when it was started.
        last_result: the exit code of the last run.
    """

    folder: str
    name: str
    document: str
    definition: TaskDefinition
    runs: list[datetime] = field(default_factory=list)
    last_result: int = HAS_NOT_RUN


class Scheduler:
    """The tasks of one machine.

    Attributes:
        folders: those that were made; no call removes one.
        has_classes: whether WMI has classes for them (since Windows 8 and Server 2012).
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._tasks: dict[tuple[str, str], Task] = {}
        self.folders: set[str] = {"\\"}
        self.has_classes = True

    def all(self) -> list[Task]:
        """Return all tasks."""
        with self._machine.lock:
            return list(self._tasks.values())

    def find(self, folder: str, name: str) -> Task:
        """Return a task; 2 when there is none."""
        with self._machine.lock:
            task = self._tasks.get(_key(folder, name))
            if task is None:
                raise Win32Error(errors.FILE_NOT_FOUND, f"{folder}{name}")
            return task

    def register(self, folder: str, name: str, document: str, definition: TaskDefinition) -> Task:
        """Register a task, in place of one of that name; its folder is created."""
        with self._machine.lock:
            before = self._tasks.get(_key(folder, name))
            task = Task(folder, name, document, definition)
            if before is not None:
                task.runs, task.last_result = before.runs, before.last_result
            self._tasks[_key(folder, name)] = task
            self.folders.add(folder)
            entry = self._machine.registry.ensure(f"{_TREE}{folder}{name}")
            entry.set(Value("Id", ValueType.SZ, "{00000000-0000-0000-0000-000000000001}"))
            for trigger in definition.triggers:
                if trigger.kind == "Registration":
                    self._series(task, trigger, trigger.delay)
                elif trigger.kind == "Time":
                    self._by_the_clock(task, trigger)
            return task

    def delete(self, folder: str, name: str) -> None:
        """Delete a task; its folder stays."""
        with self._machine.lock:
            task = self.find(folder, name)
            del self._tasks[_key(folder, name)]
            self._machine.registry.delete_key(f"{_TREE}{task.folder}{task.name}")

    def forget(self) -> None:
        """Forget all tasks: the machine is another one now."""
        self._tasks.clear()

    def signed_in(self) -> None:
        """Start what starts at a sign-in; called under the machine's lock."""
        for task in self.all():
            for trigger in task.definition.triggers:
                if trigger.kind == "Logon":
                    self._series(task, trigger, trigger.delay)

    def next_run(self, task: Task) -> datetime | None:
        """Return when the clock starts the task next."""
        now = self._machine.clock.now()
        times = (_next(one, now) for one in task.definition.triggers if one.kind == "Time" and one.enabled)
        return min((time for time in times if time is not None), default=None)

    def run(self, task: Task) -> None:
        """Run a task to its end, unless it is gone, switched off or runs already."""
        machine = self._machine
        with machine.lock:
            policy = task.definition.multiple
            is_registered = self._tasks.get(_key(task.folder, task.name)) is task
            if not is_registered or not task.definition.enabled:
                return
            if task.last_result == RUNNING and policy == "IgnoreNew":
                return
            task.runs.append(machine.clock.now())
            task.last_result = RUNNING
            processes = machine.processes
            process = processes.start(task.definition.command.rpartition("\\")[2], 0, SYSTEM_SID)
        try:
            task.last_result = self._execute(task.definition)
        except Win32Error as error:
            task.last_result = 0x80070000 | error.code
        finally:
            processes.end(process.pid)

    def _execute(self, definition: TaskDefinition) -> int:
        machine = self._machine
        if machine.runner is None:
            raise Win32Error(errors.FILE_NOT_FOUND, definition.command)
        own = {"USERNAME": f"{machine.name}$", "USERPROFILE": r"C:\Windows\system32\config\systemprofile"}
        environment = {**machine.environment, **own}
        folded = {name.upper(): value for name, value in environment.items()}
        command = re.sub(r"%([^%]+)%", lambda match: folded.get(match[1].upper(), match[0]), definition.command)
        line = f'"{command}" {definition.arguments}'
        return machine.runner(machine, line, environment, r"C:\Windows\System32", lambda *_output: None, _NEVER)

    def _series(self, task: Task, trigger: Trigger, first: timedelta) -> None:
        """Run once after `first`, and then as often as the trigger repeats."""
        if not trigger.enabled:
            return
        moments = [first]
        if trigger.interval is not None and trigger.duration is not None:
            moments += [
                first + number * trigger.interval for number in range(1, trigger.duration // trigger.interval + 1)
            ]
        for moment in moments:
            self._machine.clock.later(moment.total_seconds(), lambda: self.run(task))

    def _by_the_clock(self, task: Task, trigger: Trigger) -> None:
        now = self._machine.clock.now()
        moment = _next(trigger, now) if trigger.enabled else None
        if moment is None:
            return

        def due() -> None:
            if self._tasks.get(_key(task.folder, task.name)) is task:
                self._by_the_clock(task, trigger)
                self.run(task)

        self._machine.clock.later((moment - now).total_seconds(), due)


_NEVER = threading.Event()


def _key(folder: str, name: str) -> tuple[str, str]:
    return fold(folder), fold(name)


def _next(trigger: Trigger, now: datetime) -> datetime | None:
    """Return when a time trigger fires next: at its start, and repeated from there."""
    if trigger.start is None:
        return None
    if trigger.start > now:
        return trigger.start
    if trigger.interval is None:
        return None
    moment = trigger.start + ((now - trigger.start) // trigger.interval + 1) * trigger.interval
    too_late = trigger.duration is not None and moment > trigger.start + trigger.duration
    return None if too_late or (trigger.end is not None and moment > trigger.end) else moment
