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
  - This module reads that value in the hive of every user of a machine, signed in or not, and writes it where it
    differs.
  - It sends WS-Management requests to WMI through the connection that Ansible has to the host. A machine on which
    nothing has to change answers three requests and one for each signed-in user; with unloaded hives, or more than
    five users, a single command reads all hives and that makes eight requests whatever their number, nine
    with the template.
  - One user's broken hive does not stop the others. The task then fails at the end, with every result in place.
options:
  record_previous:
    description:
      - Keep the provider that is replaced in C(HKCU\Software\IM Providers\<new provider>\PreviousDefaultIMApp), as
        Teams does, whose uninstaller falls back to it.
      - A replaced value that could not be a provider's name (longer than 255 characters, or with control characters)
        is not kept.
    type: bool
    default: false
extends_documentation_fragment:
  - presence.office.policy
  - presence.office.users
  - presence.office.attributes
notes:
  - A hive that is mandatory, temporary or corrupted, or whose file is not there (a profile disk that is not attached),
    is left alone and told in RV(users) with its reason. That is no failure.
  - While an unloaded hive is mounted its user cannot sign in properly, so each is mounted alone, for the moment that
    reading or writing one value takes. Should the machine be unable to release a hive, the task fails and names it, and
    the next run releases it first.
  - Two runs never touch the same machine's unloaded hives at once. The command keeps a lock,
    C(%SystemRoot%\System32\config\systemprofile\presence.office.lock), for as long as it runs.
seealso:
  - name: Integrating IM applications with Office
    description: How Office finds the IM client, by Microsoft.
    link: https://learn.microsoft.com/en-us/office/client-developer/shared/integrating-im-applications-with-office
"""

EXAMPLES = r"""
- name: Teams, else Lync, for everyone with a profile and everyone to come
  presence.office.default_im_app:
    name: [MsTeams, Teams, Lync]
    profiles: [loaded, unloaded, default]

- name: Lync for two people, and complain if they have no profile here
  presence.office.default_im_app:
    name: Lync
    users: ['CONTOSO\ada', 'CONTOSO\grace']
    missing_user: fail

- name: Everyone but the service accounts
  presence.office.default_im_app:
    name: Lync
    exclude_users: ['CONTOSO\svc-*']

- name: Undo - let every client choose for itself again
  presence.office.default_im_app:
    state: absent

- name: Remove Cisco Jabber where it is the default, and leave every other choice alone
  presence.office.default_im_app:
    name: Cisco Jabber
    state: absent
"""

RETURN = r"""
msg:
  description: What happened, in a sentence that quotes up to five hives.
  returned: always
  type: str
  sample: 'changed 1 of 14 hives (CONTOSO\ada: Cisco Jabber -> Lync)'
provider:
  description: The provider that was chosen; null with O(state=absent), or if none could be chosen.
  returned: always
  type: dict
  sample:
    name: Lync
    views: [x64, x86]
    passed_over: [{name: MsTeams, reason: not registered on this machine}]
  contains:
    name:
      description: Its name as the machine registered it.
      type: str
    views:
      description: The views of the registry that have it, V(x64) and V(x86); empty if none has.
      type: list
      elements: str
    passed_over:
      description: Earlier preferences (C(name)) and why they were not chosen (C(reason)).
      type: list
      elements: dict
users:
  description: One entry a hive.
  returned: when the hives were read
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
      reason: other_provider
      error:
  contains:
    sid:
      description: The account's SID; null for the template.
      type: str
    account:
      description:
        - What Windows calls the account. Looked up where somebody reads it - for the first six hives that change,
          drift or fail, and for everyone if O(users) or O(exclude_users) go by name. Null otherwise, and for a
          deleted account.
      type: str
    profile:
      description: The profile's folder.
      type: str
    hive:
      description: Where the hive was found - V(loaded), V(unloaded) or V(default).
      type: str
    before:
      description:
        - The default that was found; null if there was none, or none that is a REG_SZ (see RV(users[].reason)).
      type: str
    after:
      description:
        - The default that stands there now (in check mode, that would); null for none, and where RV(users[].error)
          left it untold.
      type: str
    changed:
      description: Whether the hive was changed (in check mode, would be).
      type: bool
    reason:
      description:
        - Why it was changed or left alone - V(as_wanted), V(other_provider), V(missing), V(wrong_type),
          V(to_be_removed), V(unreadable), or for a hive that is left alone V(temporary), V(mandatory), V(corrupted),
          V(no_hive_file), V(name_unknown), V(signed_out).
        - V(name_unknown) is a user who may be one of O(exclude_users), since Windows could not tell the account's name.
        - V(signed_out) is a user who signed out while the task ran, where O(profiles) is V(loaded) alone.
      type: str
    error:
      description: Why what should have been done was not; null if all is well.
      type: str
unmatched_users:
  description: Plain names and SIDs in O(users) and O(exclude_users) that no profile on the machine belongs to.
  returned: when the hives were read
  type: list
  elements: str
  sample: ['CONTOSO\charles']
summary:
  description: How many hives there are, and what became of them. Skipped ones are left alone for RV(users[].reason).
  returned: when the hives were read
  type: dict
  sample: {"users": 14, "changed": 1, "unchanged": 12, "skipped": 1, "failed": 0}
"""
