# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what ``com_servers`` looks up by command, by typed calls: for machines that allow no remote shells."""

from __future__ import annotations

import dataclasses
import functools

from ... import limits
from ...windows.com_classes import local_server
from ...windows.registry import CALL_ERRORS, Registry, Root
from ...windows.registry_view import View
from ..keys import CLASSES, PACKAGED_COM, TYPE_LIBRARY
from ..providers import Provider, Registration, Registrations
from .com_servers import ComAnswers

_CLASSES = CLASSES.removeprefix("HKLM\\")


def read_type_library(registry: Registry) -> ComAnswers:
    """Return whether the interfaces' type library is registered for everyone; a note less where that is not known."""
    try:
        return ComAnswers(type_library=registry.subkeys(Root.HKLM, f"{_CLASSES}\\{TYPE_LIBRARY}") is not None)
    except CALL_ERRORS:
        return ComAnswers()


def read_com_servers(registry: Registry, registered: Registrations) -> Registrations:
    """Return the registrations with their COM servers, as far as these could be looked up."""
    left = dict.fromkeys(View, limits.COM_SERVERS)

    @functools.cache
    def server(view: View, clsid: str) -> tuple[bool, str | None]:
        left[view] -= 1
        if left[view] < 0:
            return False, None
        try:
            return True, _server(registry, view, clsid)
        except CALL_ERRORS:
            return False, None

    def with_server(view: View, registration: Registration) -> Registration:
        clsid = registration.clsid
        known, found = server(view, clsid) if clsid else (True, None)
        return dataclasses.replace(registration, com_server=found, com_server_known=known)

    providers = {
        folded: Provider(one.name, {view: with_server(view, r) for view, r in one.registrations.items()})
        for folded, one in registered.providers.items()
    }
    return dataclasses.replace(registered, providers=providers)


def _server(registry: Registry, view: View, clsid: str) -> str | None:
    if command := local_server(registry, Root.HKLM, _CLASSES, view, clsid):
        return command
    packaged = f"{_CLASSES}\\{PACKAGED_COM}\\{clsid}"
    return f"HKEY_LOCAL_MACHINE\\{packaged}" if registry.subkeys(Root.HKLM, packaged) is not None else None
