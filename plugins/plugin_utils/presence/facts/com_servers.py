# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which COM servers and which type library the machine has registered for everyone.

A missing one is a note, never a verdict: Windows finds a running client by its registered class object and does not
look for a server then (Microsoft, "Registering a Running EXE Server").
"""

from __future__ import annotations

import dataclasses
import re
import typing as t
from dataclasses import dataclass

from ... import limits
from ...windows.command_output import Output
from ...windows.hive_command import SERVER_KEYS
from ...windows.reg_query import PrintedKey, default_value, for_each_guid, parse_keys
from ...windows.registry_view import View
from ..keys import CLASSES, IM_PROVIDERS, PACKAGED_COM, TYPE_LIBRARY
from ..providers import Provider, Registration, Registrations

_CLSID_IN_PATH = re.compile(r"\{[0-9a-f-]{36}\}")

#: Questions for the command that reads the users' hives; ``add_com_servers`` and ``ComAnswers`` understand the answers.
QUESTIONS = "& ".join(
    [
        # What this machine, in its language, prints where a key has no default value: this one never has.
        default_value("unset", r"HKLM\SYSTEM"),
        default_value("type_library", rf"{CLASSES}\{TYPE_LIBRARY}"),
        *(
            for_each_guid(
                f"servers.{view.value}",
                rf"HKLM\{view.software(IM_PROVIDERS)}",
                [
                    *(rf"{CLASSES}\{view.clsid_key}\%c\{server}" for server in SERVER_KEYS),
                    rf"{CLASSES}\{PACKAGED_COM}\%c",
                ],
                limits.COM_SERVERS,
            )
            for view in View
        ),
    ]
)


@dataclass(frozen=True)
class ComAnswers:
    """What the machine has for everyone.

    Args:
        unset: what this machine prints where a key has no default value.
        type_library: whether the interfaces' type library is registered; None if that was not asked.
    """

    unset: str | None = None
    type_library: bool | None = None


def parse_com_answers(answers: t.Mapping[str, t.Sequence[Output]]) -> ComAnswers:
    """Return what is the same for all providers."""
    unset = [
        value.data for output in answers.get("unset", ()) for key in parse_keys(output) for value in key.values.values()
    ]
    library = answers.get("type_library")
    return ComAnswers(unset[0] if unset else None, bool(parse_keys(library[0])) if library else None)


def add_com_servers(
    registered: Registrations, answers: t.Mapping[str, t.Sequence[Output]], com: ComAnswers
) -> Registrations:
    """Return the registrations with their COM servers, as far as they were looked up."""
    by_view = {view: _servers(answers.get(f"servers.{view.value}", ()), com.unset) for view in View}

    def with_server(view: View, registration: Registration) -> Registration:
        servers, all_known = by_view[view]
        folded = (registration.clsid or "").casefold()
        if registration.click_to_run or not (all_known or folded in servers):
            return registration
        return dataclasses.replace(registration, com_server=servers.get(folded), com_server_known=True)

    providers = {
        folded: Provider(p.name, {view: with_server(view, one) for view, one in p.registrations.items()})
        for folded, p in registered.providers.items()
    }
    return dataclasses.replace(registered, providers=providers)


def _servers(outputs: t.Sequence[Output], unset: str | None) -> tuple[dict[str, str | None], bool]:
    """Return the servers by their folded CLSIDs, and whether these are all.

    A server is a command or, for a package, its key. Each output is about one CLSID, that of the first key in it: no
    text can speak for another.
    """
    servers: dict[str, str | None] = {}
    for output in outputs[: limits.COM_SERVERS]:
        keys = parse_keys(output)
        clsid = _clsid_in(keys[0]) if keys else None
        for key in keys:
            packaged = PACKAGED_COM.casefold() in key.path.casefold()
            command = key.path if packaged else key.default_command(unset)
            if clsid and clsid == _clsid_in(key) and servers.get(clsid) is None:
                servers[clsid] = command
    complete = len(outputs) < limits.COM_SERVERS and not any(output.cut for output in outputs)
    return servers, bool(outputs) and complete


def _clsid_in(key: PrintedKey) -> str | None:
    match = _CLSID_IN_PATH.search(key.path.casefold())
    return match[0] if match else None
