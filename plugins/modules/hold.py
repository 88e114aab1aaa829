# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module; the code is the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hold
short_description: Hold the default IM provider on all hosts of the play
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Enforces the policy on all hosts of the play, then watches the defaults of the users who are signed in or sign in
    meanwhile, and writes again what something overwrites. It does so for some time, or until it is stopped.
  - All hosts are held at the same time and by one process, whatever the number of forks. Each host is reached as any
    task of the play would reach it, with its own connection, variables and vaulted passwords.
  - No host waits for another one. A host that is off, or goes away, is V(lost), and is held again once it is back.
  - A line is shown when something happens (what happens again and again is shown the 2nd, 4th, 8th ... time), and a
    summary at the end.
  - For one machine or a few, within a play, there is O(presence.office.default_im_app#module:hold). See
    C(docs/holding.md) of the collection for what is better when, and what each costs.
options:
  seconds:
    description: For how many seconds to hold. V(0) goes on until something ends it.
    type: int
    default: 0
  interval:
    description:
      - After how many seconds, from 1 to 60, the defaults are read again with O(watch=poll). Also the longest pause
        before a default is written again.
    type: int
    default: 2
  watch:
    description:
      - How changes are noticed. V(poll) reads the defaults again and again.
      - V(events) subscribes to changes of the value, so that each machine tells of them at once. It needs Windows 8,
        Server 2012 or later. Machines that refuse are polled.
    type: str
    choices: [poll, events]
    default: poll
  contested:
    description:
      - Whether C(failed) of RV(hosts) is set where something came back after the default had been written (V(fail)),
        or not (V(warn)).
    type: str
    choices: [warn, fail]
    default: warn
  stop_file:
    description:
      - A file on the controller that ends the hold when it appears. It must not exist at the beginning, and is not
        removed.
    type: path
  state_file:
    description:
      - A file on the controller for other programs to read. A line of JSON is appended for all that happens, and each
        minute one with the number of hosts in each state (V(status)).
      - After 10 MB it is renamed to the same name with C(.1) at the end, in place of the one before.
      - It holds names of machines, users and providers, but no passwords.
    type: path
  event_socket:
    description:
      - A Unix socket on the controller at which a program listens. It gets the lines of O(state_file), and the hold
        ends when the program closes it or takes none for ten seconds.
      - This is how the event source C(presence.office.default_im_app) of Event-Driven Ansible hears of it.
    type: path
attributes:
  action:
    description: Runs on the controller as an action plugin. Nothing is uploaded and no PowerShell is started.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  bypass_host_loop:
    description:
      - Runs once for all hosts of the play. It cannot be used with the strategy P(ansible.builtin.free#strategy), nor
        with C(serial). Its options, C(when) and templates are evaluated for the first host only.
    support: full
  check_mode:
    description: In check mode nothing is held, and the task is skipped.
    support: none
  diff_mode:
    description: Shows no differences.
    support: none
  platform:
    description: What the module works on.
    platforms: windows
    support: full
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - presence.office.policy
  - presence.office.users
requirements:
  - pywinrm on the controller for the connection P(ansible.builtin.winrm#connection)
  - pypsrp on the controller for the connection P(ansible.builtin.psrp#connection)
notes:
  - The task itself does not fail because of hosts; RV(hosts) says what became of each. Let another task fail those that
    failed, as the playbook C(presence.office.hold) does. Otherwise the recap shows them as good.
  - It ends after O(seconds), when O(stop_file) appears, at Ctrl-C or at SIGTERM, always with the summary, and leaves no
    subscription on machines that can be reached. Ctrl-C and SIGTERM end Ansible itself, so no further task runs and
    there is no recap. O(stop_file) ends just the hold.
  - A login that was refused is tried again only after 15 minutes, so that no account is locked out.
  - A C(timeout) of the task (or C(task_timeout) in ansible.cfg) would end the task without a result. It is refused
    unless it leaves 120 seconds more than O(seconds). C(loop) and C(until) are refused, too.
  - Hosts that failed or were unreachable earlier in the play are not held.
seealso:
  - module: presence.office.default_im_app
"""

EXAMPLES = r"""
- name: Lync stays the default for ten minutes, while Teams is rolled out
  hosts: office
  gather_facts: false
  tasks:
    - name: Hold
      presence.office.hold:
        name: Lync
        seconds: 600
        contested: fail
      run_once: true
      register: held

    - name: This host was held
      ansible.builtin.assert:
        that: not held.hosts[inventory_hostname].failed
        fail_msg: "{{ held.hosts[inventory_hostname].msg }}"
        quiet: true

- name: Until somebody touches /run/presence/stop, and for a monitoring system to read
  hosts: office
  gather_facts: false
  tasks:
    - name: Hold
      presence.office.hold:
        name: [MsTeams, Lync]
        watch: events
        stop_file: /run/presence/stop
        state_file: /var/log/presence/hold.jsonl
"""

RETURN = r"""
msg:
  description: The summary.
  returned: always
  type: str
  sample: "Held 50 hosts with 61 users for 600 s, ended after 600 seconds: restored 412 times, right 98.9 % of the time;
    contested by Cisco Jabber: 31 users on desk01, desk02, desk03, desk04, desk05, 26 more, 402 times, 398 s lost"
ended:
  description: What ended the hold.
  returned: always
  type: str
  sample: after 600 seconds
seconds:
  description: How long all hosts together took, start and end included.
  returned: always
  type: float
  sample: 604.2
restored:
  description: How often a default was written again.
  returned: always
  type: int
  sample: 412
right:
  description:
    - The share of the time, in percent, in which the defaults that were watched were right, as far as was seen. By
      polling, a default that is wrong counts as wrong since the last look at it.
    - Null if nobody was watched.
  returned: always
  type: float
  sample: 98.9
contested:
  description: What came back after the default had been written, on all hosts together.
  returned: always
  type: list
  elements: dict
  contains:
    provider:
      description: The provider's name; null if what it left was no name.
      type: str
      sample: Cisco Jabber
    hosts:
      description: Where.
      type: list
      elements: str
      sample: [desk01, desk02]
    users:
      description: For how many users.
      type: int
      sample: 31
    times:
      description: How often in all.
      type: int
      sample: 402
    seconds_lost:
      description: For how long it stood in users' defaults, added up.
      type: float
      sample: 398.1
lost:
  description: The hosts that could not be reached at the end, or never.
  returned: always
  type: list
  elements: str
  sample: [laptop-07]
failed_hosts:
  description: All hosts with C(failed) of RV(hosts).
  returned: always
  type: list
  elements: str
  sample: [laptop-07, desk09]
hosts:
  description: What became of each host, by its name.
  returned: always
  type: dict
  contains:
    state:
      description: At the end - V(held), V(lost), or V(failed) if its variables or the policy did not allow to hold it.
      type: str
      sample: held
    failed:
      description: Whether it is lost or failed, whether a user's default could not be set, or was contested with
        O(contested=fail).
      type: bool
      sample: false
    changed:
      description: Whether anything was written.
      type: bool
      sample: true
    msg:
      description: What happened, in a sentence.
      type: str
      sample: "nothing to change for 1 user; held for 600 s for 1 user: restored 13 times"
    seconds:
      description: For how long it was held. This and all below only for hosts that were held.
      type: float
      sample: 600.4
    users:
      description: How many users' defaults were held.
      type: int
      sample: 1
    restored:
      description: How often a default was written again.
      type: int
      sample: 13
    right:
      description: As RV(right), for this host.
      type: float
      sample: 97.9
    seconds_lost:
      description: For how long something else stood in users' defaults, added up.
      type: float
      sample: 12.9
    seconds_unwatched:
      description: For how long the host could not be asked after it had been held first.
      type: float
      sample: 0.0
    watch:
      description: How changes were noticed at the end.
      type: str
      sample: events
    watch_refused:
      description: Why it was polled although O(watch=events); null otherwise.
      type: str
    users_touched:
      description:
        - The users to whom something happened, at most 200, as RV(presence.office.default_im_app#module:users).
      type: list
      elements: dict
    warnings:
      description: What people should know about the host, such as who contests which default.
      type: list
      elements: str
      sample: []
"""
