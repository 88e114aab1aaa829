# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the module; the code is the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: im_provider
short_description: Register an IM client with Office on a machine, or remove its registration
version_added: 0.1.0
author: The presence.office authors (@presence-office)
description:
  - Office finds the IM client that gives a user presence by its registration, the key
    C(HKLM\Software\IM Providers\<name>) with the values C(FriendlyName), C(GUID) and C(ProcessName). 32-bit Office on
    64-bit Windows reads C(HKLM\Software\WOW6432Node\IM Providers\<name>) instead.
  - Installers write it. This module is for machines where it is missing, incomplete or left over. It does what the
    published repairs for new Teams, and for classic Teams on terminal servers, do by hand.
  - Only what differs is written, and RV(views) holds what was there before. A registration that should be absent loses
    its three values, and its key as well if nothing else is in it.
  - A registration alone gives nobody presence. The client has to provide its COM class and the type library, it has to
    run and to report itself as running, and it has to be the user's default, for which there is
    P(presence.office.default_im_app#module). Outlook has to be started again, since Office looks once.
  - Whether the registration of new Teams that the first example writes makes its presence work is not known.
    Scripts that were published as repairs write these very values, in the 64-bit view only, and one of them remarks
    that classic Teams has to be installed for it to work. Microsoft's own instructions for new Teams do not mention
    the key. Microsoft documents the key itself, for IM clients in general.
  - All of this has been tested on virtual machines only, never on real Windows. Try it on one machine first.
options:
  name:
    description:
      - The provider, by the name of its key, such as C(MsTeams) (new Teams) or C(Teams) (classic Teams).
      - Case does not matter. A key whose name differs in case only is the same registration, and keeps its name.
    type: str
    required: true
  state:
    description:
      - V(present) registers the provider. Other values in its key are left alone. A value of another type than REG_SZ
        is replaced.
      - V(absent) removes the registration. O(friendly_name), O(guid) and O(process_name) are then ignored.
    type: str
    choices: [present, absent]
    default: present
  friendly_name:
    description: C(FriendlyName), the name that people see. Required with O(state=present).
    type: str
  guid:
    description:
      - C(GUID), the CLSID of the client's COM class. Required with O(state=present).
      - It has to have braces, as in V({88435F68-FFC1-445F-8EDF-EF78B84BA1C7}), and therefore quotes in YAML. Case
        does not matter.
    type: str
  process_name:
    description:
      - C(ProcessName), the program that has to run, such as V(ms-teams.exe). Required with O(state=present).
      - A path is refused, since Office looks for the name alone.
      - A name that does not end with C(.exe) is written with a warning. Nothing that we know of says that Office
        refuses it, but it looks for a process of this name.
    type: str
  views:
    description:
      - Where the registration should be, or should not be.
      - V(office) is the view that the machine's Office reads, by C(Platform) of Click-to-Run or else by Outlook's
        C(Bitness). Where neither is set, the task fails and asks for V(x64) or V(x86).
      - V(x64) is C(HKLM\Software\IM Providers), V(x86) is C(HKLM\Software\WOW6432Node\IM Providers).
      - A 32-bit Windows has one view only, which is called V(x64) here.
    type: list
    elements: str
    choices: [office, x64, x86]
    default: [office]
extends_documentation_fragment:
  - presence.office.attributes
attributes:
  diff_mode:
    description: Shows the three values of each view that changes, before and after.
    support: full
notes:
  - It costs five requests on a machine with Click-to-Run Office where nothing has to change, six to register a provider
    that is not there and nine to remove one. For each view that is named, it is four, five and eight. An Office that
    was installed from an MSI takes up to six more to find out its view, and the first registration in V(x86) one more.
  - A view that fails does not stop the other. The task then fails at the end, with every result in place.
  - The registration in Click-to-Run's own registry, below C(HKLM\SOFTWARE\Microsoft\Office\ClickToRun\REGISTRY), is
    neither read nor written. Whether Office heeds it is not known.
  - An installer or an update of the client can write or remove the registration at any time. What it writes between the
    look at a key and its removal is removed as well.
seealso:
  - module: presence.office.default_im_app
  - module: presence.office.im_provider_facts
  - name: Integrating IM applications with Office
    description: How Office finds the IM client, by Microsoft.
    link: https://learn.microsoft.com/en-us/office/client-developer/shared/integrating-im-applications-with-office
"""

EXAMPLES = r"""
- name: New Teams, as the published repairs register it
  presence.office.im_provider:
    name: MsTeams
    friendly_name: Microsoft Teams
    guid: '{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}'
    process_name: ms-teams.exe
    views: x64
  register: repair

- name: Undo that, view by view, with what the result holds
  presence.office.im_provider:
    name: MsTeams
    state: "{{ item.before.exists | ternary('present', 'absent') }}"
    friendly_name: "{{ item.before.friendly_name | default(omit, true) }}"
    guid: "{{ item.before.guid | default(omit, true) }}"
    process_name: "{{ item.before.process_name | default(omit, true) }}"
    views: ['{{ item.view }}']
  loop: "{{ repair.views | selectattr('changed') }}"

- name: Classic Teams on a terminal server, for Office of either bitness
  presence.office.im_provider:
    name: Teams
    friendly_name: Microsoft Teams
    guid: '{00425F68-FFC1-445F-8EDF-EF78B84BA1C7}'
    process_name: Teams.exe
    views: [x64, x86]

- name: What classic Teams left behind
  presence.office.im_provider:
    name: Teams
    state: absent
    views: [x64, x86]
"""

RETURN = r"""
msg:
  description: What happened in each view, failures first.
  returned: always
  type: str
  sample: 'MsTeams: registered in x64; nothing to change in x86'
reason:
  description: V(bad_options) if the task failed because of an option, before anything was sent to the machine.
  returned: in this case
  type: str
  sample: bad_options
views:
  description: One entry for each view.
  returned: when the views are known and the machine could be read
  type: list
  elements: dict
  sample:
    - view: x64
      key: HKLM\SOFTWARE\IM Providers\MsTeams
      before: {exists: false, friendly_name: null, guid: null, process_name: null, other_types: []}
      after:
        exists: true
        friendly_name: Microsoft Teams
        guid: '{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}'
        process_name: ms-teams.exe
        other_types: []
      changed: true
      left:
      error:
  contains:
    view:
      description: V(x64) or V(x86).
      type: str
    key:
      description: The registration's key, as the machine spells it.
      type: str
    before:
      description:
        - What was there. Null if it could not be read.
        - A registration that was complete can be restored with this module, as the example shows. One that was
          incomplete, or whose GUID was not valid, cannot, since the module does not write such registrations. Its
          values are listed all the same. The data of a value of another type is not read, so it cannot be restored.
      type: dict
      contains:
        exists:
          description: Whether the key existed.
          type: bool
        friendly_name:
          description: C(FriendlyName); null if there was none, or if it was not a REG_SZ value.
          type: str
        guid:
          description: C(GUID), likewise.
          type: str
        process_name:
          description: C(ProcessName), likewise.
          type: str
        other_types:
          description: The names of those of the three values that existed but were not REG_SZ values.
          type: list
          elements: str
    after:
      description: What is there now (in check mode, would be), in the same form. Null if that is not known.
      type: dict
    changed:
      description: Whether something was written or removed (in check mode, would be).
      type: bool
    left:
      description:
        - With O(state=absent), what else is in the key, if it is kept because of that - C(values), where the default
          value has an empty name, and C(subkeys), at most 64 names of each. Null if no key is kept.
      type: dict
    error:
      description: What went wrong; null if nothing did.
      type: str
"""
