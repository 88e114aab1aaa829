"""A fleet that the real playbook holds: what its state file says, and how to overwrite, stop and end it."""

from __future__ import annotations

import itertools
import json
import subprocess
import time
import typing as t
from pathlib import Path

from tests.virtual_windows.control_actions import perform
from tests.virtual_windows.fleet import Fleet

from .machines import JABBER, machine
from .runner import Ansible, Run

ADA = r"CONTOSO\ada"
KEY, VALUE = r"Software\IM Providers", "DefaultIMApp"

#: Seconds until something that has to happen must have happened, however busy this machine is.
_PATIENCE = 60.0

Line = dict[str, t.Any]


def desk(**more: t.Any) -> dict[str, t.Any]:
    """Return a machine with Ada, whose default is Lync."""
    clients = {"Lync": "running", JABBER: "stopped"}
    return machine({"account": ADA, "signed_in": True, "default": "Lync", "clients": clients, **more})


def overwrite(member: t.Any, provider: str = JABBER) -> None:
    """Overwrite Ada's default, at once."""
    perform(member, "set", {"key": KEY, "name": VALUE, "data": provider, "user": ADA})


def wait_until(true: t.Callable[[], object], what: str, seen: t.Callable[[], object] = str) -> None:
    """Wait until something is true; otherwise fail, with what is seen instead."""
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, f"{what}: {seen()}"
        time.sleep(0.02)


class Held:
    """A program that holds a fleet, seen through its state file; a context manager that kills it at the latest.

    Attributes:
        process: the program.
    """

    process: subprocess.Popen[str]

    def __init__(self, fleet: Fleet, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._state_file = folder / "state.jsonl"
        self._members = list(fleet)

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        # The process that holds notices that this one is gone.
        self.process.kill()
        self.process.communicate()

    def lines(self, event: str | None = None, host: str | None = None) -> list[Line]:
        """Return the lines of the state file, of one event or one host."""
        if not self._state_file.exists():
            return []
        lines = [json.loads(line) for line in self._state_file.read_text(encoding="ascii").splitlines()]
        return [one for one in lines if event in (None, one["event"]) and host in (None, one.get("host"))]

    def wait_for(self, event: str, *hosts: str, times: int = 1) -> None:
        """Wait until that has happened on these hosts; without any, on all machines of the fleet."""
        names = hosts or tuple(member.name for member in self._members)

        def happened() -> bool:
            assert self.process.poll() is None, self.process.communicate()[0]
            seen = [line["host"] for line in self.lines(event) if "host" in line]
            return all(seen.count(name) >= times for name in names)

        wait_until(happened, event, self.lines)

    @property
    def pid(self) -> int:
        """The process that holds."""
        return int(self.lines("start")[0]["pid"])

    def peak_memory(self) -> int:
        """Return the most memory that it had, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def left_open(self) -> list[str]:
        """Return the machines on which something is left open."""
        return [one.name for one in self._members if one.server.subscriptions.all() or one.server.shells]


class HeldFleet(Held):
    """A run of the playbook `presence.office.hold`.

    Attributes:
        stop_file: ends it.
    """

    def __init__(
        self, fleet: Fleet, connection: str, folder: Path, *options: str, seconds: int = 0, **variables: t.Any
    ) -> None:
        super().__init__(fleet, folder)
        self.stop_file = folder / "stop"
        self._ansible = Ansible(fleet, connection, folder)
        self.process = self._ansible.start(
            "presence.office.hold",
            *options,
            **{
                "default_im_app_name": "Lync",
                "default_im_app_hold": seconds,
                "default_im_app_hold_stop_file": str(self.stop_file),
                "default_im_app_hold_state_file": str(self._state_file),
                **variables,
            },
        )

    def stop(self) -> Run:
        """End it by the stop file; return the run."""
        self.stop_file.touch()
        return self.end()

    def end(self) -> Run:
        """Wait for the end; return the run."""
        output, _unused = self.process.communicate(timeout=_PATIENCE)
        return Run(self.process.returncode, output, self._ansible.recorded())


def seconds_wrong(member: t.Any, since: float) -> float:
    """Return the longest time, of those that began since then, for which Ada's default was not Lync."""
    moments = member.machine.history.of(ADA)
    spans = [
        later.at - moment.at
        for moment, later in itertools.pairwise(moments)
        if moment.data != "Lync" and moment.at >= since
    ]
    assert spans
    assert moments[-1].data == "Lync"
    return float(max(spans))
