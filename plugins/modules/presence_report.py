# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module; the code is the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: presence_report
short_description: Write a fleet's presence report from the facts of its hosts
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Reads the fact C(im_presence) of every host of the play, as M(presence.office.im_provider_facts) sets it or a fact
    cache has it, and writes three files on the controller.
  - They are C(presence.html), a page for people that is complete in itself and makes no request to any network,
    C(presence.csv) for spreadsheets, and C(presence.json) for programs.
  - Runs once for all hosts, on the controller. No host is talked to.
  - Hosts without facts are in the report as machines that did not answer, with the reason if O(registered) tells it.
  - The role P(presence.office.presence_report#role) collects the facts first, so that a host that is off does not end
    the play.
options:
  directory:
    description:
      - Where the files go; made if it is not there. A relative path starts where C(ansible-playbook) was started.
    type: path
    required: true
  title:
    description: The report's heading.
    type: str
    default: Presence report
  hosts:
    description:
      - The hosts that the report is about.
      - All hosts of the play if not set, in whichever batch (C(serial)) they are; then the task of the last batch
        writes, and the others are skipped.
    type: list
    elements: str
  registered:
    description:
      - The name of the variable that the task that collected the facts was told to C(register). It says why a machine
        did not answer.
      - A machine whose result was unreachable or failed is told as not answering, even if a fact cache still has older
        facts of it.
    type: str
attributes:
  action:
    description: Runs on the controller as an action plugin.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  bypass_host_loop:
    description:
      - Runs once for all hosts of the play. It cannot be used with the strategy P(ansible.builtin.free#strategy).
    support: full
  check_mode:
    description: In check mode the facts are read and nothing is written.
    support: full
  diff_mode:
    description: Shows no differences.
    support: none
  platform:
    description: What the module works on.
    platforms: posix
    support: full
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
notes:
  - All files are written beside their places, then put there. A run that fails leaves the last report as it was.
  - What machines sent is shown as text. Nothing of it is evaluated as a template, a script, or a spreadsheet's formula.
  - The files hold names of people and machines. They get the permissions that the umask leaves; existing files keep
    theirs.
seealso:
  - module: presence.office.im_provider_facts
"""

EXAMPLES = r"""
- name: Presence of the whole fleet
  hosts: office
  gather_facts: false
  tasks:
    - name: Facts; a machine that is off stays in the play
      presence.office.im_provider_facts:
      register: asked
      ignore_unreachable: true
      ignore_errors: true

    - name: Report
      presence.office.presence_report:
        directory: /srv/reports/presence
        registered: asked

- name: From cached facts, without asking any machine
  hosts: office
  gather_facts: false
  tasks:
    - name: Report
      presence.office.presence_report:
        directory: ~/presence
        title: Presence in the Berlin office
"""

RETURN = r"""
msg:
  description: What was found, and which file to open.
  returned: always
  type: str
  sample: 51 of 240 users show no presence; 3 of 48 machines did not answer. Open /srv/reports/presence/presence.html
files:
  description: The files' paths, by kind.
  returned: when the report was written, or would be
  type: dict
  sample:
    html: /srv/reports/presence/presence.html
    csv: /srv/reports/presence/presence.csv
    json: /srv/reports/presence/presence.json
totals:
  description: The counts at the top of the report, as in C(presence.json).
  returned: when the report was written, or would be
  type: dict
  sample: {"machines": 48, "answered": 45, "unanswered": 3, "users": 240, "good": 187, "starting": 2, "broken": 51,
    "unknown": 0, "verdicts": {"present": 132, "shadowed": 17}, "defaults": {"MsTeams": 114, "Lync": 54}}
unanswered:
  description: The hosts that did not answer.
  returned: when the report was written, or would be
  type: list
  elements: str
  sample: [laptop-001.contoso.com]
"""
