# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.hosts``: a play's hosts, and an error instead of a play over nobody. See the documentation."""

from __future__ import annotations

DOCUMENTATION = r"""
name: hosts
short_description: The hosts of a play, or an error if there are none
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Returns its pattern if it matches hosts of the inventory, for the keyword C(hosts) of a play. Otherwise it fails.
    Ansible itself skips a play whose hosts match nobody, and ends with exit code 0, so that a gate over a misspelt
    group is green.
  - The playbooks of this collection use it for the variable C(presence_office_hosts). Like their roles, it refuses
    variables that begin with C(presence_office_) and that no playbook has.
  - With C(--syntax-check), the inventory is not looked at.
options:
  _terms:
    description: One pattern, or several, as the keyword C(hosts) takes them.
    type: list
    elements: str
    required: true
  limited:
    description:
      - Whether it is an error too if C(--limit) leaves none of the hosts. Use it for a gate that is a run of its own.
        A playbook that is imported into others is meant to be left out by a limit now and then.
    type: bool
    default: false
  allow_none:
    description:
      - Whether a pattern that matches nobody is fine, as a group is that the inventory makes only when it has hosts.
        Only the form of the pattern is checked then. The variable C(presence_office_allow_no_hosts) of the playbooks.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: A gate that is not green over nobody
  hosts: "{{ lookup('presence.office.hosts', 'office', limited=true) }}"
  gather_facts: false
  tasks:
    - name: Audit every user hive
      ansible.builtin.import_role:
        name: presence.office.default_im_app
        tasks_from: audit
"""

RETURN = r"""
_raw:
  description: The pattern.
  type: list
  elements: str
"""

import typing as t

from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..plugin_utils.arguments import as_meant
from ..plugin_utils.inventory import Inventory
from ..plugin_utils.role_variables import check_variables

_NAME = "presence_office_hosts"


class LookupModule(LookupBase):
    """Check a pattern of hosts against the inventory."""

    def run(self, terms: list[t.Any], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[str]:
        """Return the pattern as one text, or raise AnsibleLookupError with a sentence."""
        self.set_options(var_options=variables, direct=kwargs)
        known = variables or {}
        limit = known.get("ansible_limit") if self.get_option("limited") else None
        try:
            check_variables(known)
            patterns = [pattern for term in terms for pattern in _patterns(term)]
            # A syntax check, as ansible-lint makes, has no inventory.
            if self.get_option("allow_none") or context.CLIARGS.get("syntax"):
                return [",".join(patterns)]
            hosts = Inventory(known.get("groups") or {}, self._loader).hosts(patterns, limit)
        except ValueError as error:
            raise AnsibleLookupError(f"no host to work on: {error}") from None
        pattern = ",".join(patterns)
        if not hosts:
            cause = f"--limit {limit} leaves none of" if limit else "the inventory has no host of"
            raise AnsibleLookupError(f"no host to work on: {cause} {pattern!r}")
        return [pattern]


def _patterns(term: object) -> list[str]:
    patterns: list[t.Any] = as_meant({_NAME: term}, {_NAME: {"type": "list"}})[_NAME]
    if not patterns or not all(isinstance(one, str) and one.strip() for one in patterns):
        raise ValueError(f"{_NAME} is empty, or has an empty entry: name hosts or groups, or leave it out for all")
    return patterns
