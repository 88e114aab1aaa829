# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation that modules about users share."""

from __future__ import annotations


class ModuleDocFragment:
    """Options that choose user hives; their argument spec is ``plugin_utils/presence/options.py``."""

    DOCUMENTATION = r"""
options:
  profiles:
    description:
      - Which user hives are meant.
      - V(loaded) are those of users who are signed in (or whose services or disconnected sessions run).
      - V(unloaded) are those of everybody else who has a profile on the machine. They are mounted for the moment
        in which they are read or written, by one command on the machine that always releases them again.
      - V(default) is the template (usually C(C:\Users\Default)) that the profile of every future user starts from.
    type: list
    elements: str
    choices: [loaded, unloaded, default]
    default: [loaded, unloaded]
  users:
    description:
      - Whose hives are meant; everyone's if the option is left out.
      - An entry is an account name with its domain (C(CONTOSO\ada)) or without (C(ada)), a SID, or a shell-style
        pattern of one of these (C(CONTOSO\*), C(svc-*), C(S-1-12-1-*)). Case does not matter.
      - Names cost a request for each profile on the machine, since Windows has to be asked what it calls a SID.
        SIDs and patterns of SIDs cost nothing.
      - The template that V(default) in O(profiles) stands for is nobody's and is not affected.
    type: list
    elements: str
  exclude_users:
    description: Whose hives are not meant, even if O(users) says so; entries are written as in O(users).
    type: list
    elements: str
    default: []
"""
