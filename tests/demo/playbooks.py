"""The collection's playbooks, run by the real ansible-playbook; their output is shown as it comes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import typing as t
from dataclasses import dataclass
from pathlib import Path

from .stage import show

_RECAP = re.compile(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Host:
    """A line of the recap."""

    changed: bool
    unreachable: bool
    failed: bool


@dataclass(frozen=True)
class Run:
    """A playbook that has ended."""

    code: int
    output: str

    @property
    def hosts(self) -> dict[str, Host]:
        """The recap."""
        return {
            name: Host(changed != "0", unreachable != "0", failed != "0")
            for name, changed, unreachable, failed in _RECAP.findall(self.output)
        }

    def printed(self, words: str) -> bool:
        """Return whether the run printed this, however its lines were broken."""
        return words in " ".join(self.output.split())


class Playbooks:
    """Runs playbooks over an inventory.

    Args:
        inventory: of the machines.
        variables: of all runs; written to a file beside the inventory.
    """

    def __init__(self, inventory: Path, variables: dict[str, t.Any]) -> None:
        self._variables = inventory.with_name("variables.json")
        self._variables.write_text(json.dumps(variables), encoding="utf-8")
        self._command = ["ansible-playbook", "-i", str(inventory)]

    def run(self, name: str, *options: str, seen: t.Callable[[str], object] = lambda _line: None) -> Run:
        """Run one of the collection's playbooks and show what it prints.

        Args:
            name: of the playbook, without that of the collection.
            options: further ones, for the command line.
            seen: is called with each line as it comes.
        """
        command = [*self._command, f"presence.office.{name}", "-e", f"@{self._variables}", *options]
        show(f"   $ {shlex.join(command)}")
        shown = {
            "ANSIBLE_DISPLAY_OK_HOSTS": "false",
            "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        }
        lines = []

        def read(output: t.Iterable[str]) -> t.Iterator[str]:
            for line in output:
                seen(line)
                lines.append(line)
                yield line

        streams: dict[str, t.Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, env=os.environ | shown, text=True, **streams) as process:
            for line in _shortened(read(process.stdout or ())):
                show(f"   | {line}")
        return Run(process.returncode, "".join(lines))


def _shortened(lines: t.Iterable[str]) -> t.Iterator[str]:
    """Yield the lines worth showing: no empty lines, no pointers into the role's source, no columns of zeros."""
    in_source = False
    for line in lines:
        in_source = line.startswith("[ERROR]") or (in_source and not line.startswith("fatal:"))
        if line.strip() and not in_source and not line.startswith("TASK"):
            yield re.sub(r"\b(ok|skipped|rescued|ignored)=\d+\s*", "", line).rstrip()
