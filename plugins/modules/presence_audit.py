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
  - Reports who differs from the policy that P(presence.office.default_im_app#module) would enforce and, with
    O(verdicts), whose presence does not work and why. It never changes anything.
  - Problems do not fail the task, except for a friendly name in O(name), missing users with O(missing_user=fail), and
    an entry of O(users) or O(exclude_users) of which nobody can tell whom it means.
  - RV(passed) and RV(problems) say whether the machine passes, and the playbook decides, as the audit of
    P(presence.office.default_im_app#role) does.
  - What could not be read, such as the list of users or of processes, is a problem too.
  - The machine is read once. Without O(verdicts), that takes as many requests as
    P(presence.office.default_im_app#module); with them, as many as P(presence.office.im_provider_facts#module) without
    C(accounts), plus one for the name of each of up to six users with problems.
options:
  verdicts:
    description:
      - Verdicts that count as problems too. P(presence.office.im_provider_facts#module) explains them.
      - Errors count as well, such as a hive that cannot be read.
      - If empty, no facts are gathered.
    type: list
    elements: str
    choices:
      - no_office
      - switched_off
      - no_default
      - not_registered
      - unconfirmed
      - bad_registration
      - starting
      - stale
      - present
      - shadowed
      - silent
      - not_running
      - ready
    default: []
  skipped_user:
    description:
      - What to do about users who cannot be looked at. They have no C(NTUSER.DAT), as where a profile disk is not
        attached, or their profile is mandatory, temporary or corrupted, or O(exclude_users) goes by name and theirs is
        not known.
      - V(report) warns of them, and they are no problem. V(fail) makes them one. V(ignore) does neither. In any case
        RV(msg) says nothing of them but that they were left alone.
      - A hive that exists and cannot be read is always a problem.
    type: str
    choices: [ignore, report, fail]
    default: report
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
  - The hives of users who are not signed in are mounted briefly to read them, unless O(profiles) is V(loaded).
seealso:
  - module: presence.office.default_im_app
  - module: presence.office.im_provider_facts
"""

EXAMPLES = r"""
- name: Who differs, and who uses a client that Office does not connect to?
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
  returned: when the machine could be read
  type: bool
  sample: false
problems:
  description:
    - Sentences about who differs from the policy, whose presence has one of O(verdicts), whose hive cannot be read, and
      with O(skipped_user=fail) who was left alone.
    - If the task failed, the sentence that says why.
  returned: when the machine could be read
  type: list
  elements: str
  sample:
    - 'Users drift: enforcing would change 1 of 14 users (CONTOSO\ada: Cisco Jabber -> Lync). Nothing was changed.'
msg:
  description:
    - The problems in one text; what went wrong if the task failed. If there are none, who passes, and who was left
      alone.
  returned: always
  type: str
  sample: presence passes the audit
provider:
  description:
    - As of P(presence.office.default_im_app#module) in check mode. Also null where a hive cannot be read.
  returned: when the users were compared
  type: dict
reason:
  description:
    - V(not_usable) if all that is wrong with hives is that no provider can be set for some users. With
      O(unregistered=skip), the machine may still pass.
    - V(friendly_name) if the task failed because one of O(name) is a friendly name.
    - V(unclear_user) if it failed because nobody can tell whom an entry of O(users) or O(exclude_users) means.
    - V(bad_options) if it failed because of an option, before anything was sent to the machine.
  returned: in these cases
  type: str
  sample: friendly_name
users:
  description: As of P(presence.office.default_im_app#module) in check mode.
  returned: when the users were compared
  type: list
  elements: dict
unmatched_users:
  description: Plain names and SIDs in O(users) and O(exclude_users) that no profile on the machine belongs to.
  returned: when the users were compared, or the task failed because of O(missing_user=fail)
  type: list
  elements: str
summary:
  description: As of P(presence.office.default_im_app#module) in check mode.
  returned: when the users were compared
  type: dict
ansible_facts:
  description:
    - C(im_presence), as of P(presence.office.im_provider_facts#module). Names are looked up for few users only.
  returned: with O(verdicts), when the users were compared
  type: dict
"""
