"""Event-Driven Ansible: a watcher writes defaults again, rules escalate, and nothing outlives ansible-rulebook."""

from __future__ import annotations

import signal
import typing as t
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.held_fleet import desk, overwrite, wait_until
from tests.integration.machines import JABBER
from tests.virtual_windows.fleet import Fleet

from .rulebook import Rulebook

FIGHTS = {
    "default": JABBER,
    "clients": {"Lync": "running", JABBER: {"state": "running", "fights": True, "fights_after": 1}},
}


@pytest.fixture
def keep(tmp_path: Path) -> t.Iterator[t.Callable[..., tuple[Fleet, Rulebook]]]:
    """Start machines and the rulebook over them."""
    with ExitStack() as stack:

        def start(machines: dict[str, t.Any], connection: str, escalate: str, **hold: t.Any) -> tuple[Fleet, Rulebook]:
            fleet = stack.enter_context(Fleet.load({"machines": machines}, speed=1))
            rulebook = Rulebook(fleet, connection, tmp_path / "eda", escalate=escalate, **hold)
            return fleet, stack.enter_context(rulebook)

        yield start


def test_the_watcher_restores_and_a_rule_escalates_where_a_client_fights(keep):
    fleet, rulebook = keep({"quiet": desk(), "fought": desk(**FIGHTS)}, "winrm", escalate="guard")
    rulebook.wait_for("held")

    overwrite(fleet["quiet"])
    rulebook.wait_for("restored")
    rulebook.wait_for("contested", "fought")
    wait_until(fleet["fought"].machine.scheduler.all, f"no guard: {rulebook.output()}")
    wait_until(lambda: "unreachable=0    failed=0" in rulebook.output(), rulebook.output())

    assert not fleet["quiet"].machine.scheduler.all()
    assert rulebook.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_ansible_rulebook(keep, number):
    _fleet, rulebook = keep({"desk1": desk()}, "psrp", escalate="none", default_im_app_watch="events")
    rulebook.wait_for("held")
    worker = rulebook.pid
    rulebook.process.send_signal(number)
    rulebook.process.wait(timeout=60)

    wait_until(lambda: not Path(f"/proc/{worker}").exists(), "the process that holds still runs")
    assert rulebook.left_open() == []
    assert len(rulebook.lines("end")) == 1
