# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""What providers tell Office of themselves: name, CLSID, program and COM server, view by view.

Asked for as a part of the command that reads the hives, so that it costs no request of its own.

Source: ``domain.md``'s keys (Microsoft, "Integrating IM applications with Office").
"""

from __future__ import annotations

import dataclasses
import re
import typing as t
from dataclasses import dataclass, field

from ..windows.classes import CLSIDS, local_server
from ..windows.questions import Key, com_server, com_servers, default_value, keys, tree
from ..windows.registry import Registry, Root
from ..windows.transcript import Frame
from .providers import LONGEST_NAME, VIEWS

#: CLSIDs whose COM server is looked up, in each view.
MOST_SERVERS = 64

#: Default providers' COM servers that are looked up one by one, where there are more than these.
MOST_LOOKED_UP = 16

#: Classes of all users.
CLASSES = r"HKLM\SOFTWARE\Classes"

#: Questions for the command; ``read_registrations`` understands the answers.
QUESTIONS = "& ".join(
    [
        *(tree(view, rf"HKLM\{key}") for view, key in VIEWS.items()),
        # What this machine, in its language, prints where a key has no default value: this one never has.
        default_value("unset", r"HKLM\SYSTEM"),
        *(
            com_servers(f"servers.{view}", rf"HKLM\{key}", rf"{CLASSES}\{CLSIDS[view]}", MOST_SERVERS)
            for view, key in VIEWS.items()
        ),
    ]
)

# What CLSIDFromString takes. The registry knows no case.
_CLSID = re.compile(r"\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Registered:
    """A registration in one view; what is missing, or no REG_SZ, is None.

    Args:
        server_known: whether its COM server was looked up.
    """

    friendly_name: str | None = None
    guid: str | None = None
    process_name: str | None = None
    com_server: str | None = None
    server_known: bool = True

    @property
    def clsid(self) -> str | None:
        """The GUID if it can be one."""
        return self.guid if self.guid and _CLSID.fullmatch(self.guid) else None

    @property
    def complete(self) -> bool:
        """Whether Office finds all that it needs."""
        return all((self.friendly_name, self.clsid, self.process_name, self.com_server))


@dataclass(frozen=True)
class Provider:
    """A provider and its registrations by view."""

    name: str
    views: t.Mapping[str, Registered]

    def first(self, part: str) -> str | None:
        """Return a part of the registration as the first view has it that does."""
        return next((found for view in self.views.values() if (found := getattr(view, part))), None)


@dataclass(frozen=True)
class Registrations:
    """What a machine registers: providers by their folded names.

    Args:
        unset: what this machine prints where a key has no default value.
        cut: there was more than is read.
    """

    providers: t.Mapping[str, Provider] = field(default_factory=dict)
    unset: str | None = None
    cut: bool = False


def read_registrations(answers: t.Mapping[str, t.Sequence[Frame]]) -> Registrations:
    """Return what the answers to ``QUESTIONS`` tell; of one that is printed again, the first counts."""
    unset = _unset(answers.get("unset", ()))
    names: dict[str, str] = {}
    views: dict[str, dict[str, Registered]] = {}
    cut = False
    for view, root in VIEWS.items():
        frames = answers.get(f"servers.{view}", ())[:MOST_SERVERS]
        servers = _servers(frames, view, unset)
        all_known = len(frames) < MOST_SERVERS and not any(server.cut for server in frames)
        frame = answers.get(view, [Frame()])[0]
        for key in keys(frame):
            name = _name_below(key, root)
            if name is not None:
                names.setdefault(name.casefold(), name)
                views.setdefault(name.casefold(), {}).setdefault(view, _registered(key, servers, all_known))
        cut = cut or frame.cut
    providers = {folded: Provider(name, views[folded]) for folded, name in names.items()}
    return Registrations(providers, unset, cut)


def look_up(registry: Registry, found: Registrations, names: t.Iterable[str]) -> Registrations:
    """Look up the COM servers of somebody's default providers where the command's answer stopped before them."""
    providers = dict(found.providers)
    left = MOST_LOOKED_UP
    for folded in {name.casefold() for name in names} & set(providers):
        views = dict(providers[folded].views)
        for view, one in views.items():
            if one.clsid and not one.server_known and left:
                left -= 1
                server = local_server(registry, Root.HKLM, r"SOFTWARE\Classes", view, one.clsid)
                views[view] = dataclasses.replace(one, com_server=server, server_known=True)
        providers[folded] = Provider(providers[folded].name, views)
    return Registrations(providers, found.unset, found.cut)


def text_of(key: Key | None, name: str) -> str | None:
    """Return a REG_SZ of a key."""
    value = key.value(name) if key else None
    return value.text if value else None


def _registered(key: Key, servers: t.Mapping[str, str | None], all_known: bool) -> Registered:
    guid = text_of(key, "GUID")
    return Registered(
        friendly_name=text_of(key, "FriendlyName"),
        guid=guid,
        process_name=text_of(key, "ProcessName"),
        com_server=servers.get((guid or "").casefold()),
        server_known=all_known or (guid or "").casefold() in servers,
    )


def _name_below(key: Key, root: str) -> str | None:
    head = f"HKEY_LOCAL_MACHINE\\{root}\\"
    name = key.path[len(head) :]
    below = key.path.casefold().startswith(head.casefold()) and name and "\\" not in name
    return name if below and len(name) <= LONGEST_NAME else None


def _unset(frames: t.Sequence[Frame]) -> str | None:
    found = [value.data for frame in frames for key in keys(frame) for value in key.values.values()]
    return found[0] if found else None


def _servers(frames: t.Sequence[Frame], view: str, unset: str | None) -> dict[str, str | None]:
    """Return the servers by their folded CLSIDs; a frame holds one, so no text can speak for another."""
    servers: dict[str, str | None] = {}
    head = f"{CLASSES.replace('HKLM', 'HKEY_LOCAL_MACHINE')}\\{CLSIDS[view]}\\".casefold()
    for frame in frames:
        path, command = com_server(frame, unset)
        clsid = path.casefold().removeprefix(head).removesuffix(r"\localserver32")
        servers.setdefault(clsid, command)
    return servers
