"""Every verdict of `domain.md`, produced by a machine in that state, with each similar verdict ruled out.

One fleet and one run per connection: the cases are users where the user's hive decides, and machines where the
machine's registrations do.
"""

from __future__ import annotations

import typing as t

import pytest

from tests.virtual_windows.fleet import Fleet

from .connections import connections
from .facts_support import gather, users_by_folder
from .machines import ADA, JABBER, machine, our_mounts
from .runner import Ansible

GUID = "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"
LYNC_RUNS = {"Lync": "running"}
ODD_PROGRAM = r"o'neil \' OR Name LIKE '%.exe"


def signed_in(name: str, default: t.Any, clients: dict[str, str] | None = None, **more: t.Any) -> dict[str, t.Any]:
    user = {"account": rf"CONTOSO\{name}", "signed_in": True, "default": default, "clients": clients or {}}
    return user | more


def desk(
    providers: list[t.Any], platform: str | None = "x64", default: str = "Acme", runs: str = "running", **more: t.Any
) -> dict[str, t.Any]:
    """Return a machine with one user who is signed in and whose default runs, and one who is not signed in."""
    described = {
        "providers": providers,
        "users": [
            signed_in("sue", default, {default: runs}, **more),
            {"account": r"CONTOSO\tom", "default": default},
        ],
    }
    return described | ({"office": {"platform": platform}} if platform else {})


def acme(**more: t.Any) -> dict[str, t.Any]:
    """Return a complete registration, with changes."""
    return {"name": "Acme", "guid": GUID, "process_name": "acme.exe", **more}


IN_OWN_HIVE = {r"Software\IM Providers\Own": {"GUID": GUID, "ProcessName": "own.exe", "UpAndRunning": 2}}

OFFICE = r"Software\Microsoft\Office"
POLICIES = r"Software\Policies\Microsoft\Office"


def office_setting(root: str, key: str, version: str = "16.0", **values: int) -> dict[str, t.Any]:
    return {rf"{root}\{version}\Common\{key}": values}


#: Machines on which the users' hives decide: Lync and Jabber are in order.
PEOPLE = [
    ADA,
    signed_in("present", "lync", LYNC_RUNS),
    signed_in("nobody", JABBER, {"Lync": "stopped", JABBER: "stopped"}),
    signed_in("unset", JABBER),
    signed_in("starting", "Lync", {"Lync": "starting", JABBER: "running"}),
    signed_in("crashed", "Lync", {"Lync": "crashed"}),
    signed_in("crashed2", "Lync", {"Lync": "crashed", JABBER: "running"}),
    signed_in("ghost", JABBER, {"Lync": "crashed"}),
    signed_in("stranger", JABBER, {"Zoom": "running"}),
    signed_in("odd", "Lync", registry={r"Software\IM Providers\Lync": {"UpAndRunning": "2"}}),
    signed_in("none", None, LYNC_RUNS),
    signed_in("empty", ""),
    signed_in("number", 7, default_type="REG_DWORD"),
    signed_in("expand", "Lync", LYNC_RUNS, default_type="REG_EXPAND_SZ"),
    signed_in("gone", "Zoom", LYNC_RUNS),
    signed_in("own", "Own", registry=IN_OWN_HIVE),
    {"account": r"CONTOSO\ready", "default": "Lync", "registry": {r"Software\IM Providers\Lync": {"UpAndRunning": 2}}},
    {"account": r"CONTOSO\away", "default": "Zoom"},
    {"account": r"CONTOSO\away0"},
    signed_in("off", "Lync", LYNC_RUNS, registry=office_setting(POLICIES, "IM", TurnOffPresenceIntegration=1)),
    signed_in("off2", "Zoom", LYNC_RUNS, registry=office_setting(OFFICE, "IM", TurnOffPresenceIcon=2)),
    # Neighbours: another version's settings, the policy before the user's own value, icons in messages only.
    signed_in(
        "off15", "Lync", LYNC_RUNS, registry=office_setting(POLICIES, "IM", "15.0", TurnOffPresenceIntegration=1)
    ),
    signed_in(
        "allowed",
        "Lync",
        LYNC_RUNS,
        registry=office_setting(POLICIES, "IM", TurnOffPresenceIntegration=0)
        | office_setting(OFFICE, "IM", TurnOffPresenceIntegration=1),
    ),
    signed_in("icons", "Lync", LYNC_RUNS, registry=office_setting(OFFICE, "IM", TurnOffPresenceIcon=1)),
    signed_in("persona", "Lync", LYNC_RUNS, registry=office_setting(POLICIES, "PersonaMenu", Enabled=0)),
    {
        "account": r"CONTOSO\awayoff",
        "default": "Lync",
        "registry": office_setting(POLICIES, "IM", TurnOffPresenceIntegration=1),
    },
    signed_in("quiet", JABBER, {JABBER: "running"}, registry={rf"Software\IM Providers\{JABBER}": {"UpAndRunning": 0}}),
    signed_in("teams", "MsTeams", {"MsTeams": "running"}),
    signed_in("teams0", "MsTeams", {"MsTeams": "stopped"}),
    {
        "account": r"CONTOSO\awayteams",
        "default": "MsTeams",
        "registry": {r"Software\IM Providers\MsTeams": {"UpAndRunning": 0}},
    },
]

#: verdict, broken link, what else runs, and part of the explanation.
EXPECTED_PEOPLE = {
    "ada": ("shadowed", "up_and_running", ["Lync"], "Cisco Jabber does not run (UpAndRunning is 0), and Lync does"),
    "present": ("present", None, [], "UpAndRunning is 2, and lync.exe runs"),
    "nobody": ("not_running", "up_and_running", [], "UpAndRunning is 0), nor does any other"),
    "unset": ("not_running", "up_and_running", [], "there is no UpAndRunning"),
    "starting": ("starting", "up_and_running", [JABBER], "UpAndRunning is 1"),
    # Others on this machine run lync.exe: not in this user's session.
    "crashed": ("stale", "process", [], "no lync.exe runs in the user's session"),
    "crashed2": ("stale", "process", [JABBER], "crashed"),
    # A client only shadows another if it runs, registered or not.
    "ghost": ("not_running", "up_and_running", [], "nor does any other"),
    "stranger": ("shadowed", "up_and_running", ["Zoom"], "and Zoom does"),
    "odd": ("not_running", "up_and_running", [], "UpAndRunning is not 0, 1 or 2"),
    "none": ("no_default", "default", ["Lync"], "DefaultIMApp does not exist"),
    "empty": ("no_default", "default", [], "DefaultIMApp is empty"),
    "number": ("no_default", "default", [], "DefaultIMApp is not a REG_SZ value"),
    "expand": ("no_default", "default", ["Lync"], "DefaultIMApp is not a REG_SZ value"),
    "gone": ("not_registered", "registration", ["Lync"], "Zoom is not registered"),
    # Its own registration names a program, and that does not run.
    "own": ("stale", "process", [], "its program does not run in the user's session"),
    "ready": ("ready", None, [], "not signed in"),
    "away": ("not_registered", "registration", [], "Zoom is not registered"),
    "away0": ("no_default", "default", [], "DefaultIMApp does not exist"),
    "off": ("switched_off", "office_setting", [], "TurnOffPresenceIntegration is 1 (a policy sets it"),
    "off2": ("switched_off", "office_setting", ["Lync"], "TurnOffPresenceIcon is 2 (the user's own setting)"),
    "off15": ("present", None, [], "lync.exe runs"),
    "allowed": ("present", None, [], "lync.exe runs"),
    "icons": ("present", None, [], "lync.exe runs"),
    "persona": ("present", None, [], "lync.exe runs"),
    "awayoff": ("switched_off", "office_setting", [], "TurnOffPresenceIntegration is 1"),
    "quiet": ("silent", "up_and_running", [], "program is alive in the user's session"),
    "teams": ("unconfirmed", None, [], "is registered nowhere on this machine"),
    "teams0": ("not_running", "up_and_running", [], "MsTeams does not run"),
    "awayteams": ("unconfirmed", None, [], "MsTeams has run for this user"),
}

MSI = {"platform": "x86", "installation": "msi", "bitness_at": "wow6432node"}
SERVER_KEY = rf"HKLM\SOFTWARE\Classes\CLSID\{GUID}\LocalServer32"
UNSET_SERVER = {SERVER_KEY: {"ServerExecutable": r"C:\acme.exe"}}

#: Machines on which the registrations decide: the machine, and for both users verdict, link, view and explanation.
MACHINES: dict[str, tuple[dict[str, t.Any], tuple[t.Any, ...], tuple[t.Any, ...]]] = {
    "good": (desk([acme()]), ("present", None, None, ""), ("ready", None, None, "")),
    "view32": (
        desk([acme(views=["x64"])], "x86"),
        ("not_registered", "registration", "x86", "in the other view of the registry only"),
        ("not_registered", "registration", "x86", "this is the one that Office reads"),
    ),
    "view64": (desk([acme(views=["x64"])]), ("present", None, None, ""), ("ready", None, None, "")),
    "view6432": (
        desk([acme(views=["x86"])]),
        ("not_registered", "registration", "x64", "other view"),
        ("not_registered", "registration", "x64", "other view"),
    ),
    "either": (desk([acme(views=["x86"])], None), ("present", None, None, ""), ("ready", None, None, "")),
    "msi": (
        desk([acme(views=["x64"])]) | {"office": MSI},
        ("not_registered", "registration", "x86", "other view"),
        ("not_registered", "registration", "x86", "other view"),
    ),
    "garbage": (
        desk([acme(guid="{not a guid}", odd_guid=True)]),
        ("bad_registration", "registration", "x64", "its GUID is '{not a guid}', which is not a CLSID"),
        ("bad_registration", "registration", "x64", "not a CLSID"),
    ),
    "noguid": (
        desk([acme(guid=None)]),
        ("bad_registration", "registration", "x64", "it has no GUID"),
        ("bad_registration", "registration", "x64", "it has no GUID"),
    ),
    "nocom": (
        desk([acme(com_server=None)]),
        ("present", None, None, "UpAndRunning is 2, and acme.exe runs"),
        ("ready", None, None, ""),
    ),
    "unset": (
        desk([acme(com_server=None)]) | {"registry": UNSET_SERVER},
        ("present", None, None, ""),
        ("ready", None, None, ""),
    ),
    "percom": (desk([acme(com_scope="user")]), ("present", None, None, ""), ("ready", None, None, "")),
    "percom32": (desk([acme(com_scope="user")], "x86"), ("present", None, None, ""), ("ready", None, None, "")),
    "percom64": (
        # The users' 64-bit classes are of no use to a 32-bit Office.
        desk([acme(com_scope="user", views=["x64"]), acme(name="Same", views=["x86"], com_server=None)], "x86", "Same"),
        ("present", None, None, ""),
        ("ready", None, None, ""),
    ),
    "expand": (
        desk([acme(com_server=r"%ProgramFiles%\acme.exe")]), ("present", None, None, ""), ("ready", None, None, ""),
    ),
    "noprogram": (
        desk([acme(process_name=None)]),
        ("bad_registration", "registration", "x64", "it has no ProcessName"),
        ("bad_registration", "registration", "x64", "it has no ProcessName"),
    ),
    "stopped": (desk([acme(com_server=None)], runs="stopped"), ("not_running", "up_and_running", None, ""),
                ("ready", None, None, "")),
    "quoting": (desk([acme(process_name=ODD_PROGRAM)]), ("present", None, None, ""), ("ready", None, None, "")),
}  # fmt: skip


@pytest.fixture(scope="module", params=connections(__name__))
def facts(request, tmp_path_factory):
    """Yield the facts of all machines, gathered in one run."""
    described = {name: one[0] for name, one in MACHINES.items()}
    described["people"] = machine(*PEOPLE)
    described["bare"] = {"users": [{"account": r"CONTOSO\operator", "default": "Lync"}]}
    with Fleet.load({"machines": described}) as fleet:
        gathered = gather(Ansible(fleet, request.param, tmp_path_factory.mktemp("facts")))
        for member in fleet:
            assert member.log.writes() == []
            assert our_mounts(member) == []
            assert member.machine.damage == []
        yield gathered


def test_verdicts_by_the_user_s_hive(facts):
    users = users_by_folder(facts["people"])
    for name, (verdict, link, running, explanation) in EXPECTED_PEOPLE.items():
        user = users[name]
        evidence = user["evidence"]
        assert (name, user["verdict"], evidence["link"], evidence["running"]) == (name, verdict, link, running)
        assert explanation in evidence["found"], name
        assert user["error"] is None
    assert len(users) == len(EXPECTED_PEOPLE)
    assert set(facts["people"]["summary"]["verdicts"]) == {verdict for verdict, *_unused in EXPECTED_PEOPLE.values()}
    assert facts["people"]["summary"]["defaults"] == {
        "Lync": 12, JABBER: 6, "": 5, "Zoom": 3, "MsTeams": 3, "Own": 1,
    }  # fmt: skip


def notes(facts, name, folder):
    return {note["code"]: note for note in users_by_folder(facts[name])[folder]["notes"]}


def test_notes_and_their_neighbours(facts):
    assert notes(facts, "people", "icons")["icons_off_in_mail"]["found"].startswith(
        "TurnOffPresenceIcon is 1 (the user"
    )
    persona = notes(facts, "people", "persona")["icons_off_in_mail"]
    assert (persona["found"].partition(":")[0], persona["view"]) == (
        "Enabled is 0 (a policy sets it, and only the policy can take it away)", None,
    )  # fmt: skip
    for folder in ("off", "off15", "allowed", "present"):
        assert "icons_off_in_mail" not in notes(facts, "people", folder)
    missing = notes(facts, "stopped", "sue")["com_server_missing"]
    assert (missing["view"], missing["key"]) == ("x64", rf"HKLM\SOFTWARE\Classes\CLSID\{GUID}")
    # A client that runs needs no server, and whether one who is away has one of his own is not known.
    for name, folder in (("nocom", "sue"), ("stopped", "tom"), ("percom", "sue"), ("good", "sue")):
        assert "com_server_missing" not in notes(facts, name, folder)
    assert "type_library_missing" in notes(facts, "good", "sue")
    assert "type_library_missing" not in notes(facts, "people", "present")
    assert notes(facts, "view32", "sue")["other_view_only"]["view"] == "x64"
    assert "other_view_only" not in notes(facts, "either", "sue")


def test_a_machine_without_office_and_providers(facts):
    (user,) = facts["bare"]["users"]

    assert (user["verdict"], user["evidence"]["link"]) == ("no_office", None)


def test_keys_of_the_evidence(facts):
    users = users_by_folder(facts["people"])
    hive = rf"HKU\{users['ada']['sid']}\Software\IM Providers"
    assert users["ada"]["evidence"]["key"] == rf"{hive}\{JABBER}"
    assert users["gone"]["evidence"]["key"] == r"HKLM\SOFTWARE\IM Providers\Zoom"
    assert users["off"]["evidence"]["key"] == rf"HKU\{users['off']['sid']}\{POLICIES}\16.0\Common\IM"
    assert facts["noguid"]["users"][0]["evidence"]["key"] == r"HKLM\SOFTWARE\IM Providers\Acme"
    assert facts["view32"]["users"][0]["evidence"]["key"] == r"HKLM\SOFTWARE\WOW6432Node\IM Providers\Acme"


def test_providers_of_a_user(facts):
    users = users_by_folder(facts["people"])
    states = {one["name"]: one for one in users["ada"]["providers"]}
    assert states["Lync"] == {"name": "Lync", "registered": "machine", "up_and_running": "running", "process": True}
    assert states[JABBER]["process"] is False
    own = {one["name"]: one for one in users["own"]["providers"]}["Own"]
    assert own == {"name": "Own", "registered": "user", "up_and_running": "running", "process": False}
    zoom = {one["name"]: one for one in users["stranger"]["providers"]}["Zoom"]
    assert zoom == {"name": "Zoom", "registered": "no", "up_and_running": "running", "process": None}
    assert {one["process"] for one in users["ready"]["providers"]} == {None}


@pytest.mark.parametrize("name", MACHINES)
def test_verdicts_by_the_machine_s_registrations(facts, name):
    _unused, *expected = MACHINES[name]
    users = users_by_folder(facts[name])
    for folder_name, (verdict, link, view, explanation) in zip(("sue", "tom"), expected, strict=True):
        user = users[folder_name]
        evidence = user["evidence"]
        assert (user["verdict"], evidence["link"], evidence["view"]) == (verdict, link, view), evidence
        assert explanation in evidence["found"]
        assert user["error"] is None


def test_facts_about_the_machine(facts):
    (provider,) = facts["view32"]["providers"]
    server = '"C:\\Program Files\\Acme\\Acme.exe"'
    assert provider == {
        "name": "Acme",
        "friendly_name": "Acme",
        "guid": GUID,
        "process_name": "acme.exe",
        "views": ["x64"],
        "com_server": {"x64": server},
        "complete": {"x64": True},
        "registered_in": {"x64": "registry"},
    }
    assert facts["view32"]["office"]["platform"] == "x86"
    assert facts["msi"]["office"] == {"version": "16.0", "platform": "x86"}
    assert facts["either"]["office"] is None
    (expand,) = facts["expand"]["providers"]
    assert expand["com_server"]["x64"] == r"%ProgramFiles%\acme.exe"
    for name in ("nocom", "unset", "percom"):
        (provider,) = facts[name]["providers"]
        assert provider["com_server"] == {"x64": None, "x86": None}, name
        assert provider["complete"] == {"x64": True, "x86": True}, name
    for name in ("garbage", "noguid", "noprogram"):
        (provider,) = facts[name]["providers"]
        assert provider["complete"] == {"x64": False, "x86": False}, name
