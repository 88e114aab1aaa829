"""The rulebook of the collection, run by the real ansible-rulebook over a fleet whose password is in a vault."""

from __future__ import annotations

import os
import subprocess
import typing as t
from pathlib import Path

import yaml

from tests.integration.held_fleet import Held
from tests.virtual_windows.fleet import Fleet

RULEBOOK = "presence.office.keep_default_im_app"


class Rulebook(Held):
    """A run of the rulebook.

    Args:
        escalate: its variable `presence_office_escalate`.

    Attributes:
        log: what ansible-rulebook and its playbooks print.
    """

    def __init__(self, fleet: Fleet, connection: str, folder: Path, *, escalate: str, **hold: t.Any) -> None:
        super().__init__(fleet, folder)
        self.log = folder / "rulebook.log"
        self._vault = folder / "vault"
        self._vault.write_text("of the vault", encoding="ascii")
        inventory = self._write_inventory(fleet, connection, folder / "inventory")
        variables = folder / "variables.yml"
        content = {
            "presence_office_inventory": str(inventory),
            "presence_office_escalate": escalate,
            "presence_office_hold": {
                "default_im_app_name": "Lync",
                "default_im_app_hold_state_file": str(self._state_file),
                **hold,
            },
        }
        variables.write_text(yaml.safe_dump(content), encoding="utf-8")
        command = ["ansible-rulebook", "--rulebook", RULEBOOK, "--inventory", str(inventory), "--vars", str(variables)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                cwd=folder,
                env=os.environ | {"ANSIBLE_VAULT_PASSWORD_FILE": str(self._vault)},
            )

    def _write_inventory(self, fleet: Fleet, connection: str, folder: Path) -> Path:
        """Write an inventory, a folder since the password is in its group variables; return its path."""
        (folder / "group_vars").mkdir(parents=True)
        path = fleet.write_inventory(folder / "hosts.yml", connection)
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        secret = content["all"]["children"]["virtual_windows"]["vars"].pop("ansible_password")
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        encrypt = ["ansible-vault", "encrypt_string", "--vault-password-file", str(self._vault), "-n"]
        vaulted = subprocess.run([*encrypt, "ansible_password", secret], check=True, capture_output=True, text=True)
        (folder / "group_vars" / "virtual_windows.yml").write_text(vaulted.stdout, encoding="ascii")
        return folder

    def output(self) -> str:
        """Return what was printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")
