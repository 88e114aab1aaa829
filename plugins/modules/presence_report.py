# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module; the code is the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: presence_report
short_description: Write a presence report of a fleet from its facts
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Reads the fact C(im_presence) of every host of the play, which M(presence.office.im_provider_facts) sets and a fact
    cache may keep, and writes three files on the controller.
  - The files are C(presence.html), a self-contained page that makes no network requests, C(presence.csv) for
    spreadsheets, and C(presence.json) for programs.
  - Runs once for all hosts, on the controller. It does not connect to any host.
  - Hosts without facts are listed as machines that did not answer, with the reason if O(registered) is set, or as not
    asked.
  - The role P(presence.office.presence_report#role) collects the facts as well, and continues if hosts are off.
options:
  directory:
    description:
      - The folder for the files. It is created if it does not exist. A relative path starts where C(ansible-playbook)
        was started.
    type: path
    required: true
  title:
    description: The report's heading.
    type: str
    default: Presence report
  hosts:
    description:
      - The hosts to report on, by name, group or pattern, as the keyword C(hosts) of a play takes them. C(--limit) does
        not narrow it.
      - A part of it that matches no host of the inventory is an error.
      - If not set, all hosts of the play, whatever their batch (C(serial)). The task is then skipped in all batches but
        the last one.
    type: list
    elements: str
  registered:
    description:
      - The name of the variable with the registered result of the task that collected the facts. It is the source of
        the reasons why machines did not answer.
      - A machine whose task was unreachable, or failed without facts, is listed as not answering even if a fact cache
        has older facts of it.
    type: str
  replace:
    description:
      - Whether a report that says less may take the place of the one in O(directory). It says less if this run did not
        ask a machine that had answered there (because of C(--limit), another inventory, or facts that were not
        collected), if no machine answered though some had, or if no user was read though it has some.
      - If V(false), the task fails then and the report stays as it is. A machine that was asked and is off is news, so
        the report is written. So are fewer users on a machine that answered.
      - If V(true), the new report lists the machines that were not asked, as far as the inventory has them. Use it once
        after machines were taken out of service.
    type: bool
    default: false
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
    description: In check mode, the facts are read but nothing is written.
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
  - All files are written to temporary files, then renamed. A failed run keeps the previous report.
  - If the task that collected the facts failed because of its options, no report is written.
  - Data from machines is shown as text. It is never evaluated as a template, a script, or a spreadsheet's formula.
  - The files contain the names of people and machines. New files get permissions according to the umask, existing files
    keep theirs.
seealso:
  - module: presence.office.im_provider_facts
"""

EXAMPLES = r"""
- name: Presence of the whole fleet
  hosts: office
  gather_facts: false
  tasks:
    - name: Facts, without losing machines that are off
      presence.office.im_provider_facts:
      register: asked
      ignore_unreachable: true
      ignore_errors: true

    - name: Report
      presence.office.presence_report:
        directory: /srv/reports/presence
        registered: asked

- name: From cached facts, without connecting to any machine
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
  description: The most important counts, and the file to open.
  returned: always
  type: str
  sample: 51 of 240 users show no presence; 3 of 48 machines did not answer. Open /srv/reports/presence/presence.html
files:
  description: The paths of the files, by kind.
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
not_asked:
  description:
    - The hosts that were not asked in this run and have no facts of an earlier one.
    - If the task failed because of O(replace=false), the machines that had answered in the previous report and were not
      asked now.
  returned: when the report was written, or would be, or RV(reason) is V(emptier)
  type: list
  elements: str
  sample: []
reason:
  description: V(emptier) if the task failed because of O(replace=false), V(bad_options) if because of an option.
  returned: in these cases
  type: str
  sample: emptier
"""
