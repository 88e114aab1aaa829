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
      - Whose hives to include; by default everyone's. To select everyone, leave the option out - an empty list, an
        empty text, null and an empty entry are refused.
      - An entry is an account name with its domain (C(CONTOSO\ada)) or without (C(ada)), a SID, or a shell-style
        pattern of one of these (C(CONTOSO\*), C(svc-*), C(S-1-12-1-*)). Case does not matter, nor whether letters with
        accents are composed or decomposed.
      - C(.\ada) is the account of the machine itself. Its domain is the computer's name, which takes one request to
        read.
      - The domain is the one that Windows tells (C(whoami) shows it), which is its NetBIOS name. A user principal name
        (C(bob@contoso.com)) is refused, since Windows tells none. A domain that looks like a DNS name
        (C(contoso.com\carol)) fails the task on machines where a user of that name has another domain, since nobody can
        tell whether that user is meant. Write C(CONTOSO\carol), C(carol) or the SID.
      - Names cost one request for each profile on the machine, to look up the name of its SID. SIDs and patterns of
        SIDs cost nothing.
      - The template (V(default) in O(profiles)) belongs to no user, so this option does not affect it.
    type: list
    elements: str
  exclude_users:
    description:
      - Whose hives to exclude, even if they are in O(users). Entries have the same form as in O(users).
      - If they contain names, users whose names cannot be looked up are left alone, with a warning, since they may be
        those to exclude. Deleted accounts are among them.
      - An empty list excludes nobody. An empty text, null and an empty entry are refused.
    type: list
    elements: str
    default: []
  missing_user:
    description:
      - What to do about an entry of O(users) or O(exclude_users) that means nobody who has a profile on the machine,
        such as a misspelt one. C(unmatched_users) of the result lists names and SIDs (not patterns) in any case.
      - V(report) warns of it. V(fail) fails the task before anything is read or changed. V(ignore) does neither, for
        patterns like C(svc-*) that match nobody on most machines.
      - Ansible shows the same warning once, however many machines have it.
    type: str
    choices: [ignore, report, fail]
    default: report
"""
