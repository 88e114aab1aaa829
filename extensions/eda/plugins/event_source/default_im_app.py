# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.default_im_app``: an event source that holds a fleet, and says what happens meanwhile.

A source gets its arguments and nothing else: no inventory, no vault. So it starts ``presence.office.hold``, a playbook,
which has both, and relays what that writes to a Unix socket. Whoever reads the socket keeps the playbook running: it
ends as soon as the socket closes, even if ansible-rulebook is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sys
import tempfile
import typing as t
from pathlib import Path

DOCUMENTATION = r"""
---
short_description: Hold the default IM provider of a fleet, and tell what happens
description:
  - Starts the playbook P(presence.office.hold#playbook), which writes the default again wherever it is overwritten, and
    relays what it says. The rules need to deal only with what needs judgement.
  - The playbook ends with the source, however that ends.
  - Passwords of vaults come from E(ANSIBLE_VAULT_PASSWORD_FILE) or C(ansible.cfg), as for the playbooks of rules, which
    do not get ansible-rulebook's C(--vault-password-file).
options:
  inventory:
    description: Inventories for the playbook; relative paths are relative to where ansible-rulebook was started.
    type: list
    elements: str
    required: true
  variables:
    description: Variables of the playbook, such as C(default_im_app_name).
    type: dict
    required: true
  limit:
    description: Hosts to hold, as for C(ansible-playbook --limit).
    type: str
"""

EXAMPLES = r"""
- presence.office.default_im_app:
    inventory: [inventory]
    variables:
      default_im_app_name: [Teams, Lync]
"""

PLAYBOOK = "presence.office.hold"

#: The longest line that is read: a longer one is no event of ours.
LONGEST_LINE = 1 << 16

#: Seconds that the playbook gets to end by itself, with its summary.
PATIENCE = 10.0

#: What the source understands.
OPTIONS = {"inventory", "variables", "limit"}

#: What ansible-rulebook adds by itself for rules that answer to their source.
_OF_RULEBOOK = "eda_feedback_queue"


async def main(queue: asyncio.Queue[dict[str, t.Any]], args: dict[str, t.Any]) -> None:
    """Run until cancelled, or until the playbook ends, which it only does by itself if something is wrong."""
    command = playbook_command(args)
    # Only we may enter this folder, so nobody else can listen or speak here.
    with tempfile.TemporaryDirectory(prefix="presence.office.") as name:
        folder = Path(name)
        socket, variables = folder / "events", folder / "variables.json"
        variables.write_text(
            json.dumps(args["variables"] | {"default_im_app_hold_event_socket": str(socket)}), encoding="utf-8"
        )

        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.closing(writer):
                while line := await reader.readline():
                    await queue.put(event(line))

        async with await asyncio.start_unix_server(relay, socket, limit=LONGEST_LINE):
            process = await asyncio.create_subprocess_exec(
                *command, "--extra-vars", f"@{variables}", stdin=asyncio.subprocess.DEVNULL
            )
            try:
                code = await process.wait()
            finally:
                await end(process)
    raise RuntimeError(f"{PLAYBOOK} ended with exit code {code}: see its output above")


def playbook_command(args: dict[str, t.Any]) -> list[str]:
    """Return the command line for the arguments, without the variables; raise ValueError, with a sentence."""
    if unknown := sorted(set(args) - OPTIONS - {_OF_RULEBOOK}):
        raise ValueError(f"{unknown[0]} is not an option of this source: it has {', '.join(sorted(OPTIONS))}")
    variables = args.get("variables")
    if not variables or not isinstance(variables, dict):
        raise ValueError(f"variables: name those of {PLAYBOOK}, such as default_im_app_name: [Teams, Lync]")
    given = args.get("inventory")
    inventories = [given] if isinstance(given, str) else given
    if (
        not isinstance(inventories, list)
        or not inventories
        or not all(isinstance(it, str) and it for it in inventories)
    ):
        raise ValueError("inventory: name at least one path, for example the one that ansible-rulebook was given")
    beside = Path(sys.executable).with_name("ansible-playbook")
    program = str(beside) if beside.exists() else shutil.which("ansible-playbook")
    if program is None:
        raise ValueError("ansible-playbook was not found: install ansible-core beside ansible-rulebook")
    command = [program, PLAYBOOK]
    command += [f"--inventory={path}" for path in inventories]
    command += [f"--limit={args['limit']}"] if args.get("limit") else []
    return command


def event(line: bytes) -> dict[str, t.Any]:
    """Return a line as an event; playbooks that a rule runs are limited to its host (``meta.hosts``)."""
    happening: dict[str, t.Any] = json.loads(line)
    return happening | ({"meta": {"hosts": happening["host"]}} if happening.get("host") else {})


async def end(process: asyncio.subprocess.Process) -> None:
    """See that the playbook ends: by itself now that nobody reads, else by force."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
