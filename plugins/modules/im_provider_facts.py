# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module; the code is the action plugin of the same name. Long, since it documents every fact."""

from __future__ import annotations

DOCUMENTATION = r"""
module: im_provider_facts
short_description: Find out whose presence in Office works on a machine, and why not
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Office shows a user's presence through one instant-messaging client only, the user's default provider, and only if
    a chain of conditions holds. This module checks that chain for every user of a machine, signed in or not, and
    returns a verdict with its evidence. It sets the fact C(ansible_facts.im_presence).
  - It changes nothing. To read the hives of users who are not signed in, it mounts them briefly, which O(mount) can
    disable.
  - A hive that cannot be read is not a failure. Its entry has the error, RV(ansible_facts.im_presence.users[].error),
    RV(msg) counts the errors, and everything else is reported as usual. If a mounted hive cannot be released, the task
    fails and names it, and the next run releases it. Then the facts are in the result of the failed task, available by
    C(register), but Ansible does not set them.
  - One request lists the profiles, and one command on the machine (five requests) reads everything in the registry, for
    any number of users. Processes take one request, plus one for each session that runs a registered client. Names take
    one request for each user. A desktop with one user takes nine requests in total.
  - Where the machine allows no remote shells (C(AllowRemoteShellAccess) is 0), signed-in users are read by typed calls,
    about twelve requests for each, and three for each registration. The entries of the others have an error.
  - If users, processes, Office or registrations cannot be read, the rest is reported, and warnings name what is
    missing. Users have no verdict where it would depend on that.
  - Notes cost nothing where defaults run. Where a signed-in user's default does not run and its COM server is not
    registered for all users, the user's own classes are searched - one or two requests for each of up to five such
    users, or one more command for all. No hive is mounted for that.
options:
  gather:
    description:
      - Which parts to gather. V(providers) are the registered clients, V(users) the hives with their verdicts.
      - V(processes) looks for the clients' processes in the users' sessions. Without it, verdicts rely on the values
        that clients write to the registry, and the evidence says so. A crashed client then looks like a running one.
        All clients in a session count for the owner of one of them, even one that was started as another user.
      - V(accounts) looks up account names, of at most 100 users (those without presence first).
      - V(notes) are known causes of problems that decide no verdict, see RV(ansible_facts.im_presence.users[].notes).
      - V(processes), V(accounts) and V(notes) need V(users).
    type: list
    elements: str
    choices: [providers, users, processes, accounts, notes]
    default: [providers, users, processes, accounts, notes]
  mount:
    description:
      - Whether hives of users who are not signed in, and the template, are mounted to read them.
      - If V(false), they are listed but not read, nothing is mounted, and no lock is needed. The same holds if
        O(profiles) is only V(loaded).
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
    task or a C(pre_tasks) entry. Instead of C(gather_subset), use O(gather), O(users) and O(profiles).
  - Fact caches keep C(im_presence) like any other fact, so a later play, or an inventory plugin such as
    P(ansible.builtin.constructed#inventory), can use it without connecting to the machine.
  - Data from the machine's registry is never evaluated as a template. Its size is limited, and C(truncated) says what
    was left out.
  - Office's bitness decides which view of the registry is checked. If it is unknown, a condition holds if it does in
    either view.
seealso:
  - module: presence.office.default_im_app
  - name: Integrating IM applications with Office
    description: How Office finds the IM client, by Microsoft.
    link: https://learn.microsoft.com/en-us/office/client-developer/shared/integrating-im-applications-with-office
"""

EXAMPLES = r"""
- name: Whose presence works?
  presence.office.im_provider_facts:

- name: Users who are signed in to a client that Office does not connect to
  ansible.builtin.debug:
    msg: "{{ ansible_facts.im_presence.users | selectattr('verdict', 'eq', 'shadowed') | map(attribute='account') }}"

- name: Only the registered clients, for an inventory of thousands of machines
  presence.office.im_provider_facts:
    gather: [providers]

- name: Mount nothing
  presence.office.im_provider_facts:
    mount: false

- name: Instead of gather_facts
  hosts: office
  gather_facts: false
  pre_tasks:
    - name: Gather presence facts
      presence.office.im_provider_facts:
        gather: [providers, users, processes]

# Ad hoc: ansible -i inventory.yml office -m presence.office.im_provider_facts
"""

RETURN = r"""
msg:
  description:
    - How many users have each verdict, how many have errors, the problems of up to three users, and who was left alone.
  returned: always
  type: str
  sample: >-
    2 users: 1 shadowed, 1 ready; CONTOSO\ada is shadowed: Cisco Jabber does not run (UpAndRunning is 0), and Lync does;
    Office connects to Cisco Jabber only
unmatched_users:
  description: Plain names and SIDs in O(users) and O(exclude_users) that no profile on the machine belongs to.
  returned: when the facts were gathered, or the task failed because of O(missing_user=fail)
  type: list
  elements: str
  sample: []
reason:
  description:
    - V(unclear_user) if the task failed because nobody can tell whom an entry of O(users) or O(exclude_users) means.
    - V(bad_options) if it failed because of an option, before anything was sent to the machine.
  returned: in these cases
  type: str
  sample: unclear_user
ansible_facts:
  description: The facts.
  returned: always
  type: dict
  contains:
    im_presence:
      description: The facts about presence on the machine.
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
              registered_in: {x64: registry, x86: registry}
            - name: Lync
              friendly_name: Skype for Business
              guid: '{CAD6A8AC-266C-5233-A1B6-244743196CA0}'
              process_name: lync.exe
              views: [x64, x86]
              com_server:
                x64: '"C:\Program Files\Microsoft Office\root\Office16\lync.exe"'
                x86: '"C:\Program Files\Microsoft Office\root\Office16\lync.exe"'
              complete: {x64: true, x86: true}
              registered_in: {x64: registry, x86: registry}
          contains:
            name:
              description: The provider's name, which is the name of its key.
              type: str
            friendly_name:
              description: Its display name; null if there is none.
              type: str
            guid:
              description: The CLSID of its COM server as registered; null if there is none.
              type: str
            process_name:
              description: The program that Office looks for in the list of processes; null if there is none.
              type: str
            views:
              description: The views of the registry that register it, V(x64) and V(x86).
              type: list
              elements: str
            com_server:
              description:
                - For each view, the command of its COM server as registered for all users, or the key of the package
                  that has it; null if there is none, or it was not looked up.
              type: dict
            complete:
              description: For each view, whether the GUID is a CLSID and a program is named, which Office needs.
              type: dict
            registered_in:
              description:
                - For each view, V(registry), or V(click_to_run) for the registry that Click-to-Run Office keeps for
                  itself.
              type: dict
        office:
          description:
            - Office's C(version) and C(platform) (V(x64) or V(x86), the view that it reads); null if there is none.
          type: dict
          sample: {version: 16.0.17328.20162, platform: x64}
        users:
          description: One entry for each hive, at most 2000; null if not gathered.
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
              notes: []
              reason:
              error:
          contains:
            sid:
              description: The account's SID; null for the template.
              type: str
            account:
              description: The account's name; null if not gathered, and for a deleted account.
              type: str
            profile:
              description: The profile's folder.
              type: str
            hive:
              description: Where the hive is - V(loaded), V(unloaded) or V(default).
              type: str
            default:
              description: The user's default provider; null if there is none, or if it is not a REG_SZ value.
              type: str
            previous_default:
              description: The previous default, if the client has recorded it.
              type: str
            providers:
              description:
                - The machine's providers and the user's own, at most 32 - C(name); C(registered), V(machine), V(user)
                  (for this user only) or V(no); C(up_and_running), the state that the client
                  reports, V(not_running), V(starting), V(running), V(unset) or V(invalid); C(process), whether it runs
                  in the user's session, null if not gathered or the user is not signed in.
              type: list
              elements: dict
            verdict:
              description:
                - V(no_office) - neither Office nor any registration was found on the machine. Nothing is broken there.
                - V(switched_off) - Office shows no presence, since TurnOffPresenceIntegration is 1 or
                  TurnOffPresenceIcon is 2.
                - V(no_default) - no default provider is set.
                - V(not_registered) - the default provider is not registered in the registry view that Office reads,
                  and either the other view has it or the user has never used it.
                - V(unconfirmed) - the default provider is registered nowhere, but the user uses it. Office may know it
                  by itself.
                - V(bad_registration) - the default provider is registered, but its GUID is not a CLSID, or its
                  ProcessName is missing.
                - V(starting) - the default provider is starting.
                - V(stale) - the default provider is marked as running, but has no process. It has crashed.
                - V(present) - everything is in order.
                - V(shadowed) - the default provider is not running, but another provider of the user is.
                - V(silent) - the default provider's program is alive in the user's session, but its UpAndRunning is
                  not 1 or 2.
                - V(not_running) - neither the default provider nor another one is running.
                - V(ready) - the user is not signed in, and everything that can be checked is in order.
                - Null for the template, and for a hive that was not read.
              type: str
            evidence:
              description:
                - C(link), the condition that does not hold - V(office_setting), V(default), V(registration),
                  V(up_and_running) or V(process), null if none is known not to hold; C(key) and C(view), where to look;
                  C(found), what is there, in words; C(running), the user's other providers that are running, registered
                  or not.
              type: dict
            notes:
              description:
                - Known causes of problems that decide no verdict, of users who are signed in or whose hive was read.
                  Each has a C(code), C(found) in words, C(key) and C(view). Empty if not gathered.
                - C(com_server_missing), no COM server of the default provider's CLSID is registered, neither for all
                  users nor for this one, and the client does not run; C(type_library_missing), nor is the type library
                  of Office's interfaces; C(icons_off_in_mail), Outlook shows no presence icons in messages;
                  C(previous_default_is_itself) and C(previous_default_gone), what C(PreviousDefaultIMApp) names;
                  C(other_view_only), the default or a running provider is registered in the view that Office does not
                  read.
              type: list
              elements: dict
            reason:
              description:
                - Why the hive was skipped - V(temporary), V(mandatory), V(corrupted), V(no_hive_file), V(name_unknown)
                  for a user who may be one of O(exclude_users), V(signed_out) for one who signed out before the hive
                  was read, if nothing may be mounted, V(not_a_person) for an account of Windows itself
                  (C(defaultuser0) of Windows Setup, C(DefaultAccount), C(WDAGUtilityAccount)), or V(shared_folder) for
                  one with the same folder, and so the same hive file, as another. Otherwise null.
              type: str
            error:
              description:
                - What could not be read, or why the hive could not be released; null if nothing went wrong. There can
                  still be a verdict.
              type: str
        guard:
          description:
            - The machine's guard (see P(presence.office.guard#module)), or what there is of it. Null if there is none.
            - Reading it takes two requests, on machines that have one.
          type: dict
          sample:
            provider: Teams
            period: 5
            last_run: '2026-11-28T01:02:03Z'
            last_result: 0
            altered: []
            error:
          contains:
            provider:
              description: The provider that it keeps; null if the registry names none.
              type: str
            period:
              description: The period of its task in minutes; null if there is no task, or no period in it.
              type: int
            last_run:
              description: When the task ran last, as the machine writes it; null if it has not run.
              type: str
            last_result:
              description:
                - What the last run ended with, as the Task Scheduler has it. 0 - everybody has the provider; 1 - it
                  could not be written for somebody; 2 - the registry names no provider; 267009 - it runs now; 267011 -
                  it has not run yet.
              type: int
            altered:
              description:
                - What is not as the module makes it, such as V(Settings/Enabled is false instead of true) or V(the task
                  is missing). The module mends it.
              type: list
              elements: str
            error:
              description: What could not be read; null if everything could.
              type: str
        summary:
          description:
            - Counts of C(users), of C(defaults) (empty for none) and C(verdicts). The template does not count.
          type: dict
          sample: {"users": 2, "defaults": {"Cisco Jabber": 1, "Lync": 1}, "verdicts": {"shadowed": 1, "ready": 1}}
        truncated:
          description: Sentences about what was left out because there was too much of it, or could not be read.
          type: list
          elements: str
          sample: []
"""
