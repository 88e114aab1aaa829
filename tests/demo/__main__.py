"""Demonstrate the collection on five virtual Windows machines: audit, enforce, enforce again, audit, report, a fight.

Everything but Windows is real: ansible-playbook, the winrm connection, NTLM with message encryption. The demo
checks what it shows and fails otherwise.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.virtual_windows.fleet import Fleet

from .fight import fight
from .playbooks import Host, Playbooks, Run
from .stage import expect, show, step

FLEET = Path(__file__).with_name("fleet.yml")
MACHINES = 5
REPORT = Path.cwd() / ".cache" / "demo"

VARIABLES = {
    "default_im_app_name": ["MsTeams", "Lync"],
    "default_im_app_profiles": ["loaded", "unloaded", "default"],
    "default_im_app_unregistered": "skip",
    "presence_report_directory": str(REPORT),
    "default_im_app_audit_verdicts": ["shadowed", "not_registered"],
}

# The exit code of ansible-playbook when a host could not be reached, whether others failed or not.
UNREACHABLE = 4


def main() -> int:
    """Run the demo; return the exit code."""
    began = time.monotonic()
    show(
        "Five virtual Windows machines start on loopback addresses. Wanted, for everybody on them: new Teams where it\n"
        "is registered, else Lync. (They stand in for Windows; all else is real.)"
    )
    # Their clocks are ours: a client that is back after a second is back after one of ours.
    with tempfile.TemporaryDirectory(prefix="presence-office-demo-") as folder, Fleet.load(FLEET, speed=1) as fleet:
        playbooks = Playbooks(fleet.write_inventory(Path(folder) / "inventory.yml"), VARIABLES)

        step("1. Audit: who would show no presence? Nothing is changed; CI would fail here.")
        audit = playbooks.run("audit")
        hosts = everywhere(audit)
        expect(hosts["desk-ada"].failed and hosts["terminal-1"].failed and hosts["laptop-bob"].failed, "drift is found")
        expect(hosts["desk-off"].unreachable, "the machine that is off is unreachable, not failed")
        expect(audit.printed("Lync does; Office connects to Cisco Jabber only"), "Ada's case is explained")
        expect(writes(fleet) == 0, "nothing was written")

        step("2. Enforce.")
        hosts = everywhere(playbooks.run("enforce", "--diff"))
        expect(hosts["desk-ada"].changed and hosts["terminal-1"].changed, "the machines that drifted are changed")

        step("3. Enforce again: nothing is left to do.")
        clear_logs(fleet)
        hosts = everywhere(playbooks.run("enforce", "--diff"))
        expect(not any(host.changed for host in hosts.values()), "no machine is changed")
        expect(writes(fleet) == 0, "nothing was written")
        show(f"   requests a machine, login aside: {request_counts(fleet)}")

        step("4. Audit again: green, but for the machine that is off.")
        hosts = everywhere(playbooks.run("audit"))
        expect([name for name, host in hosts.items() if host.failed] == [], "nobody drifts")

        step("5. A report on the whole fleet, for people.")
        run = playbooks.run("report")
        expect(run.code == 0 and len(run.hosts) == MACHINES, "ansible-playbook ends with 0: a report lists what is off")
        expect((REPORT / "presence.html").exists(), "the report is written")

        fight(fleet, playbooks)
    show(f"\nThe report: {REPORT / 'presence.html'}")
    show(f"\nDone in {time.monotonic() - began:.0f} seconds.")
    return 0


def everywhere(run: Run) -> dict[str, Host]:
    """Return the recap of a run over all machines, one of which is off."""
    expect(run.code == UNREACHABLE, f"ansible-playbook ends with {UNREACHABLE}: a machine is off")
    expect(len(run.hosts) == MACHINES, f"the recap has {MACHINES} machines")
    return run.hosts


def writes(fleet: Fleet) -> int:
    """Return the number of requests that wrote to a registry."""
    return sum(len(member.log.writes()) for member in fleet if member.powered)


def clear_logs(fleet: Fleet) -> None:
    """Forget the requests so far."""
    for member in fleet:
        if member.powered:
            member.log.clear()


def request_counts(fleet: Fleet) -> str:
    """Return the number of requests by machine."""
    return ", ".join(f"{member.name} {member.log.count()}" for member in fleet if member.powered)


if __name__ == "__main__":
    sys.exit(main())
