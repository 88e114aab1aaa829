# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module; the code is the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: im_provider_facts
short_description: Tell whose presence in Office works on a machine, and why not
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Office shows a user's presence through one instant-messaging client only, the user's default provider, and only if a
    chain of things holds. This module follows that chain for every user of a machine, signed in or not, and says in
    one word where it breaks, with the evidence. It sets the fact C(ansible_facts.im_presence).
  - It changes nothing. To read the hives of users who are not signed in, it mounts them for a moment, which O(mount)
    switches off.
  - A hive that cannot be read is no failure. The error is in its entry, RV(ansible_facts.im_presence.users[].error),
    RV(msg) counts the errors, and all else is told. If a hive that was mounted could not be released again, the task
    fails and names it, and the next run releases it. The facts are in the result of the failed task then, where
    C(register) finds them, but Ansible does not set them.
  - One request lists the profiles, and one command on the machine (five requests) reads all that is in the registry,
    whatever the number of users. Processes cost a request, and one for each session that runs a registered client.
    Names cost a request for each user. A desktop with one user answers nine requests in all.
  - Where a default provider's COM server is not registered for everybody, as with classic Teams, the users' own
    registrations are read as well. That is a request for each of up to five users who are signed in, or one command
    more for all.
options:
  gather:
    description:
      - Which parts to gather. V(providers) are the registered clients, V(users) the hives with their verdicts.
      - V(processes) looks for the clients' processes in the users' sessions. Without it the values that clients leave
        in the registry are believed, and the evidence says so. A client that has crashed looks like one that runs.
        A session is taken to belong to the owner of one of its clients, so one that somebody starts there as another
        user counts for the wrong one.
      - V(accounts) looks up the users' names, of a hundred users at most (first of those without presence).
      - V(processes) and V(accounts) need V(users).
    type: list
    elements: str
    choices: [providers, users, processes, accounts]
    default: [providers, users, processes, accounts]
  mount:
    description:
      - Whether hives of users who are not signed in, and the template, are mounted to read them.
      - If V(false), they are listed and not read, nothing on the machine is touched, and no lock is taken. The same
        holds if O(profiles) is V(loaded) alone.
    type: bool
    default: true
extends_documentation_fragment:
  - presence.office.users
  - presence.office.attributes
attributes:
  diff_mode:
    description: Nothing changes, so there is nothing to show.
    support: none
  facts:
    description: Sets C(ansible_facts.im_presence).
    support: full
notes:
  - >-
    C(gather_facts) cannot run this module, neither through C(ansible_facts_modules) nor C(FACTS_MODULES): ansible-core
    (up to 2.21 at least) executes fact modules on the managed node and never as action plugins, so it stops with
    C(is missing interpreter line) before anything is sent. Set C(gather_facts=false) and make this module the first
    task or a C(pre_tasks) entry. What C(gather_subset) is for others, O(gather) is here, and O(users) with O(profiles).
  - Fact caches keep C(im_presence) like any other fact, so a later play, or an inventory plugin such as
    P(ansible.builtin.constructed#inventory), finds it without asking the machine again.
  - Everything is text from the machine's registry and never a template. Its size is bounded, and C(truncated) says what
    was cut.
  - Which view of the registry counts is decided by Office's bitness. Where no Office tells its own, a link holds if it
    does in either view.
seealso:
  - module: presence.office.default_im_app
  - name: Integrating IM applications with Office
    description: How Office finds the IM client, by Microsoft.
    link: https://learn.microsoft.com/en-us/office/client-developer/shared/integrating-im-applications-with-office
"""

EXAMPLES = r"""
- name: Whose presence works?
  presence.office.im_provider_facts:

- name: Everybody who is signed in to another client than Office connects to
  ansible.builtin.debug:
    msg: "{{ ansible_facts.im_presence.users | selectattr('verdict', 'eq', 'shadowed') | map(attribute='account') }}"

- name: An inventory of thousands of machines - which clients they have, and nothing more
  presence.office.im_provider_facts:
    gather: [providers]

- name: Touch nothing, not even for a moment
  presence.office.im_provider_facts:
    mount: false

- name: In the place of gather_facts
  hosts: office
  gather_facts: false
  pre_tasks:
    - name: Gather what there is about presence
      presence.office.im_provider_facts:
        gather: [providers, users, processes]

# Ad hoc: ansible -i inventory.yml office -m presence.office.im_provider_facts
"""

RETURN = r"""
msg:
  description:
    - How many users have which verdict, how many hives have errors, and what is the matter with up to three of them.
  returned: always
  type: str
  sample: >-
    2 users: 1 shadowed, 1 ready; CONTOSO\ada is shadowed: Cisco Jabber does not run (UpAndRunning is 0), and Lync does;
    Office connects to Cisco Jabber only
unmatched_users:
  description: Plain names and SIDs in O(users) and O(exclude_users) that no profile on the machine belongs to.
  returned: always
  type: list
  elements: str
  sample: []
ansible_facts:
  description: The facts.
  returned: always
  type: dict
  contains:
    im_presence:
      description: What there is about presence on the machine.
      type: dict
      contains:
        providers:
          description: Every provider registered on the machine, at most 64; null if not gathered.
          type: list
          elements: dict
          sample:
            - name: Cisco Jabber
              friendly_name: Cisco Jabber
              guid: '{5F6F4216-4144-5F45-9355-1333CC97D339}'
              process_name: CiscoJabber.exe
              views: [x64, x86]
              com_server:
                x64: '"C:\Program Files\Cisco Systems\Cisco Jabber\CiscoJabber.exe"'
                x86: '"C:\Program Files\Cisco Systems\Cisco Jabber\CiscoJabber.exe"'
              complete: {x64: true, x86: true}
            - name: Lync
              friendly_name: Skype for Business
              guid: '{CAD6A8AC-266C-5233-A1B6-244743196CA0}'
              process_name: lync.exe
              views: [x64, x86]
              com_server:
                x64: '"C:\Program Files\Microsoft Office\root\Office16\lync.exe"'
                x86: '"C:\Program Files\Microsoft Office\root\Office16\lync.exe"'
              complete: {x64: true, x86: true}
          contains:
            name:
              description: The provider's name, that of its key.
              type: str
            friendly_name:
              description: The name it has for people; null if there is none.
              type: str
            guid:
              description: The CLSID of its COM server as registered; null if there is none.
              type: str
            process_name:
              description: The program that Office looks for among the processes; null if there is none.
              type: str
            views:
              description: The views of the registry that have it, of V(x64) and V(x86).
              type: list
              elements: str
            com_server:
              description: For each of the views, the command of its COM server as registered for everybody, or null.
              type: dict
            complete:
              description: For each of the views, whether all four are there.
              type: dict
        office:
          description:
            - Office's C(version) and C(platform) (V(x64) or V(x86), the view that counts); null if there is none.
          type: dict
          sample: {version: 16.0.17328.20162, platform: x64}
        users:
          description: One entry a hive, at most 2000; null if not gathered.
          type: list
          elements: dict
          sample:
            - sid: S-1-5-21-366862218-1208237269-1866442550-99147
              account: CONTOSO\ada
              profile: C:\Users\ada
              hive: loaded
              default: Cisco Jabber
              previous_default:
              providers:
                - {name: Cisco Jabber, registered: machine, up_and_running: not_running, process: false}
                - {name: Lync, registered: machine, up_and_running: running, process: true}
              verdict: shadowed
              evidence:
                link: up_and_running
                key: HKU\S-1-5-21-366862218-1208237269-1866442550-99147\Software\IM Providers\Cisco Jabber
                view:
                found: >-
                  Cisco Jabber does not run (UpAndRunning is 0), and Lync does; Office connects to Cisco Jabber only
                running: [Lync]
              reason:
              error:
          contains:
            sid:
              description: The account's SID; null for the template.
              type: str
            account:
              description: What Windows calls the account; null if not gathered, and for a deleted account.
              type: str
            profile:
              description: The profile's folder.
              type: str
            hive:
              description: Where the hive was found - V(loaded), V(unloaded) or V(default).
              type: str
            default:
              description: The user's default provider; null if there is none that is a REG_SZ.
              type: str
            previous_default:
              description: The default before this one, where the client has noted it.
              type: str
            providers:
              description:
                - The machine's providers and the user's own, at most 32 - C(name); C(registered), V(machine), V(user)
                  (for this user only, which Office does not look at) or V(no); C(up_and_running), what the client says
                  of itself, V(not_running), V(starting), V(running), V(unset) or V(invalid); C(process), whether it is
                  alive in the user's session, null if not gathered or the user is not signed in.
              type: list
              elements: dict
            verdict:
              description:
                - V(no_default) - no default provider is set.
                - V(not_registered) - the default provider is not registered in the registry view that Office reads.
                - V(no_com_server) - the default provider has no GUID, or no COM server is registered for it.
                - V(shadowed) - the default provider is not running, but another provider of the user is.
                - V(not_running) - neither the default provider nor another one is running.
                - V(starting) - the default provider is starting.
                - V(stale) - the default provider is marked as running, but has no process. It has crashed.
                - V(present) - everything is in order.
                - V(ready) - the user is not signed in, and everything that can be checked is in order.
                - Null for the template, and for a hive that was not read.
              type: str
            evidence:
              description:
                - C(link), the link of the chain that is broken - V(default), V(registration), V(com_server),
                  V(up_and_running) or V(process), null if none is; C(key) and C(view), where that shows; C(found), what
                  was found there, in words; C(running), other providers of the user that run.
              type: dict
            reason:
              description:
                - Why the hive is left alone - V(temporary), V(mandatory), V(corrupted), V(no_hive_file),
                  V(name_unknown) for a user who may be one of O(exclude_users), or V(signed_out) for one who signed out
                  before the hive was read, where nothing may be mounted; else null.
              type: str
            error:
              description:
                - Why something could not be read, or a hive not be released; null if all is well. There can be a
                  verdict all the same.
              type: str
        summary:
          description:
            - Counts of C(users), of C(defaults) (empty for none) and C(verdicts). The template does not count.
          type: dict
          sample: {"users": 2, "defaults": {"Cisco Jabber": 1, "Lync": 1}, "verdicts": {"shadowed": 1, "ready": 1}}
        truncated:
          description: Sentences that say what was cut because there was too much of it.
          type: list
          elements: str
          sample: []
"""
