# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation that all modules for Windows machines share: how they behave."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of an action that uses WS-Management over the host's connection."""

    DOCUMENTATION = r"""
requirements:
  - pywinrm on the controller for the connection P(ansible.builtin.winrm#connection)
  - pypsrp on the controller for the connection P(ansible.builtin.psrp#connection)
attributes:
  action:
    description: Runs on the controller as an action plugin. Nothing is uploaded and no PowerShell is started.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  bypass_host_loop:
    description: Runs once for every host, not once for all.
    support: none
  check_mode:
    description: In check mode, everything is read and decided, but nothing is written.
    support: full
  diff_mode:
    description: Shows one line for every user whose hive changes - account, before, after.
    support: full
  platform:
    description: What the module works on.
    platforms: windows
    support: full
notes:
  - Lists may be given as a text, C(a, b), or with brackets as JSON and YAML have it, C([a, b]). Spaces around entries
    do not count. An entry with a comma needs a list. An option that is null is refused, and so are names that YAML
    takes for a boolean, a number or a date. Quote them.
  - The host's connection must be P(ansible.builtin.winrm#connection) or P(ansible.builtin.psrp#connection). The
    module uses only its address, login, encryption and time-outs.
  - The account must be an administrator of the machine. C(become) has no effect, since the connection's account does
    the work for all users.
"""
