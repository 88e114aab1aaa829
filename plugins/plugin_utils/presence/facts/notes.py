# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: known causes of problems that decide no verdict, for one user. docs/domain.md explains each.

That a user's key is volatile cannot be seen through ``reg query``, so there is no note about it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...text import printable
from ...windows.registry_view import View
from ..keys import CLASSES, PREVIOUS_DEFAULT_IM_APP, TYPE_LIBRARY
from .diagnosis import registration_key
from .user import MachineState, User


@dataclass(frozen=True)
class Note:
    """One note; its fields are keys of the facts."""

    code: str
    found: str
    key: str
    view: View | None = None


def notes_on(user: User, machine: MachineState) -> list[Note]:
    """Return the notes on one user."""
    return [note for make in _NOTES for note in make(user, machine)]


def wanted_clsids(user: User, machine: MachineState) -> dict[View, str]:
    """Return the CLSIDs that a signed-in user's own classes have to be searched for, since a note depends on them."""
    registered = machine.registrations(user.name)
    known = all(one.com_server_known for one in registered.values())
    if not user.signed_in or user.runs or not known or any(one.com_server for one in registered.values()):
        return {}
    return {view: one.clsid for view, one in registered.items() if one.clsid}


def _com_server_missing(user: User, machine: MachineState) -> t.Iterator[Note]:
    if user.com_servers is None or any(user.com_servers.values()):
        return
    for view, clsid in wanted_clsids(user, machine).items():
        found = f"no COM server is registered for {clsid}, neither for all users nor for this one"
        yield Note("com_server_missing", found, rf"{CLASSES}\{view.clsid_key}\{clsid}", view)


def _type_library_missing(user: User, machine: MachineState) -> t.Iterator[Note]:
    if user.name and machine.type_library is False and user.settings.own_type_library is False:
        found = "the type library of Office's interfaces is registered neither for all users nor for this one"
        yield Note("type_library_missing", found, rf"{CLASSES}\{TYPE_LIBRARY}")


def _icons_off_in_mail(user: User, _machine: MachineState) -> t.Iterator[Note]:
    setting = user.settings.icons_off_in_mail
    if setting is not None and user.settings.presence_off is None:
        yield Note("icons_off_in_mail", f"{setting.label}: no presence icons in messages", user.key(setting.key))


def _previous_default(user: User, machine: MachineState) -> t.Iterator[Note]:
    previous = (user.previous or "").casefold()
    if not previous or not user.name:
        return
    key = rf"{user.key()}\{printable(user.name)}"
    if previous == user.name.casefold():
        yield Note("previous_default_is_itself", f"{PREVIOUS_DEFAULT_IM_APP} names the provider itself", key)
    elif previous not in machine.providers and previous not in user.own_names:
        found = f"{PREVIOUS_DEFAULT_IM_APP} is {printable(user.previous or '')}, which is gone from this machine"
        yield Note("previous_default_gone", found, key)


def _other_view_only(user: User, machine: MachineState) -> t.Iterator[Note]:
    for name in (user.name, *user.running):
        for view, one in machine.other_views(name).items():
            if name and not machine.registrations(name):
                found = (
                    f"{printable(name)} is registered in the view {view.value} only, which this Office does not read"
                )
                yield Note("other_view_only", found, registration_key(name, view, one), view)


_NOTES = (_com_server_missing, _type_library_missing, _icons_off_in_mail, _previous_default, _other_view_only)
