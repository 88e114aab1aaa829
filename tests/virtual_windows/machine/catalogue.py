"""Common IM clients, so that a description only needs their names.

Names, processes and the GUIDs of Teams are those of the published registrations; where none is
known, the GUID is derived from the name. The list only serves to keep descriptions short.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

_NAMESPACE = uuid.UUID("5c0f1d5e-2f2c-5a8e-9a53-6d7b6f1f3a10")


def made_up_guid(name: str) -> str:
    """Return a CLSID, with braces, that is always the same for a name."""
    return "{" + str(uuid.uuid5(_NAMESPACE, name.casefold())).upper() + "}"


@dataclass(frozen=True)
class KnownProvider:
    """An IM client as its vendor ships it.

    Attributes:
        at_start: what it does about DefaultIMApp when it starts: `take`, `if_empty` or `leave`.
        remembers: it stores the previous default in PreviousDefaultIMApp and gives it back when it stops.
    """

    name: str
    friendly_name: str
    process_name: str
    folder: str
    guid: str = ""
    at_start: str = "take"
    remembers: bool = False

    @property
    def clsid(self) -> str:
        """Its CLSID with braces."""
        return self.guid or made_up_guid(self.name)


_TEAMS = "{00425F68-FFC1-445F-8EDF-EF78B84BA1C7}"
_MS_TEAMS = "{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}"

CATALOGUE: dict[str, KnownProvider] = {
    known.name.casefold(): known
    for known in (
        KnownProvider("Lync", "Skype for Business", "lync.exe", r"Microsoft Office\root\Office16", at_start="if_empty"),
        KnownProvider(
            "Communicator",
            "Office Communicator 2007",
            "communicator.exe",
            "Microsoft Office Communicator",
            at_start="if_empty",
        ),
        KnownProvider("Teams", "Microsoft Teams", "Teams.exe", r"Microsoft\Teams\current", _TEAMS, remembers=True),
        KnownProvider("MsTeams", "Microsoft Teams", "ms-teams.exe", r"WindowsApps\MSTeams", _MS_TEAMS, remembers=True),
        KnownProvider("Cisco Jabber", "Cisco Jabber", "CiscoJabber.exe", r"Cisco Systems\Cisco Jabber"),
        KnownProvider("Zoom", "Zoom", "Zoom.exe", r"Zoom\bin", at_start="leave"),
        KnownProvider("RCIM", "RingCentral", "RingCentral.exe", "RingCentral"),
        KnownProvider("Jitsi", "Jitsi", "Jitsi.exe", "Jitsi"),
    )
}


def known_provider(name: str) -> KnownProvider | None:
    """Return the client of that name, whatever its case."""
    return CATALOGUE.get(name.casefold())
