"""What every test relies on: the checkout seen as the collection presence.office, and a clean Ansible.

`make` links the checkout into the environment's `collections` folder and puts that folder on the import
path, so that `ansible_collections.presence.office.plugins...` is this very checkout for pytest and for every
`ansible-playbook` that a test starts. Nothing of the person's own Ansible (configuration, home, collections)
is read or written. Hypothesis takes its time here: on two shared cores a slow example proves nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parents[1]
COLLECTIONS = Path(sys.prefix) / "collections"


def pytest_configure(config: pytest.Config) -> None:
    link = COLLECTIONS / "ansible_collections" / "presence" / "office"
    if not link.exists() or link.resolve() != CHECKOUT:
        raise pytest.UsageError(
            f"{link} does not lead to this checkout: run `make env`, then {link.parents[3]}/bin/pytest"
        )

    for name in [name for name in os.environ if name.startswith(("ANSIBLE_", "MOLECULE_"))]:
        del os.environ[name]
    os.environ |= {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_CONFIG": str(Path(sys.prefix) / "ansible.cfg"),
        "ANSIBLE_HOME": str(CHECKOUT / ".cache" / "ansible"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_NOCOWS": "true",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(CHECKOUT / ".cache" / "hypothesis"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    }
    settings.register_profile("presence.office", parent=settings.default, deadline=None)
    settings.load_profile("presence.office")
