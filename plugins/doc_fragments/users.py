# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation that modules with a selection of users share."""

from __future__ import annotations


class ModuleDocFragment:
    """Options that select user hives; their argument spec is ``plugin_utils/presence/options.py``."""

    DOCUMENTATION = r"""
options:
  profiles:
    description:
      - Which user hives to include.
      - V(loaded) selects those of users who are signed in (or have services or disconnected sessions).
      - V(unloaded) selects those of all other users with a profile on the machine. They are mounted briefly to be read
        or written, by one command on the machine that always releases them again.
      - V(default) selects the template (usually C(C:\Users\Default)) that new users' profiles are copied from.
    type: list
    elements: str
    choices: [loaded, unloaded, default]
    default: [loaded, unloaded]
  users:
    description:
      - Whose hives to include; by default everyone's.
      - An entry is an account name with its domain (C(CONTOSO\ada)) or without (C(ada)), a SID, or a shell-style
        pattern of one of these (C(CONTOSO\*), C(svc-*), C(S-1-12-1-*)). Case does not matter.
      - Names cost one request for each profile on the machine, to look up the name of its SID. SIDs and patterns of
        SIDs cost nothing.
      - The template (V(default) in O(profiles)) belongs to no user, so this option does not affect it.
    type: list
    elements: str
  exclude_users:
    description: Whose hives to exclude, even if they are in O(users). Entries have the same form as in O(users).
    type: list
    elements: str
    default: []
"""
