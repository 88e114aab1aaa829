# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which hosts of the inventory a pattern means, as Ansible itself reads patterns and ``--limit``."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager, split_host_pattern

from .text import printable, some

#: Patterns that a sentence quotes.
_QUOTED = 5


class Inventory:
    """The hosts and groups that a task or a playbook sees.

    Args:
        groups: Ansible's variable ``groups``.
        loader: Ansible's loader of files.
    """

    def __init__(self, groups: t.Mapping[str, t.Iterable[str]], loader: object) -> None:
        self._manager = InventoryManager(loader, parse=False)
        for group, hosts in groups.items():
            self._manager.add_group(group)
            for host in hosts:
                self._manager.add_host(host, group=group)

    def hosts(self, patterns: t.Sequence[str], limit: str | None = None) -> list[str]:
        """Return the hosts that patterns (names, groups, ``desk*``, ``!off``, ``a:&b``) select together.

        Args:
            limit: the ``--limit`` of the run, if it counts.

        Raises:
            ValueError: the inventory is empty, or a part of a pattern matches nobody.
        """
        if not self._matches("all"):
            raise ValueError("the inventory is empty")
        parts = [part for pattern in patterns for part in split_host_pattern(pattern) or [pattern]]
        unknown = [name for part in parts if not self._knows(name := part.lstrip("!&"))]
        if unknown:
            raise ValueError(f"not in the inventory: {some([printable(name) for name in unknown], _QUOTED)}")
        self._manager.subset(limit)
        return self._matches(parts)

    def _knows(self, name: str) -> bool:
        # Of some mistakes Ansible's split leaves nothing, or an expression that is empty, and both mean everybody.
        return bool(name.strip("~") and split_host_pattern(name) and self._matches(name))

    def _matches(self, pattern: str | list[str]) -> list[str]:
        try:
            return [str(host.name) for host in self._manager.get_hosts(pattern=pattern)]
        except AnsibleError:  # not a pattern, such as a regular expression with a mistake
            return []
