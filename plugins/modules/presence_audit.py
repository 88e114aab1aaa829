# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module; the code is the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: presence_audit
short_description: Compare every user of a machine with a policy, and check whose presence works
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Says who differs from the policy that P(presence.office.default_im_app#module) would enforce and, with O(verdicts),
    whose presence does not work and why. It changes nothing, whether in check mode or not.
  - The task does not fail because of what it finds. RV(passed) and RV(problems) say whether the machine passes, so that
    a playbook can decide, as P(presence.office.default_im_app#role) does in its audit.
  - The machine is read once. Without O(verdicts) that costs the same requests as
    P(presence.office.default_im_app#module), with them the same as P(presence.office.im_provider_facts#module) without
    C(accounts), and a request for the name of each of up to six users that the result is about.
options:
  verdicts:
    description:
      - Verdicts of P(presence.office.im_provider_facts#module), where they are explained, that count as problems too.
      - Errors count as well, such as a hive that cannot be read.
      - If empty, no facts are gathered.
    type: list
    elements: str
    choices:
      - no_default
      - not_registered
      - no_com_server
      - shadowed
      - not_running
      - starting
      - stale
      - present
      - ready
    default: []
  unregistered:
    description:
      - Whether a machine that registers none of O(name), such as a server without Office, has a problem (V(fail)) or
        passes (V(skip)).
    type: str
    choices: [fail, skip]
    default: fail
extends_documentation_fragment:
  - presence.office.policy
  - presence.office.users
  - presence.office.attributes
attributes:
  check_mode:
    description: Nothing is ever changed.
    support: full
  diff_mode:
    description: Shows one line for every user who differs - account, before, after.
    support: full
  facts:
    description: Sets C(ansible_facts.im_presence) if O(verdicts) are given.
    support: full
notes:
  - To read the hives of users who are not signed in, they are mounted for a moment, unless O(profiles) is V(loaded).
seealso:
  - module: presence.office.default_im_app
  - module: presence.office.im_provider_facts
"""

EXAMPLES = r"""
- name: Who differs, and who is signed in to another client than Office asks?
  presence.office.presence_audit:
    name: [MsTeams, Lync]
    verdicts: [shadowed]
  diff: true
  register: audit

- name: Fail on machines with problems
  ansible.builtin.assert:
    that: audit.passed
    fail_msg: "{{ audit.msg }}"
"""

RETURN = r"""
passed:
  description: Whether there are no problems.
  returned: always
  type: bool
  sample: false
problems:
  description:
    - Sentences about who differs from the policy, whose presence has one of O(verdicts), and whose hive cannot be read.
  returned: always
  type: list
  elements: str
  sample:
    - 'Users drift: enforcing would change 1 of 14 users (CONTOSO\ada: Cisco Jabber -> Lync). Nothing was changed.'
msg:
  description: The problems in one text, or that there are none.
  returned: always
  type: str
  sample: presence passes the audit
provider:
  description: As of P(presence.office.default_im_app#module) in check mode.
  returned: always
  type: dict
users:
  description: As of P(presence.office.default_im_app#module) in check mode.
  returned: always
  type: list
  elements: dict
unmatched_users:
  description: Plain names and SIDs in O(users) and O(exclude_users) that no profile on the machine belongs to.
  returned: when the machine registers one of the providers
  type: list
  elements: str
summary:
  description: As of P(presence.office.default_im_app#module) in check mode.
  returned: when the machine registers one of the providers
  type: dict
ansible_facts:
  description:
    - C(im_presence), as of P(presence.office.im_provider_facts#module). Names are looked up for few users only.
  returned: with O(verdicts)
  type: dict
"""
