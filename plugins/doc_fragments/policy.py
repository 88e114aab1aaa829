# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation that modules with a policy share: which provider should be the default."""

from __future__ import annotations


class ModuleDocFragment:
    """Options for the desired default; their argument spec is ``plugin_utils/presence/enforce/policy_options.py``."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The provider to set, by the name of its key under C(HKLM\Software\IM Providers) - for example C(Lync) (Lync,
        Skype for Business), C(Teams) (classic Teams), C(MsTeams) (new Teams), C(Cisco Jabber).
      - Several names are an order of preference, decided for each user. The first one that is usable for the user is
        the one to set, see the description.
      - Case does not matter. The name is written as the machine registers it, or as the user's own key spells it.
      - A friendly name such as C(Skype for Business) is refused with the name that is meant, if exactly one
        registration has it and O(require_registered=true).
      - Required with O(state=present). With O(state=absent), only a default among these names is removed.
    type: list
    elements: str
  state:
    description:
      - V(present) sets the default provider. A value of a type other than REG_SZ is replaced.
      - V(absent) removes the value.
    type: str
    choices: [present, absent]
    default: present
  require_registered:
    description:
      - Fail for users for whom none of O(name) is usable, and leave them alone. Setting one would leave them without
        presence.
      - If V(false), the first one is set for them.
    type: bool
    default: true
  unregistered:
    description:
      - Whether users for whom none of O(name) is usable, as on a machine on which the client is not installed, are a
        failure (V(fail)) or not (V(skip)). Either way they are left alone. A machine with neither Office nor any
        provider never fails.
    type: str
    choices: [fail, skip]
    default: fail
"""
