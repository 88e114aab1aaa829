"""The IM clients that docs/field.md knows, so that a description only needs their names.

Each entry quotes its row of docs/field.md. What no row says is not modelled: no view, no COM server, no type library,
no behaviour at start or stop. Two things are stand-ins, because Microsoft's article on the integration of IM
applications demands them of every registration and the rows do not give them: a CLSID is derived from the client's
name, and a FriendlyName or ProcessName is the product's usual one. Folders are stand-ins as well.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

# Both views of the registry, the native one first.
VIEWS = ("x64", "x86")

_NAMESPACE = uuid.UUID("5c0f1d5e-2f2c-5a8e-9a53-6d7b6f1f3a10")


def made_up_guid(name: str) -> str:
    """Return a CLSID, with braces, that is always the same for a name."""
    return "{" + str(uuid.uuid5(_NAMESPACE, name.casefold())).upper() + "}"


@dataclass(frozen=True)
class KnownProvider:
    """An IM client as far as it is known.

    Attributes:
        folder: where it is installed, below Program Files; only used where a description asks for a COM server.
        guid: its CLSID; empty: a stand-in.
        views: the registry views of its registration below HKLM; empty: no such registration was ever seen, so a
            description has to say all of it.
        com_server: `unknown`; `none`: known to have none; `user`: in the classes of the users who have the client;
            `invented`: the client is a description's own, and complete.
        type_library: who gets it from this client: `machine`, `user` (those who have it), or empty.
        library_folder: where its file is in the profile of such a user.
        at_start: what it does about DefaultIMApp when it starts: `take`, `if_empty` or `leave`.
        remembers: it stores the previous default in PreviousDefaultIMApp and gives it back when it stops.
        says_starting: UpAndRunning is 0 and 1 before it is 2.
        deletes_at_stop: at its end it deletes DefaultIMApp and its own key instead of setting UpAndRunning to 0.
        volatile: it creates its keys in the user's hive as volatile ones.
    """

    name: str
    friendly_name: str
    process_name: str
    folder: str
    guid: str = ""
    views: tuple[str, ...] = VIEWS
    com_server: str = "unknown"
    type_library: str = ""
    library_folder: str = ""
    at_start: str = "leave"
    remembers: bool = False
    says_starting: bool = True
    deletes_at_stop: bool = False
    volatile: bool = False

    @property
    def clsid(self) -> str:
        """Its CLSID with braces."""
        return self.guid or made_up_guid(self.name)


_KNOWN = (
    # "Lync 2013, Skype for Business": registered below HKLM in one or both views, with a further value Icon (which a
    # description adds under `registry`). UpAndRunning is 2 while it runs and 0 otherwise. Brings the type library for
    # the machine (docs/domain.md, the registry).
    KnownProvider("Lync", "Skype for Business", "lync.exe", r"Microsoft Office\root\Office16", type_library="machine"),
    # "Lync 2010, Office Communicator 2007": HKLM reported; the user's UpAndRunning documented. docs/domain.md [6]
    # names it among those that overwrite DefaultIMApp.
    KnownProvider(
        "Communicator",
        "Office Communicator 2007",
        "communicator.exe",
        "Microsoft Office Communicator",
        at_start="take",
    ),
    # "Microsoft Teams (classic)": deployment scripts create the registration in both views. The type library is in
    # each user's classes. The scripts that create the registration put the COM server there as well, in LocalServer.
    # PreviousDefaultIMApp is the user's.
    KnownProvider(
        "Teams",
        "Microsoft Teams",
        "Teams.exe",
        r"Microsoft\Teams\current",
        "{00425F68-FFC1-445F-8EDF-EF78B84BA1C7}",
        com_server="user",
        type_library="user",
        library_folder=r"AppData\Local\Microsoft\TeamsPresenceAddin",
        at_start="take",
        remembers=True,
    ),
    # "Microsoft Teams (new)": of a user DefaultIMApp and UpAndRunning, nothing else. Whether its package writes the
    # key below HKLM is not known, so only a description that lists it has one: what the repair scripts write, which is
    # the 64-bit view and no COM server.
    KnownProvider(
        "MsTeams",
        "Microsoft Teams",
        "ms-teams.exe",
        r"WindowsApps\MSTeams",
        "{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}",
        views=("x64",),
        com_server="none",
        at_start="take",
    ),
    # "Cisco Jabber": UpAndRunning of the user. A registration below HKLM is not shown anywhere, but a client that
    # Office can have as its provider needs one; in which views, a description may say. docs/domain.md [6] names it
    # among those that overwrite DefaultIMApp.
    KnownProvider("Cisco Jabber", "Cisco Jabber", "CiscoJabber.exe", r"Cisco Systems\Cisco Jabber", at_start="take"),
    # "Jitsi": both views, this GUID, the launcher's name, and no CLSID key: the class is registered at run time. Sets
    # DefaultIMApp when it starts. Its keys are volatile. Its source writes UpAndRunning below Communicator and never
    # below Jitsi; here it is the key of its own name all the same, as for every client: whatever follows the chain
    # that Office follows looks there.
    KnownProvider(
        "Jitsi",
        "Jitsi",
        "Jitsi.exe",
        "Jitsi",
        "{8885370D-B33E-44B7-875D-28E403CF9270}",
        com_server="none",
        at_start="take",
        volatile=True,
    ),
    # "RingCentral": removal scripts delete the registration, in the 64-bit view; the other one is reported.
    KnownProvider("RCIM", "RingCentral", "RingCentral.exe", "RingCentral"),
    # "Zoom": HKLM: seems not. A key of the user's own.
    KnownProvider("Zoom", "Zoom", "Zoom.exe", r"Zoom\bin", views=()),
    # "Elevate UC": HKLM: cannot, its installer has no rights to. Makes itself the default.
    KnownProvider(
        "DesktopCommunicator",
        "Elevate UC",
        "DesktopCommunicator.exe",
        "DesktopCommunicator",
        views=(),
        at_start="take",
    ),
    # "Mattermost's presence provider for Outlook": HKLM not known. At start DefaultIMApp and UpAndRunning 2, never 0
    # or 1; at stop it deletes DefaultIMApp, whatever that is by then, and its own key. Registers the type library for
    # its user. It registers a COM server too, but in which view is not known, so that is left out.
    KnownProvider(
        "MattermostPresenceProvider",
        "Mattermost Outlook Presence Provider",
        "MattermostPresenceProvider.exe",
        "MattermostPresenceProvider",
        views=(),
        type_library="user",
        library_folder=r"AppData\Local\MattermostPresenceProvider",
        at_start="take",
        says_starting=False,
        deletes_at_stop=True,
    ),
)
# No row says enough of the others to model them (MaX UC and Accession, Webex App, Avaya, Mitel, 8x8, Slack, Pidgin).

CATALOGUE: dict[str, KnownProvider] = {known.name.casefold(): known for known in _KNOWN}


def known_provider(name: str) -> KnownProvider | None:
    """Return the client of that name, whatever its case."""
    return CATALOGUE.get(name.casefold())


def invented_provider(name: str) -> KnownProvider:
    """Return a client that only a description knows: it does all that Microsoft's article demands."""
    return KnownProvider(
        name, name, f"{name.replace(' ', '')}.exe", name, made_up_guid(name), com_server="invented", at_start="take"
    )
