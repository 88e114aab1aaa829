"""Run the real `ansible-playbook` against a fleet of virtual machines and collect the results."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.virtual_windows.fleet import Fleet

HERE = Path(__file__).resolve().parent

Result = dict[str, t.Any]


@dataclass(frozen=True)
class TaskResult:
    """One task on one host: `ok`, `failed`, `unreachable` or `skipped`, and what it returned."""

    status: str
    host: str
    task: str
    result: Result


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook."""

    code: int
    output: str
    results: list[TaskResult] = field(default_factory=list)

    @property
    def said(self) -> str:
        """What was printed, on one line; older versions of Ansible print results as JSON, with each backslash twice."""
        return " ".join(self.output.split()).replace(r"\\", "\\")

    def of(self, host: str, task: str | None = None) -> TaskResult:
        """Return the last result of a host, of the task of that name if one is given."""
        results = [result for result in self.results if result.host == host and task in (None, result.task)]
        assert results, f"no result of {host}:\n{self.output}"
        return results[-1]


class Ansible:
    """Runs playbooks against one fleet over one connection."""

    def __init__(self, fleet: Fleet, connection: str, folder: Path) -> None:
        self.fleet = fleet
        self.connection = connection
        self._folder = folder
        self.inventory = fleet.write_inventory(folder / "inventory.yml", connection)

    def playbook(self, playbook: str, *options: str, **variables: t.Any) -> Run:
        """Run a playbook: a path, or the name of one of the collection's."""
        with self.start(playbook, *options, **variables) as process:
            output, _unused = process.communicate()
        return Run(process.returncode, output, self.recorded())

    def start(self, playbook: str, *options: str, **variables: t.Any) -> subprocess.Popen[str]:
        """Start a playbook; the caller waits for it, or kills it (it leads a process group of its own)."""
        record = self._folder / "record.jsonl"
        record.unlink(missing_ok=True)
        environment = os.environ | {
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": ",".join(
                [*filter(None, [os.environ.get("ANSIBLE_CALLBACKS_ENABLED")]), "record"]
            ),
            "PRESENCE_OFFICE_RECORD": str(record),
            "ANSIBLE_RETRY_FILES_ENABLED": "false",
            "ANSIBLE_FORKS": "10",
        }
        command = ["ansible-playbook", "-i", str(self.inventory), playbook, *options, "-e", json.dumps(variables)]
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment,
            start_new_session=True,
        )

    def tasks(self, tasks: list[dict[str, t.Any]], *options: str, hosts: str = "all", **variables: t.Any) -> Run:
        """Run a list of tasks."""
        return self.playbook(self.write_play(tasks, hosts), *options, **variables)

    def write_play(self, tasks: list[dict[str, t.Any]], hosts: str = "all") -> str:
        """Write a playbook of one play; return its path."""
        path = self._folder / "play.yml"
        path.write_text(yaml.safe_dump([{"hosts": hosts, "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
        return str(path)

    def module(self, host: str, *options: str, **arguments: t.Any) -> TaskResult:
        """Run `presence.office.default_im_app` on one host."""
        task = {"name": "it", "presence.office.default_im_app": arguments}
        return self.tasks([task], *options, hosts=host).of(host)

    def recorded(self) -> list[TaskResult]:
        """Return the results so far, as the callback recorded them."""
        record = self._folder / "record.jsonl"
        if not record.exists():
            return []
        return [TaskResult(**json.loads(line)) for line in record.read_text(encoding="utf-8").splitlines()]
