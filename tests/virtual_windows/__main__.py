"""Run a fleet of virtual Windows machines until it is stopped.

python -m tests.virtual_windows --fleet FILE.yml --inventory OUT.yml
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import typing as t
from pathlib import Path

from .addresses import AddressError
from .domain import DomainError
from .fleet import Fleet, Member
from .inventory import CONNECTIONS, write_json
from .machine.reader import DescriptionError


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; return the exit code."""
    options = _parser().parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_unused: stopped.set())
    inventory: Path = options.inventory
    control: Path = options.control or inventory.with_name("control.json")
    written: list[Path] = []
    if options.ready:
        options.ready.unlink(missing_ok=True)
    try:
        fleet = Fleet.load(options.fleet, machines=options.machines, speed=options.clock_speed)
        with fleet:
            written.append(fleet.write_inventory(inventory, options.connection))
            written.append(fleet.write_control(control))
            width = max(len(member.name) for member in fleet)
            for member in fleet:
                print(f"{member.name:{width}}  {member.address:15}  {member.port}  {special(member)}".rstrip())
            print(f"inventory {inventory}, control {control}")
            if fleet.domain is not None:
                print(f"for Kerberos: export KRB5_CONFIG={fleet.domain.configuration}")
            print("ready", flush=True)
            if options.ready:
                facts = {"inventory": str(inventory), "control": str(control), "machines": len(fleet)}
                written.append(write_json(options.ready, facts))
            stopped.wait()
    except (DescriptionError, AddressError, DomainError, OSError) as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    finally:
        if options.clean:
            for path in written:
                path.unlink(missing_ok=True)
    return 0


def special(member: Member) -> str:
    """Return what distinguishes a machine from the default one, in a few words."""
    description, model = member.description, member.description.machine
    words = [] if description.powered else ["off"]
    if description.scheme != "http":
        words.append(description.scheme)
    words.append("+".join(description.transports))
    if description.latency:
        words.append(f"{description.latency * 1000:g} ms")
    words.append(f"Office {model.office.platform}" if model.office else "no Office")
    signed_in = sum(user.signed_in for user in model.users)
    words.append(f"{len(model.users)} users, {signed_in} signed in")
    fighting = sorted({one.name for user in model.users for one in user.clients if one.fights})
    if fighting:
        words.append(f"{', '.join(fighting)} fights")
    unusual = sorted({user.profile for user in model.users} - {"normal"})
    return ", ".join(words + unusual)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.virtual_windows", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--fleet", type=Path, required=True, metavar="FILE.yml", help="what machines there are")
    parser.add_argument("--inventory", type=Path, required=True, metavar="OUT.yml", help="where to write the inventory")
    parser.add_argument("--machines", type=_positive, metavar="N", help="total number of machines")
    parser.add_argument("--connection", choices=CONNECTIONS, default="winrm", help="for the inventory")
    parser.add_argument(
        "--control", type=Path, metavar="FILE.json", help="where the control interface is noted (beside the inventory)"
    )
    parser.add_argument("--ready", type=Path, metavar="FILE", help="written when all machines answer")
    parser.add_argument(
        "--clock-speed", type=float, default=1.0, metavar="X", help="how much faster the machines' clocks run"
    )
    parser.add_argument("--clean", action="store_true", help="remove the written files at the end")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    raise SystemExit(main())
