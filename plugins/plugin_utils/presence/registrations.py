# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: reads the registrations of a machine: only the names by typed calls, or everything by a command.

The command that reads the users' hives reads them as well, so they cost no request of their own.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .. import limits
from ..windows.com_classes import local_server
from ..windows.command_output import Output
from ..windows.reg_query import PrintedKey, com_servers, default_value, parse_keys, tree
from ..windows.registry import Registry, Root
from ..windows.registry_view import View
from .keys import CLASSES, FRIENDLY_NAME, GUID, IM_PROVIDERS, LONGEST_NAME, PROCESS_NAME
from .providers import Provider, Providers, Registration, Registrations

#: Questions for the command; ``parse_registrations`` understands the answers.
QUESTIONS = "& ".join(
    [
        *(tree(view.value, rf"HKLM\{view.software(IM_PROVIDERS)}") for view in View),
        # What this machine, in its language, prints where a key has no default value: this one never has.
        default_value("unset", r"HKLM\SYSTEM"),
        *(
            com_servers(
                f"servers.{view.value}",
                rf"HKLM\{view.software(IM_PROVIDERS)}",
                rf"{CLASSES}\{view.clsid_key}",
                limits.COM_SERVERS,
            )
            for view in View
        ),
    ]
)


def list_providers(registry: Registry) -> Providers:
    """Return the providers that any view registers, by name alone: a request for each view."""
    providers: dict[str, Provider] = {}
    for view in View:
        for name in registry.subkeys(Root.HKLM, view.software(IM_PROVIDERS)) or []:
            if 0 < len(name) <= LONGEST_NAME:
                _add(providers, name, view, Registration(com_server_known=False))
    return providers


def parse_registrations(answers: t.Mapping[str, t.Sequence[Output]]) -> Registrations:
    """Return the registrations in the answers to ``QUESTIONS``; if one is printed twice, the first one counts."""
    unset = _unset(answers.get("unset", ()))
    providers: dict[str, Provider] = {}
    cut = False
    for view in View:
        outputs = answers.get(f"servers.{view.value}", ())[: limits.COM_SERVERS]
        servers = _servers(outputs, view, unset)
        all_known = len(outputs) < limits.COM_SERVERS and not any(output.cut for output in outputs)
        output = answers.get(view.value, [Output()])[0]
        for key in parse_keys(output):
            name = _name_below(key, view.software(IM_PROVIDERS))
            if name is not None:
                _add(providers, name, view, _registration(key, servers, all_known))
        cut = cut or output.cut
    return Registrations(providers, unset, cut)


def look_up_com_servers(registry: Registry, registered: Registrations, names: t.Iterable[str]) -> Registrations:
    """Look up the COM servers of these providers where the command's answer stopped before them."""
    providers = dict(registered.providers)
    left = limits.COM_SERVERS_BEYOND
    for folded in {name.casefold() for name in names} & set(providers):
        views = dict(providers[folded].registrations)
        for view, one in views.items():
            if one.clsid and not one.com_server_known and left:
                left -= 1
                server = local_server(registry, Root.HKLM, r"SOFTWARE\Classes", view, one.clsid)
                views[view] = dataclasses.replace(one, com_server=server, com_server_known=True)
        providers[folded] = Provider(providers[folded].name, views)
    return dataclasses.replace(registered, providers=providers)


def _add(providers: dict[str, Provider], name: str, view: View, registration: Registration) -> None:
    first = providers.get(name.casefold()) or Provider(name, {})
    # If a machine prints a key twice, the first one counts.
    registrations = dict(first.registrations)
    registrations.setdefault(view, registration)
    providers[name.casefold()] = Provider(first.name, registrations)


def _registration(key: PrintedKey, servers: t.Mapping[str, str | None], all_known: bool) -> Registration:
    guid = key.text(GUID)
    folded = (guid or "").casefold()
    return Registration(
        friendly_name=key.text(FRIENDLY_NAME),
        guid=guid,
        process_name=key.text(PROCESS_NAME),
        com_server=servers.get(folded),
        com_server_known=all_known or folded in servers,
    )


def _name_below(key: PrintedKey, root: str) -> str | None:
    """Return the name of a key right below ``root``."""
    parent = f"HKEY_LOCAL_MACHINE\\{root}\\"
    name = key.path[len(parent) :]
    is_below = key.path.casefold().startswith(parent.casefold()) and name and "\\" not in name
    return name if is_below and len(name) <= LONGEST_NAME else None


def _unset(outputs: t.Sequence[Output]) -> str | None:
    values = [value.data for output in outputs for key in parse_keys(output) for value in key.values.values()]
    return values[0] if values else None


def _servers(outputs: t.Sequence[Output], view: View, unset: str | None) -> dict[str, str | None]:
    """Return the servers by their folded CLSIDs. Each output holds one, so no text can affect another."""
    servers: dict[str, str | None] = {}
    parent = f"{CLASSES.replace('HKLM', 'HKEY_LOCAL_MACHINE')}\\{view.clsid_key}\\".casefold()
    for output in outputs:
        key = next(iter(parse_keys(output)), PrintedKey("", {}))
        clsid = key.path.casefold().removeprefix(parent).removesuffix(r"\localserver32")
        servers.setdefault(clsid, key.default_command(unset))
    return servers
