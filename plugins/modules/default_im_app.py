# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module; the code is the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: default_im_app
short_description: Keep the IM client that Office shows presence through, in every user hive
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Office shows a user's presence through one instant-messaging client only, the one that the registry value
    C(HKCU\Software\IM Providers\DefaultIMApp) names. Installers and clients overwrite it, and a user who is signed
    in to another client shows no presence at all.
  - This module reads that value in the hive of every user of a machine, signed in or not, and corrects it where it
    differs.
  - It sends WS-Management requests to WMI through the connection that Ansible has to the host. If nothing has to
    change, a machine takes one request, plus one for each signed-in user. With unloaded hives, or more than five
    users, a single command reads all hives, which makes six requests for up to 200 of them, or seven with the
    template. Where typed calls are used and a user does not have the first preference, it takes two more requests to
    find that it is registered. If it is not, it takes up to three others, up to two for each such user, and one for the
    friendly name of each registered provider unless the collection knows the preferred name.
  - The provider is chosen for each user. One is usable if the machine registers it in the view of the registry that
    its Office reads, or if the user has used it, since several clients install for one user only and new Teams leaves
    no registration on some machines. One that is registered in the other view only is not usable. A user who has the
    first preference already is left alone, whatever is registered.
  - One user's broken hive does not stop the others. The task then fails at the end, with all results.
  - Some clients watch the value and take it back. With O(hold), the task goes on watching for a while, writes the value
    again when something overwrites it, and tells who that was. See C(docs/holding.md) of the collection.
options:
  hold:
    description:
      - For how many seconds, at most 900, to hold the defaults of users who are signed in, or who sign in meanwhile -
        what is overwritten is written again, over the connection that the task has open.
      - For one machine or a few. All tasks of a play wait for it, and each host keeps one of Ansible's forks busy.
      - Something that is back within half a second, again and again, is met with pauses, up to O(hold_interval). See
        RV(users[].contested) for who that is. Nothing but the value itself is written.
      - If the machine goes out of reach, it is tried again until the time is over. Users who sign out leave the right
        default behind, if O(profiles) has V(unloaded).
      - A C(timeout) of the task (or C(task_timeout) in ansible.cfg) would end the task without a result. It is refused
        unless it leaves 30 seconds more than the hold. With C(loop) or C(until), every round holds again.
      - In check mode nothing is held. V(0) holds nothing.
    type: int
    default: 0
  hold_interval:
    description:
      - After how many seconds, from 1 to 60, the defaults are read again while they are held and O(watch=poll). Also
        the longest pause before a default is written again.
    type: int
    default: 2
  watch:
    description:
      - How changes are noticed while defaults are held. V(poll) reads them again and again.
      - V(events) subscribes to changes of the value, so that the machine tells of them at once. It needs Windows 8,
        Server 2012 or later, and falls back to polling with a warning if the machine refuses. It follows Microsoft's
        documentation and was never tried on real Windows; it probably keeps the user's hive open, so that Windows
        unloads it by force (event 1530) if the user signs out meanwhile.
    type: str
    choices: [poll, events]
    default: poll
  contested:
    description:
      - What to do if something came back after its default had been written, while defaults were held. V(warn) warns,
        V(fail) fails the task at the end.
    type: str
    choices: [warn, fail]
    default: warn
  record_previous:
    description:
      - Record the replaced provider in C(HKCU\Software\IM Providers\<new provider>\PreviousDefaultIMApp), as Teams
        does. Its uninstaller restores it.
      - A replaced value that cannot be a provider's name (longer than 255 characters, or with control characters) is
        not recorded.
    type: bool
    default: false
extends_documentation_fragment:
  - presence.office.policy
  - presence.office.users
  - presence.office.attributes
notes:
  - A hive that is mandatory, temporary or corrupted, or whose file does not exist (a profile disk that is not
    attached), is left alone. RV(msg) and RV(users) say so, with the reason. That is not a failure. If nobody is left
    who could be looked at, a warning says so.
  - While an unloaded hive is mounted, its user cannot sign in properly. So each is mounted by itself, only as long as
    reading or writing one value takes. If the machine cannot release a hive, the task fails and names it, and the next
    run releases it first.
  - Where the machine allows no remote shells (C(AllowRemoteShellAccess) is 0), signed-in users are read and changed by
    typed calls, however many. Others, and the template, are errors that say so, unless O(profiles) is V(loaded).
  - A user whom Windows lists twice is one user. Of several profiles with one folder, one is used.
  - Two runs never use the same machine's unloaded hives at the same time. The command holds a lock,
    C(%SystemRoot%\System32\config\systemprofile\presence.office.lock), as long as it runs.
  - A machine can have a guard (P(presence.office.guard#module)) that wants something else than is set. A warning says
    so, whenever something was changed, or would be.
seealso:
  - module: presence.office.guard
  - name: Integrating IM applications with Office
    description: How Office finds the IM client, by Microsoft.
    link: https://learn.microsoft.com/en-us/office/client-developer/shared/integrating-im-applications-with-office
"""

EXAMPLES = r"""
- name: Teams, else Lync, for all current and future users
  presence.office.default_im_app:
    name: [MsTeams, Teams, Lync]
    profiles: [loaded, unloaded, default]

- name: Lync for two people, and fail if they have no profile on the machine
  presence.office.default_im_app:
    name: Lync
    users: ['CONTOSO\ada', 'CONTOSO\grace']
    missing_user: fail

- name: Everyone except service accounts
  presence.office.default_im_app:
    name: Lync
    exclude_users: ['CONTOSO\svc-*']

- name: Lync, and for five minutes against clients that put themselves back
  presence.office.default_im_app:
    name: Lync
    hold: 300

- name: Undo - remove the default, so that clients set it themselves again
  presence.office.default_im_app:
    state: absent

- name: Remove Cisco Jabber where it is the default, and leave other defaults alone
  presence.office.default_im_app:
    name: Cisco Jabber
    state: absent
"""

RETURN = r"""
msg:
  description:
    - What happened (in check mode, what would), in a sentence that lists up to five users.
    - Users who were left alone are named as such; nothing else is said of them.
  returned: always
  type: str
  sample: 'changed 1 of 14 users (CONTOSO\ada: Cisco Jabber -> Lync)'
provider:
  description:
    - The provider that all users have or get, as in RV(users[].provider); null where they differ, where none can be
      set for one of them, where a hive cannot be read, where there is nobody to set one for, and with
      O(state=absent).
  returned: when the users were compared
  type: dict
  sample:
    name: Lync
    reason: registered
    views: [x64]
    passed_over: [{name: MsTeams, reason: not usable}]
reason:
  description:
    - V(not_usable) if all that failed is that no provider can be set for some users. With O(unregistered=skip), the
      task has not failed then.
    - V(contested) if it failed only because of O(contested=fail).
    - V(friendly_name) if it failed because one of O(name) is a friendly name, before anything was changed. There is
      then no RV(users).
    - V(unclear_user) if it failed, likewise, because nobody can tell whom an entry of O(users) or O(exclude_users)
      means.
    - V(bad_options) if it failed because of an option, before anything was sent to the machine.
  returned: in these cases
  type: str
  sample: not_usable
users:
  description: One entry for each hive.
  returned: when the users were compared
  type: list
  elements: dict
  sample:
    - sid: S-1-5-21-1004336348-1177238915-682003330-1104
      account: CONTOSO\ada
      profile: C:\Users\ada
      hive: loaded
      before: Cisco Jabber
      after: Lync
      changed: true
      provider: {name: Lync, reason: registered, views: [x64], passed_over: [{name: MsTeams, reason: not usable}]}
      reason: other_provider
      error:
      restored: 0
      seconds_lost: 0.0
      contested: []
  contains:
    sid:
      description: The account's SID; null for the template.
      type: str
    account:
      description:
        - The account's name. It is looked up for the first six users who change, drift or fail, and for all users if
          O(users) or O(exclude_users) contain names. Otherwise null, as for a deleted account.
      type: str
    profile:
      description: The profile's folder.
      type: str
    hive:
      description: Where the hive is - V(loaded), V(unloaded) or V(default).
      type: str
    before:
      description:
        - The default before the task; null if there was none, or if it was not a REG_SZ value (see
          RV(users[].reason)).
      type: str
    after:
      description:
        - The default after the task (in check mode, the one that would be set); null if there is none, or if it is
          unknown because of RV(users[].error).
      type: str
    changed:
      description: Whether the hive was changed (in check mode, would be).
      type: bool
    provider:
      description:
        - The provider that was chosen for this user, null if none was. C(name); C(reason), V(already_set) for the first
          preference (nothing else was looked up), V(registered), V(used_by_user), or V(not_required) with
          O(require_registered=false); C(views), those of Office's views that register it; C(passed_over), earlier
          preferences with their C(reason), C(not usable) or C(registered in the other view only).
      type: dict
    reason:
      description:
        - Why the hive was changed or not - V(as_wanted), V(other_provider), V(missing), V(wrong_type),
          V(to_be_removed), V(unreadable), V(not_usable), V(no_office), or for a skipped hive V(temporary),
          V(mandatory), V(corrupted), V(no_hive_file), V(name_unknown), V(signed_out), V(not_a_person),
          V(shared_folder).
        - V(not_usable) is a user for whom none of O(name) can be set, which is an error. V(no_office) is a user of a
          machine with neither Office nor any provider, which is not an error.
        - V(name_unknown) is a user who may be one of O(exclude_users), since the account's name could not be looked up.
        - V(signed_out) is a user who signed out while the task ran, where O(profiles) is V(loaded) alone.
        - V(not_a_person) is an account of Windows itself - C(defaultuser0) of Windows Setup, C(DefaultAccount),
          C(WDAGUtilityAccount). V(shared_folder) is a profile with the same folder, and so the same hive file, as
          another one, which was taken.
      type: str
    error:
      description: What went wrong; null if nothing did.
      type: str
    restored:
      description: How often the default was written again while it was held. Only with O(hold).
      type: int
    seconds_lost:
      description: For how many seconds, at most, something else was the default meanwhile. Only with O(hold).
      type: float
    contested:
      description:
        - What overwrote the default while it was held, one entry for each provider. Only with O(hold).
        - C(provider), null if the value was removed or is no text; C(program), the program that the provider's
          registration names, null if that is not known or was not looked up; C(running), whether that program runs in
          the user's session, null if that is not known. If it does not run, something else writes the value, such as a
          logon script, Group Policy or another controller.
        - C(times), how often it came; C(median), C(shortest) and C(longest), the seconds after which it was back, null
          if it came once and had not been overwritten before. With O(watch=poll) these are up to O(hold_interval) too
          long. C(seconds_lost), as in RV(users[].seconds_lost).
      type: list
      elements: dict
      sample:
        - provider: Cisco Jabber
          program: CiscoJabber.exe
          running: true
          times: 28
          median: 10.0
          shortest: 9.8
          longest: 10.3
          seconds_lost: 31.5
hold:
  description:
    - How the hold went - C(seconds) that it took; C(users) whose defaults were held; how often they were C(restored),
      and for how many seconds, at most, they were lost (C(seconds_lost)), all users together; for how many seconds the
      machine could not be asked (C(seconds_unwatched)); C(watch), how changes were noticed at the end;
      C(watch_refused), why not by events, null if that was not asked for or worked.
  returned: with O(hold), outside check mode, when the users were compared
  type: dict
  sample:
    seconds: 300.1
    users: 3
    restored: 28
    seconds_lost: 31.5
    seconds_unwatched: 0.0
    watch: poll
    watch_refused:
check_mode:
  description: Whether the task ran in check mode, by C(--check) or by the keyword, so that nothing was written.
  returned: when the users were compared
  type: bool
  sample: false
unmatched_users:
  description: Plain names and SIDs in O(users) and O(exclude_users) that no profile on the machine belongs to.
  returned: when the users were compared, or the task failed because of O(missing_user=fail)
  type: list
  elements: str
  sample: ['CONTOSO\charles']
summary:
  description:
    - The number of users, and how many were changed, unchanged, skipped (see RV(users[].reason); with
      O(unregistered=skip), V(not_usable) as well) and failed.
  returned: when the users were compared
  type: dict
  sample: {"users": 14, "changed": 1, "unchanged": 12, "skipped": 1, "failed": 0}
"""
