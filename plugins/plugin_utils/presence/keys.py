# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: the registry keys and values by which Office and IM clients find each other.

Source: Microsoft, "Integrating IM applications with Office"; ``docs/domain.md``.
"""

from __future__ import annotations

from ..windows.hive_values import ValueName

#: Below ``HKLM\Software`` (in either view): registrations. Below ``HKCU\Software``: what counts for one user.
IM_PROVIDERS = "IM Providers"

#: The registry that Click-to-Run Office keeps for itself and sees merged with the machine's, below ``HKLM``.
CLICK_TO_RUN_REGISTRY = r"SOFTWARE\Microsoft\Office\ClickToRun\REGISTRY\MACHINE"

#: The value that names the provider Office connects to, in every user's hive.
DEFAULT_IM_APP = ValueName(rf"Software\{IM_PROVIDERS}", "DefaultIMApp")

#: In a provider's own key below it: the state that the client reports, and the default that it replaced.
UP_AND_RUNNING = "UpAndRunning"
PREVIOUS_DEFAULT_IM_APP = "PreviousDefaultIMApp"

#: A registration's values.
FRIENDLY_NAME = "FriendlyName"
GUID = "GUID"
PROCESS_NAME = "ProcessName"

#: Classes of all users, below which COM servers are registered.
CLASSES = r"HKLM\SOFTWARE\Classes"

#: The type library of the interfaces between Office and IM clients, below classes; both views share it.
TYPE_LIBRARY = r"TypeLib\{B9AA1F11-F480-4054-A84E-B5D9277E40A8}\1.0"

#: COM servers of MSIX packages, below classes: a key for each CLSID, with a subkey for each package.
PACKAGED_COM = r"PackagedCom\ClassIndex"

#: Keys of clients that were seen in the field (docs/field.md): they are what they are called, and never friendly names.
SEEN_IN_THE_FIELD = frozenset(
    {"msteams", "teams", "lync", "communicator", "cisco jabber", "jitsi", "rcim", "zoom", "desktopcommunicator"}
)

#: The longest name that a registry key can have, and so a provider.
LONGEST_NAME = 255
