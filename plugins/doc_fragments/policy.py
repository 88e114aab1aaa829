# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation that modules about a policy share: which provider should be the default."""

from __future__ import annotations


class ModuleDocFragment:
    """Options that name the wanted default; their argument spec is ``plugin_utils/presence/options.py``."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The provider to set, by the name of its key under C(HKLM\Software\IM Providers) - for example C(Lync) (Lync,
        Skype for Business), C(Teams) (classic Teams), C(MsTeams) (new Teams), C(Cisco Jabber).
      - Several names are an order of preference. The first one that the machine has registered, in either view of the
        registry, is the one to set.
      - Case does not matter. What is written is the name as the machine registered it.
      - Required with O(state=present). With O(state=absent), only a default among these names is removed.
    type: list
    elements: str
  state:
    description:
      - V(present) sets the default provider. A value of another type than REG_SZ is replaced.
      - V(absent) removes the value.
    type: str
    choices: [present, absent]
    default: present
  missing_user:
    description:
      - What to do about a plain name or SID in O(users) or O(exclude_users) that no profile on the machine belongs to.
      - V(report) lists it in RV(unmatched_users). V(fail) fails the task before anything is changed.
    type: str
    choices: [report, fail]
    default: report
  require_registered:
    description:
      - Refuse to set a provider that the machine does not register in any view, which would leave everyone without
        presence.
      - If V(false) and none of O(name) is registered, the first one is set.
    type: bool
    default: true
"""
