# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module; the code is the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: guard
short_description: Let a machine keep the default IM provider of its users by itself
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Some IM clients watch C(DefaultIMApp) and take it back. A guard is a scheduled task that sets it again, without a
    controller - 30 seconds after every sign-in and each minute for ten minutes after that, every O(period) minutes,
    and at once when the task is registered.
  - It is for B(all users of the machine) who are signed in and have a key C(HKCU\Software\IM Providers), which every
    IM client makes. A user for whom another default was set, by this collection or by hand, loses it within a period.
    P(presence.office.default_im_app#module) and P(presence.office.hold#module) warn where they set something else than
    a machine's guard. Users who are
    not signed in are left alone until they sign in.
  - The task is C(\presence.office\Guard) and runs C(cmd.exe) and C(reg.exe) as SYSTEM, without a window. Its command
    is always the same. The name of the provider is the value C(DefaultIMApp) of
    C(HKLM\SOFTWARE\presence.office\Guard), and never a part of a command.
  - What the task compares and writes is the value itself, to the letter, so the guard writes its own spelling of a
    name over another one.
  - A guard is seen, and meant to be. The security log has events 4698 and 4699 where the audit of other object access
    events is on, and tools that look for new scheduled tasks (MITRE ATT&CK T1053.005) report one that runs C(cmd.exe)
    as SYSTEM every few minutes. Tell those who watch them first.
  - On a laptop with battery saver on, Windows puts off tasks of this kind until it is off.
  - To undo it by hand, delete the task and the key C(HKLM\SOFTWARE\presence.office). Its description says so, too.
  - All of this has been tested on virtual machines only, never on real Windows. Try it on one machine first.
options:
  name:
    description:
      - The provider to keep, by the name of its key, or several in order of preference, as of
        P(presence.office.default_im_app#module). Required with O(state=present).
      - A guard keeps one provider for the whole machine - the first one that is registered in the view that its Office
        reads. What single users have used does not count.
      - What is kept already, and is the first name, is not looked up again.
    type: list
    elements: str
  state:
    description:
      - V(present) sets the guard up, or mends it - the task is registered anew if its definition is not as wanted.
      - V(absent) removes the task and the registry key. The empty task folder C(\presence.office) stays, since no call
        removes it.
    type: str
    choices: [present, absent]
    default: present
  period:
    description: How often the guard looks after the users, in minutes, from 1 to 44640.
    type: int
    default: 5
  require_registered:
    description:
      - Whether a provider has to be registered in the view that the machine's Office reads. If none is, the task fails.
      - With V(false), the first name is kept if none is registered.
      - A machine with neither Office nor any provider is left alone with V(true).
    type: bool
    default: true
extends_documentation_fragment:
  - presence.office.attributes
attributes:
  diff_mode:
    description: Shows the provider, the period and what was altered in the task, before and after.
    support: full
notes:
  - It needs the WMI classes for scheduled tasks, which Windows 8 and Server 2012 are the first to have.
  - It needs no remote shell.
  - It costs three requests where nothing has to change. Setting a guard up on a machine with Click-to-Run Office takes
    seven, removing one eight.
  - Only what the module writes is compared, with the defaults of the Task Scheduler for what it leaves out. Of triggers
    and actions everything counts, so one that somebody added is noticed, and removed.
  - A provider whose registration is removed later is kept all the same.
seealso:
  - module: presence.office.default_im_app
  - module: presence.office.im_provider_facts
  - name: Task Scheduler Schema
    description: What a task's definition holds, by Microsoft.
    link: https://learn.microsoft.com/en-us/windows/win32/taskschd/task-scheduler-schema
"""

EXAMPLES = r"""
- name: Teams stays the default of everybody, whatever clients do
  presence.office.guard:
    name: MsTeams
    period: 1

- name: Teams where it is registered, else Lync
  presence.office.guard:
    name: [Teams, Lync]

- name: Stop that
  presence.office.guard:
    state: absent
"""

RETURN = r"""
msg:
  description: What happened, in a sentence.
  returned: always
  type: str
  sample: 'the guard was set up: Teams, every 5 minutes'
provider:
  description: The provider to keep, and why it was chosen. Null with O(state=absent), and on a machine that is left
    alone.
  returned: when the machine could be read
  type: dict
  sample:
    name: Teams
    reason: registered
    views: [x64]
    passed_over: []
  contains:
    name:
      description: As it is registered on the machine.
      type: str
    reason:
      description: V(registered), V(already_set) or V(not_required).
      type: str
    views:
      description: The views of the registry that register it, as far as Office reads them; empty if not looked up.
      type: list
      elements: str
    passed_over:
      description: Earlier names in the list that are not registered, with the reason.
      type: list
      elements: dict
before:
  description: What there was of a guard.
  returned: when the machine could be read
  type: dict
  sample:
    task: true
    provider: Teams
    period: 5
    altered: ['Settings/Enabled is false instead of true']
  contains:
    task:
      description: Whether there was the task.
      type: bool
    provider:
      description: The provider in the registry; null if there was none, or if it was not a REG_SZ value.
      type: str
    period:
      description: The task's period in minutes; null if it had none.
      type: int
    altered:
      description: How the task's definition differed from what is wanted, at most 32 entries.
      type: list
      elements: str
after:
  description: What there is now (in check mode, would be), in the same form. Null if that is not known.
  returned: when the machine could be read
  type: dict
reason:
  description:
    - Why the task failed - V(not_usable), V(not_known), V(friendly_name), V(no_task_classes) or V(bad_options).
  returned: on such failures
  type: str
"""
