"""A user and a machine as the notes see them, from what a test says they have."""

from __future__ import annotations

from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.notes import (
    notes_on,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.office_settings import (
    OfficeSetting,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.user import MachineState, User
from ansible_collections.presence.office.plugins.plugin_utils.presence.provider_states import (
    ProviderState,
    UpAndRunning,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Provider, Registration
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from ..support import CLSID

SID = "S-1-5-21-1-2-3-1001"
OTHER = CLSID.replace("5F3C", "6F3C")
X64, X86 = View.X64, View.X86
WHOLE = Registration("A name", CLSID, "app.exe", com_server="app.exe", com_server_known=True)
BARE = Registration("A name", CLSID, "app.exe", com_server_known=True)
NOT_LOOKED_UP = Registration("A name", CLSID, "app.exe")
NOBODY_S: dict[View, str | None] = {X64: None, X86: None}
ICON = OfficeSetting("TurnOffPresenceIcon", 1, r"Software\Policies\X\Common\IM", policy=True)


def machine(platform=X64, type_library=None, **providers):
    """Return a machine with Lync in order in both views, and others as described."""
    known = {"Lync": dict.fromkeys(View, WHOLE), **providers}
    by_name = {name.casefold(): Provider(name, views) for name, views in known.items()}
    return MachineState(by_name, platform, type_library=type_library)


def user(default="Lync", *, running=(), signed_in=True, own=(), default_up=UpAndRunning.UNSET, process=None, **more):
    """Return a user; ``running``: names of providers that run, ``own``: those that the user has keys of."""
    states = {name.casefold(): ProviderState(name, "machine", UpAndRunning.RUNNING) for name in running}
    states[default.casefold()] = ProviderState(default, "machine", default_up, process)
    names = frozenset(name.casefold() for name in (*running, *own))
    return User(SID, signed_in, StringValue.of(default), states, names, **more)


def codes(who, of=None):
    """Return the codes of the notes on a user."""
    return [note.code for note in notes_on(who, of or machine())]
