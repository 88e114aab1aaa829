"""Demonstrate the main job on five virtual Windows machines: audit, enforce, enforce again, audit, report.

Everything but Windows is real: ansible-playbook, the winrm connection, NTLM with message encryption. The demo
checks what it shows and fails otherwise.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

from tests.virtual_windows.fleet import Fleet

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

_RECAP = re.compile(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Host:
    """A line of the recap."""

    changed: bool
    unreachable: bool
    failed: bool
    output: str

    def printed(self, words: str) -> bool:
        """Return whether the run printed this, however its lines were broken."""
        return words in " ".join(self.output.split())


def main() -> int:
    """Run the demo; return the exit code."""
    began = time.monotonic()
    show(
        "Five virtual Windows machines start on loopback addresses. Wanted, for everybody on them: new Teams where it\n"
        "is registered, else Lync. (They stand in for Windows; all else is real.)"
    )
    with tempfile.TemporaryDirectory(prefix="presence-office-demo-") as folder, Fleet.load(FLEET) as fleet:
        inventory = fleet.write_inventory(Path(folder) / "inventory.yml")

        step("1. Audit: who would show no presence? Nothing is changed; CI would fail here.")
        audit = play("audit", inventory, folder)
        expect(audit["desk-ada"].failed and audit["terminal-1"].failed and audit["laptop-bob"].failed, "drift is found")
        expect(audit["desk-off"].unreachable, "the machine that is off is unreachable, not failed")
        expect(audit["desk-ada"].printed("Lync does; Office connects to Cisco Jabber only"), "Ada's case is explained")
        expect(writes(fleet) == 0, "nothing was written")

        step("2. Enforce.")
        enforce = play("enforce", inventory, folder)
        expect(enforce["desk-ada"].changed and enforce["terminal-1"].changed, "the machines that drifted are changed")

        step("3. Enforce again: nothing is left to do.")
        clear_logs(fleet)
        again = play("enforce", inventory, folder)
        expect(not any(host.changed for host in again.values()), "no machine is changed")
        expect(writes(fleet) == 0, "nothing was written")
        show(f"   requests a machine, login aside: {request_counts(fleet)}")

        step("4. Audit again: green, but for the machine that is off.")
        audit = play("audit", inventory, folder)
        expect([name for name, host in audit.items() if host.failed] == [], "nobody drifts")

        step("5. A report on the whole fleet, for people.")
        play("report", inventory, folder)
        expect((REPORT / "presence.html").exists(), "the report is written")
    show(f"\nThe report: {REPORT / 'presence.html'}")
    show(f"\nDone in {time.monotonic() - began:.0f} seconds.")
    return 0


def play(name: str, inventory: Path, folder: str) -> dict[str, Host]:
    """Run one of the collection's playbooks and show its output; return its recap."""
    variables = Path(folder) / "variables.json"
    variables.write_text(json.dumps(VARIABLES), encoding="utf-8")
    command = ["ansible-playbook", "-i", str(inventory), f"presence.office.{name}", "-e", f"@{variables}"]
    command += ["--diff"] if name == "enforce" else []
    show(f"   $ {shlex.join(command)}")
    shown = {
        "ANSIBLE_DISPLAY_OK_HOSTS": "false",
        "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    }
    done = subprocess.run(command, env=os.environ | shown, text=True, capture_output=True, check=False)
    show("\n".join(f"   | {line}" for line in shortened(done.stdout)))
    if name != "report":  # which lists a machine that is off, and succeeds
        expect(done.returncode == UNREACHABLE, f"ansible-playbook ends with {UNREACHABLE}: a machine is off")
    recap = {
        name: Host(changed != "0", unreachable != "0", failed != "0", done.stdout)
        for name, changed, unreachable, failed in _RECAP.findall(done.stdout)
    }
    expect(len(recap) == MACHINES, f"the recap has {MACHINES} machines")
    return recap


def shortened(output: str) -> t.Iterator[str]:
    """Yield the lines worth showing: no empty lines, no pointers into the role's source, no columns of zeros."""
    in_source = False
    for line in output.splitlines():
        in_source = line.startswith("[ERROR]") or (in_source and not line.startswith("fatal:"))
        if line.strip() and not in_source and not line.startswith("TASK"):
            yield re.sub(r"\b(ok|skipped|rescued|ignored)=\d+\s*", "", line).rstrip()


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


def step(title: str) -> None:
    """Print the title of a step."""
    show(f"\n{title}")


def show(text: str) -> None:
    """Print, and flush."""
    print(text, flush=True)


def expect(condition: bool, what: str) -> None:
    """End the demo with an error unless the condition holds."""
    if not condition:
        sys.exit(f"demo: expected that {what}; see above")
    show(f"   ok: {what}")


if __name__ == "__main__":
    sys.exit(main())
