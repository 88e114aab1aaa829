"""A fleet held by one process: many at once, those that are off, hostile ones, two controllers, all ways to end."""

from __future__ import annotations

import os
import signal
import subprocess
import typing as t
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from tests.reliability import EXHAUSTIVE
from tests.reliability.hostile_machine import HostileMachine
from tests.virtual_windows.fleet import Fleet
from tests.virtual_windows.protocol import Answer

from .held_fleet import HeldFleet, desk, overwrite, seconds_wrong, wait_until
from .machines import JABBER
from .runner import Ansible

TASK = "Hold the default IM provider on all hosts"

#: Seconds between two reads.
INTERVAL = 2

#: What the process that holds may take: itself about 75 MB, and a flood's answers for a moment.
MOST_MEMORY = 250 << 20

FLOOD = b"<flood>" + b"<x/>" * 90_000 + b"</flood>"


def flood(request: t.Any, stage: str) -> None:
    raise Answer(500, FLOOD)


@pytest.fixture
def hold(tmp_path, connection) -> t.Iterator[t.Callable[..., HeldFleet]]:
    """Start the playbook over a fleet; it ends with the test."""
    with ExitStack() as stack:

        def start(fleet: Fleet, *options: str, folder: str = "held", **variables: t.Any) -> HeldFleet:
            return stack.enter_context(HeldFleet(fleet, connection, tmp_path / folder, *options, **variables))

        yield start


@pytest.fixture
def machines() -> t.Iterator[t.Callable[..., Fleet]]:
    """Start a fleet whose clocks are the wall clock."""
    with ExitStack() as stack:

        def start(**described: t.Any) -> Fleet:
            return stack.enter_context(Fleet.load({"machines": described}, speed=1))

        yield start


@pytest.fixture
def trickling(tmp_path) -> t.Iterator[str]:
    """Write an inventory of a machine whose answers never end; return its path."""
    with HostileMachine(lambda _request: trickle(hostile)) as hostile:
        place = {"ansible_host": "127.0.0.1", "ansible_port": hostile.port, "ansible_winrm_scheme": "http"}
        place |= {"ansible_psrp_protocol": "http", "ansible_winrm_transport": "ntlm", "ansible_psrp_auth": "ntlm"}
        group = {"virtual_windows": {"hosts": {"trickles": place}}}
        path = tmp_path / "trickling.yml"
        path.write_text(yaml.safe_dump({"all": {"children": group}}), encoding="utf-8")
        yield str(path)


def trickle(hostile: HostileMachine) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while hostile.pause(0.5):
        yield b"x"


# It takes twenty seconds, so both ways only with `make integration`.
@pytest.mark.parametrize("watch", ["poll", "events"] if EXHAUSTIVE else ["events"])
def test_fifty_hosts_are_right_again_whatever_others_do(machines, hold, trickling, watch):
    names = [f"desk{n}" for n in range(50)]
    fleet = machines(floods=desk(), lies=desk(), **{name: desk() for name in names})
    held = hold(fleet, "-i", trickling, default_im_app_watch=watch)
    held.wait_for("held")

    fleet["floods"].server.interceptors.append(flood)
    overwrite(fleet["lies"], "Ev\u202eil{{ 1/0 }}")
    held.wait_for("restored", "lies")
    held.wait_for("lost", "floods")
    began = {name: fleet[name].machine.clock.elapsed() for name in names}
    for name in names:
        overwrite(fleet[name])
    held.wait_for("restored", *names)
    worst = max(seconds_wrong(fleet[name], began[name]) for name in names)
    # A second more than without the hostile ones: a flood is parsed in the same process.
    assert worst < (2 if watch == "events" else INTERVAL + 2)

    # One is off for a while and overwritten meanwhile; of another one WinRM is restarted.
    fleet["desk0"].power_off()
    held.wait_for("lost", "desk0")
    overwrite(fleet["desk0"])
    fleet["desk0"].power_on()
    fleet["desk1"].power_off()
    fleet["desk1"].power_on()
    held.wait_for("restored", "desk0", times=2)
    overwrite(fleet["desk1"])
    held.wait_for("restored", "desk1", times=2)
    fleet["desk2"].power_off()
    held.wait_for("lost", "desk2")
    memory = held.peak_memory()
    run = held.stop()

    assert memory < MOST_MEMORY
    assert r"Ev\u202eil{{ 1/0 }}" in run.output
    assert "\u202e" not in run.output
    assert run.code == 2
    result = next(one.result for one in run.results if TASK in one.task)
    assert set(result["lost"]) == {"desk2", "floods", "trickles"}
    failed = {one.host for one in run.results if one.status == "failed"}
    assert failed == {"desk2", "floods", "trickles"}
    assert "refused" in run.of("desk2").result["msg"]
    assert held.left_open() in ([], ["floods"])
    assert held.lines("end")[0]["lost"] == result["lost"]


def test_each_host_has_its_own_variables_and_login(machines, tmp_path, connection):
    # The first host's password is not that of the others, although the task runs for the first host.
    names = ("wrong", "vaulted", "typed", "broken", "ssh", "off")
    fleet = machines(**{name: desk() for name in names})
    fleet["off"].power_off()
    ansible = Ansible(fleet, connection, tmp_path)
    login, secret = edit_inventory(ansible.inventory)
    (tmp_path / "typed").write_text(secret, encoding="ascii")
    (tmp_path / "vault").write_text("of the vault", encoding="ascii")
    encrypt = ["ansible-vault", "encrypt_string", "--vault-password-file", str(tmp_path / "vault"), "-n"]
    vaulted = subprocess.run([*encrypt, "ansible_password", secret], check=True, capture_output=True, text=True)
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "vaulted_ones.yml").write_text(vaulted.stdout, encoding="ascii")
    task = {"name": "it", "presence.office.hold": {"name": "Lync", "seconds": 5}}
    play = {"hosts": "all", "gather_facts": False, "vars": {"ansible_user": login}, "tasks": [task]}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")

    files = {"--vault-password-file": "vault", "--connection-password-file": "typed"}
    options = [text for option, name in files.items() for text in (option, str(tmp_path / name))]
    run = ansible.playbook(str(tmp_path / "play.yml"), *options)

    result = run.of("wrong").result
    hosts = result["hosts"]
    assert {name: host["state"] for name, host in hosts.items()} == {
        "wrong": "lost", "vaulted": "held", "typed": "held", "broken": "failed", "ssh": "failed", "off": "lost",
    }, run.output  # fmt: skip
    assert "login was refused" in hosts["wrong"]["msg"]
    assert "nowhere" in hosts["broken"]["msg"]
    assert "'ssh'" in hosts["ssh"]["msg"]
    assert "refused" in hosts["off"]["msg"]
    # A wrong password is not tried again and again: NTLM takes three requests a try.
    assert len(fleet["wrong"].log.entries) <= 3
    assert sorted(result["failed_hosts"]) == ["broken", "off", "ssh", "wrong"]
    assert run.code == 0
    assert secret not in run.output


def edit_inventory(path: Path) -> tuple[str, str]:
    """Leave out the login, but for hosts that have one of their own or another fault; return it."""
    inventory = yaml.safe_load(path.read_text(encoding="utf-8"))
    groups = inventory["all"]["children"]
    login, secret = (groups["virtual_windows"]["vars"].pop(f"ansible_{name}") for name in ("user", "password"))
    groups["vaulted_ones"] = {"hosts": {"vaulted": {}}}
    hosts = groups["virtual_windows"]["hosts"]
    hosts["wrong"]["ansible_password"] = "not it"
    hosts["broken"]["ansible_host"] = "{{ nowhere }}"
    hosts["ssh"]["ansible_connection"] = "ssh"
    path.write_text(yaml.safe_dump(inventory, sort_keys=False), encoding="utf-8")
    return login, secret


def test_two_controllers_that_want_different_things_both_say_so_and_do_not_storm(machines, hold):
    fleet = machines(desk1=desk())
    desk1 = fleet["desk1"]
    ours = hold(fleet, folder="ours", default_im_app_watch="events")
    ours.wait_for("held")
    other = {"default_im_app_name": JABBER, "default_im_app_contested": "fail", "default_im_app_watch": "events"}
    theirs = hold(fleet, folder="theirs", **other)
    theirs.wait_for("restored", times=3)
    desk1.log.clear()
    began = desk1.machine.clock.elapsed()
    theirs.wait_for("restored", times=5)
    seconds = desk1.machine.clock.elapsed() - began
    writes = len(desk1.log.writes())
    worker = ours.pid
    ours.process.send_signal(signal.SIGTERM)
    our_run, their_run = ours.end(), theirs.stop()
    wait_until(lambda: not _runs(worker), "it still runs")

    assert writes <= 2 * (seconds / INTERVAL + 2)
    assert [one["provider"] for one in ours.lines("end")[0]["contested"]] == [JABBER]
    assert [one["provider"] for one in theirs.lines("end")[0]["contested"]] == ["Lync"]
    assert (our_run.code, their_run.code) == (-signal.SIGTERM, 2)
    assert f"contested by {JABBER}" in our_run.output
    assert ours.left_open() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_signals_end_it_with_the_summary_and_leave_nothing(machines, hold, number):
    fleet = machines(desk1=desk(), desk2=desk())
    held = hold(fleet, default_im_app_watch="events")
    held.wait_for("held")
    wait_until(lambda: all(one.server.subscriptions.all() for one in fleet), "no subscription")
    worker = held.pid
    held.process.send_signal(number)
    run = held.end()
    wait_until(lambda: not _runs(worker), "it still runs")

    assert run.code != 0
    assert held.left_open() == []
    assert held.lines("end")[0]["lost"] == []
    assert "Held 2 hosts with 2 users" in run.output


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
