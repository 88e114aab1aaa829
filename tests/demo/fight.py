"""The last act: a client takes the default back, again and again, and is held off."""

from __future__ import annotations

from tests.virtual_windows.control_actions import perform
from tests.virtual_windows.fleet import Fleet

from .playbooks import Playbooks
from .stage import expect, show, step

MACHINE, USER = "desk-ada", r"CONTOSO\ada"
WANTED, FIGHTER = "Lync", "Cisco Jabber"
SECONDS = 8

# Each return of the client costs three exchanges, some 0.1 s; a busy controller takes longer.
SHARE = 0.6


def fight(fleet: Fleet, playbooks: Playbooks) -> None:
    """Show it."""
    step(f"6. Ada starts Jabber, which takes the default back a second after it lost it. Held for {SECONDS} seconds.")
    member = fleet[MACHINE]
    machine = member.machine
    perform(member, "start", {"user": USER, "client": FIGHTER})
    expect(machine.default_of(USER) == FIGHTER, f"{FIGHTER} has the default, although {WANTED} was enforced")
    began = machine.clock.elapsed()
    ended: list[float] = []

    def seen(line: str) -> None:
        if line.startswith("Held "):
            ended.append(machine.clock.elapsed())

    variables = {"presence_office_hosts": MACHINE, "default_im_app_hold": SECONDS, "default_im_app_watch": "events"}
    options = [text for name, value in variables.items() for text in ("-e", f"{name}={value}")]
    run = playbooks.run("hold", *options, seen=seen)
    expect(run.code == 0 and len(ended) == 1, "ansible-playbook ends with 0, after a summary")
    expect(run.printed(f"contested by {FIGHTER}: 1 user on {MACHINE}"), "the summary names the client")

    # From the first time that it was overwritten, up to the summary.
    first = next(moment.at for moment in machine.history.of(USER) if moment.at > began and moment.data == WANTED)
    share = machine.history.share(USER, WANTED, first, ended[0])
    show(f"   the machine's own history: {WANTED} for {share:.1%} of the {ended[0] - first:.1f} seconds")
    expect(share >= SHARE, f"{WANTED} was the default for most of the time")
    machine.clock.idle()
    expect(machine.default_of(USER) == FIGHTER, f"now that nobody holds it, {FIGHTER} has the default again")
